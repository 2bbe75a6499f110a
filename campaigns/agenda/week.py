"""Which of the coming days have a free place, without counting them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from urllib.parse import urlencode

from donors.clock.calendar import local_day
from donors.models import Province

from . import listing
from .upcoming import Coming

DAYS = 7


@dataclass(frozen=True)
class Week:
    """The coming days, each with whether a place is free; ``province`` is where, None for the
    country."""

    days: list[tuple[date, bool]]
    province: Province | None = None

    @property
    def query(self) -> str:
        """The filter of the list that shows the same campaigns, without the day."""
        there = {"province": self.province.code} if self.province else {}
        return urlencode({"free": "on"} | there)


def ahead(of: Coming, province: Province | None) -> Week:
    """In the province, or in the whole country where the province has no free place."""
    if province is not None:
        days = _free(listing.within(of, province))
        if any(free for _day, free in days):
            return Week(days, province)
    return Week(_free(of))


def _free(of: Coming) -> list[tuple[date, bool]]:
    today = local_day(of.now)
    days = [today + timedelta(days=number) for number in range(DAYS)]
    first, *others = [
        listing.on_day(replace(of, free=True), day)
        .every_stop.order_by()[:1]
        .values_list("session__starts_at", flat=True)
        for day in days
    ]
    found = {local_day(moment) for moment in first.union(*others, all=True)}
    return [(day, day in found) for day in days]
