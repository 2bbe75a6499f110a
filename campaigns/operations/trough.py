"""The trough after a surge: who gave since an operation began may not give again for two or three months."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db import connection

from campaigns.models import Operation
from donors.clock.calendar import local_day
from donors.eligibility.criteria import INTERVAL

from .operations import counts_from, running

WEEKS = 16
YEAR = 52  # weeks of history
# Counts of people under this are not shown.
FEWEST = 5

# By the day on which they may give again: donors who gave since that day, and how often they gave in
# the year before. The interval is a deferral of its own, reckoned by the criteria in force.
RESTING = """
SELECT free_on, count(*), sum(before)
FROM (
    SELECT deferral.donor_id, max(deferral.ends_on) AS free_on, (
        SELECT count(*) FROM centers_donation donation
        WHERE donation.donor_id = deferral.donor_id
            AND donation.collected_on >= %(year_before)s AND donation.collected_on < %(since)s
    ) AS before
    FROM donors_deferral deferral JOIN donors_deferralreason reason ON reason.id = deferral.reason_id
    WHERE reason.code = %(interval)s AND deferral.ended_at IS NULL AND deferral.copy_of_id IS NULL
        AND deferral.starts_on >= %(since)s AND deferral.ends_on > %(today)s
    GROUP BY deferral.donor_id
) resting
GROUP BY free_on
"""
GIVEN = """
SELECT count(*) FILTER (WHERE collected_on >= %(since)s),
    count(*) FILTER (WHERE collected_on < %(since)s),
    min(collected_on) FILTER (WHERE collected_on < %(since)s)
FROM centers_donation
WHERE collected_on >= %(year_before)s AND collected_on <= %(today)s
"""


@dataclass(frozen=True)
class Resting:
    """Donors who may give again from ``free_on``, and their donations in the year before."""

    free_on: date
    donors: int
    before: Decimal


@dataclass(frozen=True)
class Week:
    """``resting`` may not give yet; ``missing`` of the usual donations are not to be expected. Both are
    None where the count is under five."""

    begins: date
    resting: int | None
    missing: int | None


@dataclass(frozen=True)
class Trough:
    """``usual`` is donations a week in the year before; ``first`` to ``last`` are the weeks with fewer,
    by ``fewer`` a week on average."""

    since: date
    usual: int
    weeks: list[Week]

    @property
    def _short(self) -> list[Week]:
        return [week for week in self.weeks if week.missing]

    @property
    def first(self) -> Week | None:
        return self._short[0] if self._short else None

    @property
    def last(self) -> Week | None:
        return self._short[-1] if self._short else None

    @property
    def fewer(self) -> int:
        return round(sum(week.missing or 0 for week in self._short) / max(1, len(self._short)))

    @property
    def bars(self) -> list[tuple[int, int, int]]:
        """(x, top, height) of each week's expected donations in a picture 60 high, full where usual."""
        heights = [
            round(60 * max(0.0, 1 - (week.missing or 0) / self.usual)) if self.usual else 0
            for week in self.weeks
        ]
        return [(10 * at, 60 - height, height) for at, height in enumerate(heights)]


def trough(*, now: datetime, operation: Operation | None = None) -> Trough | None:
    """The next 16 weeks after an operation, or after the earliest that runs; None if there is none.

    Who gave k times in the year before would have given k/52 times in each week of rest. Of these
    donations only the share is missing by which giving since then went beyond the usual: the rest
    would be resting in any year. First-time donors were not part of the usual donations.
    """
    operations = [operation] if operation else list(running())
    if not operations:
        return None
    today, begun = local_day(now), min(counts_from(one) for one in operations)
    said: dict[str, date | str] = {
        "since": begun,
        "today": today,
        "year_before": begun - timedelta(weeks=YEAR),
        "interval": INTERVAL,
    }
    with connection.cursor() as cursor:
        cursor.execute(GIVEN, said)
        given, before, oldest = cursor.fetchone()
        cursor.execute(RESTING, said)
        rows = [Resting(*row) for row in cursor.fetchall()]
    history = max(1.0, (begun - oldest).days / 7) if oldest else 1.0
    return reckon(since=begun, today=today, given=given, before=before, history=history, rows=rows)


def reckon(
    *, since: date, today: date, given: int, before: int, history: float, rows: list[Resting]
) -> Trough:
    """The arithmetic: ``given`` donations since, ``before`` in the ``history`` weeks before."""
    usual = before / history
    elapsed = ((today - since).days + 1) / 7
    beyond = max(0.0, 1 - usual * elapsed / given) if given else 0.0
    weeks = []
    for number in range(WEEKS):
        begins = today + timedelta(weeks=number)
        # A week counts for those who are still resting in its middle.
        still = [row for row in rows if row.free_on > begins + timedelta(days=3)]
        missing = beyond * float(sum(row.before for row in still)) / history
        weeks.append(Week(begins, _shown(sum(row.donors for row in still)), _shown(round(missing))))
    return Trough(since, round(usual), weeks)


def _shown(count: int) -> int | None:
    return count if count >= FEWEST or count == 0 else None
