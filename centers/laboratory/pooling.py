"""Platelets of several donors in one bag, which keeps its parts."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from centers.inventory import held_bags, stock, stock_levels
from centers.models import Bag, Center, Donation, PoolPart
from donors.errors import Refused, refusing
from donors.models import User

from . import screening

PART, POOL = "PLT-STD", "PLT-POOL"
RECIPE = "POOL"
# A pool for an adult is made of four to six (EDQM, Guide to the preparation of blood components).
LEAST, MOST = 2, 6


def waiting(*, center: Center, now: datetime) -> QuerySet[Bag]:
    """Tested platelets of a centre that may be pooled, by group, the one that expires first on top."""
    rows: QuerySet[Bag] = Bag.objects.filter(
        center=center,
        component=PART,
        state__in=(Bag.State.RELEASED, Bag.State.AVAILABLE),
        opened_at=None,
        expires_at__gt=now,
    )
    rows = rows.annotate(titre=screening.titre("donation")).exclude(titre="high")
    return rows.select_related("donation__donor").order_by("blood_group", "expires_at", "pk")


def pool(*, bags: Iterable[Bag], by: User, now: datetime) -> Bag:
    """The parts are used up; the pool expires with the first of them and waits for its label.

    Raises ``Refused`` unless the parts are tested platelets of one group and centre, whose donors'
    groups nobody doubts.
    """
    keys = [bag.pk for bag in bags]
    if not LEAST <= len(keys) <= MOST:
        raise Refused(
            _("A pool is made of %(least)s to %(most)s bags.") % {"least": LEAST, "most": MOST}
        )
    with refusing():
        # As in a separation: a concurrent reactive result must find the pool, or it the bags.
        given = Donation.objects.filter(bags__in=keys).order_by("pk")
        list(Donation.objects.select_for_update(of=("self",)).filter(pk__in=given).order_by("pk"))
        parts = list(
            Bag.objects.select_for_update(of=("self",))
            .filter(pk__in=keys)
            .select_related("donation__donor", "component", "center")
            .order_by("expires_at", "pk")
        )
        _check(parts, now)
        before = {part.pk: part.state for part in parts}
        first = parts[0]
        for part in parts:
            stock.move(bag=part, to=Bag.State.SEPARATED, by=by, reason=RECIPE)
        made = Bag.objects.create(
            donation=first.donation,
            component_id=POOL,
            division=first.division,
            center=first.center,
            blood_group=first.blood_group,
            collected_on=first.collected_on,
            expires_at=first.expires_at,
            made_from=first,
            made_at=now,
            volume=sum(part.volume or 0 for part in parts) or None,
        )
        PoolPart.objects.bulk_create(PoolPart(pool=made, part=part) for part in parts)
        stock.move(bag=made, to=Bag.State.RELEASED, by=by, reason=RECIPE)
        if Bag.State.AVAILABLE in before.values():
            stock_levels.review(
                center=first.center,
                component=first.component,
                blood_group=first.blood_group,
                now=now,
            )
    return made


def _check(parts: list[Bag], now: datetime) -> None:
    fit = (Bag.State.RELEASED, Bag.State.AVAILABLE)
    for part in parts:
        if part.component_id != PART or part.state not in fit or part.expires_at <= now:
            raise Refused(_("Only platelets that are released and in date are pooled."))
        if part.opened_at or stock.is_boxed(part):
            raise Refused(_("A bag that is open, or in a box, is not pooled."))
        if held_bags.is_in_doubt(part.donation.donor):
            raise Refused(_(held_bags.HELD))
    if len({(part.center_id, part.blood_group) for part in parts}) > 1:
        raise Refused(_("Platelets of one group only are pooled."))
