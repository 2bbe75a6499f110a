"""What was used and who came, day by day: counts for forecasts, never rates.

A period is of whole days in Morocco and ends with yesterday; the unfinished day of ``now`` is left out.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from centers.models import Center, Component
from donors.clock.calendar import local_day, midnight

ENOUGH = 10  # sessions of a kind before it stands for itself (ours)

# A transfer ends on another shelf and is no issue. psycopg2 writes the arguments into the text, so that
# the two optional conditions cost nothing and each shape has its own plan.
DAILY = """
SELECT m.center_id, c.family, b.blood_group, width_bucket(m.at, %(edges)s::timestamptz[]) - 1, count(*)
FROM centers_movement m
JOIN centers_bag b ON b.id = m.bag_id
JOIN centers_component c ON c.code = b.component_id
WHERE m.to_state = 'issued' AND m.at >= %(begins)s AND m.at < %(ends)s
    AND (%(center)s::bigint IS NULL OR m.center_id = %(center)s)
    AND (%(component)s::text IS NULL OR b.component_id = %(component)s)
GROUP BY 1, 2, 3, 4
"""
WALK_INS = """
SELECT s.center_id, s.kind, count(DISTINCT s.id), count(v.id)
FROM centers_session s LEFT JOIN centers_visit v ON v.session_id = s.id AND v.appointment_id IS NULL
WHERE s.starts_at >= %(begins)s AND s.starts_at < %(ends)s AND s.state IN ('open', 'closed') AND s.walk_ins
GROUP BY 1, 2
"""
SHOWS = """
SELECT center_id, count(*), count(*) FILTER (WHERE state = 'arrived'), count(*) FILTER (WHERE accepted),
    count(*) FILTER (WHERE gave), count(*) FILTER (WHERE usable), count(*) FILTER (WHERE held AND NOT usable)
FROM (
    SELECT s.center_id, a.state, v.outcome = 'accepted' AS accepted, d.id IS NOT NULL AS gave,
        EXISTS (
            SELECT FROM centers_bag b JOIN centers_movement m ON m.bag_id = b.id
            WHERE b.donation_id = d.id AND m.to_state IN ('released', 'available')
        ) AS usable,
        EXISTS (
            SELECT FROM centers_bag b WHERE b.donation_id = d.id AND b.state = 'quarantined'
        ) AS held
    FROM centers_session s
    JOIN centers_slot l ON l.session_id = s.id
    JOIN centers_appointment a ON a.slot_id = l.id AND a.state IN ('booked', 'arrived', 'missed')
    LEFT JOIN centers_visit v ON v.appointment_id = a.id
    LEFT JOIN centers_donation d ON d.visit_id = v.id
    WHERE s.starts_at >= %(begins)s AND s.starts_at < %(ends)s AND s.state IN ('open', 'closed')
) each_one
GROUP BY 1
"""


def _period(days: int, now: datetime) -> dict[str, Any]:
    today = local_day(now)
    edges = [midnight(today - timedelta(days=ago)) for ago in range(days, -1, -1)]
    return {"edges": edges[:-1], "begins": edges[0], "ends": edges[-1]}


def _rows(sql: str, said: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, said)
        return list(cursor.fetchall())


def daily(
    *, days: int, now: datetime, center: Center | None = None, component: Component | None = None
) -> dict[tuple[int, str, str], list[int]]:
    """Bags issued to hospitals by centre (its key), component family and group: a count for each of
    the last ``days`` days, the oldest first. What was issued on no day has no entry.

    A bag that came back and was issued again counts twice: it was asked for twice.
    """
    of = {"center": center and center.pk, "component": component and component.pk}
    found: dict[tuple[int, str, str], list[int]] = defaultdict(lambda: [0] * days)
    for center_id, family, group, day, count in _rows(DAILY, _period(days, now) | of):
        found[center_id, family, group][day] = count
    return dict(found)


@dataclass(frozen=True)
class WalkIns:
    """``sessions`` that took place and let people in without an appointment, and how many ``came``
    so."""

    sessions: int
    came: int

    @property
    def mean(self) -> float:
        """People a session."""
        return self.came / self.sessions if self.sessions else 0.0


def walk_ins(*, days: int, now: datetime) -> dict[tuple[int, str], WalkIns]:
    """By centre (its key) and kind of session; kind ``""`` is all of them together.

    A kind stands for itself with ten sessions or more.
    """
    found: dict[tuple[int, str], WalkIns] = {}
    for center_id, kind, sessions, came in _rows(WALK_INS, _period(days, now)):
        whole = found.get((center_id, ""), WalkIns(0, 0))
        found[center_id, ""] = WalkIns(whole.sessions + sessions, whole.came + came)
        if sessions >= ENOUGH:
            found[center_id, kind] = WalkIns(sessions, came)
    return found


@dataclass(frozen=True)
class Shows:
    """Of the people ``booked`` in sessions that took place: those who ``came``, were ``accepted``,
    ``gave``, and gave a bag that was released (``usable``); ``waiting`` is not tested to the end."""

    booked: int
    came: int
    accepted: int
    gave: int
    usable: int
    waiting: int


def shows(*, days: int, now: datetime) -> dict[int, Shows]:
    """By centre (its key). Places given back in time are not counted."""
    return {row[0]: Shows(*row[1:]) for row in _rows(SHOWS, _period(days, now))}
