"""The board of a session: people by step, shared by all staff of the session."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, TypedDict, cast

from django.db import connection, models
from django.db.models import Exists, ExpressionWrapper, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from centers.isbt128 import donation_numbers
from centers.models import Appointment, Session, Visit
from donors.clock.calendar import local_day
from donors.eligibility.questionnaire import COUNTS_FOR
from donors.errors import Refused
from donors.models import Donor, Sheet
from donors.people import search

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django_stubs_ext import WithAnnotations

    BoardVisit = WithAnnotations[Visit, "Facts"]
    Placed = WithAnnotations[Visit, "Place"]

LAST_GONE = 20
LEAST_DIGITS = 3  # of the end of a bag's number
VOLUME = re.compile(r"(\d{1,3})\s*(=\S+)")
# A donor who leaves without telling anybody must not stay on the board: after this time they count
# as gone.
REST = timedelta(minutes=45)
# How long a donor deferred for a warning is assumed to wait for the doctor's decision.
WARNED = timedelta(hours=1)


class Step(models.TextChoices):
    BOOKED = "booked", _("Booked, not here yet")
    ARRIVED = "arrived", _("Arrived: the questions come next")
    DOCTOR = "doctor", _("With the doctor")
    ASKED = "asked", _("To be measured")
    READY = "ready", _("Accepted, on the way to a bed")
    GIVING = "giving", _("Giving")
    RESTING = "resting", _("Resting")
    GONE = "gone", _("Gone")


@dataclass(frozen=True)
class Lane:
    """One step and its people, the longest waiting first; of those who are gone only the last
    few."""

    step: Step
    visits: list[Visit]
    booked: list[Appointment]
    count: int


def lanes(*, session: Session, now: datetime) -> list[Lane]:
    """Every step of a session, in order."""
    visits = cast("list[Placed]", list(_visits(session)))
    by_step: dict[str, list[Visit]] = {step: [] for step in Step}
    for visit in visits:
        visit.step, visit.since = _step(visit, now)
        by_step[visit.step].append(visit)
    by_step[Step.GONE].reverse()
    found = []
    for step in Step:
        people = by_step[step]
        booked = expected(session=session) if step == Step.BOOKED else []
        shown = people[:LAST_GONE] if step == Step.GONE else people
        found.append(Lane(step, shown, booked, len(people) + len(booked)))
    return found


# Every row that determines a lane, with the transaction that last wrote it.
FINGERPRINT = """
WITH people AS (
    SELECT v.id, v.donor_id, v.xmin AS was, v.decided_at,
        v.warned AND v.decided_at > %(warned)s AS with_doctor FROM centers_visit v
    WHERE v.session_id = %(session)s
), rows AS (
    SELECT 's' || s.xmin AS row FROM centers_session s WHERE s.id = %(session)s
    UNION ALL SELECT 'v' || p.id || '-' || p.was || '-' || d.xmin || (p.with_doctor IS TRUE)::text
        FROM people p JOIN donors_donor d ON d.id = p.donor_id
    UNION ALL SELECT 'b' || b.id || '-' || b.xmin || (b.ended_at <= %(rested)s)::text
        FROM people p JOIN centers_bleeding b ON b.visit_id = p.id
    UNION ALL SELECT 'g' || g.id || '-' || g.xmin || (p.decided_at <= %(rested)s)::text
        FROM people p JOIN centers_donation g ON g.visit_id = p.id
    UNION ALL SELECT 'a' || a.id || '-' || a.xmin || '-' || d.xmin
        FROM centers_slot t JOIN centers_appointment a ON a.slot_id = t.id
            JOIN donors_donor d ON d.id = a.donor_id WHERE t.session_id = %(session)s
    UNION ALL SELECT 'q' || q.id || '-' || q.xmin
        FROM people p JOIN donors_donor d ON d.id = p.donor_id OR d.merged_into_id = p.donor_id
            JOIN donors_sheet q ON q.donor_id = d.id
)
SELECT md5(string_agg(row, ',' ORDER BY row)) FROM rows
"""


def fingerprint(*, session: Session, now: datetime) -> str:
    """A value that changes whenever anything shown in the session's lanes or counts changes."""
    with connection.cursor() as cursor:
        cursor.execute(
            FINGERPRINT, {"session": session.pk, "rested": now - REST, "warned": now - WARNED}
        )
        mark: str = cursor.fetchone()[0]
    return mark


def expected(*, session: Session, arrived: bool = False) -> list[Appointment]:
    """Donors with an appointment for this session, by time; those who have arrived only on
    request."""
    states = Appointment.EXPECTED if arrived else (Appointment.State.BOOKED,)
    booked = Appointment.objects.filter(slot__session=session, state__in=states)
    return list(booked.select_related("donor", "slot").order_by("slot__starts_at", "pk"))


class Facts(TypedDict):
    """What determines the step, beside the visit's own row."""

    asked: bool
    raised: bool
    given: str | None
    needle_in: datetime | None
    needle_out: datetime | None


class Place(Facts):
    """A visit with its lane."""

    step: Step
    since: datetime


def _visits(session: Session) -> QuerySet[BoardVisit]:
    """Visits with the facts that determine the step: today's sheet, needle in and out, number."""
    whose = Q(donor=OuterRef("donor")) | Q(donor__merged_into=OuterRef("donor"))
    since = ExpressionWrapper(OuterRef("arrived_at") - COUNTS_FOR, models.DateTimeField())
    counts = Q(day=local_day(session.starts_at)) | Q(filled_at__gte=since)
    sheets = Sheet.objects.filter(whose, counts)
    return (
        Visit.objects.filter(session=session)
        .select_related("donor")
        .annotate(
            asked=Exists(sheets.filter(sex=OuterRef("donor__sex"))),
            raised=Exists(sheets.filter(raised_count__gt=0)),
            given=F("donation__din"),
            needle_in=F("bleeding__started_at"),
            needle_out=F("bleeding__ended_at"),
        )
        .order_by("arrived_at", "pk")
    )


def _step(visit: BoardVisit, now: datetime) -> tuple[Step, datetime]:
    if visit.left_at:
        return Step.GONE, visit.left_at
    decided_at = visit.decided_at  # ensured by a constraint for every outcome
    since = visit.needle_out or (decided_at if visit.given else None)
    if since:
        return (Step.RESTING if now - since < REST else Step.GONE), since
    if visit.needle_in:
        return Step.GIVING, visit.needle_in
    if decided_at:
        turned_away = visit.outcome == Visit.Outcome.DEFERRED
        if turned_away and visit.warned and now - decided_at < WARNED:
            return Step.DOCTOR, decided_at
        accepted = visit.outcome == Visit.Outcome.ACCEPTED
        return (Step.READY if accepted else Step.GONE), decided_at
    if not visit.asked:
        return Step.ARRIVED, visit.arrived_at
    if visit.measured_at:  # by the rule of the centre a doctor accepts
        return Step.DOCTOR, visit.measured_at
    waits = visit.raised and not visit.cleared_at
    return (Step.DOCTOR if waits else Step.ASKED), visit.arrived_at


def is_number(text: str) -> bool:
    """Whether the text is a donation number, scanned or typed."""
    try:
        return bool(donation_numbers.read(text))
    except Refused:
        return text.strip().startswith("=")


def volume_before(text: str) -> tuple[int | None, str]:
    """The volume typed before a scanned number, and the number; None and the text otherwise."""
    found = VOLUME.fullmatch(text.strip())
    return (int(found[1]), found[2]) if found else (None, text)


def find(*, session: Session, text: str) -> list[Visit]:
    """Visits of the session by name, card, document, phone, or part of the bag's number."""
    visits = Visit.objects.filter(session=session).select_related("donor")
    visit = visit_of(session=session, text=text)
    if visit:
        return list(visits.filter(pk=visit.pk))
    donors = [donor.pk for donor in search.find(text, Donor.objects.filter(visits__in=visits))]
    rows = {visit.donor_id: visit for visit in visits.filter(donor__in=donors)}
    found = [rows[pk] for pk in donors if pk in rows]
    digits = text.strip()
    if len(digits) >= LEAST_DIGITS and digits.isdecimal():
        by_number = Q(bleeding__din__endswith=digits) | Q(donation__din__endswith=digits)
        found += [row for row in visits.filter(by_number)[: search.MATCHES] if row not in found]
    return found


def visit_of(*, session: Session, text: str) -> Visit | None:
    """The visit of a scanned number or donor card, if it belongs to this session."""
    visits = Visit.objects.filter(session=session)
    try:
        din = donation_numbers.read(text)
    except Refused:
        return None
    return visits.filter(Q(bleeding__din=din) | Q(donation__din=din)).first()
