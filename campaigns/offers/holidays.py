"""Holidays of Morocco and the evenings of Ramadan, from ``campaigns/data/holidays.csv``.

Hijri days follow the tabular (civil) calendar, for every year. Morocco begins a month when the moon is
seen, often a day later than the table: a hijri holiday therefore keeps one more day after it free.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path

from django.utils.translation import get_language

FILE = Path(__file__).parents[1] / "data" / "holidays.csv"
RAMADAN = 9
MOON = 1  # days by which the moon may be seen after the table's day
EPOCH = (
    227_015  # day number of 1 Muharram 1 in the tabular calendar (19 July 622, proleptic Gregorian)
)


@dataclass(frozen=True)
class Holiday:
    ar: str
    fr: str
    en: str

    @property
    def name(self) -> str:
        return {"fr": self.fr, "en": self.en}.get(get_language() or "ar", self.ar)


def from_hijri(year: int, month: int, day: int) -> date:
    """The day in the tabular calendar of thirty years, eleven of them with 355 days."""
    before = 354 * (year - 1) + (3 + 11 * year) // 30
    months = 29 * (month - 1) + month // 2
    return date.fromordinal(EPOCH + before + months + day - 1)


def hijri_years(first: date, last: date) -> range:
    """The hijri years that touch the days from ``first`` to ``last``."""
    at = int((first.toordinal() - EPOCH) / 354.367) + 1
    return range(at - 1, at + 2 + (last - first).days // 354)


@cache
def _rows() -> tuple[dict[str, str], ...]:
    with FILE.open(encoding="utf-8") as file:
        return tuple(csv.DictReader(file))


def between(first: date, last: date) -> dict[date, Holiday]:
    """Every day from ``first`` to ``last`` that is, or may be, a holiday."""
    found: dict[date, Holiday] = {}
    for row in _rows():
        month, day, length = int(row["month"]), int(row["day"]), int(row["days"])
        if row["calendar"] == "civil":
            begins = [date(year, month, day) for year in range(first.year, last.year + 1)]
        else:
            begins = [from_hijri(year, month, day) for year in hijri_years(first, last)]
            length += MOON
        holiday = Holiday(row["name_ar"], row["name_fr"], row["name_en"])
        for begin in begins:
            for at in (begin + timedelta(days=n) for n in range(length)):
                if first <= at <= last:
                    found[at] = holiday
    return found


def ramadan(first: date, last: date) -> set[date]:
    """The days from ``first`` to ``last`` on which Ramadan may be kept."""
    found = set()
    for year in hijri_years(first, last):
        begin, end = from_hijri(year, RAMADAN, 1), from_hijri(year, RAMADAN + 1, 1)
        days = (end - begin).days + MOON
        found |= {begin + timedelta(days=n) for n in range(days)}
    return {day for day in found if first <= day <= last}
