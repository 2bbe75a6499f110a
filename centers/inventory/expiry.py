from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from centers.models import Bag, Center, Component
from donors.clock.calendar import local_day
from donors.errors import Refused, refusing

from . import stock, stock_levels

AHEAD = 14

CAN_EXPIRE = (
    Bag.State.QUARANTINED,
    Bag.State.RELEASED,
    Bag.State.AVAILABLE,
    Bag.State.RESERVED,
    Bag.State.IN_TRANSIT,
)


@dataclass(frozen=True)
class Day:
    """Available bags that expire at the end of a day, by group; ``share`` of the fullest day,
    0–100."""

    day: date
    groups: dict[str, int]
    total: int
    share: int


def coming(*, center: Center, component: Component, now: datetime) -> list[Day]:
    """Bags that expire in the next days, a row per day; empty if none expires."""
    today = local_day(now)
    bags = Bag.objects.available(now).filter(center=center, component=component)
    until = now + timedelta(days=AHEAD)
    counted: dict[date, dict[str, int]] = {}
    rows = bags.filter(expires_at__lt=until).order_by().values_list("expires_at", "blood_group")
    for expires_at, group in rows:
        of_day = counted.setdefault(local_day(expires_at), {})
        of_day[group] = of_day.get(group, 0) + 1
    most = max((sum(groups.values()) for groups in counted.values()), default=0)
    days = [today + timedelta(days=n) for n in range(AHEAD)] if counted else []
    return [
        Day(day, groups, total, round(100 * total / most))
        for day in days
        for groups in [counted.get(day, {})]
        for total in [sum(groups.values())]
    ]


def expire(*, now: datetime, limit: int = 500) -> int:
    """Move bags past their date to expired, each in its own transaction; returns how many."""
    late = Bag.objects.filter(state__in=CAN_EXPIRE, expires_at__lte=now).order_by(
        "expires_at", "pk"
    )
    moved = 0
    for bag in late.select_related("center", "component")[:limit]:
        try:
            with refusing():
                stock.move(bag=bag, to=Bag.State.EXPIRED, by=None, reason="expired")
                stock_levels.review(
                    center=bag.center, component=bag.component, blood_group=bag.blood_group, now=now
                )
            moved += 1
        except Refused:
            continue
    return moved
