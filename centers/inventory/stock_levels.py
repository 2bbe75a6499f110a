"""Levels against their floors: alerts that open and close, and days of cover."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Min, Q, QuerySet, Sum
from django.db.models.functions import Greatest

from centers.models import Bag, Center, Component, Floor, StockAlert, StockLevel
from donors.errors import refusing
from donors.models import BloodGroup

from . import cover

PUBLIC_COMPONENT = "RBC-SAGM"
Use = Mapping[cover.Key, float]  # bags a day


def review(*, center: Center, component: Component, blood_group: str, now: datetime) -> None:
    """Open or close the alert of one level, inside the transaction that moved it."""
    floor = (
        Floor.objects.select_for_update(of=("self",))
        .filter(center=center, component=component, blood_group=blood_group)
        .first()
    )
    if floor is not None:
        _settle(floor, now)


def review_all(*, now: datetime) -> None:
    """Review every floor, for changes that no movement caused: an edited floor, a killed
    process."""
    for pk in Floor.objects.order_by("pk").values_list("pk", flat=True):
        with refusing():
            _settle(Floor.objects.select_for_update(of=("self",)).get(pk=pk), now)


def renew(*, alert: StockAlert, now: datetime) -> None:
    """End an episode after its time limit; a new one begins where stock is still low."""
    with refusing():
        floor = Floor.objects.select_for_update(of=("self",)).get(pk=alert.floor_id)
        StockAlert.objects.filter(pk=alert.pk, closed_at=None).update(
            closed_at=now, level_at_closing=_level(floor)
        )
        _settle(floor, now)


def _level(floor: Floor) -> int:
    levels = StockLevel.objects.filter(
        center=floor.center_id, component=floor.component_id, blood_group=floor.blood_group
    )
    return levels.values_list("available", flat=True).first() or 0


def _settle(floor: Floor, now: datetime) -> None:
    level = _level(floor)
    live = StockAlert.objects.filter(floor=floor, closed_at=None)
    if level >= floor.ceiling:
        live.update(closed_at=now, level_at_closing=level)
    elif level < floor.total and not live.exists():
        kind = StockAlert.Kind.ROUTINE if level < floor.routine else StockAlert.Kind.RELIEF
        StockAlert.objects.create(floor=floor, kind=kind, opened_at=now, level_at_opening=level)


def dips_into_reserve(bag: Bag) -> bool:
    """Whether issuing one more bag uses the disaster reserve; locks the floor's row."""
    if bag.state != Bag.State.AVAILABLE:
        return False
    floor = (
        Floor.objects.select_for_update(of=("self",))
        .filter(center=bag.center_id, component=bag.component_id, blood_group=bag.blood_group)
        .first()
    )
    return floor is not None and floor.relief > 0 and _level(floor) <= floor.relief


def set_floor(
    *,
    center: Center,
    component: Component,
    blood_group: str,
    routine: int,
    relief: int,
    ceiling: int,
    now: datetime,
) -> Floor:
    with refusing():
        floor, _created = Floor.objects.update_or_create(
            center=center,
            component=component,
            blood_group=blood_group,
            defaults={"routine": routine, "relief": relief, "ceiling": ceiling},
        )
        _settle(floor, now)
    return floor


@dataclass(frozen=True)
class Level:
    """One level as displayed. ``cover`` is of the whole family (``cover``), None where nothing is used.
    ``as_of`` is the age of the figure: the last movement or, if later, the last check of the stock
    (``checked_at``); ``is_stale`` at the age that the centre has set.
    """

    center: Center | None
    blood_group: str
    available: int
    quarantined: int
    reserved: int
    in_transit: int
    cover: float | None
    as_of: datetime | None
    checked_at: datetime | None = None
    floor: Floor | None = None
    alert: StockAlert | None = None
    is_stale: bool = False

    @property
    def relief(self) -> int:
        """The available bags that belong to the disaster reserve: issued only by a recorded
        decision."""
        return min(self.available, self.floor.relief) if self.floor else 0

    @property
    def state(self) -> str:
        """``bad`` under two days, ``warn`` under four, else ``good`` (after NHSBT's amber
        alert: docs/sources.md)."""
        if self.floor and self.available < self.floor.total:
            return "bad"
        if self.cover is None:
            return "quiet"
        return "bad" if self.cover < 2 else "warn" if self.cover < 4 else "good"


def levels(
    *,
    now: datetime,
    center: Center | None = None,
    component: str = PUBLIC_COMPONENT,
    use: Use | None = None,
) -> list[Level]:
    """The eight groups of one centre, or of every centre that has this component; ``use`` is
    ``cover.daily`` of that moment, if it is known already."""
    return _levels(now, center, component, use, _watched(component, center))


Key = tuple[int, str]  # centre, group
Watched = tuple[dict[Key, Floor], dict[int, StockAlert]]  # floors, and the open alerts by floor


def _watched(component: str, center: Center | None) -> Watched:
    floors = Floor.objects.filter(component=component)
    if center is not None:
        floors = floors.filter(center=center)
    by_key = {(floor.center_id, floor.blood_group): floor for floor in floors}
    alerts = StockAlert.objects.filter(closed_at=None, floor__in=by_key.values())
    return by_key, {alert.floor_id: alert for alert in alerts}


def _levels(
    now: datetime, center: Center | None, component: str, use: Use | None, watched: Watched
) -> list[Level]:
    by_key, alerts = watched
    rows = _of_family(component).select_related("center", "component")
    rows = rows.order_by("center__code", "blood_group", "pk")
    if center is not None:
        rows = rows.filter(center=center)
    use = cover.daily(now=now) if use is None else use
    bags: dict[tuple[int, str], int] = defaultdict(int)
    for row in rows:
        bags[row.center_id, row.blood_group] += row.available
    made = []
    for row in rows:
        if row.component_id != component:
            continue
        key = (row.center_id, row.blood_group)
        daily = use.get((row.center_id, row.component.family, row.blood_group), 0.0)
        floor = by_key.get(key)
        as_of = max(row.changed_at, row.checked_at or row.changed_at)
        made.append(
            Level(
                center=row.center,
                blood_group=row.blood_group,
                available=row.available,
                quarantined=row.quarantined,
                reserved=row.reserved,
                in_transit=row.in_transit,
                cover=cover.days(bags[key], daily),
                as_of=as_of,
                is_stale=now - as_of > timedelta(hours=row.center.stale_after_hours),
                checked_at=row.checked_at,
                floor=floor,
                alert=alerts.get(floor.pk) if floor else None,
            )
        )
    return made


def board(*, now: datetime, center: Center, component: str) -> list[Level]:
    """The eight groups of a centre in the usual order; a group that never had a bag is 0."""
    floors, alerts = watched = _watched(component, center)
    known = {level.blood_group: level for level in _levels(now, center, component, None, watched)}
    bare = {group: floor for (_center, group), floor in floors.items()}
    return [
        known.get(group)
        or Level(
            center=center,
            blood_group=group,
            available=0,
            quarantined=0,
            reserved=0,
            in_transit=0,
            cover=None,
            as_of=None,
            floor=bare.get(group),
            alert=alerts.get(bare[group].pk) if group in bare else None,
        )
        for group in BloodGroup.values
    ]


def undetermined(*, center: Center, component: str) -> int:
    """Bags in quarantine whose group is not known yet: they count in no group's level."""
    rows = StockLevel.objects.filter(center=center, component=component, blood_group="")
    return rows.aggregate(total=Sum("quarantined"))["total"] or 0


def national(
    *, now: datetime, component: str = PUBLIC_COMPONENT, use: Use | None = None
) -> list[Level]:
    """The eight groups of the whole country, most wanted first; the age is that of the oldest
    figure."""
    this = Q(component=component)
    rows = (
        _of_family(component)
        .values("blood_group", "component__family")
        .annotate(
            covering=Sum("available"),
            sum_available=Sum("available", filter=this, default=0),
            sum_quarantined=Sum("quarantined", filter=this, default=0),
            sum_reserved=Sum("reserved", filter=this, default=0),
            sum_transit=Sum("in_transit", filter=this, default=0),
            oldest=Min(Greatest("changed_at", "checked_at"), filter=this),
        )
        .order_by("blood_group")
    )
    used: dict[tuple[str, str], float] = defaultdict(float)
    for (_center, family, group), daily in (cover.daily(now=now) if use is None else use).items():
        used[family, group] += daily
    return [
        Level(
            center=None,
            blood_group=row["blood_group"],
            available=row["sum_available"],
            quarantined=row["sum_quarantined"],
            reserved=row["sum_reserved"],
            in_transit=row["sum_transit"],
            cover=cover.days(row["covering"], used[row["component__family"], row["blood_group"]]),
            as_of=row["oldest"],
        )
        for row in rows
        if row["oldest"]
    ]


def _of_family(component: str) -> QuerySet[StockLevel]:
    """Levels of every component of the family: what covers one need."""
    family = Component.objects.filter(pk=component).values("family")
    return StockLevel.objects.filter(component__family__in=family).exclude(blood_group="")
