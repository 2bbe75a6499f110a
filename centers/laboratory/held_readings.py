"""What machines said of numbers and is no reading yet.

A line whose number was unknown comes in when the donation is recorded. A reactive one holds the bags
of its number until it was read or a person has decided.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from centers.models import AnalyserImport, Donation, HeldReading, Outcome, Result
from donors.errors import Refused, refusing
from donors.models import User

from . import machine_lines, screening
from .machine_lines import Line, Report
from .machine_messages import Observation

LEAST_REASON = 10  # characters
MOST_AT_ONCE = 200


def hold_reactive(*, handed_in: AnalyserImport, now: datetime) -> None:
    """Hold the bags of every number that a machine calls reactive, before anybody has applied it."""
    bad = [
        report
        for report in machine_lines.reports(handed_in)
        if report.din and report.outcome == Outcome.REACTIVE and report.fault != "none"
    ]
    _hold(handed_in, [(r.din, r, r.seen) for r in bad], now)


def hold_waiting(*, handed_in: AnalyserImport, lines: Iterable[Line], now: datetime) -> None:
    """Keep the lines whose number is unknown, for ``take_in``."""
    rows = [(line.din, line, line.seen) for line in lines if line.fault == "waits"]
    _hold(handed_in, rows, now)


def _hold(
    handed_in: AnalyserImport,
    rows: Iterable[tuple[str, Report | Line, Observation | None]],
    now: datetime,
) -> None:
    HeldReading.objects.bulk_create(
        [
            HeldReading(
                center=handed_in.center,
                imported=handed_in,
                din=din,
                marker=said.marker,
                outcome=said.outcome,
                noted_at=now,
                **written(seen or Observation("", "")),
            )
            for din, said, seen in rows
            if said.marker
        ],
        ignore_conflicts=True,
    )


def written(seen: Observation) -> dict[str, str]:
    """The columns of a reading out of what a machine said."""
    return {
        "lot": seen.lot[:40],
        "value": machine_lines.plain(seen.value),
        "cut_off": machine_lines.plain(seen.cut_off),
        "run": seen.run[:40],
        "measured_at": seen.measured_at[:14],
    }


def became(*, result: Result, by: User, now: datetime) -> None:
    """A reading was written: what was held of the same test and outcome is settled by it."""
    waiting = HeldReading.objects.filter(
        center=result.donation.center_id,
        din=result.donation.din,
        marker=result.marker_id,
        outcome=result.outcome,
        settled_at=None,
    )
    waiting.update(settled_at=now, settled_by=by, result=result)


def open_to(rows: QuerySet[HeldReading], *, by: User, told: bool) -> QuerySet[HeldReading]:
    """Unsettled ones: all reactive ones where ``told`` (``access.is_told_first``), and to everybody
    those they handed in."""
    own = Q(imported__handed_in_by=by)
    seen = own | Q(outcome=Outcome.REACTIVE) if told else own
    found = rows.filter(seen, settled_at=None).select_related("marker", "imported__analyser")
    return found.order_by("noted_at", "pk")


def take_in(*, now: datetime) -> int:
    """Write held readings whose donation has been recorded since, as readings of the person who
    applied the file; how many."""
    donation = Donation.objects.filter(din=OuterRef("din"), center=OuterRef("center"))
    rows = HeldReading.objects.filter(
        Exists(donation), settled_at=None, imported__applied_at__isnull=False
    )
    return sum(_take_in(pk, now) for pk in rows.values_list("pk", flat=True)[:MOST_AT_ONCE])


def _take_in(pk: int, now: datetime) -> bool:
    try:
        with refusing():
            rows = HeldReading.objects.select_related("marker", "imported__handed_in_by")
            held = rows.select_for_update(of=("self",)).get(pk=pk)
            if held.settled_at or held.imported.handed_in_by is None:
                return False
            of_here = Donation.objects.filter(center=held.center_id, din=held.din)
            donation = of_here.select_for_update(of=("self",)).get()
            return _written(held, donation, held.imported.handed_in_by, now)
    except Refused:
        return False


def _written(held: HeldReading, donation: Donation, by: User, now: datetime) -> bool:
    same = HeldReading.objects.filter(imported=held.imported_id, din=held.din, settled_at=None)
    given = set(same.values_list("marker__code", flat=True))
    seen = Observation(
        held.din,
        held.marker.code,
        **{name: getattr(held, name) for name in ("lot", "value", "cut_off", "run", "measured_at")},
    )
    report = Report(0, seen, held.din, held.marker, held.outcome)
    technique = held.imported.mapping["technique"]
    reached = screening.progress(donation)
    line = machine_lines.judged(report, donation, reached, technique=technique, by=by, given=given)
    if line.fault or line.row is None:
        if held.outcome != Outcome.REACTIVE and line.fault != "beside":
            _settle(held, because=line.sentence or line.fault, by=by, now=now)
        return False
    write(
        donation=donation, lines=[line], technique=technique, by=by, now=now, imported=held.imported
    )
    return True


def write(
    *,
    donation: Donation,
    lines: list[Line],
    technique: str,
    by: User,
    now: datetime,
    imported: AnalyserImport,
) -> None:
    """Write lines of one donation as readings, under its lock; what was held of them is settled."""
    readings = [
        screening.Reading(
            screening.opened(row=line.row, donation=donation, by=by, now=now),
            line.outcome,
            technique,
            **written(line.seen),
        )
        for line in lines
        if line.row and line.seen
    ]
    screening.write(donation=donation, readings=readings, by=by, now=now, imported=imported)
    for result in donation.results.filter(imported=imported, entered_at=now):
        became(result=result, by=by, now=now)


def settle(*, held: HeldReading, because: str, by: User, now: datetime) -> None:
    """A person decides that this becomes no reading; a doctor, where it is reactive."""
    if len(because.strip()) < LEAST_REASON:
        raise Refused(_("Say why in a sentence."), "because")
    with refusing():
        _settle(held, because=because.strip(), by=by, now=now)


def _settle(held: HeldReading, *, because: str, by: User, now: datetime) -> None:
    rows = HeldReading.objects.filter(pk=held.pk, settled_at=None)
    if not rows.update(settled_at=now, settled_by=by, settled_because=because[:200]):
        raise Refused(_("Somebody has decided this already."))
