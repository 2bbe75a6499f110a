"""Analyser files: parsed by a mapping, previewed line by line, applied as a whole."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from datetime import datetime

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from centers.isbt128 import donation_numbers, lots
from centers.models import Analyser, AnalyserImport, Center, Donation, Marker, Outcome, Repeat
from donors import punctuation
from donors.errors import Refused, refusing, retried_on_conflict
from donors.models import User
from donors.units import roster_files

from . import screening

MOST_LINES = 5000

FAULTS = {
    "number": gettext_noop("This is no donation number."),
    "unknown": gettext_noop("No donation of this number was collected here."),
    "test": gettext_noop("This test is not in the list of the analyser."),
    "result": gettext_noop("This result is not in the list of the analyser."),
    "again": gettext_noop("This is in the file already, on a line above."),
    "twice": gettext_noop("This test of this donation is in the file with different results."),
    "read": gettext_noop("This test has been read twice already."),
    "yours": gettext_noop(
        "You read this test yourself; somebody else hands in the second reading."
    ),
    "group": gettext_noop("A group needs the technique and the lot of the reagent."),
    "lot": gettext_noop("This is no lot of a reagent."),
    "same": gettext_noop("The first entry used the same technique or the same lot."),
}


@dataclass(frozen=True)
class Line:
    """One line of a file: its values, and what it would write or why it would not."""

    number: int
    din: str
    test: str
    result: str
    lot: str
    fault: str = ""
    marker: Marker | None = None
    outcome: str = ""
    row: screening.Row | None = None
    donation: Donation | None = None

    @property
    def alarming(self) -> bool:
        """Bad news that is not applied: it has to be entered by hand."""
        return self.fault not in ("", "again") and self.outcome in BAD

    @property
    def sentence(self) -> str:
        return _(FAULTS[self.fault]) if self.fault else ""

    @property
    def said(self) -> str | Promise:
        return Outcome(self.outcome).label if self.outcome else self.result


def hand_in(
    *, analyser: Analyser, file_name: str, content: bytes, by: User, now: datetime
) -> AnalyserImport:
    """Parse a file by the analyser's mapping; no result is written yet."""
    sha256 = hashlib.sha256(content).hexdigest()
    applied = AnalyserImport.objects.filter(center=analyser.center_id, sha256=sha256)
    if applied.exclude(applied_at=None).exists():
        raise Refused(_("This file was applied already."), "file")
    try:
        table = roster_files.read(content)
    except Refused as refused:
        raise Refused(str(refused), "file") from refused
    if len(table) > MOST_LINES:
        raise Refused(_("The file has more than 5,000 lines. Hand in one run at a time."), "file")
    return AnalyserImport.objects.create(
        analyser=analyser,
        center=analyser.center,
        file_name=file_name,
        sha256=sha256,
        mapping={
            "technique": analyser.technique,
            "tests": analyser.tests,
            "words": analyser.words,
        },
        lines=_cells(analyser, table),
        handed_in_at=now,
        handed_in_by=by,
    )


def _cells(analyser: Analyser, table: list[list[str]]) -> list[list[str]]:
    """Number, test, result and lot of every line below the headings."""
    headings = [heading.strip().casefold() for heading in table[0]] if table else []
    wanted = [analyser.sample_column, analyser.test_column, analyser.result_column]
    missing = [name for name in wanted if name.casefold() not in headings]
    if missing:
        sentence = _("The file has no column %(names)s. Choose the right analyser or file.")
        raise Refused(sentence % {"names": punctuation.listed(missing)}, "file")
    places = [headings.index(name.casefold()) for name in wanted]
    lot = analyser.lot_column.casefold()
    places.append(headings.index(lot) if lot and lot in headings else -1)
    return [[row[p] if 0 <= p < len(row) else "" for p in places] for row in table[1:]]


@dataclass
class _Known:
    """The donations of a file by number, with the existing readings of each."""

    donations: dict[str, Donation]
    standing: dict[int, screening.Progress] = field(default_factory=dict)

    def progress(self, donation: Donation) -> screening.Progress:
        if donation.pk not in self.standing:
            self.standing[donation.pk] = screening.progress(donation)
        return self.standing[donation.pk]


def preview(*, handed_in: AnalyserImport, by: User) -> list[Line]:
    """Every line with the effect that applying it would have now."""
    donations = Donation.objects.filter(center=handed_in.center_id)
    return _lines(handed_in, donations, by)


def _lines(handed_in: AnalyserImport, donations: QuerySet[Donation], by: User) -> list[Line]:
    mapping = handed_in.mapping
    tests = {word.casefold(): code for word, code in mapping["tests"].items()}
    words = {word.casefold(): outcome for word, outcome in mapping["words"].items()}
    cells = [[text.strip() for text in row] for row in handed_in.lines]
    dins = {sample: _din(sample) for sample, *_rest in cells}
    rows = donations.filter(din__in=set(dins.values())).select_related("donor__merged_into")
    known = _Known({donation.din: donation for donation in rows})
    said: dict[tuple[str, str | None], list[tuple[int, str]]] = {}
    for number, (sample, test, result, _lot) in enumerate(cells, 2):
        key = (dins[sample], tests.get(test.casefold()))
        said.setdefault(key, []).append((number, words.get(result.casefold(), "")))
    lines = []
    for number, (sample, test, result, lot) in enumerate(cells, 2):
        din, code = dins[sample], tests.get(test.casefold())
        line = Line(number, din or sample, test, result, lot)
        donation = known.donations.get(din)
        fault = (
            "number" if not din
            else "unknown" if donation is None
            else "test" if code is None
            else _repeated(number, said[din, code])
        )  # fmt: skip
        outcome = words.get(result.casefold(), "")
        if fault or donation is None:
            lines.append(replace(line, fault=fault, outcome=outcome))
            continue
        row = next((r for r in known.progress(donation).rows if r.marker.code == code), None)
        outcome = _as_read(outcome, row)
        fault = _against(row, outcome, mapping["technique"], lot, by, din=donation.din)
        marker = row.marker if row else None
        lines.append(
            replace(line, fault=fault, marker=marker, outcome=outcome, row=row, donation=donation)
        )
    return lines


def _as_read(outcome: str, row: screening.Row | None) -> str:
    """Analysers report POS for antigens and infections; our outcome is positive for the first,
    reactive for the second."""
    if row and row.marker.kind == Marker.Kind.INFECTION:
        return Outcome.REACTIVE if outcome == Outcome.POSITIVE else outcome
    return Outcome.POSITIVE if outcome == Outcome.REACTIVE else outcome


BAD = {Outcome.REACTIVE, Outcome.POSITIVE}


def _repeated(number: int, said: list[tuple[int, str]]) -> str:
    """Of a test that occurs several times in the file one line counts: bad news before good
    news."""
    outcomes = {outcome for _number, outcome in said}
    bad = [line for line, outcome in said if outcome in BAD]
    if len(outcomes) > 1 and not bad:
        return "twice"
    if len(outcomes) > 1:
        return "" if number == bad[0] else "twice" if number not in bad else "again"
    return "" if number == said[0][0] else "again"


def _din(sample: str) -> str:
    try:
        return donation_numbers.read(sample)
    except Refused:
        return ""


def _against(
    row: screening.Row | None, outcome: str, technique: str, lot: str, by: User, *, din: str
) -> str:
    """Why a reading is not written; empty when it is."""
    if row is None:
        return "test"
    if outcome not in screening.outcomes(row.marker):
        return "result"
    if row.complete:
        opens = outcome == Outcome.REACTIVE and row.may_be_repeated
        return "" if opens else "read"
    if row.entry_for(by) is None:
        return "yours"
    if row.marker.kind == Marker.Kind.GROUP:
        if not technique or not lot:
            return "group"
        if lots.is_barcode(lot, din=din):
            return "lot"
        first = row.first
        if first and technique.casefold() == first.technique.casefold():
            return "same"
        if first and lot.casefold() == first.lot.casefold():
            return "same"
    return ""


@retried_on_conflict
def apply(*, handed_in: AnalyserImport, by: User, now: datetime) -> AnalyserImport:
    """Write every valid line as a reading of the user: all of them, or none."""
    with refusing():
        held = AnalyserImport.objects.select_for_update(of=("self",)).get(pk=handed_in.pk)
        if held.applied_at or held.dropped_at:
            raise Refused(_("This file was applied or dropped already."))
        of_here = Donation.objects.filter(center=held.center_id)
        dins = {_din(row[0].strip()) for row in held.lines}
        locked = of_here.filter(din__in=dins).order_by("pk").select_for_update(of=("self",))
        list(locked)
        lines = _lines(held, of_here, by)
        good: dict[Donation, list[tuple[Line, screening.Row]]] = {}
        for line in lines:
            if not line.fault and line.donation and line.row:
                good.setdefault(line.donation, []).append((line, line.row))
        if not good:
            raise Refused(
                _("No line of this file can be applied. Look at the reasons beside them.")
            )
        technique = held.mapping["technique"]
        for donation, of_one in good.items():
            screening.write(
                donation=donation,
                readings=[
                    (_open(row, donation, by, now), line.outcome, technique, line.lot)
                    for line, row in of_one
                ],
                by=by,
                now=now,
                imported=held,
            )
        held.applied_at = now
        held.written = sum(map(len, good.values()))
        held.skipped = len(lines) - held.written
        held.lines = [
            [ln.number, ln.din, ln.test, ln.result, ln.lot, ln.fault, ln.outcome]
            for ln in lines
            if ln.fault
        ]
        held.save(update_fields=["applied_at", "written", "skipped", "lines"])
    return held


def _open(row: screening.Row, donation: Donation, by: User, now: datetime) -> screening.Row:
    """Bad news for a test that was read twice already opens its next version automatically."""
    if not row.complete:
        return row
    again = Repeat.Because.SAME_SAMPLE
    screening.repeat(donation=donation, marker=row.marker, because=again, by=by, now=now)
    return replace(row, version=row.version + 1, first=None, second=None)


def left_out(*, handed_in: AnalyserImport, by: User) -> list[Line]:
    """Lines of an applied file that were not written; shown only to the user who uploaded it."""
    if not handed_in.applied_at or handed_in.handed_in_by_id != by.pk:
        return []
    names = ("number", "din", "test", "result", "lot", "fault", "outcome")
    return [Line(**dict(zip(names, row, strict=True))) for row in handed_in.lines]


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
