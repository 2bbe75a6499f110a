"""Donors for the demo's donations: confirmed group, near the centre, last donation long ago."""

from __future__ import annotations

import random
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta

from centers.models import Center
from donors.clock.calendar import add_years
from donors.eligibility.criteria import eligible
from donors.models import Donor

from .plan import Given

ENOUGH = 20_000


@dataclass(frozen=True)
class Giver:
    pk: int
    sex: str


class Givers:
    """Each donor is drawn once; the nearest region first, then the rest of the country."""

    def __init__(self, *, dice: random.Random, today: date) -> None:
        begun = today - timedelta(days=50)
        free = eligible(Donor.objects.exclude(blood_group=""), begun)
        free = free.exclude(deferrals__starts_on__gt=begun)
        free = free.filter(birth_date__lte=add_years(begun, -18), user=None).order_by("pk")
        rows = free.values_list("pk", "sex", "blood_group", "province__region")[:ENOUGH]
        self.near: dict[tuple[str, str], list[Giver]] = defaultdict(list)
        for pk, sex, group, region in rows:
            self.near[group, region].append(Giver(pk, sex))
        for pool in self.near.values():
            dice.shuffle(pool)

    def draw(self, group: str, region: str) -> Giver | None:
        pools = [self.near[group, region]]
        pools += [p for (g, _r), p in sorted(self.near.items()) if g == group]
        return next((pool.pop() for pool in pools if pool), None)


def assign(
    *, given: list[Given], centers: dict[str, Center], givers: Givers
) -> list[tuple[Given, Giver]]:
    """The donations for which a donor was found: a small population lacks rare groups."""
    found = []
    for donation in sorted(given, key=lambda g: (g.fate != "available", g.at)):
        giver = givers.draw(donation.group, centers[donation.center].province.region_id)
        if giver:
            donation.donor = giver.pk
            found.append((donation, giver))
    return sorted(found, key=lambda pair: pair[0].at)
