"""Months and years in Morocco, as the reports count them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from donors.clock.calendar import add_months, midnight


@dataclass(frozen=True)
class Period:
    """From ``first`` until before ``until``."""

    first: date
    until: date

    @property
    def instants(self) -> tuple[datetime, datetime]:
        return midnight(self.first), midnight(self.until)

    @property
    def months(self) -> list[Period]:
        found, first = [], self.first
        while first < self.until:
            found.append(month(first))
            first = add_months(first, 1)
        return found


def month(day: date) -> Period:
    first = day.replace(day=1)
    return Period(first, add_months(first, 1))


def year(number: int) -> Period:
    return Period(date(number, 1, 1), date(number + 1, 1, 1))
