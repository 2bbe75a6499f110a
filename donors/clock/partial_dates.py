"""Dates of which only the year, or the year and the month, is known, as on many identity cards."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.formats import date_format

DAY, MONTH, YEAR = "day", "month", "year"
FORMATS = ("%Y-%m-%d", "%Y/%m/%d", "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%d%m%Y")
# Registers and cards write what is unknown as 00 or XX: 00/00/1990.
UNKNOWN = re.compile(r"^(?:0?0|[xX]{1,2}|-{1,2})[/.\-]")
MONTH_YEAR = re.compile(
    r"^(?:(?P<month>\d{1,2})[/.\-](?P<year>\d{4})|(?P<iso>\d{4})[/\-](?P<of>\d{1,2}))$"
)
ONLY_YEAR = re.compile(r"^\d{4}$")


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
    """The date, month or year in a text with digits 0 to 9; None for any other text."""
    text = text.strip()
    while UNKNOWN.match(text):
        text = UNKNOWN.sub("", text, count=1)
    if ONLY_YEAR.match(text):
        return _on(int(text), 1, YEAR)
    if found := MONTH_YEAR.match(text):
        year, month = found["year"] or found["iso"], found["month"] or found["of"]
        return _on(int(year), int(month), MONTH)
    for form in FORMATS:
        try:
            return PartialDate(datetime.strptime(text, form).date())  # noqa: DTZ007 - no zone
        except ValueError:
            continue
    return None


def _on(year: int, month: int, precision: str) -> PartialDate | None:
    try:
        return PartialDate(date(year, month, 1), precision)
    except ValueError:
        return None
