"""Whether somebody with a place is still expected and able; asked before each message about it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TypeVar

from django.db.models import DateField, Exists, F, Func, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from centers.models import Appointment, Session, Waiting
from donors.clock.calendar import last_moment, midnight
from donors.eligibility import criteria
from donors.models import Donor, Sheet

from . import advice

Row = TypeVar("Row", Appointment, Waiting)
# A person's own answers with an end can still be put right by the person, until this long before.
ANSWERS_STAND = timedelta(hours=26)


def ahead(now: datetime) -> QuerySet[Appointment]:
    """Places booked or offered at times to come of sessions that take place."""
    rows = Appointment.objects.live().filter(
        slot__starts_at__gt=now, slot__session__state__in=Session.LIVE
    )
    return rows.select_related("donor__merged_into", "slot__session__center")


def unable(places: QuerySet[Appointment], now: datetime) -> list[Appointment]:
    """Those of ``places`` whose donor may not give on that day, by the record, or shortly before
    the day by their own answers. Who has to ask a doctor about an answer keeps the place."""
    near = places.filter(slot__starts_at__lte=now + ANSWERS_STAND)
    doubtful = [*_excluded(places, "slot__starts_at"), *_answered(near)]
    found = {place.pk: place for place in doubtful}
    return [place for place in found.values() if _is_unable(place, now)]


def unable_in_line(now: datetime) -> list[Waiting]:
    """People on a waiting list who may not give on any day of its session, by the record."""
    rows = Waiting.objects.live().filter(session__state__in=Session.LIVE, session__ends_at__gt=now)
    return list(_excluded(rows.select_related("donor"), "session__ends_at"))


def _is_unable(place: Appointment, now: datetime) -> bool:
    found = advice.of(place, now)
    if not found.against:
        return False
    if not criteria.assess(donor=place.donor.person, on=found.day).allowed:
        return True
    return found.first is not None and place.slot.starts_at <= now + ANSWERS_STAND


def _excluded(rows: QuerySet[Row], moment: str) -> Iterator[Row]:
    """Those whose record excludes the day of ``moment``: one statement a day."""
    rows = rows.annotate(
        person=Coalesce("donor__merged_into", "donor"),
        day=Func(F(moment), function="morocco_day", output_field=DateField()),
    ).order_by("pk")
    me = Donor.objects.filter(pk=OuterRef("person"))
    for day in sorted(set(rows.order_by().values_list("day", flat=True))):
        that_day = {f"{moment}__range": (midnight(day), last_moment(day))}
        yield from rows.filter(~Exists(criteria.eligible(me, day)), **that_day)


def _answered(places: QuerySet[Appointment]) -> QuerySet[Appointment]:
    """Those with answers that speak against giving, whenever."""
    rows = places.annotate(person=Coalesce("donor__merged_into", "donor"))
    own = Q(donor=OuterRef("person")) | Q(donor__merged_into=OuterRef("person"))
    return rows.filter(Exists(Sheet.objects.filter(own, raised_count__gt=0)))
