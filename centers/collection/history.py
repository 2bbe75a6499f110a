"""What is known of a donor from earlier visits, for those who decide today."""

from __future__ import annotations

from dataclasses import dataclass

from centers.models import Reaction, Visit
from donors.models import Deferral

from . import arrivals

MOST = 12


@dataclass(frozen=True)
class Earlier:
    """An earlier visit with its valid measures (as corrected) and its reactions."""

    visit: Visit
    haemoglobin: int | None
    systolic: int | None
    diastolic: int | None
    reactions: list[Reaction]


def visits(*, visit: Visit) -> list[Earlier]:
    """The last visits of this person, joined rows included, the latest first."""
    rows = Visit.objects.filter(donor__in=visit.donor.linked_rows()).exclude(pk=visit.pk)
    rows = rows.filter(arrived_at__lt=visit.arrived_at)
    rows = rows.select_related("session", "donation", "deferred_for", "bleeding")
    rows = rows.prefetch_related("corrections", "reactions").order_by("-arrived_at", "-pk")
    found = []
    for row in rows[:MOST]:
        measures = arrivals.counted(row)
        reactions = sorted(row.reactions.all(), key=lambda reaction: reaction.at)
        found.append(
            Earlier(row, measures.haemoglobin, measures.systolic, measures.diastolic, reactions)
        )
    return found


def reactions(*, visit: Visit) -> list[Reaction]:
    """Reactions at earlier visits of this person, the latest first."""
    rows = Reaction.objects.filter(visit__donor__in=visit.donor.linked_rows())
    rows = rows.exclude(visit=visit).select_related("visit__session")
    return list(rows.prefetch_related("steps").order_by("-at"))


def deferrals(*, visit: Visit) -> list[Deferral]:
    """Every deferral of this person with its end, copies of joined rows once, the latest first."""
    rows = Deferral.objects.filter(donor=visit.donor).select_related("reason", "ended_by")
    return list(rows.order_by("-starts_on", "-pk"))
