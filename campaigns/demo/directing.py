"""How the demonstration's operation was directed: the tolls of September 2023, dated from today."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from campaigns.models import Approval, Estimate, Operation, StandingOrder
from campaigns.operations import estimates, operations, orders, shares
from donors.models import User

# Hours after the opening, the dead or injured counted by then, and the source (docs/sources.md).
TOLLS = (
    (
        1,
        Estimate.Basis.DEATHS,
        632,
        "حصيلة وزارة الداخلية ليوم 9 شتنبر 2023 على الساعة السابعة صباحا",
    ),
    (
        80,
        Estimate.Basis.INJURED,
        5530,
        "حصيلة وزارة الداخلية ليوم 12 شتنبر 2023 على الساعة الواحدة بعد الزوال",
    ),
)


def direct(*, operation: Operation, by: User) -> None:
    opened = operation.opened_at
    operations.enter(
        operation=operation,
        phase=Operation.Phase.RESPONSE,
        because="المستشفيات تستقبل الجرحى",
        by=by,
        now=opened + timedelta(minutes=40),
    )
    bags = {
        name if bound == "value" else f"{name}_{bound}": Decimal(str(getattr(band, bound)))
        for name in estimates.FAMILIES
        for band in [estimates.per_admission(name)]
        for bound in ("low", "value", "high")
    }
    for hours, basis, counted, because in TOLLS:
        made = estimates.unsaved(
            operation=operation,
            basis=basis,
            counted=counted,
            starts_at=opened,
            first_day_share=Decimal(str(100 * estimates.first_day(operation.kind))),
            weights=shares.suggested(operation),
            because=because,
            by=by,
            now=opened + timedelta(hours=hours),
            bags=bags,
        )
        estimates.make(estimate=made)
    orders.give(
        operation=operation,
        approval=Approval.ADMINISTRATOR,
        people_limit=1000,
        hold_seconds=90,
        every_center=False,
        reserve_level=StandingOrder.Level.HIGH,
        valid_until=opened + timedelta(days=14),
        because="أعداد المتبرعين تفوق طاقة المراكز",
        by=by,
        now=opened + timedelta(hours=3),
    )
