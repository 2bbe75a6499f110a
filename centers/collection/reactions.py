"""Adverse reactions of donors, by the international classification."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db.models import Count, QuerySet
from django.utils.translation import gettext as _

from centers.models import Center, Reaction, Visit
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
            at=now,
            by=by,
        )


def serious(center: Center, *, since: date) -> QuerySet[Reaction]:
    """Grade 3 and above at a centre's sessions."""
    rows = Reaction.objects.filter(visit__session__center=center, grade__gte=Reaction.SERIOUS)
    return rows.filter(at__gte=midnight(since)).select_related("visit").order_by("-at")


def counts(center: Center, *, since: date) -> dict[int, int]:
    """The number of reactions of each grade, without personal data."""
    rows = Reaction.objects.filter(visit__session__center=center, at__gte=midnight(since))
    found = rows.values_list("grade").annotate(count=Count("pk")).order_by("grade")
    return dict.fromkeys(Reaction.Grade.values, 0) | dict(found)
