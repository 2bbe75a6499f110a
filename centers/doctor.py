"""The questions before giving, and the doctor's word about them: final both ways, always recorded."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from donors import deferrals, privacy, questionnaire
from donors.calendar import local_day
from donors.models import Deferral, Lift, Sheet, User
from donors.questionnaire import Raised

from .errors import Refused, in_one_piece
from .models import Visit


def ask(*, visit: Visit, answers: dict, language: str, by: User, now: datetime) -> Sheet:
    """The questions asked aloud at reception; a later sheet of the day takes the place of an earlier."""
    if visit.outcome:
        raise Refused(_("This donor has already been accepted or deferred today."))
    with in_one_piece():
        Visit.objects.filter(pk=visit.pk).update(
            cleared_at=None, cleared_by=None, cleared_because=""
        )
        return questionnaire.fill(
            donor=visit.donor, answers=answers, language=language, by=by, by_donor=False, now=now
        )


@dataclass(frozen=True)
class Asked:
    """How far the questions are: ``raised`` is filled for a doctor only."""

    sheet: Sheet | None
    raised: list[Raised]
    waits_for_doctor: bool


def asked(*, visit: Visit, by: User, is_doctor: bool, now: datetime) -> Asked:
    sheet = questionnaire.of_today(visit.donor, visit.decided_at or now)
    if sheet is None:
        return Asked(None, [], False)
    raised = []
    if is_doctor and sheet.raised_count:
        privacy.log_access(donor=visit.donor, by=by, reason="answers before giving", now=now)
        raised = questionnaire.raised(sheet)
    return Asked(sheet, raised, bool(sheet.raised_count) and not visit.cleared_at)


def clear(*, visit: Visit, because: str, by: User, now: datetime) -> None:
    """The doctor's yes: the answers were talked over and do not speak against giving."""
    if not because.strip():
        raise Refused(_("Say why this donor may give all the same."))
    cleared = Visit.objects.filter(pk=visit.pk, outcome="").update(
        cleared_at=now, cleared_by=by, cleared_because=because.strip()
    )
    if not cleared:
        raise Refused(_("This donor has already been accepted or deferred today."))


def running(*, visit: Visit, now: datetime) -> list[Deferral]:
    """Deferrals that a doctor may end: neither for ever nor the interval after a donation."""
    live = Deferral.objects.live(local_day(now)).filter(donor=visit.donor, permanent=False)
    rows = live.exclude(reason__code=deferrals.INTERVAL).select_related("reason")
    return list(rows.order_by("starts_on", "pk"))


def end_deferral(*, deferral: Deferral, because: str, by: User, now: datetime) -> None:
    """The doctor's word against a deferral; a copy ends with what it was copied from."""
    with in_one_piece():
        deferrals.end(deferral=deferral.copy_of or deferral, by=by, because=because, now=now)


@dataclass(frozen=True)
class Lasting:
    """A deferral for ever, and the lifting of it that waits for a second doctor."""

    deferral: Deferral
    asked: Lift | None


def lasting(*, visit: Visit) -> list[Lasting]:
    rows = Deferral.objects.filter(donor=visit.donor, permanent=True, ended_at=None)
    found = [row.copy_of or row for row in rows.select_related("reason", "copy_of__reason")]
    waiting = {
        lift.deferral_id: lift
        for lift in Lift.objects.filter(deferral__in=found, approved_at=None).select_related(
            "asked_by"
        )
    }
    return [Lasting(row, waiting.get(row.pk)) for row in found]


def ask_to_lift(*, deferral: Deferral, because: str, by: User, now: datetime) -> None:
    with in_one_piece():
        deferrals.ask_to_lift(deferral=deferral, because=because, by=by, now=now)


def lift(*, asked: Lift, by: User, now: datetime) -> None:
    with in_one_piece():
        deferrals.lift(asked=asked, by=by, now=now)
