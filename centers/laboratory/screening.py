"""Laboratory results: two entries by two people; the database reacts to bad news itself."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, TypedDict

from django.db import connection, models
from django.db.models import Case, Exists, F, Func, Max, OuterRef, Q, QuerySet, Value, When
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from centers.inventory import held_bags, stock
from centers.isbt128 import lots
from centers.models import AnalyserImport, Bag, Donation, Marker, Outcome, Repeat, Result
from donors import punctuation
from donors.errors import Refused, refusing, retried_on_conflict
from donors.models import User
from donors.people import privacy

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

    Staged = WithAnnotations[Donation, "Standing"]


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
        if row.marker.rh_negative_only:
            return self._read_as("D", Outcome.NEGATIVE)
        return row.marker.kind != Marker.Kind.MARK or self._read_as("ABO", Outcome.O)

    def open_to(self, user: User) -> list[Row]:
        """The markers this reader has still to read, with those that may become necessary."""
        mine = {row.marker.code for row in self.rows if row.entry_for(user)}
        asked_by = {Marker.Kind.MARK: "ABO", Marker.Kind.GROUP: "D"}
        return [
            row
            for row in self.rows
            if row.marker.code in mine
            and (self.wanted(row) or asked_by.get(Marker.Kind(row.marker.kind)) in mine)
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
    versions = dict.fromkeys((m.pk for m in panel(donation)), 1) | {
        repeat.marker_id: repeat.version for repeat in donation.repeats.order_by("version")
    }
    rows = list(donation.results.select_related("entered_by"))
    read = {(r.marker_id, r.entry): r for r in rows if r.version == versions.get(r.marker_id)}
    reactive = Counter(r.marker_id for r in rows if r.outcome == Outcome.REACTIVE)
    return Progress(
        [
            Row(m, versions[m.pk], read.get((m.pk, 1)), read.get((m.pk, 2)), reactive[m.pk])
            for m in panel(donation)
        ]
    )


class Stage(models.TextChoices):
    """The step of a donation between collection and stock."""

    FIRST = "first", gettext_lazy("First entry to be made")
    SECOND = "second", gettext_lazy("Second entry to be made")
    DISAGREEING = "disagreeing", gettext_lazy("The entries disagree")
    TESTED = "tested", gettext_lazy("Tested, waits for release")


class Standing(TypedDict):
    """Annotations of ``staged``."""

    stage: str
    open_to_reader: bool
    hurried: bool


def staged(donations: QuerySet[Donation], *, by: User) -> QuerySet[Staged]:
    """Donations with a bag in quarantine or blocked, with their ``stage``, oldest first; once
    tested, only where a release would move a bag.

    Those with a bag issued in an emergency come first until they are tested. Donations with a final
    reactive result are not listed: their bags are discarded. ``open_to_reader``: whether this
    reader has something left to read.
    """
    of_donation = Bag.objects.filter(donation=OuterRef("pk"))
    waits = of_donation.filter(state__in=[Bag.State.QUARANTINED, Bag.State.BLOCKED])
    freed = stock.releasable().filter(donation=OuterRef("pk"))
    hurried = of_donation.filter(emergencies__second__isnull=False)
    stage = Case(
        When(Exists(_lacking(entry=1)), then=Value(Stage.FIRST)),
        When(Exists(_lacking(entry=2)), then=Value(Stage.SECOND)),
        When(Exists(differing().filter(donation=OuterRef("pk"))), then=Value(Stage.DISAGREEING)),
        default=Value(Stage.TESTED),
        output_field=models.CharField(),
    )
    theirs = _lacking(entry=2).filter(~Exists(_readings(entry=1).filter(entered_by=by)))
    return (
        donations.annotate(
            stage=stage, open_to_reader=Exists(theirs), held=Exists(waits), hurried=Exists(hurried)
        )
        .filter(
            Q(stage=Stage.TESTED) & Exists(freed)
            | ~Q(stage=Stage.TESTED) & (Q(held=True) | Q(hurried=True))
        )
        .order_by("-hurried", "collected_on", "received_at", "pk")
    )


def _readings(entry: int) -> QuerySet[Result]:
    """One entry of a marker, within a query of markers within one of donations."""
    return Result.objects.current().filter(
        donation=OuterRef(OuterRef("pk")), marker=OuterRef("pk"), entry=entry
    )


def _lacking(entry: int) -> QuerySet[Marker]:
    """Markers that the outer query's donation still needs in this entry."""

    def seen(code: str, outcome: str) -> Exists:
        return Exists(
            Result.objects.current().filter(
                donation=OuterRef(OuterRef("pk")), marker__code=code, outcome=outcome
            )
        )

    day = OuterRef("collected_on")
    in_force = Q(valid_until=None) | Q(valid_until__gt=day)
    always = Q(rh_negative_only=False) & ~Q(kind=Marker.Kind.MARK)
    antigens = Q(rh_negative_only=True) & Q(seen("D", Outcome.NEGATIVE))
    marks = Q(kind=Marker.Kind.MARK) & Q(seen("ABO", Outcome.O))
    return Marker.objects.filter(
        in_force, always | antigens | marks, ~Exists(_readings(entry)), valid_from__lte=day
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


def counts(donations: QuerySet[Donation], *, by: User) -> dict[str, int]:
    """How many donations wait at each stage."""
    rows = staged(donations, by=by).order_by().values_list("stage")
    return dict.fromkeys(Stage.values, 0) | dict(rows.annotate(count=models.Count("pk")))


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
        beside = [row for row in reached.open_to(by) if row.marker.rh_negative_only]
        missing = [row.marker.name for row in beside if row.marker.code not in given]
        if given.get("D") == Outcome.NEGATIVE and missing:
            raise Refused(
                _("A result is missing: %(markers)s.") % {"markers": punctuation.listed(missing)}
            )
        lot = lots.read(lot, din=donation.din)
        readings = [(row, given[row.marker.code], technique.strip(), lot) for row in rows]
        write(donation=donation, readings=readings, by=by, now=now)
        return progress(donation)


Reading = tuple[Row, str, str, str]


def write(
    *,
    donation: Donation,
    readings: list[Reading],
    by: User,
    now: datetime,
    imported: AnalyserImport | None = None,
) -> None:
    """Write the rows of one reader, with outcome, technique and lot, under the donation's lock."""
    # Bad news is written last: it moves the bags, and the other rows need them in their old state.
    for row, outcome, technique, lot in sorted(readings, key=lambda r: r[1] == Outcome.REACTIVE):
        of_group = row.marker.kind == Marker.Kind.GROUP
        if of_group and row.first:
            _of_another_kind(row.first, technique, lot)
        Result.objects.create(
            donation=donation,
            marker=row.marker,
            version=row.version,
            entry=row.entry_for(by) or 0,
            outcome=outcome,
            technique=technique if of_group else "",
            lot=lot if of_group else "",
            entered_by=by,
            entered_at=now,
            imported=imported,
        )
    group = progress(donation).group
    # A group that contradicts the donor's history is not printed: a new sample decides first.
    if group and on_record(donation) in ("", group):
        Bag.objects.filter(donation=donation, blood_group="").update(blood_group=group)
    if any(row.marker.kind == Marker.Kind.GROUP for row, *_rest in readings):
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
