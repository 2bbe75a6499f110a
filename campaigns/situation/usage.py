"""An operation's estimate against what was issued."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Q

from campaigns.models import Estimate
from campaigns.operations import estimates
from centers.models import Bag, Family, Movement

from .scopes import Scope

USUAL = timedelta(days=28)


@dataclass(frozen=True)
class Usage:
    """Bags of one family since the estimate begins: expected by now with its band, issued by the
    operation's centres, and what they issued in as long a time before."""

    family: str
    low: int
    expected: int
    high: int
    issued: int
    usual: int

    @property
    def label(self) -> str:
        return str(Family(self.family).label)


def against(*, estimate: Estimate, scope: Scope, now: datetime) -> list[Usage]:
    until = min(now, estimate.operation.closed_at or now)
    since = estimate.starts_at
    hours = max((until - since) / timedelta(hours=1), 0.0)
    used = [
        estimates.expected(estimate, begin=0.0, end=hours, level=level)
        for level in ("low", "value", "high")
    ]
    issued = Movement.objects.filter(
        center__in=list(scope.centers.values()),
        to_state=Bag.State.ISSUED,
        at__gt=since - USUAL,
        at__lte=until,
    )
    rows = issued.values_list("bag__component__family").annotate(
        now=Count("pk", filter=Q(at__gt=since)), before=Count("pk", filter=Q(at__lte=since))
    )
    counts = {family: (here, before) for family, here, before in rows.order_by()}
    found = []
    for family in estimates.FAMILIES:
        here, before = counts.get(family, (0, 0))
        low, mid, high = (
            round(sum(bags for key, bags in row.items() if key[0] == family)) for row in used
        )
        usual = before * (hours / 24) / USUAL.days
        found.append(Usage(family, low, mid, high, here, round(usual)))
    return found
