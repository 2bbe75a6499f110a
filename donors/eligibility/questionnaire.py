"""The questions before giving blood: asked in the donor's language, sealed, read by the doctor."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from donors.clock.calendar import add_period, local_day
from donors.errors import Refused
from donors.models import DeferralReason, Donor, Question, Sheet, User
from donors.people import encryption

PURPOSE = b"donor.questionnaire"


@dataclass(frozen=True)
class Answer:
    """``on``: when it happened or ended; asked only where the end of the deferral depends on it."""

    yes: bool
    on: date | None = None


@dataclass(frozen=True)
class Raised:
    """A yes that speaks against giving. ``until`` is empty where the doctor decides."""

    question: Question
    reason: DeferralReason
    on: date | None
    until: date | None


def questions(*, sex: str, version: str | None = None) -> list[Question]:
    """The questions for this sex, of the latest version unless another is given."""
    version = version or Question.objects.latest("version").version
    return list(Question.objects.filter(version=version, sex__in=["any", sex]).order_by("position"))


@transaction.atomic
def fill(
    *,
    donor: Donor,
    answers: dict[str, Answer],
    language: str,
    by: User,
    by_donor: bool,
    now: datetime,
) -> Sheet:
    """Keep the answers of today, by question code. Raises ``Refused`` when one is missing."""
    asked = questions(sex=donor.sex)
    if {question.code for question in asked} != answers.keys():
        raise Refused(_("Some questions have no answer yet."))
    sheet = Sheet(
        donor=donor,
        version=asked[0].version,
        sex=donor.sex,
        language=language,
        day=local_day(now),
        filled_at=now,
        by=by,
        by_donor=by_donor,
        raised_count=len(against(asked, answers, local_day(now))),
    )
    said = {code: [a.yes, a.on.isoformat() if a.on else None] for code, a in answers.items()}
    sheet.answers = encryption.seal(json.dumps(said), PURPOSE + sheet.public_id.bytes)
    sheet.save(force_insert=True)
    return sheet


# A Ramadan evening passes midnight: answers given before it count after it.
COUNTS_FOR = timedelta(hours=12)


def of_today(donor: Donor, now: datetime) -> Sheet | None:
    """The last sheet that is valid now: of today, or of the last hours, with the questions for this sex."""
    return complete(all_of_today(donor, now), donor)


def complete(sheets: list[Sheet], donor: Donor) -> Sheet | None:
    """The first of them that has every question for this person: one filled before the sex on record was put
    right lacks some, or has others."""
    return next((sheet for sheet in sheets if sheet.sex == donor.person.sex), None)


def all_of_today(donor: Donor, now: datetime) -> list[Sheet]:
    """All valid sheets, last one first. A later no does not cancel a yes on an earlier sheet."""
    counts = Q(day=local_day(now)) | Q(filled_at__gt=now - COUNTS_FOR, filled_at__lte=now)
    return list(Sheet.objects.filter(counts, donor__in=donor.linked_rows()).order_by("-pk"))


def last(donor: Donor, now: datetime) -> list[Sheet]:
    """The sheets of the last day on which the person answered, the last one first."""
    rows = Sheet.objects.filter(donor__in=donor.linked_rows(), filled_at__lte=now).order_by("-pk")
    newest = rows.first()
    if newest is None:
        return []
    together = Q(day=newest.day) | Q(filled_at__gt=newest.filled_at - COUNTS_FOR)
    return list(rows.filter(together))


def answers(sheet: Sheet) -> dict[str, Answer]:
    said = json.loads(encryption.unseal(sheet.answers, PURPOSE + sheet.public_id.bytes))
    return {
        code: Answer(yes, date.fromisoformat(on) if on else None)
        for code, (yes, on) in said.items()
    }


def raised(sheet: Sheet) -> list[Raised]:
    """Answers that speak against giving on the sheet's day, in the order of the questions."""
    asked = questions(sex=sheet.donor.sex, version=sheet.version)
    return against(asked, answers(sheet), sheet.day)


def free_on(sheet: Sheet) -> date | None:
    """The first day that the answers leave free; None where a doctor has to decide.

    A condition that is present on the sheet's day and has a period counts as over on that day at
    the earliest.
    """
    days = [row.until or _period_after(row, sheet.day) for row in raised(sheet)]
    known = [day for day in days if day]
    return max(known, default=sheet.day) if len(known) == len(days) else None


def _period_after(row: Raised, day: date) -> date | None:
    reason = row.reason
    if reason.kind == DeferralReason.Kind.TEMPORARY and reason.value:
        return add_period(day, reason.value, reason.unit)
    return None


def against(asked: list[Question], said: dict[str, Answer], day: date) -> list[Raised]:
    """``raised`` for answers that are not saved."""
    yes = [question for question in asked if question.code in said and said[question.code].yes]
    reasons = {
        reason.code: reason
        for reason in DeferralReason.objects.in_force(day).filter(
            code__in=[question.reason for question in yes]
        )
    }
    found = []
    for question in yes:
        on, reason = said[question.code].on, reasons[question.reason]
        until = None
        if reason.kind == DeferralReason.Kind.TEMPORARY and reason.value and question.asks_when:
            until = add_period(on or day, reason.value, reason.unit)
        if until is None or until > day:
            found.append(Raised(question, reason, on, until))
    return found
