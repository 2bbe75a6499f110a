"""The two steps by which a bag leaves: picked by its number and group bar, then looked at again."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from centers.inventory import stock, stock_levels
from centers.inventory.compatibility import donor_groups_for
from centers.models import Bag, Issue, Pick, Request, Reservation
from donors.errors import Refused, refusing
from donors.models import User

from . import crossmatching, requests


def pick(
    *,
    request: Request,
    bag: Bag,
    scanned_group: str,
    by: User,
    now: datetime,
    reserve_because: str = "",
    may_open_reserve: bool = False,
) -> Pick:
    """The first step: the bag is held for the request until the second look.

    Everything that would refuse the second step is refused here already. A bag of the disaster
    reserve needs ``reserve_because`` from a user who may open the reserve; it is not held.
    """
    if request.closed_at:
        raise Refused(_("This request is closed."))
    if bag.component_id not in requests.serving(request.component):
        raise Refused(_("The request asks for another product than this bag's."), "number")
    _compare(bag, scanned_group)
    _fits(request, bag)
    with refusing():
        requests.lock(request)
        held = Reservation.objects.filter(bag=bag, request=request, ended_at=None)
        if requests.room(request) < 1 and not held.exists():
            raise Refused(_("As many bags as the request asks for have left or are held for it."))
        opened = stock_levels.dips_into_reserve(bag)
        if opened and not (reserve_because.strip() and may_open_reserve):
            raise Refused(
                _(
                    "This bag is of the reserve for disasters. The manager may take it, with a reason."
                ),
                "reserve_because",
            )
        if bag.state == Bag.State.AVAILABLE and not opened:
            requests.reserve(request=request, bags=[bag], by=by, now=now)
        return Pick.objects.create(
            bag=bag,
            request=request,
            scanned_group=scanned_group,
            by=by,
            at=now,
            reserve_by=by if opened else None,
            reserve_because=reserve_because.strip() if opened else "",
        )


def _compare(bag: Bag, scanned_group: str) -> None:
    if scanned_group != bag.blood_group:
        sentence = _(
            "The group bar says %(scanned)s, the record of this bag %(group)s. Stop: compare the label."
        )
        said = {"scanned": scanned_group, "group": bag.get_blood_group_display()}
        raise Refused(sentence % said, "group_bar")


def _fits(request: Request, bag: Bag) -> None:
    if bag.blood_group not in donor_groups_for(bag.component, request.recipient_group):
        raise Refused(
            _("%(bag)s does not fit a patient of group %(patient)s.")
            % {
                "bag": bag.get_blood_group_display(),
                "patient": request.get_recipient_group_display(),
            },
            "number",
        )
    against = (
        crossmatching.missing_of_patient(request=request, bag=bag)
        or crossmatching.against(request=request, bag=bag)
        or crossmatching.missing_crossmatch(request=request, bag=bag)
    )
    if against:
        raise Refused(against, "number")


def issue(*, request: Request, bag: Bag, scanned_group: str, by: User, now: datetime) -> Issue:
    """The second step: the bag leaves. By another person, unless the centre's rule is a second scan."""
    if request.closed_at:
        raise Refused(_("This request is closed."))
    _compare(bag, scanned_group)
    with refusing():
        requests.lock(request)
        picked = Pick.objects.filter(request=request, bag=bag, ended_at=None).first()
        if picked is None:
            raise Refused(
                crossmatching.words("bag_is_picked_by_its_number_and_group"),
                "number",
            )
        held = Reservation.objects.filter(bag=bag, request=request, ended_at=None)
        if requests.room(request) < 1 and not held.exists():
            raise Refused(_("As many bags as the request asks for have left or are held for it."))
        issued = stock.issue(bag=bag, request=request, pick=picked, by=by, now=now)
        held.update(ended_at=now)
        Pick.objects.filter(pk=picked.pk).update(ended_at=now)
    return issued


def put_back(*, picked: Pick, by: User, now: datetime) -> None:
    """The bag is not given after all; what was held for it is free again."""
    with refusing():
        if not Pick.objects.filter(pk=picked.pk, ended_at=None).update(ended_at=now):
            raise Refused(_("This bag does not wait for its second look any more."))
        held = Reservation.objects.filter(
            bag=picked.bag_id, request=picked.request_id, ended_at=None
        )
        for reservation in held:
            requests.give_back(reservation=reservation, by=by, now=now)


def waiting(request: Request) -> QuerySet[Pick]:
    """Bags that wait for their second look."""
    rows = request.picks.filter(ended_at=None)
    return rows.select_related("bag__donation", "bag__component", "by").order_by("at", "pk")
