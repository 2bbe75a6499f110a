"""What waits in the laboratory, by the step that it waits for.

What a reader is shown here never depends on another person's reading that is still to be confirmed
by their own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

from django.db import models
from django.db.models import Case, Exists, OuterRef, Q, QuerySet, Value, When
from django.utils.translation import gettext_lazy

from centers.inventory import stock
from centers.models import Bag, Donation, Marker, Outcome, Result
from donors.models import User

from . import screening

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

    Staged = WithAnnotations[Donation, "Standing"]


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
        When(Exists(_lacking(entry=1, by=by)), then=Value(Stage.FIRST)),
        When(Exists(_lacking(entry=2, by=by)), then=Value(Stage.SECOND)),
        When(
            Exists(screening.differing().filter(donation=OuterRef("pk"))),
            then=Value(Stage.DISAGREEING),
        ),
        default=Value(Stage.TESTED),
        output_field=models.CharField(),
    )
    theirs = _lacking(entry=2, by=by).filter(~Exists(_readings(entry=1).filter(entered_by=by)))
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


def _lacking(entry: int, by: User) -> QuerySet[Marker]:
    """Markers that the outer query's donation still needs in this entry, as far as this reader may
    know: the first reading of D asks nobody else for C and E before it was read twice."""
    second = Result.objects.filter(
        donation=OuterRef("donation"),
        marker=OuterRef("marker"),
        version=OuterRef("version"),
        entry=2,
    )

    def seen(code: str, outcome: str) -> Exists:
        read = Result.objects.current().filter(
            donation=OuterRef(OuterRef("pk")), marker__code=code, outcome=outcome
        )
        return Exists(read.filter(Q(entered_by=by) | Exists(second)))

    day = OuterRef("collected_on")
    in_force = Q(valid_until=None) | Q(valid_until__gt=day)
    always = Q(rh_negative_only=False) & ~Q(kind=Marker.Kind.MARK)
    antigens = Q(rh_negative_only=True) & Q(seen("D", Outcome.NEGATIVE))
    marks = Q(kind=Marker.Kind.MARK) & Q(seen("ABO", Outcome.O))
    return Marker.objects.filter(
        in_force, always | antigens | marks, ~Exists(_readings(entry)), valid_from__lte=day
    )


def counts(donations: QuerySet[Donation], *, by: User) -> dict[str, int]:
    """How many donations wait at each stage."""
    rows = staged(donations, by=by).order_by().values_list("stage")
    return dict.fromkeys(Stage.values, 0) | dict(rows.annotate(count=models.Count("pk")))
