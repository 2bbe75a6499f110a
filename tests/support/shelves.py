"""Stock figures and open appeals for the public pages."""

from __future__ import annotations

from datetime import timedelta

from campaigns.models import Appeal
from centers.models import Component, StockLevel

from . import factories
from .owner import past_the_guards


def level(code: str, group: str, now, *, available: int, age=timedelta()) -> StockLevel:
    """A figure of some age, written past the guard that counts it from movements."""
    with past_the_guards():
        return StockLevel.objects.create(
            center=factories.center(code),
            component=Component.objects.get(code="RBC-SAGM"),
            blood_group=group,
            available=available,
            changed_at=now - age,
        )


def call(now, group="O+", code="BS-TAZ") -> Appeal:
    return Appeal.objects.create(
        code=f"{code[-3:]}{group}",
        center=factories.center(code),
        component=Component.objects.get(code="RBC-SAGM"),
        blood_group=group,
        needed=5,
        pledges_wanted=5,
        opened_at=now,
        expires_at=now + timedelta(hours=72),
    )
