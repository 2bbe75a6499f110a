"""The teams of a centre: how many it usually sends out on a day, and how many are bound."""

from __future__ import annotations

import statistics
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Exists, OuterRef, Q, Sum
from django.utils import timezone

from campaigns.models import Campaign, OpenDay, TeamDay
from centers.models import Center, Session
from donors.clock.calendar import local_day, midnight

from .choices import OpenDay as Published

HISTORY = timedelta(weeks=26)
FEWEST = 10  # sessions from which a centre's own habits are believed
WEEKDAYS = frozenset(range(6))  # Monday to Saturday, until a centre's own are known
BEDS, PER_BED = 4, 12.0  # of a mobile session, until the centre's own are known (our assumption)


@dataclass(frozen=True)
class Habit:
    """Weekdays on which a centre collects, its mobile teams a day, beds of a team, donors a bed."""

    weekdays: frozenset[int] = WEEKDAYS
    teams: int = 1
    beds: int = BEDS
    per_bed: float = PER_BED


def habits(now: datetime) -> dict[int, Habit]:
    """By centre (its key), from its sessions of the last half year."""
    rows = (
        Session.objects.filter(starts_at__gt=now - HISTORY, starts_at__lte=now)
        .exclude(state=Session.State.CANCELLED)
        .annotate(places=Sum("slots__places"))
        .order_by("center_id", "starts_at")
        .values_list("center_id", "kind", "starts_at", "beds", "places")
    )
    found: defaultdict[int, list[tuple[str, date, int, float]]] = defaultdict(list)
    for center, kind, starts_at, beds, places in rows:
        found[center].append((kind, local_day(starts_at), beds, (places or 0) / beds))
    return {center: _habit(sessions) for center, sessions in found.items()}


def _habit(sessions: list[tuple[str, date, int, float]]) -> Habit:
    out = [one for one in sessions if one[0] == Session.Kind.MOBILE]
    days = Counter(day for _kind, day, _beds, _per in out)
    per_bed = [per for *_rest, per in sessions if per]
    return Habit(
        weekdays=frozenset(day.weekday() for _kind, day, *_rest in sessions)
        if len(sessions) >= FEWEST
        else WEEKDAYS,
        teams=max(days.values(), default=1),
        beds=round(statistics.median(beds for _k, _d, beds, _p in out)) if out else BEDS,
        per_bed=statistics.median(per_bed) if per_bed else PER_BED,
    )


def bound(
    first: date, last: date, *, centers: Iterable[int] | None = None, without: int | None = None
) -> dict[int, Counter[date]]:
    """Teams bound by centre and day: by a campaign, or by a mobile session of another one.

    ``without`` is a campaign that does not count.
    """
    held = TeamDay.objects.filter(released_at=None)
    has_team = Exists(held.filter(campaign=OuterRef("pk")))
    drafts = Campaign.objects.filter(
        state=Campaign.State.ASKED, planned_on__range=(first, last)
    ).exclude(has_team)
    sessions = Session.objects.filter(
        kind=Session.Kind.MOBILE,
        state__in=Session.LIVE,
        starts_at__gte=midnight(first),
        starts_at__lt=midnight(last + timedelta(days=1)),
    ).exclude(Exists(held.filter(campaign__sessions=OuterRef("pk"))))
    held = held.filter(day__range=(first, last))
    if centers is not None:
        wanted = Q(center__in=list(centers))
        held, drafts, sessions = held.filter(wanted), drafts.filter(wanted), sessions.filter(wanted)
    if without:
        held, drafts = held.exclude(campaign=without), drafts.exclude(pk=without)
    found: dict[int, Counter[date]] = defaultdict(Counter)
    for center, day in [
        *held.values_list("center_id", "day"),
        *drafts.values_list("center_id", "planned_on"),
    ]:
        found[center][day] += 1
    for center, starts_at in sessions.values_list("center_id", "starts_at"):
        found[center][timezone.localdate(starts_at)] += 1
    return found


def published(first: date, last: date) -> dict[int, dict[date, Published]]:
    """Open days by centre."""
    rows = OpenDay.objects.filter(withdrawn_at=None, day__range=(first, last))
    found: dict[int, dict[date, Published]] = defaultdict(dict)
    for center, day, teams, beds in rows.values_list("center_id", "day", "teams", "beds"):
        found[center][day] = Published(teams, beds)
    return found


def free_team(center: Center, day: date, *, now: datetime, without: int | None = None) -> int:
    """The number of a team that is free at a centre on a day; 0 where none is.

    Units choose a day with a free team; that the centre does not usually collect on that weekday is
    no hindrance to a person who knows better.
    """
    usual = habits(now).get(center.pk, Habit())
    open_day = published(day, day).get(center.pk, {}).get(day)
    teams = open_day.teams if open_day else usual.teams
    used = bound(day, day, centers=[center.pk], without=without).get(center.pk, Counter())[day]
    if used >= teams:
        return 0
    rows = TeamDay.objects.filter(center=center, day=day, released_at=None)
    numbers = set(rows.exclude(campaign=without).values_list("team", flat=True))
    # Another unit may have taken the last one since ``used`` was counted.
    return next((number for number in range(1, teams + 1) if number not in numbers), 0)
