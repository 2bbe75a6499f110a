"""Corrections of a donor's record at a centre, and what follows from another sex or birth date."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from django.db.models import DateField, Exists, Func, OuterRef, Q, QuerySet

from centers.models import (
    Appointment,
    Center,
    Donation,
    Job,
    Movement,
    Recall,
    Session,
    Staff,
    Visit,
)
from centers.sessions import advice
from donors.clock.calendar import local_day
from donors.eligibility import criteria, deferrals
from donors.errors import refusing, retried_on_conflict
from donors.models import AccessLog, Deferral, Donor, Ground, RecordCorrection, User
from donors.people import corrections, privacy, record_values

from . import arrivals

HELD = "record_corrected"  # the reason of the movement that the database writes
Field = RecordCorrection.Field


@dataclass(frozen=True)
class Line:
    """A correction with both values as displayed."""

    row: RecordCorrection
    was: str
    now: str


@dataclass(frozen=True)
class Followed:
    """What followed: places ahead that fall away, bags held, donations of which bags that left are
    recalled, and the first day for giving."""

    places: list[Appointment] = field(default_factory=list)
    bags: int = 0
    recalls: int = 0
    next_on: date | None = None


def lines(rows: QuerySet[RecordCorrection]) -> list[Line]:
    shown = record_values.shown
    return [Line(row, shown(row.field, row.was), shown(row.field, row.now)) for row in rows]


def waiting_at(center: Center) -> QuerySet[RecordCorrection]:
    """Proposals that wait for a second person, by those who worked at this centre then."""
    asked_on = OuterRef("asked_on")
    posts = Staff.objects.filter(center=center, user=OuterRef("asked_by"), since__lte=asked_on)
    then = posts.filter(Q(until=None) | Q(until__gt=asked_on))
    rows = RecordCorrection.objects.filter(decided_at=None, donor__erased_at=None)
    day = Func("asked_at", function="morocco_day", output_field=DateField())
    rows = rows.annotate(asked_on=day).filter(Exists(then))
    return rows.select_related("donor", "asked_by").order_by("asked_at")


def visit_here(*, donor: Donor, center: Center) -> Visit | None:
    """The person's visit to a session of the centre that is open now."""
    rows = Visit.objects.filter(donor__in=donor.linked_rows(), session__center=center)
    return rows.filter(session__state=Session.State.OPEN).order_by("-pk").first()


def may_read(*, donor: Donor, center: Center, by: User, now: datetime) -> bool:
    """The person is at an open session of the centre, or the user gave a reason lately."""
    here = visit_here(donor=donor, center=center)
    return here is not None or privacy.reason_given(donor=donor, by=by, now=now) is not None


def log_reading(*, donor: Donor, by: User, now: datetime) -> AccessLog:
    """Each view is logged, for the reason that was chosen, or as a look during the session. Not with
    the words typed: those open the record, and each view would open it anew."""
    given = privacy.reason_given(donor=donor, by=by, now=now)
    return privacy.log_access(
        donor=donor, by=by, reason=given.reason if given else "at the session"
    )


def may_decide(*, correction: RecordCorrection, jobs: set[str], by: User) -> bool:
    """A doctor or manager, and never who proposed it."""
    return bool(jobs & {Job.DOCTOR, Job.MANAGER}) and by.pk != correction.asked_by_id


def proposed(*, donor: Donor, jobs: set[str], by: User) -> list[tuple[Line, bool]]:
    """What waits for a second person, each with whether this user may be it."""
    waiting = lines(corrections.waiting(donor.person))
    return [(x, may_decide(correction=x.row, jobs=jobs, by=by)) for x in waiting]


@retried_on_conflict
def decide(*, correction: RecordCorrection, agree: bool, by: User, now: datetime) -> Followed:
    """Agree or not; with another sex or birth date the intervals, the visit of today and the places
    ahead are judged anew. Donations that broke a rule by the new value have their bags held, and
    recalled where they left, by the database."""
    with refusing():
        held, recalled = _held_bags(correction.donor).count(), _recalls(correction.donor).count()
        donor = corrections.decide(correction=correction, agree=agree, by=by, now=now)
        if not agree:
            return Followed()
        if correction.field == Field.SEX:
            _renew_interval(donor, correction.because, by, now)
        _judge_visits_again(donor, by, now)
        return Followed(
            places=fallen_away(donor, now),
            bags=_held_bags(donor).count() - held,
            recalls=_recalls(donor).count() - recalled,
            next_on=criteria.assess(donor=donor, on=local_day(now)).next_on,
        )


def _held_bags(donor: Donor) -> QuerySet[Movement]:
    return Movement.objects.filter(bag__donation__donor__in=donor.linked_rows(), reason=HELD)


def _recalls(donor: Donor) -> QuerySet[Recall]:
    rows = Recall.objects.filter(donation__donor__in=donor.linked_rows())
    return rows.filter(cause=Recall.Cause.RECORD)


def _renew_interval(donor: Donor, because: str, by: User, now: datetime) -> None:
    """The interval since the last donation, and the number in a year, by the right sex."""
    given = Donation.objects.filter(donor__in=donor.linked_rows()).order_by("-collected_on").first()
    if given is None:
        return
    running = Deferral.objects.filter(
        donor=donor, reason__code=criteria.INTERVAL, starts_on=given.collected_on, ended_at=None
    )
    for deferral in running:
        deferrals.end(deferral=deferral, ground=Ground.ERROR, because=because, by=by, now=now)
    deferrals.after_donation(donor=donor.pk, on=given.collected_on, by=by, now=now)


def _judge_visits_again(donor: Donor, by: User, now: datetime) -> None:
    rows = Visit.objects.filter(donor__in=donor.linked_rows(), session__state=Session.State.OPEN)
    for visit in rows.order_by("pk"):
        arrivals.decide_again(visit=arrivals.held(visit), by=by, now=now)


def fallen_away(donor: Donor, now: datetime) -> list[Appointment]:
    """Places ahead on a day on which the person may not give by what is known now."""
    rows = Appointment.objects.live().filter(donor__in=donor.linked_rows(), slot__starts_at__gt=now)
    places = rows.select_related("slot__session__center", "donor__merged_into")
    return [place for place in places.order_by("slot__starts_at") if advice.of(place, now).against]
