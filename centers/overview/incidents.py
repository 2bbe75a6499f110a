"""What went around a rule or went wrong this month: counted where everybody in charge sees it."""

from __future__ import annotations

from datetime import datetime

from centers.collection import reactions
from centers.models import Center, EmergencyRelease, Override
from donors.clock.calendar import local_day, midnight


def counts(center: Center, *, now: datetime) -> dict[str, int]:
    """``overrides`` of warnings, ``emergencies`` released, ``serious`` reactions, since the first."""
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
