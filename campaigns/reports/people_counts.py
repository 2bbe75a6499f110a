"""Who came in a period: gave for the first time or again, was deferred for what, or left.

The reasons for deferral are those by which the WHO's Global Database on Blood Safety groups them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date

from django.db import connection
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from centers.collection import arrivals
from centers.models import Donation, Visit
from donors.clock.calendar import local_day
from donors.eligibility import criteria
from donors.eligibility.criteria import Measures
from donors.models import Criterion, Deferral

from .periods import Period
from .tables import Cell

GAVE = {"first": _("Gave for the first time"), "again": _("Gave again")}
DEFERRED = {
    "haemoglobin": _("Haemoglobin"),
    "weight": _("Weight"),
    "signs": _("Pressure, pulse, temperature"),
    "interval": _("Interval since the last donation"),
    "risk": _("Risk of an infection by behaviour"),
    "travel": _("Stay in a region of malaria"),
    "health": _("Another reason of health"),
    "other": _("No reason recorded"),
}
LEFT = {"left": _("Left undecided")}
DID_NOT_GIVE = DEFERRED | LEFT

RISK = {"SEXUAL_RISK", "IV_DRUGS", "TATTOO", "TATTOO_PRO", "ACUPUNCTURE", "HIJAMA", "NEEDLESTICK"}
TRAVEL = {"MALARIA_STAY", "MALARIA_RESIDENT", "WEST_NILE"}
SIGNS = {"BP_SYSTOLIC", "BP_DIASTOLIC", "PULSE", "TEMPERATURE"}

# One person may have several rows, which were joined.
GIVEN = """
SELECT c.code, CASE WHEN EXISTS (
    SELECT FROM centers_donation e
    WHERE e.donor_id IN (SELECT linked_donor_rows(d.donor_id))
        AND (e.collected_on, e.id) < (d.collected_on, d.id)
) THEN 'again' ELSE 'first' END AS kind, count(*)
FROM centers_donation d JOIN centers_center c ON c.id = d.center_id
WHERE d.collected_on >= %s AND d.collected_on < %s
GROUP BY 1, 2
"""


def gave(period: Period) -> Counter[Cell]:
    """By centre's code and the keys of ``GAVE``: donations, where and when they were collected."""
    with connection.cursor() as cursor:
        cursor.execute(GIVEN, [period.first, period.until])
        return Counter({(code, kind): count for code, kind, count in cursor.fetchall()})


def did_not_give(period: Period) -> Counter[Cell]:
    """By centre's code and the keys of ``DID_NOT_GIVE``: visits."""
    counts: Counter[Cell] = Counter()
    since, until = period.instants
    given = Donation.objects.filter(visit=OuterRef("pk"))
    visits = Visit.objects.filter(~Exists(given), arrived_at__gte=since, arrived_at__lt=until)
    others = list(visits.select_related("deferred_for", "donor", "session__center").order_by("pk"))
    deferred = [visit for visit in others if visit.outcome == Visit.Outcome.DEFERRED]
    for visit, column in _reasons(deferred):
        counts[visit.session.center.code, column] += 1
    for visit in others:
        counts[visit.session.center.code, "left"] += visit.outcome != Visit.Outcome.DEFERRED
    return +counts


def _reasons(visits: list[Visit]) -> Iterable[tuple[Visit, str]]:
    corrected = set(
        Visit.objects.filter(pk__in=[v.pk for v in visits], corrections__isnull=False)
        .order_by("pk")
        .values_list("pk", flat=True)
    )
    running = _running(visits)
    bounds: dict[tuple[date, str], list[Criterion]] = {}
    for visit in visits:
        on = local_day(visit.decided_at or visit.arrived_at)
        if visit.deferred_for:
            yield visit, _of_criterion(visit.deferred_for.criterion)
            continue
        key = (on, visit.donor.sex)
        if key not in bounds:
            bounds[key] = criteria.criteria(on=on, sex=visit.donor.sex)
        measured = _measured(visit, bounds[key], on, corrected)
        yield visit, measured or running.get(visit.pk, "other")


def _measured(visit: Visit, bounds: list[Criterion], on: date, corrected: set[int]) -> str:
    """The first column, in their order, for which the measures were out of bounds."""
    if visit.pk in corrected:
        measures = arrivals.counted(visit)
    else:
        measures = Measures(**{name: getattr(visit, name) for name in arrivals.MEASURES})
    of_code = {bound.code: _of_criterion(bound.criterion) for bound in bounds}
    found = criteria.measure_reasons(measures=measures, bounds=bounds, on=on)
    columns = {of_code[reason.code] for reason in found}
    return next((column for column in DEFERRED if column in columns), "")


def _running(visits: list[Visit]) -> dict[int, str]:
    """The deferral that ran on the day, for visits that ended at reception."""
    people = {visit.donor_id for visit in visits}
    rows: dict[int, list[Deferral]] = {}
    every = Deferral.objects.filter(donor__in=people, copy_of=None).select_related("reason")
    for row in every.order_by("pk"):
        rows.setdefault(row.donor_id, []).append(row)
    found: dict[int, str] = {}
    for visit in visits:
        on = local_day(visit.arrived_at)
        live = [
            row
            for row in rows.get(visit.donor_id, [])
            if row.starts_on <= on
            and (row.ends_on is None or row.ends_on > on)
            and (row.ended_at is None or row.ended_at > visit.arrived_at)
        ]
        if live:
            found[visit.pk] = _of_criterion(live[0].reason.criterion)
    return found


def _of_criterion(criterion: str) -> str:
    if criterion in ("HAEMOGLOBIN", "LOW_HB"):
        return "haemoglobin"
    if criterion in SIGNS:
        return "signs"
    named = {"WEIGHT": "weight", "INTERVAL": "interval"}
    if criterion in named:
        return named[criterion]
    return "risk" if criterion in RISK else "travel" if criterion in TRAVEL else "health"
