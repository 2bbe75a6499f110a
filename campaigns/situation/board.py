"""Everything a page of the situation room shows, read together."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from campaigns.agenda import map_projection
from campaigns.models import Operation, Plan
from campaigns.operations import trough
from campaigns.planner import Policy
from campaigns.planning import needs as reading
from donors.models import Province, Region, User

from . import early_warnings, figures, hours, maps, promises, scopes, shelves, told, usage, waiting
from .likelihood import likely
from .scopes import Scope
from .waiting import Pile, piles


@dataclass(frozen=True)
class Room:
    """The live part of a page. ``more`` warnings are not shown."""

    scope: Scope
    plan: Plan | None
    oldest: datetime | None
    uncounted: int
    figures: list[figures.Figure]
    waiting: list[waiting.Item]
    shelves: list[shelves.Shelf]
    steps: list[hours.Step]
    curves: list[hours.Curve]
    warnings: list[early_warnings.Warning]
    more: int
    spots: list[maps.Spot]
    marks: list[maps.Mark]
    told: list[told.Decision]
    likely: str
    asked: int
    turned_away: int

    @property
    def piles(self) -> list[Pile]:
        return piles(self.waiting)


def room(*, scope: Scope, reader: User, now: datetime) -> Room:
    policy = Policy()
    plan = Plan.objects.order_by("-made_at").first()
    every = reading.read(now=now, policy=policy, collecting=set())
    needs = [need for need in every if scope.holds(need.center)]
    open_needs = scopes.open_needs(scope)
    expected = promises.read(scope=scope, now=now)
    bags, free = expected.bags(now), maps.free_places(scope=scope, now=now)
    odds = likely(plan, open_needs)
    steps = hours.steps(promises=expected, needs=needs, policy=policy, now=now)
    spots = maps.spots(scope=scope, needs=open_needs, free=free, promised=bags)
    warnings = early_warnings.warnings(plan=plan, needs=needs, scope=scope)
    oldest, uncounted = figures.oldest(needs, now)
    names = _("Answers: yes"), _("People who come"), _("Bags ready to use")
    return Room(
        scope=scope,
        plan=plan,
        oldest=oldest,
        uncounted=uncounted,
        figures=figures.five(
            scope=scope,
            needs=open_needs,
            likely=odds,
            promises=expected,
            free=free,
            plan=plan,
            now=now,
        ),
        waiting=waiting.items(user=reader, scope=scope, now=now),
        shelves=shelves.shelves(needs, bags),
        steps=steps,
        curves=hours.curves(steps, names),
        warnings=warnings[: early_warnings.SHOWN],
        more=max(len(warnings) - early_warnings.SHOWN, 0),
        spots=spots,
        marks=maps.marks(spots),
        told=[] if scope.operation else told.last(scope=scope),
        likely=told.chance(plan, scope, open_needs) if plan else "",
        asked=expected.asked,
        turned_away=told.turned_away(scope=scope, now=now),
    )


def drawn() -> dict[str, Any]:
    """The ground of the map, in which the live part puts its marks."""
    return {
        "view": map_projection.COUNTRY,
        "provinces": Province.objects.order_by("code"),
        "regions": Region.objects.order_by("code"),
    }


def operation(one: Operation, *, now: datetime) -> dict[str, Any]:
    """What the page of one operation shows besides its room."""
    estimate = one.estimates.select_related("by", "operation").last()
    scope = scopes.of_operation(one)
    return {
        "operation": one,
        "current": one.current,
        "estimate": estimate,
        "usage": usage.against(estimate=estimate, scope=scope, now=now) if estimate else [],
        "trough": trough.trough(now=now, operation=one),
    }
