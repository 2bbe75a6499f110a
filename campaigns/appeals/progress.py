"""Progress of appeals, in counts only."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from campaigns.models import Appeal, Pledge, Wave
from centers.models import Appointment

from .recruiting import RINGS_KM


def with_counts(appeals: QuerySet[Appeal]) -> QuerySet[Appeal]:
    """Annotates appeals with ``asked_count`` and ``booked_count``, without a query per row."""
    asked = Wave.objects.filter(appeal=OuterRef("pk")).order_by().values("appeal")
    booked = (
        Pledge.objects.filter(
            appeal=OuterRef("pk"),
            state=Pledge.State.BOOKED,
            appointment__state__in=Appointment.EXPECTED,
        )
        .order_by()
        .values("appeal")
    )
    return appeals.annotate(
        asked_count=_or_none(asked.annotate(count=Sum("size"))),
        booked_count=_or_none(booked.annotate(count=Count("pk"))),
    )


def _or_none(counted: QuerySet[Any, Any]) -> Coalesce:
    return Coalesce(Subquery(counted.values("count"), output_field=IntegerField()), 0)


def reach_km(wave: Wave) -> int | None:
    """How far from the centre a wave asked; None for the whole country, 0 for its own province."""
    ring = min(wave.number - 1, len(RINGS_KM) - 1)
    return None if ring == len(RINGS_KM) - 1 else RINGS_KM[ring]
