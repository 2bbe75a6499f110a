"""What every centre needs of every component family and group, from the rows of stock.

A need is known by its key: the centre's code, the family, the group. Bags of several components of
one family serve the same need.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from django.db.models import Count, Q

from campaigns.operations import reserves
from campaigns.planner import GROUPS, InTransit, Need, Policy, Quarantined, Undetermined
from centers.inventory import cover, demand
from centers.models import (
    Bag,
    Center,
    Compatibility,
    Component,
    Family,
    Floor,
    ShelfCheck,
    StockAlert,
    StockLevel,
    Transfer,
    TransferBag,
)
from donors.clock.zones import MOROCCO

Key = tuple[str, str, str]

FAMILIES = (Family.RED_CELLS, Family.PLATELETS, Family.PLASMA)
# The component that most bags of a family are: its life is the family's.
USUAL = {Family.RED_CELLS: "RBC-SAGM", Family.PLATELETS: "PLT-STD", Family.PLASMA: "FFP"}
NEVER = 24.0 * 365  # hours: the age of a figure that nobody ever gave
UNTIL_LABELLED = 1.0  # hours until a released bag has its label and is available
CHANCE = 0.98  # a tested bag is released: 1 - reactive and lost (disaster_parameters.csv)
WHOLE = (Family.RED_CELLS, Family.PLASMA)  # what a bag of whole blood under test will be


def read(*, now: datetime, policy: Policy, collecting: set[str]) -> tuple[Need, ...]:
    """One ``Need`` for each centre, family and group that has a floor, stock, or use, and for all
    groups of the centres that are ``collecting``: what is given there must be somewhere."""
    floors, alerts = _floors(), _alerts()
    stock, ages = _shelves(now), _ages(now)
    quarantined = _quarantined(now, policy)
    roads = _roads(now, policy, stock)
    usual = demand.daily(days=cover.HISTORY, now=now)
    extra = cover.extra(now=now)
    lives = _lives()
    centers = {center.pk: center for center in Center.objects.all()}
    codes = {center.code: center for center in centers.values()}
    used = {(centers[c].code, f, g): row for (c, f, g), row in usual.items() if g}
    added = {(centers[c].code, f, g): row for (c, f, g), row in extra.items()}
    kept = {(centers[c].code, f, g): bags for (c, f, g), bags in reserves.reserves(now=now).items()}
    keys = {*floors, *stock, *quarantined, *roads, *used, *added}
    keys |= {
        (code, family, group) for code in collecting for family in FAMILIES for group in GROUPS
    }
    needs = []
    for key in sorted(key for key in keys if key[2] and (key[1] in FAMILIES or key in floors)):
        code, family, group = key
        routine, relief, ceiling = floors.get(key, (0, 0, 0))
        mean, spread = _forecast(used.get(key, ()))
        needs.append(
            Need(
                center=code,
                component=family,
                group=group,
                # Only an open alert asks for more than the floor: it closes at the ceiling.
                target=float(ceiling - relief if key in alerts else routine),
                floor=float(routine),
                ceiling=float(ceiling) if key in floors else None,
                # What the operation's reserve holds beyond the use that is forecast for it already.
                reserve=max(float(relief), kept.get(key, 0) - _soon(added.get(key, ()), policy)),
                use=_use(mean, added.get(key, ())),
                spread=spread,
                stock=tuple(
                    sorted((day, float(n)) for day, n in stock.get(key, {}).items() if n > 0)
                ),
                quarantined=tuple(quarantined.get(key, ())),
                in_transit=tuple(roads.get(key, ())),
                shelf_life=lives[family],
                figure_age=min(ages.get((code, family), NEVER), NEVER),
                stale_after=float(codes[code].stale_after_hours),
            )
        )
    return tuple(needs)


def undetermined(*, now: datetime, policy: Policy) -> tuple[Undetermined, ...]:
    """Bags under test whose group nobody has read yet."""
    found = []
    for (code, family, group), lots in _quarantined(now, policy).items():
        if not group:
            found += [Undetermined(code, family, lot.hours, lot.bags, lot.chance) for lot in lots]
    return tuple(found)


def fits() -> tuple[tuple[str, str, str], ...]:
    rows = Compatibility.objects.filter(verdict=Compatibility.Verdict.COMPATIBLE)
    return tuple(
        rows.values_list("family", "donor", "recipient").order_by("family", "donor", "recipient")
    )


def _floors() -> dict[Key, tuple[int, int, int]]:
    sums: dict[Key, list[int]] = defaultdict(lambda: [0, 0, 0])
    rows = Floor.objects.values_list(
        "center__code", "component__family", "blood_group", "routine", "relief", "ceiling"
    )
    for code, family, group, *bags in rows:
        for place, count in enumerate(bags):
            sums[code, family, group][place] += count
    return {key: (a, b, c) for key, (a, b, c) in sums.items()}


def _alerts() -> set[Key]:
    live = StockAlert.objects.filter(closed_at=None)
    return set(
        live.values_list("floor__center__code", "floor__component__family", "floor__blood_group")
    )


def _shelves(now: datetime) -> dict[Key, dict[int, float]]:
    """Available bags by whole days until they expire. The key exists where a level was counted."""
    found: dict[Key, dict[int, float]] = {
        key: {}
        for key in StockLevel.objects.exclude(blood_group="").values_list(
            "center__code", "component__family", "blood_group"
        )
    }
    rows = (
        Bag.objects.filter(state=Bag.State.AVAILABLE, expires_at__gt=now)
        .values_list("center__code", "component__family", "blood_group", "expires_at")
        .annotate(count=Count("pk"))
        .order_by()
    )
    for code, family, group, expires_at, count in rows:
        shelf = found.setdefault((code, family, group), {})
        day = (expires_at - now).days
        shelf[day] = shelf.get(day, 0.0) + count
    return found


def _ages(now: datetime) -> dict[tuple[str, str], float]:
    """Hours since somebody moved, counted or confirmed anything of a family at a centre."""
    family = ("center__code", "component__family")
    seen: list[tuple[str, str, datetime | None]] = [
        *StockLevel.objects.values_list(*family, "changed_at"),
        *StockLevel.objects.values_list(*family, "checked_at"),
        *ShelfCheck.objects.values_list(*family, "answered_at"),
    ]
    latest: dict[tuple[str, str], datetime] = {}
    for code, name, moment in seen:
        if moment is not None:
            latest[code, name] = max(moment, latest.get((code, name), moment))
    return {key: max((now - at) / timedelta(hours=1), 0.0) for key, at in latest.items()}


def _quarantined(now: datetime, policy: Policy) -> dict[Key, list[Quarantined]]:
    rows = (
        Bag.objects.filter(state=Bag.State.QUARANTINED)
        .values_list("center__code", "component__family", "blood_group", "collected_on")
        .annotate(count=Count("pk"))
        .order_by()
    )
    found: dict[Key, list[Quarantined]] = defaultdict(list)
    for code, family, group, collected_on, count in rows:
        for made in WHOLE if family == Family.WHOLE_BLOOD else (family,):
            hours = _until_tested(collected_on, now, policy.release.get(made, 36.0))
            found[code, made, group].append(Quarantined(hours, float(count), CHANCE))
    waiting = Bag.objects.filter(state=Bag.State.RELEASED, expires_at__gt=now).order_by()
    for code, family, group, count in waiting.values_list(
        "center__code", "component__family", "blood_group"
    ).annotate(count=Count("pk")):
        found[code, family, group].append(Quarantined(UNTIL_LABELLED, float(count), 1.0))
    return found


def _until_tested(collected_on: date, now: datetime, needed: float) -> float:
    """Hours until the tests of that day are done; what is late already is expected in two."""
    noon = datetime.combine(collected_on, time(12), MOROCCO)
    return max(round(needed - (now - noon) / timedelta(hours=1), 1), 2.0)


def _roads(
    now: datetime, policy: Policy, stock: dict[Key, dict[int, float]]
) -> dict[Key, list[InTransit]]:
    """Bags on their way; what a sender has agreed to send leaves its shelf in ``stock`` too."""
    found: dict[Key, list[InTransit]] = defaultdict(list)
    packed = TransferBag.objects.filter(
        arrived=None, unpacked=False, bag__state=Bag.State.IN_TRANSIT
    ).values_list(
        "transfer__receiver__code",
        "bag__component__family",
        "bag__blood_group",
        "transfer__packed_at",
    )
    for code, family, group, packed_at, count in packed.annotate(count=Count("pk")).order_by():
        since = (now - packed_at) / timedelta(hours=1) if packed_at else 0.0
        found[code, family, group].append(
            InTransit(max(round(policy.transport - since, 1), 1.0), float(count))
        )
    agreed = Transfer.objects.filter(state=Transfer.State.APPROVED).annotate(
        inside=Count("bags", filter=Q(bags__unpacked=False))
    )
    for transfer in agreed.select_related("sender", "receiver", "component"):
        left = float(max(transfer.count - transfer.inside, 0))
        family, group = transfer.component.family, transfer.blood_group
        shelf = stock.get((transfer.sender.code, family, group), {})
        for day in sorted(shelf):
            taken = min(shelf[day], left)
            shelf[day] -= taken
            left -= taken
            if taken:
                found[transfer.receiver.code, family, group].append(
                    InTransit(policy.transport + 12.0, taken)
                )
    return found


def _lives() -> dict[str, int]:
    lives: dict[str, int] = dict.fromkeys(Family.values, 42)
    rows = Component.objects.filter(code__in=USUAL.values())
    return lives | dict(rows.values_list("family", "shelf_life_days"))


def _forecast(row: tuple[int, ...] | list[int] | tuple[()]) -> tuple[float, float]:
    """Mean use a day and its spread (variance by mean) of a history of daily counts."""
    if not len(row) or not sum(row):
        return 0.0, 1.5
    mean = sum(row) / len(row)
    variance = sum((n - mean) ** 2 for n in row) / len(row)
    return mean, min(max(variance / mean, 1.0), 6.0)


def _soon(extra: Sequence[float], policy: Policy) -> float:
    """Expected extra use inside the lead time."""
    days = policy.lead_time / 24
    return sum(bags * min(max(days - day, 0.0), 1.0) for day, bags in enumerate(extra))


def _use(mean: float, extra: Sequence[float]) -> tuple[float, ...]:
    if not mean and not any(extra):
        return ()
    return tuple(mean + (extra[day] if day < len(extra) else 0.0) for day in range(cover.AHEAD))
