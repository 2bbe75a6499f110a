"""The questionnaire, and the doctor's decision about it: final both ways, always recorded."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from centers.models import Override, Visit
from donors import substance
from donors.clock.calendar import local_day
from donors.eligibility import criteria, deferrals, questionnaire
from donors.eligibility.criteria import Assessment
from donors.eligibility.questionnaire import Raised
from donors.errors import Refused, refusing, retried_on_conflict
from donors.models import Deferral, DeferralLift, Sheet, User
from donors.models import Ground as EndedFor
from donors.people import privacy

from . import arrivals

LOOKED_AT = ("outcome", "decided_at", "decided_by_id")


def ask(
    *,
    visit: Visit,
    answers: dict[str, questionnaire.Answer],
    language: str,
    by: User,
    now: datetime,
) -> Sheet:
    """Record the questions asked aloud at reception; a later sheet of the day replaces an earlier
    one."""
    with refusing():
        here = arrivals.held(visit)
        if here.outcome:
            raise Refused(_("This donor has already been accepted or deferred today."))
        Visit.objects.filter(pk=here.pk).update(
            cleared_at=None, cleared_by=None, cleared_ground="", cleared_because=""
        )
        return questionnaire.fill(
            donor=here.donor, answers=answers, language=language, by=by, by_donor=False, now=now
        )


@dataclass(frozen=True)
class Asked:
    """State of the questionnaire; ``speaks`` where an answer of today is against giving. ``raised``
    is filled for a doctor only, from every sheet of today. ``lacks``: answered, but not the questions for the sex
    that was put right since.
    """

    sheet: Sheet | None
    speaks: bool
    raised: list[Raised]
    waits_for_doctor: bool
    lacks: bool = False


def asked(*, visit: Visit, by: User, is_doctor: bool, now: datetime) -> Asked:
    sheets = questionnaire.all_of_today(visit.donor, visit.decided_at or now)
    if not sheets:
        return Asked(None, False, [], False)
    speaking = [sheet for sheet in sheets if sheet.raised_count]
    raised: list[Raised] = []
    if is_doctor and speaking:
        privacy.log_access(donor=visit.donor, by=by, reason="answers before giving")
        for sheet in speaking:
            raised += [row for row in questionnaire.raised(sheet) if row not in raised]
    valid = questionnaire.complete(sheets, visit.donor)
    waits = bool(speaking) and not visit.cleared_at
    return Asked(valid, bool(speaking), raised, waits, lacks=valid is None)


def clear(*, visit: Visit, ground: str, because: str, by: User, now: datetime) -> None:
    """The doctor clears the donor: the answers were discussed and do not speak against giving."""
    because = substance.said(because)
    with refusing():
        here = arrivals.held(visit)
        if here.outcome or here.cleared_at:
            raise Refused(_("Somebody else has just decided about this donor."))
        Visit.objects.filter(pk=here.pk).update(
            cleared_at=now, cleared_by=by, cleared_ground=ground, cleared_because=because
        )


@retried_on_conflict
def accept(*, visit: Visit, by: User, now: datetime) -> Assessment:
    """The doctor accepts a measured donor whom nothing speaks against; returns the assessment.

    What has come to speak against giving since the measures defers instead.
    """
    with refusing():
        here = arrivals.held(visit)
        if here.outcome or here.haemoglobin is None:
            raise Refused(_("Somebody else has just decided about this donor."))
        found = arrivals.standing(visit=here, now=now)
        arrivals.decide(visit=here, found=found, by=by, now=now)
    return found


def may_override(*, visit: Visit, standing: Assessment) -> bool:
    """Whether the donor was deferred for warnings alone, or for a measure that was corrected
    since."""
    deferred = visit.outcome == Visit.Outcome.DEFERRED and visit.deferred_for_id is None
    measured = visit.haemoglobin is not None
    if not deferred or not measured or Override.objects.filter(visit=visit).exists():
        return False
    ends = {deferral.reason.code for deferral in undone(visit)}
    against = [reason.code for reason in standing.reasons if reason.code not in ends]
    corrected = bool(ends) or visit.corrections.filter(field__in=arrivals.MEASURES).exists()
    return all(code in arrivals.WARNINGS for code in against) and (bool(against) or corrected)


def _measured(visit: Visit, by: User) -> bool:
    """Whether this user took the measures, or took an acceptance back by correcting one."""
    if by.pk == (visit.measured_by_id or visit.decided_by_id):
        return True
    corrected = visit.corrections.filter(field__in=arrivals.MEASURES, by=by)
    return by.pk == visit.decided_by_id and corrected.exists()


def undone(visit: Visit) -> list[Deferral]:
    """Deferrals that this visit's first measures began and its corrected ones would not have."""
    broken = {reason.code for reason in arrivals.measured_reasons(visit)}
    codes = [
        code
        for criterion, code in arrivals.LASTING.items()
        if not any(criterion in reason for reason in broken)
    ]
    if visit.decided_at is None:
        return []
    begun = Deferral.objects.filter(donor=visit.donor_id, ended_at=None, reason__code__in=codes)
    return list(begun.filter(recorded_at=visit.decided_at).select_related("reason"))


def override(
    *, visit: Visit, standing: Assessment, ground: str, because: str, by: User, now: datetime
) -> Override:
    """The doctor accepts despite a warning: a record of its own, never by the person who
    measured."""
    because = substance.said(because)
    if visit.outcome != Visit.Outcome.DEFERRED:
        raise Refused(_("Somebody else has just decided about this donor."))
    if not may_override(visit=visit, standing=standing):
        raise Refused(
            _("What speaks against giving is more than a warning: nobody can override it.")
        )
    if _measured(visit, by):
        raise Refused(_("You took the measures yourself: another doctor has to decide."))
    with refusing():
        here = arrivals.held(visit)
        # The measures that were examined, and who took them.
        if any(getattr(here, name) != getattr(visit, name) for name in LOOKED_AT):
            raise Refused(_("Somebody else has just decided about this donor."))
        for deferral in undone(visit):
            deferrals.end(deferral=deferral, ground=EndedFor.ERROR, because=because, by=by, now=now)
        measurer = visit.measured_by or visit.decided_by
        assert measurer  # ensured by a constraint for every outcome
        made = Override.objects.create(
            visit=visit,
            criteria=" ".join(reason.code for reason in standing.reasons) or Override.CORRECTED,
            ground=ground,
            because=because,
            measured_by=measurer,
            at=now,
            by=by,
        )
        Visit.objects.filter(pk=visit.pk).update(
            outcome=Visit.Outcome.ACCEPTED, decided_at=now, decided_by=by
        )
    return made


def running(*, visit: Visit, now: datetime) -> list[Deferral]:
    """Deferrals that a doctor may end: neither permanent nor the interval after a donation."""
    live = Deferral.objects.live(local_day(now)).filter(donor=visit.donor, permanent=False)
    rows = live.exclude(reason__code=criteria.INTERVAL).select_related("reason")
    return list(rows.order_by("starts_on", "pk"))


def end_deferral(*, deferral: Deferral, ground: str, because: str, by: User, now: datetime) -> None:
    """The doctor ends a deferral; ending a copy ends its original."""
    with refusing():
        deferrals.end(deferral=_own(deferral), ground=ground, because=because, by=by, now=now)


def _own(row: Deferral) -> Deferral:
    """The original of a copy while both belong to one person; once the rows are parted, each has
    its own."""
    first = row.copy_of
    return first if first and first.donor.person == row.donor.person else row


@dataclass(frozen=True)
class Lasting:
    """A permanent deferral, and the request to lift it that waits for a second doctor."""

    deferral: Deferral
    asked: DeferralLift | None


def lasting(*, visit: Visit) -> list[Lasting]:
    rows = Deferral.objects.filter(donor=visit.donor, permanent=True, ended_at=None)
    found = [_own(row) for row in rows.select_related("reason", "copy_of__reason", "donor")]
    waiting = {
        lift.deferral_id: lift
        for lift in DeferralLift.objects.filter(
            deferral__in=found, approved_at=None
        ).select_related("asked_by")
    }
    return [Lasting(row, waiting.get(row.pk)) for row in found]


def ask_to_lift(*, deferral: Deferral, ground: str, because: str, by: User, now: datetime) -> None:
    with refusing():
        deferrals.ask_to_lift(deferral=deferral, ground=ground, because=because, by=by, now=now)


def lift(*, asked: DeferralLift, by: User, now: datetime) -> None:
    with refusing():
        deferrals.lift(asked=asked, by=by, now=now)
