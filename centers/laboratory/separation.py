"""Processing of bags: components from whole blood, irradiated red cells, thawed plasma."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from centers.collection import corrections, donations
from centers.inventory import held_bags, stock, stock_levels, unconfirmed
from centers.models import (
    AlarmBag,
    Bag,
    Bleeding,
    Donation,
    Family,
    Kit,
    PoolPart,
    Recipe,
    RecipePart,
    TemperatureAlarm,
)
from donors.errors import Refused, refusing
from donors.models import User

FROM = (Bag.State.QUARANTINED, Bag.State.RELEASED, Bag.State.AVAILABLE, Bag.State.BLOCKED)
POOL = "POOL"
IN_STOCK = (Bag.State.RELEASED, Bag.State.AVAILABLE)
UNUSED = (Bag.State.QUARANTINED, Bag.State.RELEASED, Bag.State.BLOCKED)
# Shelf life in hours once the closed system is open: red cells 24 (21 CFR 610.53), platelets 4
# (general knowledge, unverified), anything else as red cells.
OPENED = {Family.PLATELETS: timedelta(hours=4)}
OPENED_OTHERS = timedelta(hours=24)


@dataclass(frozen=True)
class Choice:
    """A recipe for a bag, with all reasons against it; none means it may be made."""

    recipe: Recipe
    parts: list[RecipePart]
    against: list[str]


def choices(*, bag: Bag, now: datetime) -> list[Choice]:
    """The recipes for a bag, in the order of the laboratory's list."""
    if bag.state not in FROM or bag.expires_at <= now:
        return []
    chair = Bleeding.objects.filter(visit__donation=bag.donation_id).select_related("visit").first()
    # A pool is of several bags (``pooling``).
    recipes = (
        Recipe.objects.filter(of=bag.component_id)
        .exclude(code=POOL)
        .prefetch_related("parts__makes")
    )
    if chair and bag.made_from_id is None:
        recipes = recipes.filter(kits=chair.kit_id)
    return [
        Choice(recipe, list(recipe.parts.all()), _against(bag, recipe, chair, now))
        for recipe in recipes
    ]


def _against(bag: Bag, recipe: Recipe, chair: Bleeding | None, now: datetime) -> list[str]:
    found = []
    # Ensured by a trigger: no donation is written while its bleeding runs.
    collected_at = (chair.ended_at if chair else None) or bag.donation.received_at
    for part in recipe.parts.all():
        limit = part.within_hours
        if limit and now - collected_at > timedelta(hours=limit):
            found.append(
                _("%(product)s is made within %(hours)s hours of the collection.")
                % {"product": part.makes.name, "hours": limit}
            )
        if part.not_if_slow and chair and corrections.is_slow(chair.visit):
            found.append(
                _("%(product)s is not made of a bleeding of more than 15 minutes.")
                % {"product": part.makes.name}
            )
        if bag.state not in IN_STOCK and part.life_hours:
            found.append(_("Release the bag first."))
    if held_bags.is_in_doubt(bag.donation.donor):
        found.append(_(held_bags.HELD))
    if stock.is_boxed(bag):
        found.append(_("This bag is in a box. Take it out, or release it where the box arrives."))
    return list(dict.fromkeys(found))


def make(
    *, bag: Bag, recipe: str, by: User, now: datetime, volumes: dict[str, int] | None = None
) -> list[Bag]:
    """Make a recipe's products, each with its own shelf life, where the bag was; the bag is used
    up. What is made of a released bag waits for its own label.

    ``volumes`` in mL by product code; a single product has the parent's without one.
    """
    with refusing():
        # Locks the donation and the bag: a concurrent reactive result must find the products, or
        # they it; and opening the bag meanwhile shortens the products' shelf life.
        Donation.objects.select_for_update(of=("self",)).get(pk=bag.donation_id)
        # Without joined rows: a bag that went to another centre while this waited would not be found.
        bag = Bag.objects.select_for_update(of=("self",)).get(pk=bag.pk)
        choice = next((c for c in choices(bag=bag, now=now) if c.recipe.pk == recipe), None)
        if choice is None:
            raise Refused(_("This cannot be made of this bag."), "recipe")
        if choice.against:
            raise Refused(" ".join(choice.against), "recipe")
        said = _volumes(bag, choice, volumes or {})
        before, reason = bag.state, recipe
        if before == Bag.State.BLOCKED:
            # The parent's reason is kept: a product blocked under the recipe's name could never be
            # released, because the release checks the reason.
            reason = bag.movements.filter(to_state=before).latest("seq").reason
        stock.move(bag=bag, to=Bag.State.SEPARATED, by=by, reason=recipe)
        made = Bag.objects.bulk_create(
            Bag(
                donation=bag.donation,
                component=part.makes,
                division=bag.division,
                center=bag.center,
                blood_group=bag.blood_group,
                collected_on=bag.collected_on,
                expires_at=_expiry(bag, part, now),
                made_from=bag,
                volume=said.get(part.makes_id),
                made_at=now,
            )
            for part in choice.parts
        )
        to = Bag.State.RELEASED if before in IN_STOCK else before
        stock.move_all(bags=made, to=to, by=by, reason=reason)
        if before in IN_STOCK:
            for product in (bag, *made):
                stock_levels.review(
                    center=bag.center,
                    component=product.component,
                    blood_group=bag.blood_group,
                    now=now,
                )
    return made


def _volumes(bag: Bag, choice: Choice, said: dict[str, int]) -> dict[str, int]:
    """Raises ``Refused`` for a missing volume, an unlikely one, or more than the bag held."""
    whole = bag.volume or bag.donation.volume
    found = {}
    for part in choice.parts:
        made = part.makes
        volume = said.get(made.pk) or (whole if len(choice.parts) == 1 and bag.made_from_id else 0)
        if not volume:
            raise Refused(_("Write the volume of each product."), made.pk)
        if not made.volume_min <= volume <= made.volume_max:
            sentence = _("%(product)s: write a volume between %(least)s and %(most)s mL.")
            words = {"product": made.name, "least": made.volume_min, "most": made.volume_max}
            raise Refused(sentence % words, made.pk)
        found[made.pk] = volume
    added = sum(part.makes.additive_ml or 0 for part in choice.parts if not bag.made_from_id)
    if sum(found.values()) > whole + (bag.component.anticoagulant_ml or 0) + added:
        raise Refused(
            _("Together the products hold more than the bag did, %(volume)s mL.")
            % {"volume": whole}
        )
    return found


def _expiry(bag: Bag, part: RecipePart, now: datetime) -> datetime:
    if part.life_hours is not None:
        return min(bag.expires_at, now + timedelta(hours=part.life_hours))
    own = donations.expiry(bag.collected_on, part.makes)
    return min(bag.expires_at, own) if bag.opened_at else own


def may_undo(bag: Bag) -> bool:
    """Whether a bag was made into others of which none was labelled, opened, used or too warm yet."""
    held = ~Q(alarm__verdict=TemperatureAlarm.Verdict.USE)
    return _is_unused(bag) and not AlarmBag.objects.filter(held, bag__made_from=bag).exists()


def _is_unused(bag: Bag) -> bool:
    if bag.state != Bag.State.SEPARATED or PoolPart.objects.filter(part=bag).exists():
        return False
    products = list(bag.made.exclude(state=Bag.State.UNDONE).prefetch_related("labels"))
    return bool(products) and all(
        product.state in UNUSED and not product.opened_at and not product.labels.exists()
        for product in products
    )


def undo(*, bag: Bag, by: User, now: datetime) -> None:
    """The products were entered by mistake: the bag is again what it was.

    Where bad news has blocked a product the bag is blocked for the same reason.
    """
    with refusing():
        Donation.objects.select_for_update(of=("self",)).get(pk=bag.donation_id)
        bag = Bag.objects.select_for_update(of=("self",)).get(pk=bag.pk)
        if not _is_unused(bag):
            raise Refused(
                _("A product of it was labelled, opened or used: the separation cannot be undone.")
            )
        to, reason = (
            bag.movements.filter(to_state=Bag.State.SEPARATED).latest("seq").from_state,
            "undone",
        )
        made = list(bag.made.exclude(state=Bag.State.UNDONE).order_by("pk"))
        for product in made:
            if product.state == Bag.State.BLOCKED:
                to = Bag.State.BLOCKED
                reason = product.movements.filter(to_state=to).latest("seq").reason
        for product in made:
            stock.move(bag=product, to=Bag.State.UNDONE, by=by, reason="undone")
        stock.move(bag=bag, to=to, by=by, reason=reason)
        for each in (bag, *made):
            stock_levels.review(
                center=bag.center, component=each.component, blood_group=bag.blood_group, now=now
            )


def open_bag(*, bag: Bag, by: User, now: datetime) -> None:
    """The bag's seal is broken: from now on its shelf life is counted in hours.

    A bag on the shelf leaves it until its label says so.
    """
    until = now + OPENED.get(Family(bag.component.family), OPENED_OTHERS)
    with refusing():
        closed = Bag.objects.select_for_update(of=("self",)).filter(
            pk=bag.pk, opened_at=None, state__in=FROM
        )
        held = closed.select_related("component", "center").first()
        if held is None or stock.is_boxed(bag):
            raise Refused(_("This bag has been opened already, or is not here."))
        if held.state == Bag.State.AVAILABLE:
            stock.move(bag=held, to=Bag.State.RELEASED, by=by, reason="opened")
            stock_levels.review(
                center=held.center, component=held.component, blood_group=held.blood_group, now=now
            )
        Bag.objects.filter(pk=held.pk).update(
            opened_at=now, opened_by=by, expires_at=min(held.expires_at, until)
        )


def waiting(donations_: QuerySet[Donation]) -> QuerySet[Bag]:
    """Whole blood that a recipe can still separate, the oldest first."""
    whole = Kit.objects.filter(component=OuterRef("component"))
    waits = Q(state=Bag.State.QUARANTINED) | unconfirmed.held()
    bags = Bag.objects.filter(waits, donation__in=donations_)
    return (
        bags.filter(Exists(whole))
        .select_related("donation", "component")
        .order_by("donation__received_at", "pk")
    )
