"""Who approves invitations: the standing orders of operations, and the rule of the country without one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

from campaigns.models import Approval, Operation, OrderConfirmation, StandingOrder
from centers.models import Center
from donors.errors import refusing
from donors.models import User

from .operations import running

STRICTEST_FIRST = (Approval.ADMINISTRATOR, Approval.MANAGER, Approval.NOBODY)


@dataclass(frozen=True)
class Order:
    """Who has to approve, up to how many people, and how long everything is held before it leaves."""

    approval: str
    people_limit: int
    hold_seconds: int
    operation: Operation | None = None

    def approver(self, *, people: int, other_region: bool) -> str:
        """Who approves asking so many people: over the limit an administrator does, and, unless an
        order lets them go by themselves, also when they live in another region than the centre."""
        beyond = people > self.people_limit or (other_region and self.approval == Approval.MANAGER)
        return Approval.ADMINISTRATOR if beyond else self.approval


def usual() -> Order:
    """The rule of the country while no operation's order is in force."""
    return Order(Approval.MANAGER, settings.PEOPLE_A_MANAGER_APPROVES, settings.HOLD_SECONDS)


def in_force(*, center: Center, now: datetime) -> Order:
    """The order for a centre. Of several, one for the centre's own province goes before one for the
    whole country; among equals the strictest."""
    found = []
    for operation in running().prefetch_related("provinces"):
        order = current(operation=operation, now=now)
        stricken = center.province_id in {province.pk for province in operation.provinces.all()}
        if order and (order.every_center or stricken):
            strictness = STRICTEST_FIRST.index(Approval(order.approval))
            found.append((not stricken, strictness, order.people_limit, -order.pk, order))
    if not found:
        return usual()
    order = min(found)[-1]
    return Order(order.approval, order.people_limit, order.hold_seconds, order.operation)


def current(*, operation: Operation, now: datetime) -> StandingOrder | None:
    """The operation's last order that took effect, unless its time is over."""
    rows = operation.orders.select_related("operation", "confirmation")
    effective = [one for one in rows if not waits(one)]
    last = effective[-1] if effective else None
    return last if last and last.valid_until > now else None


def waits(order: StandingOrder) -> bool:
    """Invitations would go by themselves, and nobody else has confirmed it yet."""
    return order.approval == Approval.NOBODY and not hasattr(order, "confirmation")


def to_confirm(*, operation: Operation, now: datetime) -> StandingOrder | None:
    """The order that waits for another administrator; a later order takes its place."""
    last = operation.orders.select_related("confirmation", "by").last()
    return last if last and waits(last) and last.valid_until > now else None


def give(
    *,
    operation: Operation,
    approval: str,
    people_limit: int,
    hold_seconds: int,
    every_center: bool,
    reserve_level: str,
    valid_until: datetime,
    because: str,
    by: User,
    now: datetime,
) -> StandingOrder:
    """A new version; one that lets invitations go by themselves waits for a second administrator."""
    with refusing():
        return StandingOrder.objects.create(
            operation=operation,
            approval=approval,
            people_limit=people_limit,
            hold_seconds=hold_seconds,
            every_center=every_center,
            reserve_level=reserve_level,
            valid_until=valid_until,
            because=because.strip(),
            made_at=now,
            by=by,
        )


def confirm(*, order: StandingOrder, by: User, now: datetime) -> OrderConfirmation:
    with refusing():
        return OrderConfirmation.objects.create(order=order, by=by, at=now)
