"""Floors in force beside what was issued, and the question about groups of which none is kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Sum
from django.utils.translation import gettext as _

from centers.models import Bag, Center, Component, Floor, Movement, NoFloor, Request
from donors.clock.calendar import local_day, midnight
from donors.errors import Refused, refusing
from donors.models import BloodGroup, User

from . import demand, stock_levels
from .stock_levels import Level

DAYS = 90
BAR_DAYS = 6  # fifteen bars
# Ours: what a group needs changes, so that the question comes back.
ANSWER_HOLDS = timedelta(days=365)


@dataclass(frozen=True)
class Row:
    """A group of a product: ``level`` with its floor, bags ``issued`` in 90 days, and in each six of
    them (``bars``, the oldest first). ``suggestion`` has ``routine``, ``relief`` and ``ceiling``."""

    level: Level
    issued: int
    bars: list[int]
    suggestion: object | None = None

    @property
    def most(self) -> int:
        """Bags in the fullest bar."""
        return max(self.bars, default=0)


def rows(*, center: Center, component: Component, now: datetime) -> list[Row]:
    """The eight groups of a product at a centre."""
    used = demand.daily(days=DAYS, now=now, center=center, component=component)
    made = []
    for level in stock_levels.board(now=now, center=center, component=component.pk):
        by_day = used.get((center.pk, component.family, level.blood_group), [0] * DAYS)
        bars = [sum(by_day[at : at + BAR_DAYS]) for at in range(0, DAYS, BAR_DAYS)]
        made.append(Row(level=level, issued=sum(by_day), bars=bars))
    return made


@dataclass(frozen=True)
class Question:
    """A group that was ``issued`` or asked for (``requested``, bags) in the last 90 days, and of
    which the centre keeps none."""

    component: Component
    blood_group: str
    issued: int
    requested: int


def questions(*, center: Center, now: datetime) -> list[Question]:
    """Groups without a floor, or with a floor of 0, that were in use; not those about which somebody
    said within the last year that it is meant."""
    since = midnight(local_day(now) - timedelta(days=DAYS))
    issues = Movement.objects.filter(center=center, to_state=Bag.State.ISSUED, at__gte=since)
    by_bag = issues.values_list("bag__component", "bag__blood_group").annotate(Count("pk"))
    issued = {(code, group): count for code, group, count in by_bag.order_by()}
    asked = Request.objects.filter(center=center, received_at__gte=since)
    by_request = asked.values_list("component", "recipient_group").annotate(Sum("count"))
    requested = {(code, group): count for code, group, count in by_request.order_by()}
    kept = {
        (floor.component_id, floor.blood_group)
        for floor in Floor.objects.filter(center=center)
        if floor.total
    }
    meant = NoFloor.objects.filter(center=center, at__gt=now - ANSWER_HOLDS)
    settled = kept | set(meant.values_list("component", "blood_group"))
    order = list(BloodGroup.values)
    wanted = (issued.keys() | requested.keys()) - settled
    products = {one.pk: one for one in Component.objects.filter(in_use=True)}
    return [
        Question(
            products[code], group, issued.get((code, group), 0), requested.get((code, group), 0)
        )
        for code, group in sorted(wanted, key=lambda key: (key[0], order.index(key[1])))
        if code in products
    ]


def leave_out(
    *,
    center: Center,
    component: Component,
    blood_group: str,
    because: str,
    by: User,
    now: datetime,
) -> NoFloor:
    """Keep the answer that no floor is meant, with the reason."""
    if not because.strip():
        raise Refused(_("Say why."), "because")
    with refusing():
        return NoFloor.objects.create(
            center=center,
            component=component,
            blood_group=blood_group,
            because=because.strip(),
            at=now,
            by=by,
        )
