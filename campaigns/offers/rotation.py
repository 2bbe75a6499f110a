"""Campaigns by unit and week with the bags they will bring, and moving one to another day."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from campaigns.messaging import outbox, recipients
from campaigns.models import Campaign, Offer, TeamDay
from campaigns.planning import rates
from centers.models import Center
from donors.clock.calendar import local_day
from donors.errors import Refused, refusing
from donors.models import Unit, User

from . import capacity, conflicts, facts
from .choices import CHOICES, WEEKS

SHOWN = Campaign.LIVING
TALL = 60  # of the picture


@dataclass(frozen=True)
class Week:
    """Bags of a week: of public campaigns, of those agreed and not yet public, of offers that will
    probably be taken (one of three); ``use`` is what the centres use in a week."""

    begins: date
    public: int
    agreed: int
    offered: int
    use: int

    @property
    def forecast(self) -> int:
        return self.public + self.agreed + self.offered


@dataclass(frozen=True)
class Cell:
    begins: date
    campaigns: list[Campaign]


@dataclass(frozen=True)
class Row:
    unit: Unit
    cells: list[Cell]


def mondays(now: datetime) -> list[date]:
    today = local_day(now)
    first = today - timedelta(days=today.weekday())
    return [first + timedelta(weeks=week) for week in range(WEEKS)]


def in_weeks(centers: QuerySet[Center], now: datetime) -> QuerySet[Campaign]:
    """Campaigns of these centres in the twelve weeks."""
    first = mondays(now)[0]
    days = (first, first + timedelta(weeks=WEEKS, days=-1))
    return Campaign.objects.filter(center__in=centers, planned_on__range=days, state__in=SHOWN)


def units(campaigns: QuerySet[Campaign]) -> QuerySet[Unit]:
    return Unit.objects.filter(pk__in=campaigns.values("unit")).order_by("path")


def rows(shown: list[Unit], campaigns: QuerySet[Campaign], now: datetime) -> list[Row]:
    begins = mondays(now)
    placed: dict[tuple[int, date], list[Campaign]] = {}
    for one in campaigns.filter(unit__in=shown).select_related("center").order_by("planned_on"):
        monday = one.planned_on - timedelta(days=one.planned_on.weekday())
        placed.setdefault((one.unit_id, monday), []).append(one)
    return [
        Row(unit, [Cell(monday, placed.get((unit.pk, monday), [])) for monday in begins])
        for unit in shown
    ]


def weeks(centers: QuerySet[Center], campaigns: QuerySet[Campaign], now: datetime) -> list[Week]:
    begins, usable = mondays(now), rates.learnt(now=now).usable
    bags: Counter[tuple[str, date]] = Counter()
    for day, target, state in campaigns.values_list("planned_on", "target", "state"):
        kind = "agreed" if state in Campaign.BEFORE else "public"
        bags[kind, day - timedelta(days=day.weekday())] += target
    offered: dict[date, float] = {}
    for day, expected in (
        Offer.objects.open(now).filter(center__in=centers).values_list("day", "bags")
    ):
        monday = day - timedelta(days=day.weekday())
        offered[monday] = offered.get(monday, 0.0) + expected / CHOICES
    keys, use = set(centers.values_list("pk", flat=True)), facts.weekly_use(now)
    total = sum(count for center, count in use.items() if center in keys)
    return [
        Week(
            begins=monday,
            public=round(bags["public", monday] * usable),
            agreed=round(bags["agreed", monday] * usable),
            offered=round(offered.get(monday, 0.0)),
            use=total,
        )
        for monday in begins
    ]


def bars(shown: list[Week]) -> list[tuple[int, list[tuple[str, int, int]]]]:
    """(x, parts) of each week's column; a part is (kind, top, height) in a picture 60 high."""
    most = max([1, *(max(week.forecast, week.use) for week in shown)])
    found = []
    for at, week in enumerate(shown):
        parts, top = [], TALL
        for kind in ("public", "agreed", "offered"):
            height = round(TALL * getattr(week, kind) / most)
            top -= height
            parts.append((kind, top, height))
        found.append((10 * at, parts))
    return found


def use_line(shown: list[Week]) -> int:
    """How far from the top of the picture the weekly use lies."""
    most = max([1, *(max(week.forecast, week.use) for week in shown)])
    return TALL - round(TALL * shown[0].use / most)


def move(*, campaign: Campaign, day: date, despite: bool, by: User, now: datetime) -> None:
    """Give a campaign that is not yet public another day, with a free team of its centre; the unit
    and the centre are told. ``despite``: what merely speaks against the day was read."""
    with refusing():
        found = conflicts.of(campaign=campaign, day=day, now=now)
        if found and (found[0].blocks or not despite):
            raise Refused(found[0].text, "day")
        drafts = Campaign.objects.filter(pk=campaign.pk, state=Campaign.State.ASKED)
        if not drafts.exclude(planned_on=day).update(planned_on=day):
            if drafts.exists():
                raise Refused(_("The campaign is on this day already."), "day")
            raise Refused(_("Only a campaign that is not yet public can be moved here."))
        team = capacity.free_team(campaign.center, day, now=now, without=campaign.pk)
        bound = TeamDay.objects.create(
            campaign=campaign, center=campaign.center, day=day, team=team, at=now, by=by
        )
        told = {user.pk: user for user in recipients.officers([campaign.unit], now)}
        told |= {user.pk: user for user in recipients.managers(campaign.center, now)}
        for user in told.values():
            cause = f"campaign:{campaign.pk}:moved:{bound.pk}"
            outbox.enqueue(
                kind="campaign_moved", cause=cause, subject_id=campaign.pk, user=user, now=now
            )
