"""Early warning: needs whose cover is forecast to fall under its mark within 72 hours."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Sum

from campaigns.messaging import outbox, recipients
from campaigns.models import EarlyWarning, Plan
from centers.inventory import cover
from centers.models import Center, Family, StockLevel

from .needs import Key

WITHIN = 72.0  # hours
# Days of cover, after the yellow level of the public scale; platelets live five days.
MARKS = {Family.RED_CELLS: 4.0, Family.PLATELETS: 1.0, Family.PLASMA: 4.0}
# So many days over the mark end an episode, so that a figure at the mark does not warn every hour.
CLEAR = 0.5
OLD = timedelta(hours=1)  # a plan older than this warns of nothing


@dataclass(frozen=True)
class Falling:
    """``days`` of cover now and ``lowest`` within 72 hours, in mean daily use; ``hours`` from the
    plan to the moment under the mark, None where it stays above."""

    key: Key
    days: float
    lowest: float
    hours: float | None

    @property
    def mark(self) -> float:
        return MARKS[Family(self.key[1])]

    @property
    def warns(self) -> bool:
        """Still at the mark, and expected under it: what is under already has its alert."""
        return self.hours is not None and self.days >= self.mark

    @property
    def is_clear(self) -> bool:
        return min(self.days, self.lowest) >= self.mark + CLEAR


def covers(*, plan: Plan, now: datetime) -> dict[Key, Falling]:
    """The cover of each need that the plan forecast, now and within 72 hours.

    Between two checkpoints of the plan the stock is taken on a straight line.
    """
    use, stock = _use(now), _stock()
    lines: dict[Key, list[tuple[float, float]]] = defaultdict(list)
    for center, family, group, hours, expected, *_rest in plan.forecasts:
        lines[center, family, group].append((hours, max(expected, 0.0)))
    found = {}
    for key, line in lines.items():
        daily = use.get(key, 0.0)
        if daily and key[1] in MARKS:
            have = float(stock.get(key, 0))
            mark = MARKS[Family(key[1])] * daily
            points = _until([(0.0, have), *sorted(line)], WITHIN)
            lowest = min(bags for _hours, bags in points)
            found[key] = Falling(key, have / daily, lowest / daily, _crosses(points, mark))
    return found


def _until(line: list[tuple[float, float]], end: float) -> list[tuple[float, float]]:
    points = [point for point in line if point[0] <= end]
    later = next((point for point in line if point[0] > end), None)
    if later:
        (h0, b0), (h1, b1) = points[-1], later
        points.append((end, b0 + (b1 - b0) * (end - h0) / (h1 - h0)))
    return points


def _crosses(points: list[tuple[float, float]], mark: float) -> float | None:
    """The first hour at which the line is under the mark."""
    before: tuple[float, float] | None = None
    for hours, bags in points:
        if bags < mark:
            if before is None:
                return hours
            h0, b0 = before
            return h0 + (hours - h0) * (b0 - mark) / (b0 - bags)
        before = (hours, bags)
    return None


def _use(now: datetime) -> dict[Key, float]:
    codes = dict(Center.objects.values_list("pk", "code"))
    rows = cover.daily(now=now)
    return {(codes[c], f, g): daily for (c, f, g), daily in rows.items()}


def _stock() -> dict[Key, int]:
    rows = StockLevel.objects.exclude(blood_group="").values_list(
        "center__code", "component__family", "blood_group"
    )
    return {(c, f, g): bags for c, f, g, bags in rows.annotate(Sum("available")).order_by()}


def falling(*, now: datetime) -> list[Falling]:
    """What warns now by the last plan, the nearest first."""
    plan = Plan.objects.first()
    if plan is None or now - plan.made_at > OLD:
        return []
    rows = [row for row in covers(plan=plan, now=now).values() if row.warns]
    return sorted(rows, key=lambda row: (row.hours or 0.0, row.key))


@transaction.atomic
def watch(*, now: datetime) -> int:
    """Open and close episodes by the last plan; a centre's managers get one message for those that
    began together. Returns how many began."""
    plan = Plan.objects.first()
    if plan is None or now - plan.made_at > OLD:
        return 0
    rows = covers(plan=plan, now=now)
    live = EarlyWarning.objects.filter(closed_at=None).select_related("center")
    known = {(one.center.code, one.family, one.blood_group): one for one in live}
    for key, one in known.items():
        if key in rows and rows[key].is_clear:
            EarlyWarning.objects.filter(pk=one.pk, closed_at=None).update(closed_at=now)
    centers = {center.code: center for center in Center.objects.all()}
    fresh = EarlyWarning.objects.bulk_create(
        [
            EarlyWarning(
                center=centers[key[0]],
                family=key[1],
                blood_group=key[2],
                days=round(row.days, 2),
                lowest=round(row.lowest, 2),
                under_at=plan.made_at + timedelta(hours=row.hours or 0.0),
                opened_at=now,
            )
            for key, row in sorted(rows.items())
            if row.warns and key not in known
        ]
    )
    told: dict[int, EarlyWarning] = {}
    for one in fresh:
        told.setdefault(one.center_id, one)
    for first in told.values():
        for user in recipients.managers(first.center, now):
            outbox.enqueue(
                kind="early_warning",
                cause=f"warning:{first.pk}",
                subject_id=first.pk,
                user=user,
                now=now,
            )
    return len(fresh)
