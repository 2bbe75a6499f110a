from __future__ import annotations

from datetime import datetime

from . import floors, stock
from .errors import Refused, in_one_piece
from .models import Bag

CAN_EXPIRE = (
    Bag.State.QUARANTINED,
    Bag.State.AVAILABLE,
    Bag.State.RESERVED,
    Bag.State.IN_TRANSIT,
)


def expire(*, now: datetime, limit: int = 500) -> int:
    """Move bags past their date to expired, each in its own transaction; how many were moved."""
    late = Bag.objects.filter(state__in=CAN_EXPIRE, expires_at__lte=now).order_by(
        "expires_at", "pk"
    )
    moved = 0
    for bag in late.select_related("center", "component")[:limit]:
        try:
            with in_one_piece():
                stock.move(bag=bag, to=Bag.State.EXPIRED, by=None, reason="expired")
                floors.review(
                    center=bag.center, component=bag.component, blood_group=bag.blood_group, now=now
                )
            moved += 1
        except Refused:
            continue
    return moved
