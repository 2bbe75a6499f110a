"""What speaks against a day for a campaign, in sentences for the planner."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from campaigns.models import Campaign
from donors.clock.calendar import local_day

from . import capacity, facts, holidays


@dataclass(frozen=True)
class Conflict:
    """``blocks``: no person may decide otherwise."""

    text: str
    blocks: bool = False


def of(*, campaign: Campaign, day: date, now: datetime) -> list[Conflict]:
    """Conflicts of a campaign on a day, the blocking ones first."""
    found = [*_day(day, now), *_centre(campaign, day, now), *_unit(campaign, day)]
    return sorted(found, key=lambda conflict: not conflict.blocks)


def _day(day: date, now: datetime) -> list[Conflict]:
    found = []
    if day <= local_day(now):
        found.append(Conflict(_("The day has to lie ahead."), blocks=True))
    holiday = holidays.between(day, day).get(day)
    if holiday:
        sentence = _("%(day)s is, or may be, a holiday: %(holiday)s.")
        found.append(Conflict(sentence % {"day": _said(day), "holiday": holiday.name}))
    if holidays.ramadan(day, day):
        sentence = _("%(day)s is in Ramadan: people give in the evening, after breaking the fast.")
        found.append(Conflict(sentence % {"day": _said(day)}))
    return found


def _centre(campaign: Campaign, day: date, now: datetime) -> list[Conflict]:
    center, found = campaign.center, []
    habit = capacity.habits(now).get(center.pk, capacity.Habit())
    open_day = capacity.published(day, day).get(center.pk, {}).get(day)
    beds = open_day.beds if open_day else habit.beds
    if not capacity.free_team(center, day, now=now, without=campaign.pk):
        sentence = _("All teams of %(center)s are out on %(day)s.")
        found.append(Conflict(sentence % {"center": center.name, "day": _said(day)}, blocks=True))
    if not open_day and day.weekday() not in habit.weekdays:
        sentence = _("%(center)s does not usually collect on this weekday: %(day)s.")
        found.append(Conflict(sentence % {"center": center.name, "day": _said(day)}))
    most = round(beds * habit.per_bed)
    if campaign.target > most:
        sentence = _(
            "The %(beds)s beds of a team take about %(most)s donors; %(target)s are expected."
        )
        said = {"beds": beds, "most": most, "target": campaign.target}
        found.append(Conflict(sentence % said))
    return found


def _unit(campaign: Campaign, day: date) -> list[Conflict]:
    """The unit's other campaigns within the interval between two gifts."""
    others = (
        Campaign.objects.filter(
            unit=campaign.unit_id, planned_on__gt=day - facts.REST, planned_on__lt=day + facts.REST
        )
        .exclude(pk=campaign.pk)
        .exclude(state__in=[Campaign.State.DECLINED, Campaign.State.CANCELLED])
    )
    sentence = _(
        "%(unit)s has another campaign on %(day)s, less than %(rest)s days away: who gives then may"
        " not give now."
    )
    return [
        Conflict(
            sentence % {"unit": campaign.unit.name, "day": _said(other), "rest": facts.REST.days}
        )
        for other in others.order_by("planned_on").values_list("planned_on", flat=True)
    ]


def _said(day: date) -> str:
    return date_format(day, "l j F")
