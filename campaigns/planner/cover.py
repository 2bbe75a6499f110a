"""Needs as arrays: what is wanted and what will be there, per key (centre × component × group) and
checkpoint, before anything is decided."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass

import numpy as np

from . import forecast
from .forecast import Array
from .policy import Policy
from .shelf import rolled, used_since
from .snapshot import Need, Snapshot

Key = tuple[str, str, str]  # centre, component, group


@dataclass(frozen=True, slots=True)
class Cover:
    """All arrays in bags; K keys × D checkpoints (× target, floor and margin).

    ``needs`` are those of the snapshot, their shelves rolled forward to now.
    ``wanted`` is cumulated use plus the stock that shall remain, ``supply`` what will have been
    there by then without a decision. ``mean`` and ``variance`` are those of the cumulated use.
    ``sendable`` and ``receivable`` limit the transfers that leave now, ``later`` those that leave
    after the checkpoint. A key whose figure is stale wants nothing, sends and receives nothing.
    """

    keys: tuple[Key, ...]
    index: dict[Key, int]
    needs: tuple[Need, ...]
    fresh: tuple[bool, ...]
    hours: Array
    wanted: Array
    supply: Array
    mean: Array
    variance: Array
    promised: Array
    widths: Array
    price: Array
    sendable: Array
    receivable: Array
    later: Array
    lost: Array


def cumulated_use(needs: tuple[Need, ...], hours: Array) -> Array:
    """Expected use from now until each of ``hours``; after the forecast its last day goes on."""
    days = int(np.ceil(hours.max() / 24)) + 1
    daily = np.zeros((len(needs), days))
    for row, need in enumerate(needs):
        use = need.use[:days]
        daily[row, : len(use)] = use
        if use:
            daily[row, len(use) :] = use[-1]
    total = np.concatenate((np.zeros((len(needs), 1)), np.cumsum(daily, axis=1)), axis=1)
    whole = (hours // 24).astype(int)
    part = hours / 24 - whole
    between: Array = total[:, whole] * (1 - part) + total[:, whole + 1] * part
    return between


def expected_loss(needs: tuple[Need, ...], days: int) -> Array:
    """Bags on each shelf that expire unused within 0, 1, … ``days`` days, earliest expiry first."""
    left = np.zeros((len(needs), days + 1))
    for row, need in enumerate(needs):
        for day, bags in need.stock:
            if day <= days:
                left[row, max(day, 0)] += bags
    use = cumulated_use(needs, 24.0 * np.arange(days + 1, dtype=np.float64))
    return np.maximum.accumulate(np.maximum(np.cumsum(left, axis=1) - use, 0.0), axis=1)


def _promised(snapshot: Snapshot, policy: Policy, index: dict[Key, int], hours: Array) -> Array:
    """Bags expected of appointments, walk-ins and undetermined bags by each checkpoint."""
    bags = np.zeros((len(index), hours.size + 1))
    groups: dict[tuple[str, str], list[tuple[int, float]]] = {}

    def of_unknown(center: str, component: str) -> list[tuple[int, float]]:
        """Rows and shares of a donation whose group is not known."""
        if (center, component) not in groups:
            groups[center, component] = [
                (index[center, component, name], share)
                for name, share in snapshot.frequencies.items()
                if (center, component, name) in index
            ]
        return groups[center, component]

    def rows(center: str, component: str, group: str | None) -> list[tuple[int, float]]:
        if group is None:
            return of_unknown(center, component)
        row = index.get((center, component, group))
        return [] if row is None else [(row, 1.0)]

    sessions = {session.id: session for session in snapshot.sessions}
    promises = [
        (sessions[p.session], p.group, p.people * p.show * p.usable) for p in snapshot.appointments
    ]
    promises += [(s, None, s.walkins * WALK_IN_USABLE) for s in snapshot.sessions if s.walkins]
    times = hours.tolist()
    for session, group, donations in promises:
        for component, each in policy.recipes[session.procedure][0]:
            point = bisect_left(times, session.starts + policy.release[component])
            for row, share in rows(session.center, component, group):
                bags[row, point] += donations * each * share
    for lot in snapshot.undetermined:
        point = bisect_left(times, lot.hours)
        for row, share in of_unknown(lot.center, lot.component):
            bags[row, point] += lot.bags * lot.chance * share
    promised: Array = np.cumsum(bags[:, :-1], axis=1)
    return promised


# 1 − deferral_rate_general (13 %), less the reactive and lost (disaster_parameters.csv).
WALK_IN_USABLE = 0.85


def build(snapshot: Snapshot, policy: Policy) -> Cover:
    needs = tuple(rolled(need) for need in snapshot.needs)
    keys = tuple((n.center, n.component, n.group) for n in needs)
    index = {key: row for row, key in enumerate(keys)}
    if len(index) != len(keys):
        raise ValueError("two needs of one centre, component and group")
    hours = np.array(policy.checkpoints)
    fresh = np.array([n.figure_age <= n.stale_after for n in needs], dtype=bool)

    spread = np.array([max(n.spread, 1.0) for n in needs])[:, None]
    mean = cumulated_use(needs, hours)
    unseen = np.array([used_since(n) if n.figure_age else 0.0 for n in needs])[:, None]
    variance = spread * (mean + unseen)
    sure = forecast.quantile(mean, variance, policy.service)
    use = np.where(hours <= policy.lead_time, np.maximum(sure, mean), mean * (1 + policy.margin))
    use = np.maximum.accumulate(use, axis=1)

    target, floor = _stock_wanted(needs, policy)
    wanted = use + target[:, None]
    available = np.array([n.available for n in needs])
    loss = expected_loss(needs, int(np.ceil(hours.max() / 24)))
    lost = loss[:, np.ceil(hours / 24).astype(int)]
    promised = _promised(snapshot, policy, index, hours)
    supply = available[:, None] - lost + promised
    for row, need in enumerate(needs):
        for lot in need.quarantined:
            supply[row, hours >= lot.hours] += lot.bags * lot.chance
        for load in need.in_transit:
            supply[row, hours >= load.hours] += load.bags

    widths = np.stack(
        np.broadcast_arrays((target - floor)[:, None], floor[:, None], use - mean), axis=2
    )
    span = np.diff(np.concatenate(([0.0], hours)))
    tiers = policy.shortage
    prices = np.outer(span / hours.max(), [tiers.target, tiers.floor, tiers.spread])
    moves = _transfer_limits(
        needs, policy, mean=mean, spread=spread, unseen=unseen, floor=floor, hours=hours, lost=lost
    )
    sendable, receivable, later = moves
    return Cover(
        keys=keys,
        index=index,
        needs=needs,
        fresh=tuple(bool(x) for x in fresh),
        hours=hours,
        wanted=np.where(fresh[:, None], wanted, 0.0),
        supply=np.maximum(supply, 0.0),
        mean=mean,
        variance=variance,
        promised=promised,
        widths=widths,
        price=prices,
        sendable=np.where(fresh, sendable, 0.0),
        receivable=np.where(fresh, receivable, 0.0),
        later=np.where(fresh[:, None], later, 0.0),
        lost=lost,
    )


def _stock_wanted(needs: tuple[Need, ...], policy: Policy) -> tuple[Array, Array]:
    """Target and floor in bags, the relief reserve in both; the routine part never more than will
    be used before it expires."""
    target, floor = np.zeros(len(needs)), np.zeros(len(needs))
    for row, need in enumerate(needs):
        most = need.target if need.ceiling is None else min(need.target, need.ceiling)
        if need.use and sum(need.use) > 0:
            daily = sum(need.use) / len(need.use)
            life = max(need.shelf_life - policy.release.get(need.component, 36.0) / 24, 0.0)
            most = min(most, policy.expiry_margin * daily * life)
        target[row] = most + need.reserve
        floor[row] = min(need.floor, most) + need.reserve
    return target, floor


def _transfer_limits(
    needs: tuple[Need, ...],
    policy: Policy,
    *,
    mean: Array,
    spread: Array,
    unseen: Array,
    floor: Array,
    hours: Array,
    lost: Array,
) -> tuple[Array, Array, Array]:
    """What may leave a shelf now; what may reach one now; what may reach it by later transfers."""
    own = cumulated_use(needs, np.array([24.0 * policy.sender_days]))
    own = np.maximum(forecast.quantile(own, (own + unseen) * spread, policy.transfer_service), own)
    reserve = np.array([n.reserve for n in needs])
    movable = np.array([sum(bags for day, bags in n.stock if day >= 2) for n in needs])
    available = np.array([n.available for n in needs])
    sendable = np.clip(available - own[:, 0] - reserve, 0.0, movable)

    # One bag more than the estimate, so that a whole bag can cover a part of one. Only bags that
    # are there from the first checkpoint to the last lower it, so that a bag more on a shelf never
    # replaces one that would have helped longer; haulage has a price, and so is not wasted.
    likely = np.maximum(forecast.quantile(mean, mean * spread, policy.transfer_service), mean)
    soon = likely[:, hours <= policy.lead_time].max(axis=1, initial=0.0)
    coming = [
        sum(lot.bags * lot.chance for lot in n.quarantined if lot.hours <= hours[0])
        + sum(load.bags for load in n.in_transit if load.hours <= hours[0])
        for n in needs
    ]
    staying = available - lost[:, -1] + np.array(coming)
    receivable = np.maximum(soon + floor - staying, 0.0) + 1.0
    later = likely[:, -1:] - likely + floor[:, None] + 1.0
    return sendable, receivable, later
