"""What a machine said, line by line: what each line would write, or why it would not."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from decimal import Decimal

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from centers.isbt128 import donation_numbers, lots
from centers.models import AnalyserImport, Donation, Marker, Outcome, Result
from donors.errors import Refused
from donors.models import User

from . import screening
from .machine_messages import NUMBER, Observation

FAULTS = {
    "number": gettext_noop("This is no donation number."),
    "unknown": gettext_noop("No donation of this number was collected here."),
    "waits": gettext_noop("It comes in by itself once the donation of this number is recorded."),
    "test": gettext_noop("This test is not in the list of the analyser."),
    "result": gettext_noop("This result is not in the list of the analyser."),
    "none": gettext_noop("The analyser gives no result of this test."),
    "preliminary": gettext_noop("This is not final yet; the analyser sends it again."),
    "value": gettext_noop("The value and the word contradict each other. Have it read again."),
    "again": gettext_noop("This is in the file already, on a line above."),
    "replaced": gettext_noop("The analyser corrects this on a line below."),
    "corrected": gettext_noop(
        "The analyser takes back what it said. Have the test read again, with the reason."
    ),
    "twice": gettext_noop("This test of this donation is in the file with different results."),
    "read": gettext_noop("This test has been read twice already."),
    "yours": gettext_noop(
        "You read this test yourself; somebody else hands in the second reading."
    ),
    "run": gettext_noop(
        "The first reading came from this run already: read it yourself, or hand in another run. Where two "
        "runs look alike, have the analyser say its run, time, lot or value."
    ),
    "beside": gettext_noop("This test is read together with the one that asks for it."),
    "group": gettext_noop("A group needs the technique and the lot of the reagent."),
    "lot": gettext_noop("This is no lot of a reagent."),
    "same": gettext_noop("The first entry used the same technique or the same lot."),
}
BAD = {Outcome.REACTIVE, Outcome.POSITIVE}
# HL7 table 0085; ASTM E1394 9.4.9 uses the same letters for final, corrected and preliminary.
FINAL, WITHOUT = {"F", "U", "C", "V"}, {"X", "D", "W", "N", "O"}


@dataclass(frozen=True)
class Report:
    """A line as the mapping understands it, before any donation is looked at."""

    number: int
    seen: Observation
    din: str
    marker: Marker | None
    outcome: str
    fault: str = ""


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
    seen: Observation | None = None

    @property
    def alarming(self) -> bool:
        """Bad news that is not applied: it has to be entered by hand."""
        return self.fault not in ("", "again", "waits") and self.outcome in BAD

    @property
    def sentence(self) -> str:
        return _(FAULTS[self.fault]) if self.fault else ""

    @property
    def said(self) -> str | Promise:
        return Outcome(self.outcome).label if self.outcome else self.result


def reports(handed_in: AnalyserImport) -> list[Report]:
    """Every line by the mapping of the upload; of a test said several times one counts."""
    mapping = handed_in.mapping
    tests = {word.casefold(): code for word, code in mapping["tests"].items()}
    words = {word.casefold(): outcome for word, outcome in mapping["words"].items()}
    markers = {marker.code: marker for marker in Marker.objects.all()}
    found = []
    for number, cells in enumerate(handed_in.lines, 2):
        seen = Observation(*(text.strip() for text in cells))
        if seen.is_empty:
            continue
        marker = markers.get(tests.get(seen.test.casefold(), ""))
        outcome, fault = _outcome(seen, marker, words, below=mapping.get("below", False))
        din = _din(seen.sample)
        fault = "number" if not din else "test" if marker is None else fault
        found.append(Report(number, seen, din, marker, outcome, fault))
    return list(_one_of_each(found))


def _din(sample: str) -> str:
    try:
        return donation_numbers.read(sample)
    except Refused:
        return ""


def _outcome(
    seen: Observation, marker: Marker | None, words: dict[str, str], *, below: bool
) -> tuple[str, str]:
    """The outcome, and a fault of the line by itself. Where word and value disagree bad news
    counts, and the line is left out."""
    word = words.get(seen.result.casefold(), "") if seen.result else ""
    if not seen.result:
        word = words.get(seen.flag.casefold(), "")
    counted = compared(seen.value, seen.cut_off, below=below)
    outcome = _as_read(word or ("" if seen.result else counted), marker)
    if seen.status in WITHOUT:
        return outcome, "none"
    if word and counted and (word in BAD) != (counted in BAD):
        return _as_read(Outcome.REACTIVE, marker), "value"
    return outcome, "" if seen.status in FINAL else "preliminary"


def compared(value: str, cut_off: str, *, below: bool) -> str:
    """The outcome of a value beside its cut-off; empty where that cannot be told, as of ``<5``
    beside 1."""
    said, limit = NUMBER.match(value), NUMBER.match(cut_off)
    if not said or not limit:
        return ""
    number, bound = decimal(said["number"]), decimal(limit["number"])
    sign = (said["sign"] or "")[:1]
    if sign == "<" and number > bound or sign == ">" and number < bound:
        return ""
    over = number >= bound and sign != "<"
    return Outcome.REACTIVE if over != below else Outcome.NEGATIVE


def decimal(text: str) -> Decimal:
    return Decimal(text.replace(",", "."))


def plain(value: str) -> str:
    """A number as it was written, without spaces, a comma as a point and without idle zeros, so that
    two formats of one run agree."""
    match = NUMBER.match(value)
    if not match:
        return re.sub(r"\s", "", value)[:20]
    number = format(decimal(match["number"]).normalize(), "f")
    return f"{(match['sign'] or '').strip('=')}{number}"[:20]


def _as_read(outcome: str, marker: Marker | None) -> str:
    """Analysers report POS for antigens and infections; our outcome is positive for the first,
    reactive for the second."""
    if marker and marker.kind == Marker.Kind.INFECTION:
        return Outcome.REACTIVE if outcome == Outcome.POSITIVE else outcome
    return Outcome.POSITIVE if outcome == Outcome.REACTIVE else outcome


def _one_of_each(found: list[Report]) -> Iterator[Report]:
    """Of a test that occurs several times in the file one line counts: bad news before good news,
    a correction before what it corrects."""
    said: dict[tuple[str, int], list[Report]] = {}
    for report in found:
        if report.marker and not report.fault:
            said.setdefault((report.din, report.marker.pk), []).append(report)
    for report in found:
        if report.marker and not report.fault:
            fault = _repeated(report, said[report.din, report.marker.pk])
            report = replace(report, fault=fault)
        yield report


def _repeated(report: Report, said: list[Report]) -> str:
    bad = [each for each in said if each.outcome in BAD]
    if bad and report.outcome not in BAD:
        return "corrected" if report.seen.status == "C" else "twice"
    if bad:
        return "" if report is bad[0] else "again"
    last = [each for each in said if each.seen.status == "C"][-1:]
    if last:
        return "" if report is last[0] else "replaced"
    if len({each.outcome for each in said}) > 1:
        return "twice"
    return "" if report is said[0] else "again"


@dataclass
class _Known:
    """The donations of a file by number, with the existing readings of each."""

    donations: dict[str, Donation]
    standing: dict[int, screening.Progress] = field(default_factory=dict)

    def progress(self, donation: Donation) -> screening.Progress:
        if donation.pk not in self.standing:
            self.standing[donation.pk] = screening.progress(donation)
        return self.standing[donation.pk]


def lines(handed_in: AnalyserImport, donations: QuerySet[Donation], by: User) -> list[Line]:
    """Every line with the effect that applying it would have now."""
    reported = reports(handed_in)
    rows = donations.filter(din__in={report.din for report in reported})
    known = _Known({d.din: d for d in rows.select_related("donor__merged_into")})
    given: dict[str, set[str]] = {}
    for report in reported:
        if report.marker and not report.fault:
            given.setdefault(report.din, set()).add(report.marker.code)
    technique, found = handed_in.mapping["technique"], []
    for report in reported:
        donation = known.donations.get(report.din)
        reached = known.progress(donation) if donation else None
        tests = given.get(report.din, set())
        line = judged(report, donation, reached, technique=technique, by=by, given=tests)
        found.append(line)
    return found


def judged(
    report: Report,
    donation: Donation | None,
    reached: screening.Progress | None,
    *,
    technique: str,
    by: User,
    given: set[str],
) -> Line:
    """One report as a reading by this person. ``given``: the tests of this donation in the file."""
    seen = report.seen
    line = Line(
        number=report.number,
        din=report.din or seen.sample,
        test=seen.test,
        result=seen.result or seen.value,
        lot=seen.lot,
        fault=report.fault,
        outcome=report.outcome,
        marker=report.marker,
        seen=seen,
    )
    if report.fault or report.marker is None:
        return line
    if donation is None or reached is None:
        waits = report.outcome in screening.outcomes(report.marker)
        return replace(line, fault="waits" if waits else "unknown")
    rows = {row.marker.code: row for row in reached.rows}
    row = rows.get(report.marker.code)
    fault = _against(row, line, technique, by)
    asker = screening.asked_by(report.marker)
    if not fault and asker and asker not in given and rows[asker].entry_for(by):
        fault = "beside"
    return replace(line, fault=fault, row=row, donation=donation)


def _against(row: screening.Row | None, line: Line, technique: str, by: User) -> str:
    """Why a reading is not written; empty when it is."""
    seen = line.seen or Observation("", "")
    if row is None:
        return "test"
    if line.outcome not in screening.outcomes(row.marker):
        return "result"
    before = [read for read in (row.first, row.second) if read and read.imported_id]
    takes_back = seen.status == "C" and line.outcome not in BAD
    if takes_back and any(read.outcome != line.outcome for read in before):
        return "corrected"
    if row.complete:
        opens = line.outcome == Outcome.REACTIVE and row.may_be_repeated
        return "" if opens else "read"
    if row.entry_for(by) is None:
        return "yours"
    if row.first and line.outcome != Outcome.REACTIVE and is_same_run(row.first, seen):
        return "run"
    if row.marker.kind == Marker.Kind.GROUP:
        if not technique or not seen.lot:
            return "group"
        if lots.is_barcode(seen.lot, din=line.din):
            return "lot"
        first = row.first
        if first and technique.casefold() == first.technique.casefold():
            return "same"
        if first and seen.lot.casefold() == first.lot.casefold():
            return "same"
    return ""


def is_same_run(first: Result, seen: Observation) -> bool:
    """Whether nothing that both say differs: run, clock, lot or value. The person, the order of the
    lines and the format may differ; what only one of them says tells nothing."""
    if first.imported_id is None:
        return False
    both = (
        (first.run, seen.run[:40]),
        (first.measured_at, seen.measured_at[:14]),
        (first.lot.casefold(), seen.lot.casefold()),
        (first.value, plain(seen.value)),
    )
    return not any(one and other and one != other for one, other in both)
