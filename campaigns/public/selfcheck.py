"""May I give? What the rules in force say to somebody who tells about themselves; nothing is kept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from donors.clock.calendar import add_period
from donors.clock.partial_dates import PartialDate
from donors.eligibility import criteria
from donors.models import Criterion, DeferralReason

Kind = DeferralReason.Kind
# Found by measuring or by other questions, or of other kinds of donation than whole blood.
NOT_ASKED = ("INTERVAL", "HYPERTENSION", "PULSE_ABNORMAL", "LOW_HB", "ASPIRIN_PLATELETS")
THEMES = {
    gettext_lazy("Were you ill: fever, flu, an infection?"): (
        "FEVER", "FLU", "TUBERCULOSIS", "BRUCELLOSIS", "OSTEOMYELITIS", "QFEVER",
        "TOXOPLASMOSIS", "RHEUMATIC_FEVER", "SYPHILIS", "MALARIA_HISTORY",
    ),
    gettext_lazy("Medicines, a vaccine, an operation, the dentist?"): (
        "MEDICATION", "ANTIBIOTIC", "VACCINE", "VACCINE_LIVE", "VACCINE_RABIES_PEP", "SEROTHERAPY",
        "SURGERY", "SURGERY_MINOR", "DENTAL", "DENTAL_MINOR", "DENTAL_MAJOR", "ENDOSCOPY",
        "TRANSFUSION",
    ),
    gettext_lazy("A tattoo, hijama, acupuncture, a prick by a used needle?"): (
        "TATTOO", "TATTOO_PRO", "HIJAMA", "ACUPUNCTURE", "NEEDLESTICK",
    ),
    gettext_lazy("Did you give birth, or lose a pregnancy?"): ("CHILDBIRTH", "TERMINATION"),
    gettext_lazy("A journey to a hot country, or contact with an illness?"): (
        "MALARIA_STAY", "MALARIA_RESIDENT", "WEST_NILE", "HBV_CONTACT", "SEXUAL_RISK",
    ),
}  # fmt: skip


class Word(StrEnum):
    """The answer, the strongest last."""

    NOW = "now"
    FROM = "from"
    DOCTOR = "doctor"


@dataclass(frozen=True)
class Verdict:
    """``on`` is the first free day, None where a doctor has to say.

    It holds no reason, and one word for all that has no day: the page may be read by somebody else on
    the same telephone.
    """

    word: Word
    on: date | None = None


@dataclass(frozen=True)
class Answers:
    """Weight in kg. ``ended`` gives for a reason the day it happened or was over."""

    born: PartialDate
    sex: str
    weight: Decimal
    well: bool
    given_on: date | None
    ended: Mapping[DeferralReason, date]
    present: Iterable[DeferralReason]
    doubtful: Iterable[DeferralReason]
    for_good: bool


def _asked(on: date) -> QuerySet[DeferralReason]:
    rows = DeferralReason.objects.in_force(on).filter(in_use=True)
    return rows.exclude(criterion__in=NOT_ASKED).order_by("criterion", "code")


def lately(on: date) -> dict[Promise, list[DeferralReason]]:
    """Reasons that end some time after a day that the person knows, by theme."""
    rows = list(_asked(on).filter(kind=Kind.TEMPORARY, value__gt=0).exclude(criterion="DRUNK"))
    made = {
        theme: [row for row in rows if row.criterion in criteria]
        for theme, criteria in THEMES.items()
    }
    known = {row.pk for some in made.values() for row in some}
    made[gettext_lazy("Anything else that happened to you?")] = [
        row for row in rows if row.pk not in known
    ]
    return {theme: some for theme, some in made.items() if some}


def present(on: date) -> list[DeferralReason]:
    """Reasons that hold as long as something lasts."""
    return list(_asked(on).filter(kind=Kind.TEMPORARY, value=None))


def doubtful(on: date) -> list[DeferralReason]:
    return list(_asked(on).filter(kind=Kind.DOCTOR))


def for_good(on: date) -> list[DeferralReason]:
    return list(_asked(on).filter(kind=Kind.PERMANENT))


def judge(answers: Answers, on: date) -> Verdict:
    """What the rules say of a donation on a day; the doctor at the centre has the last word."""
    bounds = criteria.criteria(on=on, sex=answers.sex)
    ages = criteria.age_reasons(born=answers.born, bounds=bounds, on=on)
    lasting = answers.for_good or not answers.well or any(answers.present) or any(answers.doubtful)
    if lasting or _too_light(answers.weight, bounds) or any(not reason.until for reason in ages):
        return Verdict(Word.DOCTOR)
    ends = [reason.until for reason in ages if reason.until]
    ends += _intervals(answers.given_on, bounds)
    ends += [add_period(day, row.value or 0, row.unit) for row, day in answers.ended.items()]
    first = max(ends, default=on)
    return Verdict(Word.FROM, first) if first > on else Verdict(Word.NOW, on)


def _too_light(weight: Decimal, bounds: list[Criterion]) -> bool:
    return any(b.criterion == "WEIGHT" and b.operator == ">=" and weight < b.value for b in bounds)


def _intervals(given_on: date | None, bounds: list[Criterion]) -> list[date]:
    if given_on is None:
        return []
    return [given_on + timedelta(days=int(b.value)) for b in bounds if b.criterion == "INTERVAL"]
