"""What a wave would do, before anything is sent: people, messages, arrivals, places, allowance."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db.models import F, Q, Sum

from campaigns.models import Askable, Cohort, Wave, WavePart
from campaigns.planner.response import ANSWER
from donors.models import Membership, Province

# Of the middle 90 % of a normal distribution.
BAND = 1.645
UNSURE = 0.35  # of the response just now, as ``planner.response.USUAL``


@dataclass(frozen=True)
class Hour:
    """People who will have said yes by so many hours after the wave, with a 90 % band."""

    hours: int
    yeses: float
    low: float
    high: float


@dataclass(frozen=True)
class Line:
    """One cohort: people, those of its kind who may be asked now, and kilometres it may come from."""

    province: Province
    blood_group: str
    channel: str
    people: int
    askable: int
    rate: float


@dataclass(frozen=True)
class Rehearsal:
    """``used`` is the share of the people of these cohorts whom the allowance spares afterwards."""

    people: int
    lines: list[Line]
    units: int
    yeses: float
    come: float
    donations: float
    hours: list[Hour]
    free: int
    cost: float
    askable: int
    members: int

    @property
    def used(self) -> float:
        return 1 - (self.askable - self.people) / self.members if self.members else 0.0


def of(*, wave: Wave, now: datetime) -> Rehearsal:
    parts = list(wave.parts.select_related("province").order_by("-wanted", "pk"))
    lines = [_line(part) for part in parts]
    show = sum(p.wanted * p.rate * p.show for p in parts)
    slots = wave.session.slots.filter(starts_at__gt=now)
    free = slots.aggregate(free=Sum(F("places") - F("taken"), default=0))["free"]
    counted = _members(parts)
    return Rehearsal(
        people=wave.size_wanted,
        lines=lines,
        units=_units(parts),
        yeses=wave.yeses,
        come=show,
        donations=wave.donations,
        hours=[_hour(h, wave) for h in (1, 3, 6, 12, 24, 48)],
        free=free,
        cost=sum(settings.MESSAGE_PRICE.get(p.channel, 0) * p.wanted for p in parts),
        askable=sum(line.askable for line in lines),
        members=counted,
    )


def _hour(hours: int, wave: Wave) -> Hour:
    mean = wave.yeses * ANSWER.share(hours)
    spread = BAND * (mean + (UNSURE * mean) ** 2) ** 0.5
    return Hour(hours, mean, max(mean - spread, 0.0), mean + spread)


def _same(part: WavePart) -> Q:
    return Q(province=part.province_id, blood_group=part.blood_group, channel=part.channel)


def _line(part: WavePart) -> Line:
    counted = Cohort.objects.filter(_same(part)).first()
    return Line(
        part.province,
        part.blood_group,
        part.channel,
        part.wanted,
        counted.askable if counted else 0,
        part.rate,
    )


def _members(parts: list[WavePart]) -> int:
    wanted = Q(pk=None)
    for part in parts:
        wanted |= _same(part)
    total: int = Cohort.objects.filter(wanted).aggregate(n=Sum("members", default=0))["n"]
    return total


def _units(parts: list[WavePart]) -> int:
    """Units that have members among those next in turn: how many commands would hear of it."""
    units: set[int] = set()
    for part in parts:
        people = Askable.objects.filter(_same(part)).order_by("turn").values("donor")[: part.wanted]
        members = Membership.objects.filter(donor__in=people, until=None)
        units.update(members.values_list("unit", flat=True).distinct())
    return len(units)
