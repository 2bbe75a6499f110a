"""Emergency release: a doctor asks, a second person agrees with the bag in hand."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, TypedDict

from django.db.models import CharField, F, Func, QuerySet
from django.utils.translation import gettext as _

from centers.inventory import held_bags, stock
from centers.inventory.compatibility import verdict
from centers.models import Bag, Compatibility, EmergencyRelease, Issue, Request, Reservation
from donors.errors import Refused, refusing
from donors.models import User

from . import crossmatching, requests

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

FROM = (Bag.State.QUARANTINED, Bag.State.AVAILABLE, Bag.State.RESERVED)


class Against(TypedDict):
    """The database's reasons against a normal release of the bag."""

    words: str


def of_request(request: Request) -> QuerySet[WithAnnotations[EmergencyRelease, Against]]:
    """Emergency releases of a request, with the database's reasons (``words``) against a normal
    release."""
    words = Func(F("bag"), function="bag_release_hindrance", output_field=CharField())
    rows = request.emergencies.select_related(
        "bag__donation", "bag__component", "physician", "second"
    )
    return rows.annotate(words=words).order_by("pk")


def ask(*, request: Request, bag: Bag, because: str, by: User, now: datetime) -> EmergencyRelease:
    """A physician asks for an emergency release: this bag, for this patient, before its tests or
    those of the patient are complete. A second person must agree."""
    if not because.strip():
        raise Refused(_("Say why the patient cannot wait."), "because")
    if request.closed_at:
        raise Refused(_("This request is closed."))
    if bag.component_id not in requests.serving(request.component):
        raise Refused(_("The request asks for another product than this bag's."), "number")
    if bag.state not in FROM:
        raise Refused(_("In its present state this bag cannot go there."), "number")
    if held_bags.is_in_doubt(bag.donation.donor):
        raise Refused(_(held_bags.HELD), "number")
    if not bag.blood_group:
        raise Refused(_("The group of this bag is not determined: nothing waives that."), "number")
    fits = {Compatibility.Verdict.COMPATIBLE, Compatibility.Verdict.EMERGENCY}
    if verdict(bag.component, bag.blood_group, request.recipient_group) not in fits:
        raise Refused(_("This group does not fit the patient's group."), "number")
    if never := crossmatching.never_waived(request=request, bag=bag):
        raise Refused(never, "number")
    with refusing():
        return EmergencyRelease.objects.create(
            request=request, bag=bag, physician=by, because=because.strip(), at=now
        )


def agree(*, emergency: EmergencyRelease, bag: Bag, by: User, now: datetime) -> Issue:
    """The second person scans the bag and agrees: it leaves."""
    if by.pk == emergency.physician_id:
        raise Refused(_("You asked for this yourself; a second person has to agree."))
    if bag.pk != emergency.bag_id:
        raise Refused(_("This is not the bag that the doctor released."), "number")
    request = emergency.request
    if request.closed_at:
        raise Refused(_("This request is closed."))
    with refusing():
        waiting = EmergencyRelease.objects.filter(pk=emergency.pk, second=None)
        if not waiting.update(second=by, second_at=now):
            raise Refused(_("This has been decided already."))
        requests.lock(request)
        held = Reservation.objects.filter(bag=bag, request=request, ended_at=None)
        if requests.room(request) < 1 and not held.exists():
            raise Refused(_("As many bags as the request asks for have left or are held for it."))
        issued = stock.issue(bag=bag, request=request, by=by, now=now)
        held.update(ended_at=now)
        request.picks.filter(bag=bag, ended_at=None).update(ended_at=now)
    return issued
