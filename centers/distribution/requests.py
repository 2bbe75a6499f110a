"""Hospital requests: suitable bags and reservations."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import (
    Case,
    Count,
    F,
    IntegerField,
    Q,
    QuerySet,
    Value,
    When,
)
from django.utils.translation import gettext as _

from centers.inventory import stock, stock_levels
from centers.inventory.compatibility import FITS, donor_groups_for
from centers.laboratory import screening
from centers.models import (
    Bag,
    Center,
    Compatibility,
    Component,
    Family,
    Hospital,
    Patient,
    Pick,
    RecipePart,
    Request,
    Reservation,
)
from donors.errors import Refused, refusing
from donors.models import User

from . import crossmatching

# A short reservation lowers waste (Chapman 2009: hospital.blood.co.uk).
HELD = timedelta(hours=24)
OFFERED, TO_CROSS = 20, 6


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
    patient: Patient,
    recipient_group: str,
    component: Component,
    count: int,
    urgency: str,
    needed_at: datetime | None,
    by: User,
    now: datetime,
    diagnosis: str = "",
) -> Request:
    """Record a request from the hospital's paper."""
    with refusing():
        return Request.objects.create(
            center=center,
            hospital=hospital,
            ward=ward.strip(),
            reference=reference.strip(),
            patient=patient,
            diagnosis=diagnosis,
            recipient_group=recipient_group,
            component=component,
            count=count,
            urgency=urgency,
            needed_at=needed_at,
            received_at=now,
            received_by=by,
        )


def in_order(requests: QuerySet[Request]) -> QuerySet[Request]:
    """Open requests first, by urgency and age, with the number of bags each has got, and of those
    that wait for the second look (``picked``)."""
    live = Q(reservations__ended_at=None, reservations__isnull=False)
    urgency = Case(
        *(When(urgency=value, then=Value(i)) for i, value in enumerate(Request.Urgency.values)),
        output_field=IntegerField(),
    )
    return (
        requests.select_related("hospital", "component")
        .annotate(
            held=Count("reservations", filter=live, distinct=True),
            picked=Count(
                "picks", filter=Q(picks__isnull=False, picks__ended_at=None), distinct=True
            ),
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


def that_fit(asked: QuerySet[Request], *, bag: Bag) -> list[Request]:
    """Those of the requests that this bag may serve; what the patient still lacks is said there."""
    groups = Compatibility.objects.filter(
        family=bag.component.family, donor=bag.blood_group, verdict__in=FITS
    )
    rows = asked.filter(recipient_group__in=groups.values("recipient"))
    return [
        row
        for row in rows
        if bag.component_id in serving(row.component)
        and not crossmatching.against(request=row, bag=bag)
    ]


def room(request: Request) -> int:
    """How many more bags the request takes: its quantity minus issued and reserved ones."""
    gone = request.issues.filter(returned=None).count()
    return request.count - gone - request.reservations.filter(ended_at=None).count()


def offers(*, request: Request, now: datetime) -> list[Bag]:
    """Suitable bags, the best first: the patient's own group, then by preference, oldest first.

    An Rh positive patient is offered Rh negative bags last, since they are scarce. Plasma and
    platelets of group O go to another group only with a low titre of haemolysins. Bags that do not
    meet the patient's needs are left out; ``waits`` as in ``crossmatching.fitting``.
    """
    return list(_ranked(request, now)[:OFFERED])


def to_crossmatch(*, request: Request, now: datetime) -> list[Bag]:
    """The first of those that wait for a crossmatch."""
    return list(_ranked(request, now, uncrossed=True)[:TO_CROSS])


def _ranked(request: Request, now: datetime, *, uncrossed: bool = False) -> QuerySet[Bag]:
    bags, groups = _of_fitting_groups(request, now)
    spared = [g for g in groups if g.endswith("-") and request.recipient_group.endswith("+")]
    ranked = sorted(groups, key=lambda g: (g in spared, groups.index(g)))
    order = Case(
        *(When(blood_group=group, then=Value(i)) for i, group in enumerate(ranked)),
        output_field=IntegerField(),
    )
    bags = bags.select_related("donation", "component")
    fitting = crossmatching.fitting(bags, request, uncrossed=uncrossed)
    return fitting.order_by("waits", order, "expires_at", "pk")


def to_be_read(*, request: Request, now: datetime) -> int:
    """Bags on the shelf of a fitting group that are not known to lack what this patient must not get."""
    return crossmatching.unknown_to_fit(_of_fitting_groups(request, now)[0], request).count()


def _of_fitting_groups(request: Request, now: datetime) -> tuple[QuerySet[Bag], list[str]]:
    groups = donor_groups_for(request.component, request.recipient_group)
    bags = Bag.objects.available(now).alias(titre=screening.titre("donation"))
    bags = bags.filter(
        center=request.center_id,
        component__in=serving(request.component),
        blood_group__in=groups,
    )
    if request.component.family != Family.RED_CELLS and not request.recipient_group.startswith("O"):
        bags = bags.exclude(Q(blood_group__startswith="O") & ~Q(titre="low"))
    return bags, groups


def reserve(*, request: Request, bags: list[Bag], by: User, now: datetime) -> list[Reservation]:
    """Reserve bags for a request, until this hour tomorrow at most."""
    groups = donor_groups_for(request.component, request.recipient_group)
    made = []
    with refusing():
        lock(request)
        if len(bags) > room(request):
            raise Refused(_("The request is for fewer bags than that. Reserve what is missing."))
        for bag in sorted(bags, key=lambda bag: bag.pk):
            if bag.blood_group not in groups:
                raise Refused(_("This group does not fit the patient's group."))
            if against := crossmatching.against(request=request, bag=bag):
                raise Refused(against)
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


def lock(request: Request) -> None:
    """Lock the request: two people giving to it at once could exceed its quantity. Refused where
    somebody has closed it meanwhile."""
    if _locked(request.pk).closed_at:
        raise Refused(_("This request is closed."))


def _locked(pk: int) -> Request:
    return Request.objects.select_for_update(of=("self",)).only("closed_at").get(pk=pk)


def give_back(*, reservation: Reservation, by: User | None, now: datetime) -> None:
    """End a reservation and the pick of its bag; the bag is available again, unless its state
    changed meanwhile."""
    with refusing():
        _locked(reservation.request_id)
        live = Reservation.objects.filter(pk=reservation.pk, ended_at=None)
        if not live.update(ended_at=now):
            raise Refused(_("This reservation has ended already."))
        picks = Pick.objects.filter(bag=reservation.bag_id, request=reservation.request_id)
        picks.filter(ended_at=None).update(ended_at=now)
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


def close(*, request: Request, because: str, by: User, now: datetime) -> None:
    """Close a request; its reservations are ended.

    The same number may be entered again afterwards.
    """
    with refusing():
        lock(request)
        gone = request.issues.filter(returned=None).count()
        if gone < request.count and not because.strip():
            raise Refused(_("Not every bag was issued: say why no more is wanted."), "because")
        request.picks.filter(ended_at=None).update(ended_at=now)
        held = list(request.reservations.filter(ended_at=None).order_by("bag"))
        for reservation in held:
            give_back(reservation=reservation, by=by, now=now)
        Request.objects.filter(pk=request.pk).update(
            closed_at=now, closed_by=by, closed_because=because.strip()
        )


def _review(bag: Bag, now: datetime) -> None:
    stock_levels.review(
        center=bag.center, component=bag.component, blood_group=bag.blood_group, now=now
    )
