"""Runs of analysers, by file or message: previewed line by line, applied as a whole."""

from __future__ import annotations

import hashlib
from dataclasses import astuple
from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from centers.models import Analyser, AnalyserImport, Center, Donation
from donors import punctuation
from donors.errors import Refused, refusing, retried_on_conflict
from donors.models import User
from donors.units import roster_files

from . import held_readings, machine_lines, machine_messages
from .machine_lines import Line
from .machine_messages import Messages, Observation

MOST_LINES = machine_messages.MOST_LINES
LEFT_OUT = ("number", "din", "test", "result", "lot", "fault", "outcome")


def hand_in(
    *, analyser: Analyser, file_name: str, content: bytes, by: User, now: datetime
) -> AnalyserImport:
    """Parse a file by the analyser's mapping; no result is written yet."""
    sha256 = hashlib.sha256(content).hexdigest()
    applied = AnalyserImport.objects.filter(center=analyser.center_id, sha256=sha256)
    if applied.exclude(applied_at=None).exists():
        raise Refused(_("This file was applied already."), "file")
    if analyser.format == Analyser.Format.TABLE:
        seen = _of_table(analyser, content)
    else:
        seen = _of(analyser, machine_messages.read(content))
    return _kept(analyser, seen, file_name=file_name, sha256=sha256, by=by, now=now)


def receive(*, content: bytes, now: datetime) -> Messages:
    """Keep a message that an analyser sent by itself, until a reader takes it up. The same message
    sent again is kept once. Raises ``Refused`` where no analyser calls itself so."""
    said = machine_messages.read(content)
    rows = Analyser.objects.filter(format=said.kind).exclude(sender="")
    analyser = rows.filter(sender=said.sender).select_related("center").first()
    if analyser is None:
        raise Refused(_("No analyser here calls itself %(name)s.") % {"name": said.sender})
    sha256 = hashlib.sha256(content).hexdigest()
    kept = AnalyserImport.objects.filter(center=analyser.center_id, sha256=sha256, sent=True)
    if not kept.filter(dropped_at=None).exists():
        seen = _of(analyser, said)
        name = f"{said.sender} {said.control}".strip()
        _kept(analyser, seen, file_name=name, sha256=sha256, by=None, now=now)
    return said


def _kept(
    analyser: Analyser,
    seen: list[Observation],
    *,
    file_name: str,
    sha256: str,
    by: User | None,
    now: datetime,
) -> AnalyserImport:
    with refusing():
        handed_in = AnalyserImport.objects.create(
            analyser=analyser,
            center=analyser.center,
            file_name=file_name[:200],
            sha256=sha256,
            mapping={
                "technique": analyser.technique,
                "tests": analyser.tests,
                "words": analyser.words,
                "below": analyser.below,
            },
            lines=[list(astuple(observation)) for observation in seen],
            handed_in_at=now,
            handed_in_by=by,
            sent=by is None,
        )
        held_readings.hold_reactive(handed_in=handed_in, now=now)
    return handed_in


def _of(analyser: Analyser, said: Messages) -> list[Observation]:
    if said.kind != analyser.format or analyser.sender not in ("", said.sender):
        sentence = _("These messages are of another analyser: %(name)s.")
        raise Refused(sentence % {"name": said.sender or said.kind}, "file")
    if not said.observations:
        raise Refused(_("There is no result in it."), "file")
    return said.observations


def _of_table(analyser: Analyser, content: bytes) -> list[Observation]:
    """The columns that the analyser names, of every line below the headings."""
    try:
        table = roster_files.read(content)
    except Refused as refused:
        raise Refused(str(refused), "file") from refused
    if sum(map(bool, table)) > MOST_LINES:
        raise Refused(_("The file has more than 5,000 lines. Hand in one run at a time."), "file")
    wanted = [analyser.sample_column, analyser.test_column, analyser.result_column]
    top, headings = _headings(table, [name.casefold() for name in wanted])
    missing = [name for name in wanted if name.casefold() not in headings]
    if missing:
        sentence = _("The file has no column %(names)s. Choose the right analyser or file.")
        raise Refused(sentence % {"names": punctuation.listed(missing)}, "file")
    columns = {
        "sample": analyser.sample_column,
        "test": analyser.test_column,
        "result": analyser.result_column,
        "lot": analyser.lot_column,
        "value": analyser.value_column,
        "cut_off": analyser.cut_off_column,
        "run": analyser.run_column,
        "measured_at": analyser.time_column,
    }
    places = {
        name: headings.index(column.casefold())
        for name, column in columns.items()
        if column and column.casefold() in headings
    }
    rows = [[] if number <= top else row for number, row in enumerate(table)]
    return [
        _numbered(
            Observation(**{n: row[p].strip() if p < len(row) else "" for n, p in places.items()})
        )
        for row in rows[1:]  # a line keeps the number of its row, the second being the first
    ]


def _headings(table: list[list[str]], wanted: list[str]) -> tuple[int, list[str]]:
    """The row that names the wanted columns, below any titles; else the first."""
    rows = [(n, [cell.casefold() for cell in row]) for n, row in enumerate(table[:40]) if row]
    return next((row for row in rows if {*wanted} <= {*row[1]}), rows[0] if rows else (0, []))


def _numbered(seen: Observation) -> Observation:
    """Where the table has no column of values, a number in that of the results is one; the clock as
    digits alone, so that two formats of one run agree."""
    digits = "".join(filter(str.isdigit, seen.measured_at))
    day_first = len(digits) >= 8 and int(digits[:4]) > 2999  # 28/11/2026 10:15
    if day_first or 1 <= int(digits[:2] or 0) <= 31 and digits[4:6] in ("19", "20"):
        digits = digits[4:8] + digits[2:4] + digits[:2] + digits[8:]
    said = Observation(**{**vars(seen), "measured_at": digits[:14]})
    if not seen.value and machine_messages.NUMBER.match(seen.result):
        return Observation(**{**vars(said), "value": seen.result, "result": ""})
    return said


def preview(*, handed_in: AnalyserImport, by: User) -> list[Line]:
    """Every line with the effect that applying it would have now."""
    return machine_lines.lines(handed_in, _of_here(handed_in), by)


def _of_here(handed_in: AnalyserImport) -> QuerySet[Donation]:
    return Donation.objects.filter(center=handed_in.center_id)


@retried_on_conflict
def apply(*, handed_in: AnalyserImport, by: User, now: datetime) -> AnalyserImport:
    """Write every valid line as a reading of the user: all of them, or none. Lines whose number is
    unknown are kept until the donation is recorded."""
    with refusing():
        held = AnalyserImport.objects.select_for_update(of=("self",)).get(pk=handed_in.pk)
        if held.applied_at or held.dropped_at:
            raise Refused(_("This file was applied or dropped already."))
        same = AnalyserImport.objects.filter(center=held.center_id, sha256=held.sha256)
        if same.exclude(applied_at=None).exists():
            raise Refused(_("This file was applied already."))
        of_here = _of_here(held)
        dins = {report.din for report in machine_lines.reports(held)}
        locked = of_here.filter(din__in=dins).order_by("pk").select_for_update(of=("self",))
        list(locked)
        lines = machine_lines.lines(held, of_here, by)
        good: dict[Donation, list[Line]] = {}
        for line in lines:
            if not line.fault and line.donation:
                good.setdefault(line.donation, []).append(line)
        if not good and not any(line.fault == "waits" for line in lines):
            raise Refused(
                _("No line of this file can be applied. Look at the reasons beside them.")
            )
        technique = held.mapping["technique"]
        for donation, of_one in good.items():
            said = {"by": by, "now": now, "imported": held, "technique": technique}
            held_readings.write(donation=donation, lines=of_one, **said)
        held_readings.hold_waiting(handed_in=held, lines=lines, now=now)
        held.applied_at = now
        held.written = sum(map(len, good.values()))
        held.skipped = len(lines) - held.written
        held.lines = [[getattr(line, name) for name in LEFT_OUT] for line in lines if line.fault]
        held.save(update_fields=["applied_at", "written", "skipped", "lines"])
    return held


def left_out(*, handed_in: AnalyserImport, by: User) -> list[Line]:
    """Lines of an applied file that were not written; shown only to the user who uploaded it."""
    if not handed_in.applied_at or handed_in.handed_in_by_id != by.pk:
        return []
    return [Line(**dict(zip(LEFT_OUT, row, strict=True))) for row in handed_in.lines]


def take_up(*, handed_in: AnalyserImport, by: User) -> None:
    """A reader takes what the analyser sent by itself as their reading to be."""
    with refusing():
        rows = AnalyserImport.objects.filter(pk=handed_in.pk, handed_in_by=None)
        if not rows.update(handed_in_by=by):
            raise Refused(_("Somebody else has taken this up already."))


def drop(*, handed_in: AnalyserImport, now: datetime) -> None:
    """Drop a file: nothing of it is written, and it may be uploaded again."""
    with refusing():
        held = AnalyserImport.objects.filter(pk=handed_in.pk, applied_at=None, dropped_at=None)
        if not held.update(dropped_at=now, lines=[]):
            raise Refused(_("This file was applied or dropped already."))


def save(*, analyser: Analyser | None, center: Center, **said: object) -> Analyser:
    """Add an analyser or change its mapping; uploaded files keep the mapping of their upload."""
    with refusing():
        kept = analyser or Analyser(center=center)
        for name, value in said.items():
            setattr(kept, name, value)
        kept.save()
    return kept
