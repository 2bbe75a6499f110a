"""Days unlike the others, so that a visitor meets them: full, moved to another day, called off."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import QuerySet

from campaigns.models import Campaign
from centers.models import Appointment, Session, Slot
from centers.sessions import planning
from donors.clock.calendar import local_day
from donors.eligibility.criteria import eligible
from donors.models import Donor

from .drives import SMALL_BEDS

FULL = 3
BECAUSE = "عطب في التكييف بالقاعة؛ الأيام الأخرى للحملة كما هي."


def load(*, now: datetime) -> None:
    for session in list(_at_home(now).filter(beds=SMALL_BEDS)[:FULL]):
        _fill(session, now)
    moved = _at_home(now).exclude(beds=SMALL_BEDS).first()
    if moved:
        planning.move(
            session=moved,
            starts_at=moved.starts_at + timedelta(days=1),
            name_ar=moved.name_ar,
            name_fr=moved.name_fr,
            name_en=moved.name_en,
            now=now,
        )
    days = Session.objects.filter(
        state=Session.State.PLANNED, campaigns__in=Campaign.objects.filter(unit__code="DI-MAR-SYBA")
    )
    if days.count() > 1:  # the other day of the campaign is held
        planning.cancel(session=days.latest("starts_at"), because=BECAUSE)


def _at_home(now: datetime) -> QuerySet[Session]:
    """Sessions to come on the premises of a unit, booked by nobody so far."""
    return (
        Session.objects.filter(
            kind=Session.Kind.MOBILE,
            state=Session.State.PLANNED,
            starts_at__gt=now + timedelta(days=2),
            campaigns__addressee__isnull=False,
            slots__taken=0,
        )
        .distinct()
        .order_by("starts_at", "pk")
    )


def _fill(session: Session, now: datetime) -> None:
    places = [
        s for s in Slot.objects.filter(session=session).order_by("pk") for _n in range(s.places)
    ]
    free = Donor.objects.filter(user=None, appointments=None, visits=None).exclude(blood_group="")
    people = eligible(free, local_day(session.starts_at)).order_by("-pk")[: len(places)]
    Appointment.objects.bulk_create(
        Appointment(slot=slot, donor=donor, made_at=now - timedelta(days=1))
        for slot, donor in zip(places, people, strict=False)
    )
