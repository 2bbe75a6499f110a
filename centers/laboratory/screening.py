"""Laboratory results: two entries by two people; the database reacts to bad news itself."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Container
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import connection, models
from django.db.models import Exists, F, Func, Max, OuterRef, QuerySet
from django.utils.translation import gettext as _

from centers.inventory import held_bags
from centers.isbt128 import lots
from centers.models import (
    AnalyserImport,
    Bag,
    Center,
    Donation,
    Marker,
    Outcome,
    Plate,
    Repeat,
    Result,
)
from donors import punctuation
from donors.errors import Refused, refusing, retried_on_conflict
from donors.models import User
from donors.people import privacy


@dataclass(frozen=True)
class Row:
    """One marker of the panel with both readings of its last version.

    ``reactive`` counts over all versions: two are final.
    """

    marker: Marker
    version: int = 1
    first: Result | None = None
    second: Result | None = None
    reactive: int = 0

    @property
    def complete(self) -> bool:
        return self.first is not None and self.second is not None

    @property
    def differs(self) -> bool:
        return bool(self.first and self.second and self.first.outcome != self.second.outcome)

    @property
    def may_be_repeated(self) -> bool:
        """Whether the database accepts a repeat: see ``Repeat``."""
        return self.complete and self.reactive < 2

    def entry_for(self, user: User) -> int | None:
        """Which entry (1 or 2) is this reader's."""
        if self.first is None:
            return 1
        return 2 if self.second is None and self.first.entered_by_id != user.pk else None


@dataclass(frozen=True)
class Progress:
    """What has been read of a donation's panel, in the order of the laboratory's sheet."""

    rows: list[Row]

    def _row(self, code: str) -> Row | None:
        return next((row for row in self.rows if row.marker.code == code), None)

    def _read_as(self, code: str, outcome: str) -> bool:
        row = self._row(code)
        return row is not None and any(r.outcome == outcome for r in (row.first, row.second) if r)

    def wanted(self, row: Row) -> bool:
        """C and E are read when D is negative, haemolysins when the group is O."""
        asker = asked_by(row.marker)
        return not asker or self._read_as(asker, Outcome.NEGATIVE if asker == "D" else Outcome.O)

    def open_to(self, user: User) -> list[Row]:
        """The markers this reader has still to read, with those that may become necessary."""
        mine = {row.marker.code for row in self.rows if row.entry_for(user)}
        return [
            row
            for row in self.rows
            if row.marker.code in mine and (asked_by(row.marker) in mine or self.wanted(row))
        ]

    def is_second_for(self, user: User) -> bool:
        """Whether what this reader has still to read was read once. A test that another outcome
        asks for does not count before they have read that one: it would tell what it was."""
        still = self.open_to(user)
        codes = {row.marker.code for row in still}
        return all(row.first for row in still if asked_by(row.marker) not in codes)

    def without_its_asker(self, user: User, given: Container[str]) -> list[Row]:
        """Tests given without the one that asks for them, though this reader has still to read that
        one: read alone, they would be left out of a later sheet and tell its outcome."""
        mine = {row.marker.code for row in self.rows if row.entry_for(user)}
        return [
            row
            for row in self.rows
            if row.marker.code in given
            and asked_by(row.marker) in mine
            and asked_by(row.marker) not in given
        ]

    @property
    def disagreeing(self) -> list[str]:
        return [row.marker.code for row in self.rows if row.differs]

    @property
    def complete(self) -> bool:
        return all(row.complete for row in self.rows if self.wanted(row))

    @property
    def group(self) -> str:
        """The group for the label if both readers agree on it, else empty.

        Rh negative only without any of D, C and E (decree 2-94-20).
        """
        abo, d, *others = (self._agreed(code) for code in ("ABO", "D", "C", "E"))
        if not abo or not d:
            return ""
        if Outcome.POSITIVE in (d, *others):
            return f"{abo}+"
        return f"{abo}-" if all(others) else ""

    def _agreed(self, code: str) -> str:
        row = self._row(code)
        return row.first.outcome if row and row.first and row.complete and not row.differs else ""


def asked_by(marker: Marker) -> str:
    """The marker whose outcome decides whether this one is read; empty where none does."""
    if marker.rh_negative_only:
        return "D"
    return "ABO" if marker.kind == Marker.Kind.MARK else ""


ABO = [Outcome.O, Outcome.A, Outcome.B, Outcome.AB]
ANTIGEN = [Outcome.NEGATIVE, Outcome.POSITIVE]
INFECTION = [Outcome.NEGATIVE, Outcome.REACTIVE]


def outcomes(marker: Marker) -> list[Outcome]:
    """The possible outcomes of this marker."""
    if marker.kind == Marker.Kind.INFECTION:
        return INFECTION
    return ABO if marker.code == "ABO" else ANTIGEN


def panel(donation: Donation) -> list[Marker]:
    """The markers in force on the day of collection, in the order of the laboratory's sheet."""
    return list(Marker.objects.in_force(donation.collected_on))


def progress(donation: Donation) -> Progress:
    return progresses([donation])[donation.pk]


def progresses(donations: Collection[Donation]) -> dict[int, Progress]:
    """The progress of several donations by their primary keys."""
    panels = {d.collected_on: panel(d) for d in {d.collected_on: d for d in donations}.values()}
    repeats: dict[int, list[Repeat]] = defaultdict(list)
    for repeat in Repeat.objects.filter(donation__in=donations).order_by("version"):
        repeats[repeat.donation_id].append(repeat)
    results: dict[int, list[Result]] = defaultdict(list)
    for result in Result.objects.filter(donation__in=donations).select_related("entered_by"):
        results[result.donation_id].append(result)
    return {
        d.pk: _progress(panels[d.collected_on], repeats[d.pk], results[d.pk]) for d in donations
    }


def _progress(markers: list[Marker], repeats: list[Repeat], rows: list[Result]) -> Progress:
    versions = dict.fromkeys((m.pk for m in markers), 1) | {r.marker_id: r.version for r in repeats}
    read = {(r.marker_id, r.entry): r for r in rows if r.version == versions.get(r.marker_id)}
    reactive = Counter(r.marker_id for r in rows if r.outcome == Outcome.REACTIVE)
    return Progress(
        [
            Row(m, versions[m.pk], read.get((m.pk, 1)), read.get((m.pk, 2)), reactive[m.pk])
            for m in markers
        ]
    )


def differing() -> QuerySet[Result]:
    """First readings of a last version that the second reading contradicts."""
    second = Result.objects.filter(
        donation=OuterRef("donation"),
        marker=OuterRef("marker"),
        version=OuterRef("version"),
        entry=2,
    ).exclude(outcome=OuterRef("outcome"))
    return Result.objects.current().filter(Exists(second), entry=1)


def read(*, donation: Donation, by: User, now: datetime) -> list[Row]:
    """Markers with both entries; logged as an access to the donor's record."""
    privacy.log_access(donor=donation.donor, by=by, reason="results of a donation")
    return [row for row in progress(donation).rows if row.complete]


def earlier(donation: Donation) -> QuerySet[Result]:
    """Readings of earlier versions, replaced by a repeat; oldest first."""
    current = donation.results.current().values("pk")
    rows = donation.results.exclude(pk__in=current).select_related("marker", "entered_by")
    return rows.order_by("marker__position", "version", "entry")


def titre(donation: str) -> Func:
    """``low`` or ``high`` by the haemolysins of the donation at this path; empty where not read."""
    return Func(F(donation), function="donation_titre", output_field=models.CharField())


def on_record(donation: Donation) -> str:
    """The group that the donation's group has to agree with; empty where none was determined."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT group_on_record(%s)", [donation.donor_id])
        group: str = cursor.fetchone()[0]
    return group


def is_provisional(donation: Donation) -> bool:
    """A group known from this donation alone; the next donation has to agree (decree 2-94-20)."""
    return not on_record(donation)


@retried_on_conflict
def enter(
    *,
    donation: Donation,
    outcomes: dict[str, str],
    technique: str,
    lot: str,
    by: User,
    now: datetime,
) -> Progress:
    """One person's readings, an outcome by marker code; the rest of the sheet may follow later.

    Each marker takes its first entry, or its second from another person. C and E come with a
    negative D. Once both agree on the group, the bags are labelled.
    """
    with refusing():
        Donation.objects.select_for_update(of=("self",)).get(pk=donation.pk)
        reached = progress(donation)
        given = {code: outcome for code, outcome in outcomes.items() if outcome}
        rows = [row for row in reached.rows if row.marker.code in given]
        if not rows:
            raise Refused(_("Mark at least one test that you have read."))
        if any(row.entry_for(by) is None for row in rows):
            if all(row.complete for row in rows):
                raise Refused(_("Both entries of this donation have been made."))
            sentence = _("You made the first entry; the second one belongs to somebody else.")
            raise Refused(sentence)
        alone = [row.marker.name for row in reached.without_its_asker(by, given)]
        if alone:
            sentence = _(
                "%(markers)s: read together with the test that asks for it. Mark that too."
            )
            raise Refused(sentence % {"markers": punctuation.listed(alone)})
        beside = [row for row in reached.open_to(by) if row.marker.rh_negative_only]
        missing = [row.marker.name for row in beside if row.marker.code not in given]
        if given.get("D") == Outcome.NEGATIVE and missing:
            raise Refused(
                _("A result is missing: %(markers)s.") % {"markers": punctuation.listed(missing)}
            )
        lot = lots.read(lot, din=donation.din)
        readings = [Reading(row, given[row.marker.code], technique.strip(), lot) for row in rows]
        write(donation=donation, readings=readings, by=by, now=now)
        return progress(donation)


@dataclass(frozen=True)
class Reading:
    """What one reader writes of a marker; ``value`` to ``measured_at`` as of ``Result``."""

    row: Row
    outcome: str
    technique: str = ""
    lot: str = ""
    value: str = ""
    cut_off: str = ""
    run: str = ""
    measured_at: str = ""


def write(
    *,
    donation: Donation,
    readings: list[Reading],
    by: User,
    now: datetime,
    imported: AnalyserImport | None = None,
    plate: Plate | None = None,
) -> None:
    """Write the rows of one reader under the donation's lock. The lot of an infection test is known
    only of a machine or a plate."""
    # Bad news is written last: it moves the bags, and the other rows need them in their old state.
    for said in sorted(readings, key=lambda reading: reading.outcome == Outcome.REACTIVE):
        row, of_group = said.row, said.row.marker.kind == Marker.Kind.GROUP
        if of_group and row.first:
            _of_another_kind(row.first, said.technique, said.lot)
        Result.objects.create(
            donation=donation,
            marker=row.marker,
            version=row.version,
            entry=row.entry_for(by) or 0,
            outcome=said.outcome,
            technique=said.technique if of_group else "",
            lot=said.lot if of_group or imported or plate else "",
            value=said.value,
            cut_off=said.cut_off,
            run=said.run,
            measured_at=said.measured_at,
            entered_by=by,
            entered_at=now,
            imported=imported,
            plate=plate,
        )
    group = progress(donation).group
    # A group that contradicts the donor's history is not printed: a new sample decides first.
    if group and on_record(donation) in ("", group):
        Bag.objects.filter(donation=donation, blood_group="").update(blood_group=group)
    if any(said.row.marker.kind == Marker.Kind.GROUP for said in readings):
        held_bags.review(donor=donation.donor, now=now)


def _of_another_kind(first: Result, technique: str, lot: str) -> None:
    """Refuse a second reading with the same technique and lot: the release could never accept
    it."""
    if first.technique.lower() == technique.lower():
        sentence = _("The first entry used this technique. Determine the group by another one.")
        raise Refused(sentence, "technique")
    if first.lot.lower() == lot.lower():
        raise Refused(_("The first entry used this lot. Take a reagent of another lot."), "lot")


@retried_on_conflict
def repeat(*, donation: Donation, marker: Marker, because: str, by: User, now: datetime) -> None:
    """Have a marker read twice again; earlier readings stay on record."""
    with refusing():
        Donation.objects.select_for_update(of=("self",)).get(pk=donation.pk)
        latest = donation.repeats.filter(marker=marker).aggregate(last=Max("version"))["last"] or 1
        Repeat.objects.create(
            donation=donation,
            marker=marker,
            version=latest + 1,
            because=because,
            asked_by=by,
            asked_at=now,
        )


def opened(*, row: Row, donation: Donation, by: User, now: datetime) -> Row:
    """The row to write to: bad news for a test that was read twice already opens its next
    version."""
    if not row.complete:
        return row
    again = Repeat.Because.SAME_SAMPLE
    repeat(donation=donation, marker=row.marker, because=again, by=by, now=now)
    return replace(row, version=row.version + 1, first=None, second=None)


def remembered(*, center: Center, by: User) -> dict[str, str]:
    """Technique and lot of this reader's last group by hand, for the next sheet."""
    own = Result.objects.filter(entered_by=by, imported=None, donation__center=center)
    last = own.exclude(technique="").order_by("-pk").first()
    return {"technique": last.technique, "lot": last.lot} if last else {}
