"""Dates of which only the year, or the year and the month, is known, as on many identity cards."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date

from django.utils.formats import date_format

from donors import typed_text

from .month_names import MONTHS, folded

DAY, MONTH, YEAR = "day", "month", "year"
# Registers and cards write what is unknown as 00 or XX: 00/00/1990.
UNKNOWN = re.compile(r"^(?:0?0|[xX]{1,2}|-{1,2})[/.\-]")
WORD = re.compile(r"[^\W\d_]+")
TOKEN = re.compile(r"\d+|[^\W\d_]+")
PARTED = re.compile(r"[\s/.\-\\،,]+")
TWO_WORDS = re.compile("(كانون|تشرين) (الاول|الثاني)")
# Words around a date that say nothing about it: le 1er mars, March 7th, يوم 7 مارس سنة 1990.
FILLING = {"le", "er", "st", "nd", "rd", "th", "of", "de", "يوم", "في", "شهر", "سنة", "سنه", "عام"}


@dataclass(frozen=True)
class PartialDate:
    """``earliest`` is the first day it may be; ``precision`` is ``day``, ``month`` or ``year``.

    A rule asks the end that is safe for it: too young by ``latest``, too old by ``earliest``.
    """

    earliest: date
    precision: str = DAY

    @property
    def latest(self) -> date:
        """The last day it may be."""
        if self.precision == YEAR:
            return self.earliest.replace(month=12, day=31)
        if self.precision == MONTH:
            return self.earliest.replace(day=monthrange(self.earliest.year, self.earliest.month)[1])
        return self.earliest

    @property
    def is_exact(self) -> bool:
        return self.precision == DAY

    def may_be(self, other: PartialDate) -> bool:
        """Whether both may be one day."""
        return self.earliest <= other.latest and other.earliest <= self.latest

    def __str__(self) -> str:
        """As a reader writes it, without inventing a day: 07/03/1990, 03/1990, 1990."""
        if self.precision == YEAR:
            return f"{self.earliest.year:04}"
        if self.precision == MONTH:
            return f"{self.earliest:%m/%Y}"
        return date_format(self.earliest, "SHORT_DATE_FORMAT")

    def isoformat(self) -> str:
        """ISO 8601 with reduced precision, as FHIR's ``date``: 1990, 1990-03, 1990-03-07."""
        length = {YEAR: 4, MONTH: 7}.get(self.precision, 10)
        return self.earliest.isoformat()[:length]


def read(text: str) -> PartialDate | None:
    """The date, month or year that somebody wrote, the day first: ٠٧/٠٣/١٩٩٠, 7-3-1990, 7 mars 1990,
    1990-03-07, 03/1990; None for any other text, also where the year has two digits."""
    match _numbers(text):
        case [year] if len(year) == 4:
            return _on(int(year), 1, YEAR)
        case [run] if len(run) == 8:
            return _on(int(run[4:]), int(run[2:4]), DAY, int(run[:2]))
        case [month, year] if len(month) <= 2 and len(year) == 4:
            return _on(int(year), int(month), MONTH)
        case [year, month] if len(year) == 4 and len(month) <= 2:
            return _on(int(year), int(month), MONTH)
        case [day, month, year] if len(day) <= 2 and len(month) <= 2 and len(year) == 4:
            return _on(int(year), int(month), DAY, int(day))
        case [year, month, day] if len(year) == 4 and len(month) <= 2 and len(day) <= 2:
            return _on(int(year), int(month), DAY, int(day))
    return None


def short_year(text: str) -> list[PartialDate]:
    """The days that a text like 7/3/90 may mean, the earlier century first."""
    parts = _numbers(text)
    if len(parts) != 3 or [len(part) <= 2 for part in parts] != [True] * 3 or len(parts[2]) < 2:
        return []
    day, month, year = map(int, parts)
    some = (_on(century + year, month, DAY, day) for century in (1900, 2000))
    return [one for one in some if one]


def _numbers(text: str) -> list[str]:
    """The runs of digits of a date, a month's name as its number; none for any other text."""
    text = typed_text.plain(text)
    while UNKNOWN.match(text):
        text = UNKNOWN.sub("", text, count=1)
    text = TWO_WORDS.sub(lambda two: _number_of(two[0]), folded(text))
    first = next((token for token in TOKEN.findall(text) if token not in FILLING), "")
    text = WORD.sub(lambda word: "/" if word[0] in FILLING else _number_of(word[0]), text)
    parts = [part for part in PARTED.split(text) if part]
    if not all(part.isdecimal() for part in parts):
        return []
    if first in MONTHS and len(parts) == 3 and len(parts[0]) <= 2:
        parts[:2] = reversed(parts[:2])  # March 7, 1990
    return parts


def _number_of(word: str) -> str:
    return f"/{MONTHS[word]}/" if word in MONTHS else "?"


def _on(year: int, month: int, precision: str, day: int = 1) -> PartialDate | None:
    try:
        return PartialDate(date(year, month, day), precision)
    except ValueError:
        return None
