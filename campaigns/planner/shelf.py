"""What probably stands on a shelf now, from a figure that was taken a while ago."""

from __future__ import annotations

from dataclasses import replace

from .snapshot import Need


def used_since(need: Need) -> float:
    """Bags expected to have left the shelf since its figure was taken."""
    if need.used is not None:
        return need.used
    return need.figure_age / 24 * (need.use[0] if need.use else 0.0)


def rolled(need: Need) -> Need:
    """The need as it probably is now: less what was used meanwhile, earliest expiry first, and with
    what is known to have arrived. Never less than an empty shelf."""
    if not need.figure_age:
        return need
    left = used_since(need)
    stock = sorted(need.stock)
    if need.arrived > 0:
        stock.append((need.shelf_life, need.arrived))
    kept: list[tuple[int, float]] = []
    for days, bags in stock:
        taken = min(bags, left)
        left -= taken
        if bags > taken:
            kept.append((days, bags - taken))
    return replace(need, stock=tuple(kept))
