"""Adverse reactions of donors, by the international classification."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db.models import Count, Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from centers.models import Center, Reaction, ReactionStep, Visit
from donors import substance
from donors.clock.calendar import midnight
from donors.errors import Refused, refusing
from donors.models import User

# The same reaction within this time is a form sent twice.
TWICE = timedelta(minutes=30)


def note(
    *,
    visit: Visit,
    kind: str,
    grade: int,
    imputability: str,
    after_leaving: bool,
    injured: bool,
    notes: str = "",
    treatment: str = "",
    by: User,
    now: datetime,
) -> Reaction:
    """Record a reaction during or after the bleeding, also one reported later."""
    if not visit.was_bled:
        raise Refused(_("Nothing was begun with this donor: there is no reaction to giving."))
    known = visit.reactions.filter(kind=kind, grade=grade, at__gt=now - TWICE)
    if known.exists():
        raise Refused(_("This reaction is noted already."))
    with refusing():
        return Reaction.objects.create(
            visit=visit,
            kind=kind,
            grade=grade,
            imputability=imputability,
            after_leaving=after_leaving,
            injured=injured,
            notes=notes.strip(),
            treatment=treatment.strip(),
            at=now,
            by=by,
        )


def add_step(
    *, reaction: Reaction, kind: str, said: str, reference: str = "", by: User, now: datetime
) -> ReactionStep:
    """Add what followed: seen again, treated, declared with its number, closed.

    The database refuses to close a serious reaction that was not declared.
    """
    said = substance.said(said, "said")
    with refusing():
        return ReactionStep.objects.create(
            reaction=reaction, kind=kind, said=said, reference=reference.strip(), at=now, by=by
        )


def unfinished(center: Center) -> QuerySet[Reaction]:
    """Reactions at a centre's sessions that nobody has closed: those not declared first, then by
    grade."""
    steps = ReactionStep.objects.filter(reaction=OuterRef("pk"))
    rows = Reaction.objects.filter(visit__session__center=center)
    rows = rows.annotate(
        closed=Exists(steps.filter(kind=ReactionStep.Kind.CLOSED)),
        declared=Exists(steps.filter(kind=ReactionStep.Kind.DECLARED)),
    )
    open_rows = rows.filter(closed=False).select_related("visit__donor", "visit__session")
    return open_rows.order_by("-grade", "declared", "at")


def serious(center: Center, *, since: date) -> QuerySet[Reaction]:
    """Grade 3 and above at a centre's sessions."""
    rows = Reaction.objects.filter(visit__session__center=center, grade__gte=Reaction.SERIOUS)
    return rows.filter(at__gte=midnight(since)).select_related("visit").order_by("-at")


def counts(center: Center, *, since: date) -> dict[int, int]:
    """The number of reactions of each grade, without personal data."""
    rows = Reaction.objects.filter(visit__session__center=center, at__gte=midnight(since))
    found = rows.values_list("grade").annotate(count=Count("pk")).order_by("grade")
    return dict.fromkeys(Reaction.Grade.values, 0) | dict(found)
