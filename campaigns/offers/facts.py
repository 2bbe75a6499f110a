"""What the choices of units are computed from, read in a few statements; counts of people only."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.db import connection
from django.db.models import Count, Max, Sum

from campaigns.models import Campaign, Offer
from campaigns.operations.trough import trough
from campaigns.planning import rates
from centers.inventory import demand
from centers.models import Center, Component, Family, Visit
from donors.clock.calendar import local_day
from donors.models import Unit
from donors.people.privacy import LEAST

from . import capacity, holidays
from .choices import WEEKS, Body, Site, World

AHEAD = timedelta(weeks=WEEKS)
# Interval of men after whole blood (eligibility_criteria.csv, MA-INTERVAL-WB-M-MIN: 62 days).
REST = timedelta(days=62)
TARGET = 40.0  # donors of a campaign, until campaigns are known (our assumption)
TURNOUT = 0.8  # of a target, until campaigns are known (our assumption)
WEIGHT = 2.0  # campaigns' worth of the mean that a unit's own history is shrunk to
LEAST_USE = 20.0  # bags a week: a centre without history

# By unit, and by the first of the weeks in whose middle they may give: members. -1 is never.
FREE = """
WITH resting AS (
    SELECT donor_id, bool_or(ends_on IS NULL) AS never, max(ends_on) AS until
    FROM donors_deferral
    WHERE ended_at IS NULL AND (ends_on IS NULL OR ends_on > %(today)s)
    GROUP BY donor_id)
SELECT m.unit_id,
    CASE WHEN r.never THEN -1 WHEN r.until IS NULL THEN 0
         ELSE greatest(0, ceil((r.until - %(today)s - 3) / 7.0))::int END AS week,
    count(*)
FROM donors_membership m LEFT JOIN resting r ON r.donor_id = m.donor_id
WHERE m.unit_id = ANY(%(units)s) AND m.since <= %(today)s
    AND (m.until IS NULL OR m.until > %(today)s)
GROUP BY 1, 2
"""


def free_shares(units: list[int], today: date) -> dict[int, tuple[float, ...]]:
    """The share of a unit's people who may give, by week; only units with five people or more."""
    with connection.cursor() as cursor:
        cursor.execute(FREE, {"units": units, "today": today})
        rows = cursor.fetchall()
    counts: defaultdict[int, dict[int, int]] = defaultdict(dict)
    for unit, week, people in rows:
        counts[unit][week] = people
    shares = {}
    for unit, weeks in counts.items():
        members = sum(weeks.values())
        if members >= LEAST:
            shares[unit] = tuple(
                sum(count for at, count in weeks.items() if 0 <= at <= week) / members
                for week in range(WEEKS)
            )
    return shares


def usual_donors(units: list[int]) -> dict[int, float]:
    """Donors of a unit's campaign: its mean target times its turnout, each shrunk to the mean of all
    units."""
    closed = Campaign.objects.filter(state=Campaign.State.CLOSED, sessions__isnull=False)
    targets = {
        unit: (number, total)
        for unit, number, total in Campaign.objects.filter(pk__in=closed.values("pk"))
        .order_by()
        .values_list("unit")
        .annotate(number=Count("pk"), total=Sum("target"))
    }
    came = dict(
        Visit.objects.filter(session__campaigns__state=Campaign.State.CLOSED)
        .order_by()
        .values_list("session__campaigns__unit")
        .annotate(people=Count("pk"))
    )
    held = sum(number for number, _total in targets.values())
    wanted = sum(total for _number, total in targets.values())
    target = (wanted + WEIGHT * TARGET) / (held + WEIGHT)
    turnout = (sum(came.values()) + WEIGHT * TARGET * TURNOUT) / (wanted + WEIGHT * TARGET)
    found = {}
    for unit in units:
        number, total = targets.get(unit, (0, 0))
        own_target = (total + WEIGHT * target) / (number + WEIGHT)
        own_came = came.get(unit, 0) + WEIGHT * target * turnout
        found[unit] = own_target * own_came / (total + WEIGHT * target)
    return found


def bodies(units: Iterable[Unit], today: date) -> list[Body]:
    rows = list(units)
    keys = [unit.pk for unit in rows]
    free, usual = free_shares(keys, today), usual_donors(keys)
    last = dict(
        Campaign.objects.filter(unit__in=keys)
        .exclude(state__in=[Campaign.State.DECLINED, Campaign.State.CANCELLED])
        .order_by()
        .values_list("unit")
        .annotate(day=Max("planned_on"))
    )
    return [
        Body(
            id=unit.pk,
            latitude=unit.province.latitude,
            longitude=unit.province.longitude,
            usual=round(usual[unit.pk], 2),
            free=free.get(unit.pk),
            rests_until=last[unit.pk] + REST if unit.pk in last else None,
        )
        for unit in rows
    ]


def weekly_use(now: datetime) -> Counter[int]:
    """Bags of red cells issued in a week, by centre."""
    weeks = capacity.HISTORY.days / 7
    found: Counter[int] = Counter()
    for (center, family, _group), days in demand.daily(days=capacity.HISTORY.days, now=now).items():
        if family == Family.RED_CELLS:
            found[center] += sum(days)
    return Counter({center: round(bags / weeks) for center, bags in found.items()})


def sites(now: datetime) -> tuple[Site, ...]:
    today = local_day(now)
    habits, use = capacity.habits(now), weekly_use(now)
    taken = capacity.bound(today, today + AHEAD)
    open_days = capacity.published(today, today + AHEAD)
    found = []
    for center in Center.objects.collecting().order_by("pk"):
        habit = habits.get(center.pk, capacity.Habit())
        found.append(
            Site(
                id=center.pk,
                latitude=center.latitude,
                longitude=center.longitude,
                weekdays=habit.weekdays,
                teams=habit.teams,
                beds=habit.beds,
                per_bed=habit.per_bed,
                weekly_use=max(float(use[center.pk]), LEAST_USE),
                taken=taken.get(center.pk, {}),
                open_days=open_days.get(center.pk, {}),
            )
        )
    return tuple(found)


def missing(now: datetime) -> tuple[float, ...]:
    """The share of the usual donations that will be missing, by week."""
    low = trough(now=now)
    if not low or not low.usual:
        return (0.0,) * WEEKS
    return tuple(min((week.missing or 0) / low.usual, 1.0) for week in low.weeks[:WEEKS])


def agreed(today: date) -> list[tuple[int, date, int]]:
    """Campaigns to come: centre, day and target."""
    rows = Campaign.objects.filter(
        state__in=Campaign.GOING,
        planned_on__range=(today, today + AHEAD - timedelta(days=1)),
    )
    return list(rows.order_by("pk").values_list("center_id", "planned_on", "target"))


def world(now: datetime) -> World:
    """What is the same for all units; the offers of those that are to be renewed have ended."""
    today = local_day(now)
    usable = round(rates.learnt(now=now).usable, 3)
    loads: Counter[tuple[int, int]] = Counter()
    for center, day, target in agreed(today):
        loads[center, (day - today).days // 7] += target * usable  # type: ignore[assignment]
    offered: Counter[tuple[int, date, int]] = Counter()
    for center, day, team, bags in Offer.objects.open(now).values_list(
        "center_id", "day", "team", "bags"
    ):
        offered[center, day, team] += 1
        week = (day - today).days // 7
        loads[center, week] += bags / 3  # type: ignore[assignment]  # as in choices: one of three
    life = Component.objects.filter(family=Family.RED_CELLS).aggregate(days=Max("shelf_life_days"))[
        "days"
    ]
    last = today + AHEAD
    return World(
        today=today,
        usable=usable,
        shelf_weeks=(life or 42) // 7,
        sites=sites(now),
        missing=missing(now),
        holidays=frozenset(holidays.between(today, last)),
        evenings=frozenset(holidays.ramadan(today, last)),
        loads=loads,
        offered=offered,
    )
