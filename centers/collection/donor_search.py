"""Search for donors, at reception and outside a session; each look is logged."""

from __future__ import annotations

from datetime import datetime

from centers.isbt128 import donation_numbers
from centers.models import Appointment, Donation, Session
from donors.errors import Refused
from donors.models import Donor, User
from donors.people import privacy, search


def look_up(*, session: Session, text: str, by: User, now: datetime) -> list[Donor]:
    """Search at reception, donors with an appointment for this session first; each access is
    logged."""
    booked = Appointment.objects.filter(slot__session=session, state=Appointment.State.BOOKED)
    expected = Donor.objects.filter(pk__in=booked.values("donor"))
    given = _giver(text)
    found = given or list(dict.fromkeys([*search.find(text, expected), *search.find(text)]))
    found = found[: search.MATCHES]
    for donor in found:
        privacy.log_access(donor=donor, by=by, reason="reception search")
    return found


def look_for(*, text: str, by: User) -> list[Donor]:
    """Search outside a session; each access is logged."""
    found = (_giver(text) or search.find(text))[: search.MATCHES]
    for donor in found:
        privacy.log_access(donor=donor, by=by, reason="record search")
    return found


def _giver(text: str) -> list[Donor]:
    """The donor of a scanned or typed donation number."""
    try:
        given = Donation.objects.filter(din=donation_numbers.read(text))
    except Refused:
        return []
    return [donation.donor.person for donation in given.select_related("donor__merged_into")]
