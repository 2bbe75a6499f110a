"""Transfers that the planner proposes, for tests."""

from __future__ import annotations

from django.utils import timezone

from centers.distribution import planned_transfers
from centers.distribution.planned_transfers import Figures
from centers.inventory import stock_levels
from centers.models import Center, Component, Floor, Transfer

from . import factories

FIGURES = Figures(
    sender_before=9.0,
    sender_after=7.0,
    receiver_before=0.5,
    receiver_after=2.5,
    reserve=3,
    would_expire=False,
)


def propose(sender: Center, receiver: Center | None = None, count: int = 2, **said):
    values = {
        "component": Component.objects.get(code="RBC-SAGM"),
        "blood_group": "O+",
        "figures": FIGURES,
        "now": timezone.now(),
    }
    receiver = receiver or factories.center("CRTS-FES")
    return planned_transfers.propose_by_plan(
        sender=sender, receiver=receiver, count=count, **values | said
    )


def floor(center: Center, *, routine: int = 0, relief: int = 0, ceiling: int = 50) -> Floor:
    return stock_levels.set_floor(
        center=center,
        component=Component.objects.get(code="RBC-SAGM"),
        blood_group="O+",
        routine=routine,
        relief=relief,
        ceiling=ceiling,
        now=timezone.now(),
    )


def state(transfer: Transfer) -> str:
    transfer.refresh_from_db()
    return transfer.state
