"""What a coordinator prepares, from twelve weeks before the first day to a week after it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaigns.models import Campaign, ChecklistTick
from donors.clock.calendar import local_day
from donors.errors import Refused, refusing
from donors.models import User

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

WHOLE = 84  # days of preparation for which the full list is made
NEAR = 7  # items of the last week keep their distance to the first day
AGAIN = timedelta(days=3)  # after which an item that is still open is named a second time
SEEN = timedelta(days=120)  # campaigns further ahead or longer over have nothing due


@dataclass(frozen=True)
class Item:
    """``days`` before the first day; ``least`` is the shortest preparation for which it makes sense;
    ``fact`` are states that tick it by themselves."""

    code: str
    days: int
    text: _StrPromise
    least: int = 0
    fact: tuple[str, ...] = ()


ITEMS = (
    Item(
        "asked", 84, gettext_lazy("Agree on a day and a number with the centre, and ask it."),
        fact=(*Campaign.GOING, Campaign.State.CLOSED),
    ),
    Item("deputy", 77, gettext_lazy("Name a deputy who knows this page."), least=21),
    Item(
        "room", 56,
        gettext_lazy("Reserve the room: light, water, seats, a quiet corner for resting."),
    ),
    Item(
        "partners", 49,
        gettext_lazy("Speak with partners: the commune, associations, the health inspectorate."),
        least=28,
    ),
    Item(
        "texts", 42,
        gettext_lazy("Write the page in three languages; it says that giving is voluntary."),
    ),
    Item(
        "public", 35, gettext_lazy("Make the page public."),
        fact=(*Campaign.OPEN, Campaign.State.CLOSED),
    ),
    Item("poster", 28, gettext_lazy("Print the poster and hang it where people pass."), least=3),
    Item("invited", 21, gettext_lazy("Invite the people of the unit who agreed to be written to.")),
    Item("duty", 14, gettext_lazy("Settle duty time and rest for those who want to give."), least=2),
    Item("again", 7, gettext_lazy("Say it once more at the briefing, and press nobody."), least=14),
    Item("meal", 3, gettext_lazy("Order water, juice and a meal for donors and the team.")),
    Item("ready", 1, gettext_lazy("Look at the room with the team: access, power, signs.")),
    Item("host", 0, gettext_lazy("Receive the team and the donors; keep the line short.")),
    Item("thanks", -1, gettext_lazy("Thank everybody who came, whether they gave or not.")),
    Item("report", -3, gettext_lazy("Write what went wrong and what to do next time.")),
    Item("story", -7, gettext_lazy("Tell the story on the public page, with a picture.")),
)  # fmt: skip
# Items from so many days before the first day on come too late in these states.
PAST: dict[str, int] = {Campaign.State.RUNNING: 1, Campaign.State.CLOSED: 0}
CODES = {item.code: item for item in ITEMS}


@dataclass(frozen=True)
class Line:
    """An item of one campaign. ``by_itself``: the state of the campaign says that it is done."""

    item: Item
    due_on: date
    tick: ChecklistTick | None
    by_itself: bool

    @property
    def done(self) -> bool:
        return self.by_itself or self.tick is not None


def due_on(item: Item, *, begun: date, first: date) -> date:
    """The day of an item; a shorter preparation than twelve weeks is divided in the same way, and
    nothing is due before the preparation began."""
    lead = max((first - begun).days, 0)
    days = item.days
    if days > NEAR and lead < WHOLE:
        days = NEAR + round((days - NEAR) * max(lead - NEAR, 0) / (WHOLE - NEAR))
    return max(first - timedelta(days=days), begun)


def of(campaign: Campaign) -> list[Line]:
    ticks = campaign.ticks.filter(undone_at=None).select_related("by")
    return _lines(campaign, {tick.item: tick for tick in ticks})


def _lines(campaign: Campaign, ticks: dict[str, ChecklistTick]) -> list[Line]:
    begun, first = local_day(campaign.drafted_at), campaign.planned_on
    lead = (first - begun).days
    over = PAST.get(campaign.state, WHOLE + 1)
    return [
        Line(
            item,
            due_on(item, begun=begun, first=first),
            ticks.get(item.code),
            campaign.state in item.fact,
        )
        for item in ITEMS
        if lead >= item.least and item.days < over or item.code in ticks
    ]


def tick(*, campaign: Campaign, item: str, by: User, now: datetime) -> None:
    if item not in CODES or campaign.state not in _LIVING:
        raise Refused(_("There is nothing to tick here any more."))
    with refusing():
        ChecklistTick.objects.create(campaign=campaign, item=item, at=now, by=by)


def settle(*, campaign: Campaign, item: str, by: User, now: datetime) -> None:
    """Tick what was just done on the site, unless it is ticked."""
    if not campaign.ticks.filter(item=item, undone_at=None).exists():
        ChecklistTick.objects.create(campaign=campaign, item=item, at=now, by=by)


def untick(*, campaign: Campaign, item: str, by: User, now: datetime) -> None:
    """A mistaken tick; it stays on record with who took it back."""
    ticked = campaign.ticks.filter(item=item, undone_at=None)
    if not ticked.update(undone_at=now, undone_by=by):
        raise Refused(_("This tick was taken back already."))


_LIVING = (Campaign.State.DRAFT, *Campaign.LIVING)


def open_lines(campaigns: Iterable[Campaign]) -> list[tuple[Campaign, list[Line]]]:
    """What is not done yet, of each of these campaigns."""
    rows = list(campaigns)
    ticks: dict[int, dict[str, ChecklistTick]] = {row.pk: {} for row in rows}
    for one in ChecklistTick.objects.filter(campaign__in=rows, undone_at=None):
        ticks[one.campaign_id][one.item] = one
    made = [(row, [x for x in _lines(row, ticks[row.pk]) if not x.done]) for row in rows]
    return [(row, lines) for row, lines in made if lines]


def at_work(now: datetime) -> list[Campaign]:
    """Campaigns that may have something due."""
    today = local_day(now)
    rows = Campaign.objects.filter(
        state__in=_LIVING, planned_on__range=(today - SEEN / 4, today + SEEN)
    )
    return list(rows.select_related("unit", "coordinator").order_by("planned_on", "pk"))
