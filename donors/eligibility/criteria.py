"""May this person give today, and if not, from when? The only place that decides."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from donors.clock.calendar import add_years
from donors.clock.partial_dates import PartialDate
from donors.models import Criterion, Deferral, Donor

MEASURED = {
    "HAEMOGLOBIN": "haemoglobin",
    "BP_SYSTOLIC": "systolic",
    "BP_DIASTOLIC": "diastolic",
    "PULSE": "pulse",
    "WEIGHT": "weight",
    "TEMPERATURE": "temperature",
}


# The one deferral that is not confidential: the interval since the last donation.
INTERVAL = "MA-INTERVAL"
PERHAPS_YOUNGER = gettext_noop(
    "Perhaps younger than %(years)s years: the day of birth is not known, so the last possible one counts."
)


@dataclass(frozen=True)
class Measures:
    """Hb in g/L, pressure in mmHg, pulse in beats a minute, weight in kg, temperature in °C."""

    haemoglobin: int | None = None
    systolic: int | None = None
    diastolic: int | None = None
    pulse: int | None = None
    weight: Decimal | None = None
    temperature: Decimal | None = None


@dataclass(frozen=True)
class Reason:
    """A reason against giving. ``until`` is the first free day; empty where a person has to decide.
    ``confidential``: it reveals something about the person's health or life, so only a doctor reads
    the message.
    """

    code: str
    message: str
    until: date | None = None
    confidential: bool = False


@dataclass(frozen=True)
class Assessment:
    """``next_on``: the first day on which no known reason applies, or None."""

    reasons: list[Reason] = field(default_factory=list)
    next_on: date | None = None
    permanent: bool = False

    @property
    def allowed(self) -> bool:
        return not self.reasons

    @property
    def codes(self) -> list[str]:
        return [reason.code for reason in self.reasons]


def criteria(*, on: date, sex: str) -> list[Criterion]:
    """The bounds for whole blood in force on a day, keyed by criterion."""
    return list(
        Criterion.objects.in_force(on)
        .filter(in_use=True, sex__in=["any", sex], donation_type__in=["any", "whole_blood"])
        .order_by("criterion", "operator", "code")
    )


def assess(*, donor: Donor, on: date, measures: Measures | None = None) -> Assessment:
    """Every reason against giving whole blood on a day; an empty list means eligible."""
    deferrals = list(
        Deferral.objects.filter(donor=donor, ended_at=None)
        .filter(Q(ends_on=None) | Q(ends_on__gt=on))
        .select_related("reason")
        .order_by("starts_on", "pk")
    )
    reasons = _known(donor, deferrals, on)
    if measures is not None:
        bounds = criteria(on=on, sex=donor.sex)
        reasons += measure_reasons(measures=measures, bounds=bounds, on=on)
    permanent = any(d.permanent and d.starts_on <= on for d in deferrals)
    return Assessment(
        reasons=reasons, next_on=_first_free(donor, deferrals, on, reasons), permanent=permanent
    )


def _known(donor: Donor, deferrals: list[Deferral], on: date) -> list[Reason]:
    """Reasons against giving on a day that are known without measuring."""
    live = [d for d in deferrals if d.starts_on <= on and (d.ends_on is None or d.ends_on > on)]
    found = [
        Reason(d.reason.code, _deferral_message(d), d.ends_on, d.reason.code != INTERVAL)
        for d in live
    ]
    bounds = criteria(on=on, sex=donor.sex)
    return found + age_reasons(born=donor.born, bounds=bounds, on=on)


def _first_free(
    donor: Donor, deferrals: list[Deferral], on: date, reasons: list[Reason]
) -> date | None:
    """The first day after all known reasons. The end of one reason may fall inside a later one, so
    the reasons are evaluated again for that day."""
    while reasons:
        ends = [reason.until for reason in reasons]
        if None in ends:
            return None
        on = max(end for end in ends if end)
        reasons = _known(donor, deferrals, on)
    return on


def age_reasons(*, born: PartialDate, bounds: list[Criterion], on: date) -> list[Reason]:
    """Too young by the last day on which the person may have been born, too old by the first."""
    reasons = []
    for bound in bounds:
        if bound.criterion != "AGE":
            continue
        years = int(bound.value)
        if bound.operator == ">=" and add_years(born.latest, years) > on:
            certain = add_years(born.earliest, years) > on
            text = _("Younger than %(years)s years.") if certain else _(PERHAPS_YOUNGER)
            until = add_years(born.latest, years)
            reasons.append(Reason(bound.code, text % {"years": years}, until))
        if bound.operator == "<=" and add_years(born.earliest, years + 1) <= on:
            message = _("Older than %(years)s years: the doctor decides.") % {"years": years}
            reasons.append(Reason(bound.code, message))
    return reasons


def measure_reasons(*, measures: Measures, bounds: list[Criterion], on: date) -> list[Reason]:
    """Measured values outside their bounds; a missing value is no reason here."""
    reasons = []
    for bound in bounds:
        name = MEASURED.get(bound.criterion)
        value = getattr(measures, name) if name else None
        if value is None:
            continue
        if bound.operator == ">=" and value < bound.value:
            text = _("%(what)s is %(value)s, under %(bound)s %(unit)s.")
        elif bound.operator == "<=" and value > bound.value:
            text = _("%(what)s is %(value)s, over %(bound)s %(unit)s.")
        else:
            continue
        message = text % {
            "what": _measure_name(bound.criterion),
            "value": written(value),
            "bound": written(bound.value),
            "unit": bound.unit_name,
        }
        days = bound.deferral_days
        reasons.append(Reason(bound.code, message, on + timedelta(days=days or 1)))
    return reasons


# Values that are rarely true, though within the bounds (general knowledge, unverified).
RARE = {"HAEMOGLOBIN": (70, 200), "WEIGHT": (30, 180), "TEMPERATURE": (35, 42)}


def rare(*, measures: Measures) -> list[Reason]:
    """Measured values that are more often typing errors than true; nobody is deferred for them."""
    found = []
    for criterion, (least, most) in RARE.items():
        value = getattr(measures, MEASURED[criterion])
        if value is not None and not least <= value <= most:
            message = _("%(what)s of %(value)s is rare: look at the apparatus again.")
            said = {"what": _measure_name(criterion), "value": written(value)}
            found.append(Reason(f"RARE-{criterion}", message % said))
    return found


def undeferred(queryset: QuerySet[Donor], on: date) -> QuerySet[Donor]:
    """Donors without a deferral that covers the day."""
    return queryset.exclude(Exists(Deferral.objects.live(on).filter(donor=OuterRef("pk"))))


def eligible(queryset: QuerySet[Donor], on: date) -> QuerySet[Donor]:
    """The same answer as ``assess`` without measures, for many donors at once."""
    queryset = undeferred(queryset.filter(merged_into=None), on)
    bounds = Criterion.objects.in_force(on).filter(
        criterion="AGE", in_use=True, donation_type__in=["any", "whole_blood"]
    )
    for bound in bounds:
        years = int(bound.value)
        if bound.operator == ">=":
            condition = Q(latest_birth_date__lte=_latest_birth(on, years))
        else:
            condition = Q(birth_date__gt=_latest_birth(on, years + 1))
        queryset = queryset.filter(
            condition if bound.sex == "any" else condition | ~Q(sex=bound.sex)
        )
    return queryset


def _latest_birth(on: date, years: int) -> date:
    """The last birth date whose ``years``-th birthday is not after the day."""
    born = add_years(on, -years)
    while add_years(born + timedelta(days=1), years) <= on:
        born += timedelta(days=1)
    while add_years(born, years) > on:
        born -= timedelta(days=1)
    return born


def _deferral_message(deferral: Deferral) -> str:
    return deferral.reason.name


def written(value: Decimal | int) -> str:
    """The number in the reader's format: no trailing zeros, the decimal sign of their language."""
    return number_format(value.normalize() if isinstance(value, Decimal) else value)


def _measure_name(criterion: str) -> str:
    return {
        "HAEMOGLOBIN": _("Haemoglobin"),
        "BP_SYSTOLIC": _("Systolic pressure"),
        "BP_DIASTOLIC": _("Diastolic pressure"),
        "PULSE": _("Pulse"),
        "WEIGHT": _("Weight"),
        "TEMPERATURE": _("Temperature"),
    }[criterion]
