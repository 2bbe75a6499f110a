"""Eligibility in words, from the bounds and deferral periods in force."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from donors import alphabet
from donors.models import Criterion, DeferralReason

LABELS = {
    "AGE": gettext_lazy("Age"),
    "WEIGHT": gettext_lazy("Weight"),
    "INTERVAL": gettext_lazy("Time between two donations"),
    "MAX_PER_YEAR": gettext_lazy("Donations in a year"),
    "HAEMOGLOBIN": gettext_lazy("Haemoglobin"),
    "BP_SYSTOLIC": gettext_lazy("Blood pressure, upper value"),
    "BP_DIASTOLIC": gettext_lazy("Blood pressure, lower value"),
    "PULSE": gettext_lazy("Pulse"),
    "TEMPERATURE": gettext_lazy("Temperature"),
    "VOLUME": gettext_lazy("Blood taken"),
}
WHO = {
    "any": gettext_lazy("Everybody"),
    "F": gettext_lazy("Women"),
    "M": gettext_lazy("Men"),
}
AUTHORITIES = {
    "MA": gettext_lazy("Morocco"),
    "FR": gettext_lazy("France"),
    "UK": gettext_lazy("United Kingdom"),
    "EU": gettext_lazy("European Union"),
    "EDQM": gettext_lazy("Council of Europe"),
    "WHO": gettext_lazy("World Health Organization"),
}
AT_A_GLANCE = ("AGE", "WEIGHT", "INTERVAL")


@dataclass(frozen=True)
class Bound:
    """One line of the page. ``verified`` is no where the service has not confirmed the value."""

    criterion: str
    sex: str
    label: Promise
    text: str
    authority: str
    verified: bool

    @property
    def who(self) -> Promise:
        return WHO[self.sex]


def bounds(on: date) -> list[Bound]:
    """Every bound for whole blood, lowest and highest value in one line."""
    rows = Criterion.objects.in_force(on).filter(
        in_use=True, donation_type__in=["any", "whole_blood"], criterion__in=LABELS
    )
    together: dict[tuple[str, str], list[Criterion]] = {}
    for row in rows.order_by("sex", "code"):
        together.setdefault((row.criterion, row.sex), []).append(row)
    places = {criterion: place for place, criterion in enumerate(LABELS)}
    return [
        Bound(
            criterion=criterion,
            sex=sex,
            label=LABELS[criterion],
            text=_words(some),
            authority=" · ".join(
                str(AUTHORITIES[code]) for code in sorted({r.authority for r in some})
            ),
            verified=all(row.verified == "yes" for row in some),
        )
        for (criterion, sex), some in sorted(together.items(), key=lambda t: places[t[0][0]])
    ]


def at_a_glance(on: date) -> list[Bound]:
    return [bound for bound in bounds(on) if bound.criterion in AT_A_GLANCE]


def _words(rows: list[Criterion]) -> str:
    by_operator = {row.operator: number_format(row.value.normalize()) for row in rows}
    low, high, exact = (by_operator.get(operator) for operator in (">=", "<=", "="))
    values = {
        "low": low,
        "high": high,
        "exact": exact,
        "unit": rows[0].unit_name,
    }
    if low and high:
        return _("%(low)s to %(high)s %(unit)s") % values
    if low:
        return _("at least %(low)s %(unit)s") % values
    if high:
        return _("at most %(high)s %(unit)s") % values
    return _("%(exact)s %(unit)s") % values


@dataclass(frozen=True)
class Wait:
    reason: str
    period: str


def waits(on: date) -> dict[str, list[Wait]]:
    """Deferral reasons by kind: temporary, permanent, or for the doctor to decide."""
    kinds = DeferralReason.Kind
    made: dict[str, list[Wait]] = {kinds.TEMPORARY: [], kinds.PERMANENT: [], kinds.DOCTOR: []}
    rows = DeferralReason.objects.in_force(on).filter(in_use=True, kind__in=made)
    for row in rows:
        made[row.kind].append(Wait(row.name, _period(row)))
    for some in made.values():
        some.sort(key=lambda wait: alphabet.key(wait.reason))
    return made


def _period(reason: DeferralReason) -> str:
    count = reason.value
    if not count:
        return _("until it is over") if reason.kind == DeferralReason.Kind.TEMPORARY else ""
    words = {
        "hour": ngettext("%(count)s hour", "%(count)s hours", count),
        "day": ngettext("%(count)s day", "%(count)s days", count),
        "week": ngettext("%(count)s week", "%(count)s weeks", count),
        "month": ngettext("%(count)s month", "%(count)s months", count),
        "year": ngettext("%(count)s year", "%(count)s years", count),
    }
    return words[reason.unit] % {"count": count}
