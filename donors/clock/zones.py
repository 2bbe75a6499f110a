"""Morocco's clock from one source: the pinned ``tzdata``, never the zone files of the machine.

``config`` imports this before anything else, so that no process reads a zone before it. Why:
``docs/decisions/0019-one-clock.md``.
"""

from __future__ import annotations

import os
import time
import zoneinfo
from bisect import bisect_left
from datetime import UTC, datetime, timedelta
from functools import cache
from importlib.resources import files
from typing import NamedTuple

import tzdata
from django.core.exceptions import ImproperlyConfigured

NAME = "Africa/Casablanca"
OLDEST = "2026c"  # the first release that has UTC+0 all year from 20 September 2026
KNOWN = datetime(2026, 10, 1, tzinfo=UTC)  # an instant that earlier releases get wrong
FIRST, LAST = datetime(1900, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)

zoneinfo.reset_tzpath(to=())
zoneinfo.ZoneInfo.clear_cache()
# The C library reads these files too, and caches a zone by its name: hence UTC first.
os.environ["TZDIR"] = str(files(tzdata) / "zoneinfo")
for _name in ("UTC0", NAME):
    os.environ["TZ"] = _name
    if hasattr(time, "tzset"):
        time.tzset()

MOROCCO = zoneinfo.ZoneInfo(NAME)


def _refuse_old() -> None:
    if tzdata.IANA_VERSION < OLDEST or MOROCCO.utcoffset(KNOWN.replace(tzinfo=None)):
        raise ImproperlyConfigured(
            f"The zone data here ({tzdata.IANA_VERSION}) have Morocco's clock an hour wrong: install "
            f"the tzdata of requirements.lock, {OLDEST} or newer."
        )


_refuse_old()


class Offset(NamedTuple):
    """Seconds to add to UTC, in force from ``since`` (seconds since 1970 in UTC).

    ``since_wall`` is when a clock on the wall is first read with it: the later one of the two readings
    of that instant, which is what Python does with ``fold=0``.
    """

    since: int
    since_wall: int
    seconds: int


@cache
def offsets() -> tuple[Offset, ...]:
    """Every offset of Morocco from 1900 to 2100; the first one also applies to all time before."""
    found = [Offset(-(2**40), -(2**40), _seconds(FIRST))]
    day = FIRST
    while day < LAST:
        if _seconds(day + DAY) != _seconds(day):
            found.append(_change(day, before=found[-1].seconds))
        day += DAY
    return tuple(found)


def _change(day: datetime, *, before: int) -> Offset:
    """The one change within this day."""
    start = int(day.timestamp())
    within = range(start, start + 86400 + 1)
    since = within[bisect_left(within, True, key=lambda at: _at(at) != before)]
    after = _at(since)
    return Offset(since, since + max(before, after), after)


def _at(second: int) -> int:
    return _seconds(datetime.fromtimestamp(second, UTC))


def _seconds(at: datetime) -> int:
    offset = at.astimezone(MOROCCO).utcoffset()
    assert offset is not None  # an aware datetime has an offset
    return int(offset.total_seconds())
