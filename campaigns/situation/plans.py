"""One kept plan in words and figures."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from campaigns.models import Plan
from campaigns.planning.people import Kind
from campaigns.planning.places import session_id
from centers.models import Center, Family, Session

from . import told
from .likelihood import Point, points
from .scopes import Key, Scope


@dataclass(frozen=True)
class Move:
    sender: Center
    receiver: Center
    label: str
    group: str
    bags: int


@dataclass
class Asked:
    """People to be asked to one session; ``at`` is when their message leaves."""

    session: Session
    at: datetime
    people: int = 0
    yeses: float = 0.0
    groups: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class Gap:
    """Bags that neither a transfer nor asking can bring by then."""

    center: Center
    label: str
    group: str
    at: datetime
    bags: float


@dataclass(frozen=True)
class Sheet:
    words: str
    moves: list[Move]
    asked: list[Asked]
    gaps: list[Gap]
    forecasts: list[tuple[Center, str, Point]]


FIRST_POINTS = 40
SURE = 0.99  # forecasts from here on are not listed


def sheet(plan: Plan, scope: Scope) -> Sheet:
    places = told.session_centers([plan])
    rows = told.decided(plan, scope, places)
    worst: dict[Key, Point] = {}
    for point in points(plan):
        known = worst.get(point.key)
        if scope.holds(point.key[0]) and (known is None or point.probability < known.probability):
            worst[point.key] = point
    doubtful = [point for point in worst.values() if point.probability < SURE]
    least = sorted(doubtful, key=lambda point: (point.probability, point.key))
    return Sheet(
        words=told.in_words(plan, scope, places),
        moves=_moves(rows),
        asked=_asked(plan, rows),
        gaps=_gaps(plan, scope),
        forecasts=[
            (scope.centers[point.key[0]], str(Family(point.key[1]).label), point)
            for point in least[:FIRST_POINTS]
        ],
    )


def _moves(rows: list[dict[str, Any]]) -> list[Move]:
    sent = [row for row in rows if row["kind"] == "transfer"]
    codes = {row[end] for row in sent for end in ("source", "target")}
    centers = {center.code: center for center in Center.objects.filter(code__in=codes)}
    return [
        Move(
            centers[row["source"]],
            centers[row["target"]],
            str(Family(row["component"]).label),
            row["group"],
            row["bags"],
        )
        for row in sent
    ]


def _asked(plan: Plan, rows: list[dict[str, Any]]) -> list[Asked]:
    invited = [row for row in rows if row["kind"] == "invitation"]
    sessions = {
        session_id(session.pk): session
        for session in Session.objects.filter(pk__in=[int(row["session"][1:]) for row in invited])
    }
    found: dict[tuple[str, float], Asked] = {}
    for row in invited:
        at = plan.made_at + timedelta(hours=row["hours"])
        key = row["session"], row["hours"]
        asked = found.setdefault(key, Asked(sessions[row["session"]], at))
        asked.people += row["people"]
        asked.yeses += row["expected_yeses"]
        asked.groups.add(Kind.of(row["cohort"]).group)
    return sorted(found.values(), key=lambda asked: (asked.at, -asked.people))


def _gaps(plan: Plan, scope: Scope) -> list[Gap]:
    """The deepest of each need."""
    deepest: dict[Key, Gap] = {}
    for code, family, group, hours, bags in plan.uncovered:
        key = code, family, group
        if scope.holds(code) and (key not in deepest or deepest[key].bags < bags):
            at = plan.made_at + timedelta(hours=hours)
            deepest[key] = Gap(scope.centers[code], str(Family(family).label), group, at, bags)
    return sorted(deepest.values(), key=lambda gap: -gap.bags)
