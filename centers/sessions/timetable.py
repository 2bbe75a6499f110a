"""The course of a session's day: arrivals, acceptances and donations per quarter of an hour."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection
from django.utils import timezone

from centers.models import Session

QUARTER = timedelta(minutes=15)
MOST = 96
WIDTH, HEIGHT = 10, 60

SQL = """
SELECT date_bin('15 minutes', at, TIMESTAMPTZ '2000-01-01') AS quarter,
    count(*) FILTER (WHERE what = 'arrived'), count(*) FILTER (WHERE what = 'accepted'),
    count(*) FILTER (WHERE what = 'given')
FROM (
    SELECT arrived_at AS at, 'arrived' AS what FROM centers_visit WHERE session_id = %(session)s
    UNION ALL SELECT decided_at, 'accepted' FROM centers_visit
        WHERE session_id = %(session)s AND outcome = 'accepted'
    UNION ALL SELECT d.captured_at, 'given' FROM centers_donation d
        JOIN centers_visit v ON v.id = d.visit_id WHERE v.session_id = %(session)s
) steps
WHERE at >= %(begins)s AND at < %(ends)s
GROUP BY 1 ORDER BY 1
"""


@dataclass(frozen=True)
class Quarter:
    """Fifteen minutes; ``x`` and the heights are in units of the picture."""

    at: datetime
    arrived: int = 0
    accepted: int = 0
    given: int = 0
    x: int = 0
    arrived_height: int = 0
    given_height: int = 0

    @property
    def arrived_top(self) -> int:
        return HEIGHT - self.arrived_height

    @property
    def given_top(self) -> int:
        return HEIGHT - self.given_height


@dataclass(frozen=True)
class Picture:
    quarters: list[Quarter]
    most: int

    @property
    def width(self) -> int:
        return WIDTH * len(self.quarters)


def of(*, session: Session) -> Picture | None:
    """All quarters from the first step to the last; empty before anybody arrived."""
    span = timedelta(hours=12)
    with connection.cursor() as cursor:
        cursor.execute(
            SQL,
            {
                "session": session.pk,
                "begins": session.starts_at - span,
                "ends": session.ends_at + span,
            },
        )
        rows = {row[0]: row[1:] for row in cursor.fetchall()}
    if not rows:
        return None
    first, last = min(rows), max(rows)
    count = min(MOST, int((last - first) / QUARTER) + 1)
    most = max(max(counts) for counts in rows.values())
    quarters = []
    for number in range(count):
        at = first + QUARTER * number
        arrived, accepted, given = rows.get(at, (0, 0, 0))
        quarters.append(
            Quarter(
                at=timezone.localtime(at),
                arrived=arrived,
                accepted=accepted,
                given=given,
                x=WIDTH * number,
                arrived_height=round(HEIGHT * arrived / most),
                given_height=round(HEIGHT * given / most),
            )
        )
    return Picture(quarters, most)
