"""Laboratory results: two entries by two people; the database acts on bad news by itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import models
from django.db.models import Case, Exists, OuterRef, QuerySet, Value, When
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from donors import privacy
from donors.models import User

from .errors import Refused, in_one_piece
from .models import Bag, Donation, Marker, Outcome, Result


@dataclass(frozen=True)
class Progress:
    """What is entered of a donation's panel. ``disagreeing`` are codes whose two entries differ."""

    first: dict[str, Result]
    second: dict[str, Result]
    disagreeing: list[str]

    @property
    def next_entry(self) -> int | None:
        return 1 if not self.first else 2 if not self.second else None

    @property
    def group(self) -> str:
        """The group both entries agree on, else empty."""
        abo, rh = self.first.get("ABO"), self.first.get("D")
        if not self.second or {"ABO", "D"} & set(self.disagreeing) or not abo or not rh:
            return ""
        return abo.outcome + ("+" if rh.outcome == Outcome.POSITIVE else "-")


def panel(donation: Donation) -> list[Marker]:
    """The markers in force on the day of collection, in the order of the laboratory's sheet."""
    return list(Marker.objects.in_force(donation.collected_on))


def progress(donation: Donation) -> Progress:
    entries: dict[int, dict[str, Result]] = {1: {}, 2: {}}
    for result in donation.results.select_related("marker"):
        entries[result.entry][result.marker.code] = result
    differ = [
        code
        for code, result in entries[1].items()
        if code in entries[2] and entries[2][code].outcome != result.outcome
    ]
    return Progress(entries[1], entries[2], differ)


class Stage(models.TextChoices):
    """Where a donation stands between the bag and the shelf."""

    FIRST = "first", gettext_lazy("First entry to be made")
    SECOND = "second", gettext_lazy("Second entry to be made")
    DISAGREEING = "disagreeing", gettext_lazy("The entries disagree")
    TESTED = "tested", gettext_lazy("Tested, waits for release")


def staged(donations: QuerySet[Donation], *, by: User) -> QuerySet[Donation]:
    """Donations that still have a bag in quarantine or blocked, with their ``stage``, oldest first.

    A final reactive result has discarded the bags: nothing waits any more.
    ``entered`` says whether the reader made an entry: the other one is not theirs to make.
    """
    held = Bag.objects.filter(
        donation=OuterRef("pk"), state__in=[Bag.State.QUARANTINED, Bag.State.BLOCKED]
    )
    results = Result.objects.filter(donation=OuterRef("pk"))
    second = Result.objects.filter(
        donation=OuterRef("donation"), marker=OuterRef("marker"), entry=2
    ).exclude(outcome=OuterRef("outcome"))
    stage = Case(
        When(~Exists(results), then=Value(Stage.FIRST)),
        When(~Exists(results.filter(entry=2)), then=Value(Stage.SECOND)),
        When(Exists(results.filter(Exists(second), entry=1)), then=Value(Stage.DISAGREEING)),
        default=Value(Stage.TESTED),
        output_field=models.CharField(),
    )
    return (
        donations.filter(Exists(held))
        .annotate(stage=stage, entered=Exists(results.filter(entered_by=by)))
        .order_by("collected_on", "received_at", "pk")
    )


def counts(donations: QuerySet[Donation], *, by: User) -> dict[str, int]:
    """How many donations wait at each stage."""
    rows = staged(donations, by=by).order_by().values_list("stage")
    return dict.fromkeys(Stage.values, 0) | dict(rows.annotate(count=models.Count("pk")))


def entered_by(*, donation: Donation, user: User) -> bool:
    return Result.objects.filter(donation=donation, entered_by=user).exists()


@dataclass(frozen=True)
class Row:
    """One marker as both readers saw it; an antigen nobody had to read has neither."""

    marker: Marker
    first: Result | None
    second: Result | None

    @property
    def differs(self) -> bool:
        seen = [result.outcome if result else None for result in (self.first, self.second)]
        return seen[0] != seen[1]


def read(*, donation: Donation, by: User, now: datetime) -> list[Row]:
    """Both entries of every marker, noted as a look into the donor's record."""
    privacy.log_access(donor=donation.donor, by=by, reason="results of a donation", now=now)
    reached = progress(donation)
    return [
        Row(marker, reached.first.get(marker.code), reached.second.get(marker.code))
        for marker in panel(donation)
    ]


def enter(
    *,
    donation: Donation,
    outcomes: dict[str, str],
    technique: str,
    lot: str,
    by: User,
    now: datetime,
) -> Progress:
    """One person's whole sheet: an outcome for every marker of the panel, by its code.

    C and E are asked for only when D is negative. The second sheet labels the bags when both agree.
    """
    with in_one_piece():
        Donation.objects.select_for_update(of=("self",)).get(pk=donation.pk)
        entry = progress(donation).next_entry
        if entry is None:
            raise Refused(_("Both entries of this donation have been made."))
        if entry == 2:
            _of_another_kind(donation, technique.strip(), lot.strip(), by)
        rh_negative = outcomes.get("D") == Outcome.NEGATIVE
        wanted = [m for m in panel(donation) if rh_negative or not m.rh_negative_only]
        missing = [m.name for m in wanted if not outcomes.get(m.code)]
        if missing:
            raise Refused(_("A result is missing: %(markers)s.") % {"markers": ", ".join(missing)})
        # Bad news goes last: it moves bags that the rows before it must still find in place.
        wanted.sort(key=lambda m: outcomes[m.code] == Outcome.REACTIVE)
        for marker in wanted:
            Result.objects.create(
                donation=donation,
                marker=marker,
                entry=entry,
                outcome=outcomes[marker.code],
                technique=technique.strip() if marker.kind == Marker.Kind.GROUP else "",
                lot=lot.strip() if marker.kind == Marker.Kind.GROUP else "",
                entered_by=by,
                entered_at=now,
            )
        reached = progress(donation)
        if reached.group:
            Bag.objects.filter(donation=donation, blood_group="").update(blood_group=reached.group)
    return reached


def _of_another_kind(donation: Donation, technique: str, lot: str, by: User) -> None:
    """A second look through the same glasses proves nothing: the release would refuse it for ever."""
    first = donation.results.filter(entry=1, marker__kind=Marker.Kind.GROUP).exclude(entered_by=by)
    if first.filter(technique__iexact=technique).exists():
        sentence = _("The first entry used this technique. Determine the group by another one.")
        raise Refused(sentence, "technique")
    if first.filter(lot__iexact=lot).exists():
        raise Refused(_("The first entry used this lot. Take a reagent of another lot."), "lot")
