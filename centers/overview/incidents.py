"""This month's exceptions and incidents, counted for everybody in charge."""

from __future__ import annotations

from datetime import datetime

from centers.collection import reactions
from centers.models import Center, EmergencyRelease, Override
from donors.clock.calendar import local_day, midnight


def counts(center: Center, *, now: datetime) -> dict[str, int]:
    """Since the first of the month: ``overrides`` of warnings, ``emergencies`` released,
    ``serious`` reactions."""
    since = local_day(now).replace(day=1)
    overrides = Override.objects.filter(visit__session__center=center, at__gte=midnight(since))
    overrides = overrides.exclude(criteria=Override.CORRECTED)
    released = EmergencyRelease.objects.filter(
        request__center=center, second_at__gte=midnight(since)
    )
    return {
        "overrides": overrides.count(),
        "emergencies": released.count(),
        "serious": reactions.serious(center, since=since).count(),
    }
