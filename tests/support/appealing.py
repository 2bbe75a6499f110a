"""Steps of an appeal, through the product's own rules."""

from __future__ import annotations

from datetime import timedelta

from campaigns.appeals import appeals
from campaigns.messaging import outbox
from campaigns.models import Appeal, Notification
from centers.inventory import stock_levels
from centers.models import Center, Component, StockAlert
from donors.models import Donor

from . import factories

RED_CELLS = "RBC-SAGM"


def places(now, *, free: int = 20, at: Center | None = None):
    """Tomorrow's session with one slot of so many places."""
    return factories.session(at, places=free, days=1).slots.get()


def alert(now, *, group: str = "O+", ceiling: int = 5, at: Center | None = None) -> StockAlert:
    """An alert, opened by a floor over an empty stock."""
    floor = stock_levels.set_floor(
        center=at or factories.center(),
        component=Component.objects.get(code=RED_CELLS),
        blood_group=group,
        routine=2,
        relief=0,
        ceiling=ceiling,
        now=now,
    )
    return floor.alerts.get()


def opened(now, *, people: int = 3, free: int = 20, ceiling: int = 5) -> Appeal:
    """An open appeal that has asked so many people of the centre's province."""
    places(now, free=free)
    for _number in range(people):
        factories.donor(blood_group="O+")
    alert(now, ceiling=ceiling)
    appeals.open_for_alerts(now=now)
    return Appeal.objects.get()


def invitation(appeal: Appeal, donor: Donor | None = None) -> Notification:
    rows = Notification.objects.filter(kind="appeal_invitation", subject_id=appeal.pk)
    return rows.filter(**({"donor": donor} if donor else {})).order_by("pk").first()


def delivered(now) -> int:
    return outbox.deliver(now=now)


def later(now, **ago):
    return now + timedelta(**ago)
