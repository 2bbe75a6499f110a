"""May I give? What the rules in force say to somebody who tells about themselves; nothing is kept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

from django.db.models import QuerySet
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from donors.clock.calendar import add_period
from donors.eligibility import criteria
from donors.models import Criterion, DeferralReason

from .guidance import AUTHORITIES

Kind = DeferralReason.Kind
# Found by measuring or by other questions, or of other kinds of donation than whole blood.
NOT_ASKED = ("INTERVAL", "HYPERTENSION", "PULSE_ABNORMAL", "LOW_HB", "ASPIRIN_PLATELETS")
THEMES = {
    gettext_lazy("Illness"): (
        "FEVER", "FLU", "TUBERCULOSIS", "BRUCELLOSIS", "OSTEOMYELITIS", "QFEVER",
        "TOXOPLASMOSIS", "RHEUMATIC_FEVER", "SYPHILIS", "MALARIA_HISTORY",
    ),
    gettext_lazy("Care, medicines, vaccines"): (
        "MEDICATION", "ANTIBIOTIC", "VACCINE", "VACCINE_LIVE", "VACCINE_RABIES_PEP", "SEROTHERAPY",
        "SURGERY", "SURGERY_MINOR", "DENTAL", "DENTAL_MINOR", "DENTAL_MAJOR", "ENDOSCOPY",
        "TRANSFUSION",
    ),
    gettext_lazy("Skin and needles"): (
        "TATTOO", "TATTOO_PRO", "HIJAMA", "ACUPUNCTURE", "NEEDLESTICK",
    ),
    gettext_lazy("Birth"): ("CHILDBIRTH", "TERMINATION"),
    gettext_lazy("Travel and contact"): (
        "MALARIA_STAY", "MALARIA_RESIDENT", "WEST_NILE", "HBV_CONTACT", "SEXUAL_RISK",
    ),
}  # fmt: skip


class Word(StrEnum):
    """The answer, the strongest last."""

    NOW = "now"
    FROM = "from"
    ASK = "ask"
    WAIT = "wait"
    NEVER = "never"


@dataclass(frozen=True)
class Ground:
    """Why, and by whose rule; ``until`` is the first free day where one is known."""

    text: str
    authority: Promise | str = ""
    until: date | None = None


@dataclass(frozen=True)
class Verdict:
    """``on`` is the first day on which nothing that was told stands in the way."""

    word: Word
    grounds: list[Ground]
    on: date | None = None


@dataclass(frozen=True)
class Told:
    """Weight in kg. ``ended`` gives for a reason the day it happened or was over."""

    birth_date: date
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
    made[gettext_lazy("Other")] = [row for row in rows if row.pk not in known]
    return {theme: some for theme, some in made.items() if some}


def present(on: date) -> list[DeferralReason]:
    """Reasons that hold as long as something lasts."""
    return list(_asked(on).filter(kind=Kind.TEMPORARY, value=None))


def doubtful(on: date) -> list[DeferralReason]:
    return list(_asked(on).filter(kind=Kind.DOCTOR))


def for_good(on: date) -> list[DeferralReason]:
    return list(_asked(on).filter(kind=Kind.PERMANENT))


def judge(told: Told, on: date) -> Verdict:
    """What the rules say of a donation on a day; the doctor at the centre has the last word."""
    bounds = criteria.criteria(on=on, sex=told.sex)
    if told.for_good:
        return Verdict(Word.NEVER, [Ground(_("One of the reasons on the list applies to you."))])
    dated: list[Ground] = []
    open_ended: list[Ground] = []
    for reason in criteria.age_reasons(birth_date=told.birth_date, bounds=bounds, on=on):
        ground = Ground(reason.message, _authority(bounds, reason.code), reason.until)
        (dated if reason.until else open_ended).append(ground)
    open_ended += _weight(told.weight, bounds)
    dated += _interval(told.given_on, bounds, on)
    for row, ended_on in told.ended.items():
        until = add_period(ended_on, row.value or 0, row.unit)
        if until > on:
            dated.append(Ground(row.name, AUTHORITIES[row.authority], until))
    waits = [Ground(r.name, AUTHORITIES[r.authority]) for r in told.present]
    if not told.well:
        waits.append(Ground(_("You do not feel well today.")))
    asks = [Ground(r.name, AUTHORITIES[r.authority]) for r in told.doubtful]
    grounds = [*open_ended, *waits, *dated, *asks]
    ends = [ground.until for ground in dated if ground.until]
    if open_ended or waits:
        return Verdict(Word.WAIT, grounds)
    if asks:
        return Verdict(Word.ASK, grounds, max(ends, default=None))
    if dated:
        return Verdict(Word.FROM, grounds, max(ends))
    return Verdict(Word.NOW, [], on)


def _weight(weight: Decimal, bounds: list[Criterion]) -> list[Ground]:
    low = [b for b in bounds if b.criterion == "WEIGHT" and b.operator == ">=" and weight < b.value]
    return [
        Ground(
            _("Under %(kg)s kg the amount taken would be too much for you.") % {"kg": int(b.value)},
            AUTHORITIES[b.authority],
        )
        for b in low
    ]


def _interval(given_on: date | None, bounds: list[Criterion], on: date) -> list[Ground]:
    if given_on is None:
        return []
    made = []
    for bound in bounds:
        until = given_on + timedelta(days=int(bound.value))
        if bound.criterion == "INTERVAL" and until > on:
            text = _("You gave on %(day)s; your body needs its time.")
            day = date_format(given_on, "DATE_FORMAT")
            made.append(Ground(text % {"day": day}, AUTHORITIES[bound.authority], until))
    return made


def _authority(bounds: list[Criterion], code: str) -> Promise | str:
    return next((AUTHORITIES[b.authority] for b in bounds if b.code == code), "")
