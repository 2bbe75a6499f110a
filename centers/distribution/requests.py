"""Hospital requests: suitable bags, reservation, issue, return."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, TypedDict

from django.db.models import (
    Case,
    CharField,
    Count,
    F,
    Func,
    IntegerField,
    Q,
    QuerySet,
    Value,
    When,
)
from django.utils.translation import gettext as _

from centers.inventory import held_bags, stock, stock_levels
from centers.inventory.compatibility import donor_groups_for, verdict
from centers.laboratory import screening
from centers.models import (
    Bag,
    Center,
    Compatibility,
    Component,
    EmergencyRelease,
    Family,
    Hospital,
    Issue,
    RecipePart,
    Request,
    Reservation,
)
from donors.errors import Refused, refusing
from donors.models import User

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

# A short reservation lowers waste (Chapman 2009: hospital.blood.co.uk).
HELD = timedelta(hours=24)
OFFERED = 20


def keep_hospital(*, hospital: Hospital | None, center: Center, **said: str) -> Hospital:
    """Add a hospital, or update an existing one."""
    with refusing():
        kept = hospital or Hospital(center=center)
        for name, value in said.items():
            setattr(kept, name, value)
        kept.save()
    return kept


def receive(
    *,
    center: Center,
    hospital: Hospital,
    ward: str,
    reference: str,
    recipient_group: str,
    component: Component,
    count: int,
    urgency: str,
    needed_at: datetime | None,
    by: User,
    now: datetime,
) -> Request:
    """Record a request from the hospital's paper."""
    with refusing():
        return Request.objects.create(
            center=center,
            hospital=hospital,
            ward=ward.strip(),
            reference=reference.strip(),
            recipient_group=recipient_group,
            component=component,
            count=count,
            urgency=urgency,
            needed_at=needed_at,
            received_at=now,
            received_by=by,
        )


def in_order(requests: QuerySet[Request]) -> QuerySet[Request]:
    """Open requests first, by urgency and age, with the number of bags each has got."""
    live = Q(reservations__ended_at=None, reservations__isnull=False)
    urgency = Case(
        *(When(urgency=value, then=Value(i)) for i, value in enumerate(Request.Urgency.values)),
        output_field=IntegerField(),
    )
    return (
        requests.select_related("hospital", "component")
        .annotate(
            held=Count("reservations", filter=live, distinct=True),
            got=Count("issues", filter=Q(issues__returned=None), distinct=True),
            rank=urgency,
        )
        .order_by(F("closed_at").desc(nulls_first=True), "rank", "received_at", "pk")
    )


def serving(component: Component) -> list[str]:
    """Codes of the products that may be issued when one is requested: itself, and products made
    from it for issue.

    Thawed plasma serves a request for plasma; the database has the same rule
    (``component_serves``).
    """
    ready = RecipePart.objects.filter(recipe__of=component, life_hours__isnull=False)
    return [component.pk, *ready.values_list("makes", flat=True)]


def room(request: Request) -> int:
    """How many more bags the request takes: its quantity minus issued and reserved ones."""
    gone = request.issues.filter(returned=None).count()
    return request.count - gone - request.reservations.filter(ended_at=None).count()


def offers(*, request: Request, now: datetime) -> list[Bag]:
    """Suitable bags, the best first: the patient's own group, then by preference, oldest first.

    An Rh positive patient is offered Rh negative bags last, since they are scarce. Plasma and
    platelets of group O go to another group only with a low titre of haemolysins.
    """
    groups = donor_groups_for(request.component, request.recipient_group)
    spared = [g for g in groups if g.endswith("-") and request.recipient_group.endswith("+")]
    ranked = sorted(groups, key=lambda g: (g in spared, groups.index(g)))
    order = Case(
        *(When(blood_group=group, then=Value(i)) for i, group in enumerate(ranked)),
        output_field=IntegerField(),
    )
    bags = Bag.objects.available(now).alias(titre=screening.titre("donation"))
    bags = bags.filter(
        center=request.center_id,
        component__in=serving(request.component),
        blood_group__in=groups,
    )
    if request.component.family != Family.RED_CELLS and not request.recipient_group.startswith("O"):
        bags = bags.exclude(Q(blood_group__startswith="O") & ~Q(titre="low"))
    bags = bags.select_related("donation", "component")
    return list(bags.order_by(order, "expires_at", "pk")[:OFFERED])


def reserve(*, request: Request, bags: list[Bag], by: User, now: datetime) -> list[Reservation]:
    """Reserve bags for a request, until this hour tomorrow at most."""
    if request.closed_at:
        raise Refused(_("This request is closed."))
    groups = donor_groups_for(request.component, request.recipient_group)
    made = []
    with refusing():
        _lock(request)
        if len(bags) > room(request):
            raise Refused(_("The request is for fewer bags than that. Reserve what is missing."))
        for bag in sorted(bags, key=lambda bag: bag.pk):
            if bag.blood_group not in groups:
                raise Refused(_("This group does not fit the patient's group."))
            if stock_levels.dips_into_reserve(bag):
                raise Refused(
                    _("This bag is of the reserve for disasters: it is issued, never held.")
                )
            until = min(now + HELD, bag.expires_at)
            made.append(
                Reservation.objects.create(
                    bag=bag, request=request, until=until, made_at=now, made_by=by
                )
            )
            stock.move(bag=bag, to=Bag.State.RESERVED, by=by)
            _review(bag, now)
    return made


def _lock(request: Request) -> None:
    """Lock the request: two people giving to it at once could exceed its quantity."""
    Request.objects.select_for_update(of=("self",)).values_list("pk").get(pk=request.pk)


def give_back(*, reservation: Reservation, by: User | None, now: datetime) -> None:
    """End a reservation; the bag is available again, unless its state changed meanwhile."""
    with refusing():
        live = Reservation.objects.filter(pk=reservation.pk, ended_at=None)
        if not live.update(ended_at=now):
            raise Refused(_("This reservation has ended already."))
        bag = Bag.objects.select_for_update(of=("self",)).get(pk=reservation.bag_id)
        if bag.state == Bag.State.RESERVED and bag.expires_at > now:
            reason = "given back" if by else "lapsed"
            stock.move(bag=bag, to=Bag.State.AVAILABLE, by=by, reason=reason)
            _review(bag, now)


def lapse(*, now: datetime, limit: int = 500) -> int:
    """End expired reservations, each in its own transaction; returns how many."""
    over = Reservation.objects.filter(ended_at=None, until__lte=now).order_by("until", "pk")
    ended = 0
    for reservation in over[:limit]:
        try:
            give_back(reservation=reservation, by=None, now=now)
            ended += 1
        except Refused:
            continue
    return ended


def issue(
    *,
    request: Request,
    bag: Bag,
    by: User,
    now: datetime,
    reserve_because: str = "",
    may_open_reserve: bool = False,
) -> Issue:
    """Issue a bag for a request, reserved or not; an emergency release has its own record."""
    if request.closed_at:
        raise Refused(_("This request is closed."))
    if bag.component_id not in serving(request.component):
        raise Refused(_("The request asks for another product than this bag's."), "number")
    emergency = EmergencyRelease.objects.filter(
        request=request, bag=bag, second__isnull=False
    ).exists()
    with refusing():
        _lock(request)
        held = Reservation.objects.filter(bag=bag, request=request, ended_at=None)
        if room(request) < 1 and not held.exists():
            raise Refused(_("As many bags as the request asks for have left or are held for it."))
        issued = stock.issue(
            bag=bag,
            hospital=request.hospital.name_fr,
            request_reference=request.reference,
            recipient_group=request.recipient_group,
            by=by,
            now=now,
            request=request,
            emergency=emergency,
            reserve_because=reserve_because,
            may_open_reserve=may_open_reserve,
        )
        held.update(ended_at=now)
    return issued


def issue_at_once(
    *,
    bag: Bag,
    hospital: Hospital,
    reference: str,
    recipient_group: str,
    by: User,
    now: datetime,
    reserve_because: str = "",
    may_open_reserve: bool = False,
) -> Issue:
    """Issue a bag to a hospital whose request was not entered before: records the request and the
    issue."""
    with refusing():
        asked = receive(
            center=bag.center,
            hospital=hospital,
            ward="",
            reference=reference,
            recipient_group=recipient_group,
            component=bag.component,
            count=1,
            urgency=Request.Urgency.URGENT,
            needed_at=None,
            by=by,
            now=now,
        )
        return issue(
            request=asked,
            bag=bag,
            by=by,
            now=now,
            reserve_because=reserve_because,
            may_open_reserve=may_open_reserve,
        )


def ask_emergency(
    *, request: Request, bag: Bag, because: str, by: User, now: datetime
) -> EmergencyRelease:
    """A physician asks for an emergency release: this bag, for this patient, before its tests are
    complete. A second person must agree."""
    if not because.strip():
        raise Refused(_("Say why the patient cannot wait."), "because")
    if request.closed_at:
        raise Refused(_("This request is closed."))
    if bag.component_id not in serving(request.component):
        raise Refused(_("The request asks for another product than this bag's."), "number")
    if bag.state not in (Bag.State.QUARANTINED, Bag.State.AVAILABLE):
        raise Refused(_("In its present state this bag cannot go there."), "number")
    if held_bags.is_in_doubt(bag.donation.donor):
        raise Refused(_(held_bags.HELD), "number")
    if not bag.blood_group:
        raise Refused(_("The group of this bag is not determined: nothing waives that."), "number")
    fits = {Compatibility.Verdict.COMPATIBLE, Compatibility.Verdict.EMERGENCY}
    if verdict(bag.component, bag.blood_group, request.recipient_group) not in fits:
        raise Refused(_("This group does not fit the patient's group."), "number")
    with refusing():
        return EmergencyRelease.objects.create(
            request=request, bag=bag, physician=by, because=because.strip(), at=now
        )


class Against(TypedDict):
    """The database's reasons against a normal release of the bag."""

    words: str


def emergencies(request: Request) -> QuerySet[WithAnnotations[EmergencyRelease, Against]]:
    """Emergency releases of a request, with the database's reasons (``words``) against a normal
    release."""
    words = Func(F("bag"), function="bag_release_hindrance", output_field=CharField())
    rows = request.emergencies.select_related(
        "bag__donation", "bag__component", "physician", "second"
    )
    return rows.annotate(words=words).order_by("pk")


def agree_emergency(*, emergency: EmergencyRelease, by: User, now: datetime) -> Issue:
    """The second person agrees; the bag is issued."""
    if by.pk == emergency.physician_id:
        raise Refused(_("You asked for this yourself; a second person has to agree."))
    with refusing():
        waiting = EmergencyRelease.objects.filter(pk=emergency.pk, second=None)
        if not waiting.update(second=by, second_at=now):
            raise Refused(_("This has been decided already."))
        bag = Bag.objects.select_related("component", "center").get(pk=emergency.bag_id)
        return issue(request=emergency.request, bag=bag, by=by, now=now)


def close(*, request: Request, because: str, by: User, now: datetime) -> None:
    """Close a request; its reservations are ended.

    The same number may be entered again afterwards.
    """
    if request.issues.filter(returned=None).count() < request.count and not because.strip():
        raise Refused(_("Not every bag was issued: say why no more is wanted."), "because")
    with refusing():
        held = list(request.reservations.filter(ended_at=None).order_by("bag"))
        for reservation in held:
            give_back(reservation=reservation, by=by, now=now)
        if not Request.objects.filter(pk=request.pk, closed_at=None).update(
            closed_at=now, closed_by=by, closed_because=because.strip()
        ):
            raise Refused(_("This request is closed."))


def _review(bag: Bag, now: datetime) -> None:
    stock_levels.review(
        center=bag.center, component=bag.component, blood_group=bag.blood_group, now=now
    )
