"""Upcoming campaigns, their next sessions and free places."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, cast

from django.db.models import (
    DateTimeField,
    F,
    IntegerField,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
    Sum,
)
from django.db.models.functions import Coalesce
from django.utils.translation import get_language

from campaigns.calendars import Event
from campaigns.messaging.links import page_url
from campaigns.models import Campaign
from centers.models import Center, Donation, Session, Slot
from donors.clock.calendar import last_moment, midnight
from donors.models import Language, Province
from donors.people.privacy import few

from . import without_booking
from .distances import Placed, kilometres
from .upcoming import IN_TIME, Coming, Stop

if TYPE_CHECKING:
    from .upcoming import ListedCampaign

MOST = 300
COUNTED = 500
FEW = 6
MOST_IN_TOWN = 30
SHOWN_IN_TOWN = 4


def with_places(campaigns: QuerySet[Campaign], now: datetime) -> QuerySet[Campaign]:
    """Annotates each campaign with its next session's key and start and, over the times to come,
    places and free ones."""
    ahead = Session.objects.filter(
        campaigns=OuterRef("pk"), state__in=Session.LIVE, ends_at__gt=now
    ).order_by("starts_at", "pk")
    slots = (
        Slot.objects.filter(
            session__campaigns=OuterRef("pk"),
            session__state__in=Session.LIVE,
            starts_at__gt=now,
        )
        .order_by()
        .values("session__campaigns")
    )
    places = slots.annotate(total=Sum("places")).values("total")
    free = slots.annotate(total=Sum(F("places") - F("taken"))).values("total")
    return campaigns.annotate(
        next_at=Subquery(ahead.values("starts_at")[:1], output_field=DateTimeField()),
        next_id=Subquery(ahead.values("pk")[:1], output_field=IntegerField()),
        places=Coalesce(Subquery(places, output_field=IntegerField()), 0),
        free=Coalesce(Subquery(free, output_field=IntegerField()), 0),
    )


def coming(now: datetime) -> Coming:
    """Confirmed and not over; cancelled ones until their day, for people who had planned to
    come."""
    return Coming(now, COUNTED)


def shown() -> QuerySet[Campaign]:
    """Every campaign that has a public page, a closed one too."""
    return Campaign.objects.public()


def on_day(campaigns: Coming, day: date) -> Coming:
    """Campaigns with a session on this day in Morocco, annotated with that day's session."""
    return between(campaigns, day, day)


def within(campaigns: Coming, province: Province) -> Coming:
    """Campaigns with a session in the province; a cancelled one counts for its centre's."""
    return replace(
        campaigns,
        sessions=campaigns.sessions & Q(session__province=province),
        cancelled=campaigns.cancelled & Q(center__province=province),
    )


def between(campaigns: Coming, since: date | None, until: date | None) -> Coming:
    """Campaigns with a session in the period, annotated with the first of them."""
    sessions, cancelled = campaigns.sessions, campaigns.cancelled
    if since:
        sessions &= Q(session__starts_at__gte=midnight(since))
        cancelled &= Q(planned_on__gte=since)
    if until:
        sessions &= Q(session__starts_at__lte=last_moment(until))
        cancelled &= Q(planned_on__lte=until)
    return replace(campaigns, sessions=sessions, cancelled=cancelled)


def narrowed(campaigns: Coming, **fields: object) -> Coming:
    """Campaigns filtered by their own fields."""
    of_stop = Q(**{f"campaign__{name}": value for name, value in fields.items()})
    return replace(
        campaigns,
        sessions=campaigns.sessions & of_stop,
        cancelled=campaigns.cancelled & Q(**fields),
    )


def as_far_as(campaigns: Coming, row: int) -> Coming:
    """Count at least up to this row, so that a distant page can be opened."""
    return replace(campaigns, counted=max(campaigns.counted, row))


def with_a_place(campaigns: Coming) -> Coming:
    return replace(campaigns, free=True)


@dataclass(frozen=True)
class Card:
    """A campaign with its next session, as lists show it; ``away`` in kilometres from the
    reader."""

    campaign: ListedCampaign
    session: Session | None
    away: int | None = None

    @property
    def taken(self) -> int:
        return self.campaign.places - self.campaign.free

    @property
    def is_cancelled(self) -> bool:
        """As a whole, or on every day that the list is about."""
        return self.campaign.state == Campaign.State.CANCELLED or (
            self.session is not None and self.session.state == Session.State.CANCELLED
        )

    @property
    def because(self) -> str:
        return self.campaign.because or (self.session.cancelled_because if self.session else "")


def cards(campaigns: Iterable[ListedCampaign], here: Placed | None = None) -> list[Card]:
    """Cards for rows of ``Coming``."""
    made = []
    for row in campaigns:
        session = row.next_session
        away = round(kilometres(here, session)) if here and session else None
        made.append(Card(row, session, away))
    return made


def nearest(here: Placed | None, now: datetime) -> list[Card]:
    """Confirmed campaigns with a free place: the nearest of the upcoming ones, else the soonest."""
    rows = with_a_place(coming(now))
    soonest = rows.stops.order_by(*IN_TIME)
    if here is None:
        return cards(rows.read(soonest.values("pk")[:FEW]))
    stops = list(soonest.select_related("session")[:MOST])
    near = sorted(stops, key=lambda stop: kilometres(here, stop.session))[:FEW]
    found = cards(rows.read([stop.pk for stop in near]), here)
    return sorted(found, key=lambda card: card.away or 0)


SOON = timedelta(days=14)
MOST_CHANGED = 6


def changed(now: datetime, province: Province | None = None) -> list[Card]:
    """Days of the next two weeks that are cancelled, or were moved from such a day: people may have
    planned to come then."""
    soon = Q(session__starts_at__lt=now + SOON, session__ends_at__gt=now)
    moved = Q(session__moves__gt=0, session__state__in=Session.LIVE, session__ends_at__gt=now)
    moved &= Q(session__was_at__gt=now, session__was_at__lt=now + SOON) | soon
    rows = Stop.objects.filter(
        soon & Q(session__state=Session.State.CANCELLED) | moved,
        campaign__state__in=[*Campaign.OPEN, Campaign.State.CANCELLED],
    )
    if province:
        rows = rows.filter(session__province=province)
    rows = rows.select_related("session", "campaign").order_by(*IN_TIME)[:MOST_CHANGED]
    return [Card(cast("ListedCampaign", stop.campaign), stop.session) for stop in rows]


@dataclass
class Town:
    """A province with its first upcoming campaigns, or one place in it; ``count`` is of all, up to
    ``MOST_IN_TOWN``."""

    province: Province
    count: int = 0
    cards: list[Card] = field(default_factory=list)
    place: Session | None = None

    @property
    def at(self) -> Placed:
        return self.place or self.province

    @property
    def name(self) -> str:
        return (self.place or self.province).name

    @property
    def more(self) -> bool:
        return self.count > len(self.cards)

    @property
    def free(self) -> int:
        return sum(card.campaign.free for card in self.cards)


def towns(campaigns: Coming) -> list[Town]:
    """Every province, the one with most campaigns first."""
    keys = campaigns.by_province(MOST_IN_TOWN)
    found = {province.pk: Town(province, len(ahead)) for province, ahead in keys}
    shown = [key for _province, ahead in keys for key in ahead[:SHOWN_IN_TOWN]]
    for card in cards(campaigns.read(shown)):
        assert card.session  # ``read`` gives each its own
        found[card.session.province_id].cards.append(card)
    return sorted(found.values(), key=lambda town: (-town.count, town.province.code))


def places(campaigns: Coming, province: Province) -> list[Town]:
    """The places in a province where the first upcoming campaigns collect, the busiest first."""
    soonest = campaigns.stops.order_by(*IN_TIME).values("pk")[:MOST_IN_TOWN]
    found: dict[tuple[float, float], Town] = {}
    for card in cards(campaigns.read(soonest)):
        assert card.session  # ``read`` gives each its own
        at = (card.session.latitude, card.session.longitude)
        town = found.setdefault(at, Town(province, place=card.session))
        town.count += 1
        town.cards.append(card)
    return sorted(found.values(), key=lambda town: -town.count)


@dataclass(frozen=True)
class Day:
    """One session of a campaign as its page shows it."""

    session: Session
    places: int
    free: int
    centre_calls: bool
    campaign: Campaign | None = None

    @property
    def taken(self) -> int:
        return self.places - self.free

    @property
    def without_booking(self) -> without_booking.Rule:
        return without_booking.rule(self.session, free=self.free, centre_calls=self.centre_calls)


def days(campaign: Campaign, now: datetime) -> list[Day]:
    """The sessions of a campaign that are not over, each with its times to come."""
    ahead = Q(slots__starts_at__gt=now)
    rows = (
        campaign.sessions.filter(ends_at__gt=now)
        .annotate(
            places=Coalesce(Sum("slots__places", filter=ahead), 0),
            free=Coalesce(Sum(F("slots__places") - F("slots__taken"), filter=ahead), 0),
            called=without_booking.calls(now),
        )
        .order_by("starts_at", "pk")
    )
    return [Day(session, session.places, session.free, session.called) for session in rows]


def at(center: Center, now: datetime) -> list[Day]:
    """A centre's next sessions, each with the public campaign through which it can be booked."""
    ahead = Q(slots__starts_at__gt=now)
    confirmed = Campaign.objects.filter(state__in=Campaign.OPEN)
    soonest = Session.objects.upcoming(now).filter(center=center).order_by("starts_at", "pk")
    rows = (
        Session.objects.filter(pk__in=soonest.values("pk")[:FEW])
        .annotate(
            places=Coalesce(Sum("slots__places", filter=ahead), 0),
            free=Coalesce(Sum(F("slots__places") - F("slots__taken"), filter=ahead), 0),
            called=without_booking.calls(now),
        )
        .prefetch_related(Prefetch("campaigns", confirmed.order_by("pk")))
        .order_by("starts_at", "pk")
    )
    return [
        Day(
            session,
            session.places,
            session.free,
            session.called,
            next(iter(session.campaigns.all()), None),
        )
        for session in rows
    ]


class Standing(StrEnum):
    """What a visitor can do about a campaign now."""

    FREE = "free"
    FULL = "full"
    NO_TIMES = "no times"
    CANCELLED = "cancelled"
    OVER = "over"


def standing(campaign: Campaign, days: list[Day]) -> Standing:
    live = [day for day in days if day.session.state in Session.LIVE]
    called_off = bool(days) and all(d.session.state == Session.State.CANCELLED for d in days)
    if campaign.state == Campaign.State.CANCELLED or called_off:
        return Standing.CANCELLED
    if campaign.state == Campaign.State.CLOSED or not live:
        return Standing.OVER
    if any(day.free for day in live):
        return Standing.FREE
    return Standing.FULL if any(day.places for day in live) else Standing.NO_TIMES


@dataclass(frozen=True)
class Progress:
    """How far a campaign is booked: places taken on all its days, donations so far (None under
    five)."""

    taken: int
    given: int | None
    target: int


def progress(campaign: Campaign) -> Progress:
    sessions = campaign.sessions.exclude(state=Session.State.CANCELLED).values("pk")
    taken = Slot.objects.filter(session__in=sessions).aggregate(taken=Sum("taken"))["taken"]
    given = few(Donation.objects.filter(session__in=sessions).count())
    return Progress(taken or 0, given, campaign.target)


@dataclass(frozen=True)
class Story:
    text: str
    language: str


def story(campaign: Campaign, kind: str = "story") -> Story:
    """The reason for the campaign, or with ``afterword`` how it went: in the reader's language,
    else the first available."""
    languages = [get_language() or Language.ARABIC, *Language.values]
    stories = [Story(getattr(campaign, f"{kind}_{name[:2]}"), name[:2]) for name in languages]
    return next((one for one in stories if one.text), stories[0])


def events(campaigns: Iterable[Campaign], language: str, now: datetime) -> list[Event]:
    """Calendar events of the sessions to come; cancelled ones too, so that subscribers' entries
    change."""
    by_key = {row.pk: row for row in campaigns}
    sessions = Session.objects.filter(campaigns__in=by_key, ends_at__gt=now)
    rows = sessions.annotate(of=F("campaigns")).order_by("starts_at", "pk")
    return [
        Event(
            uid=str(session.public_id),
            starts_at=session.starts_at,
            ends_at=session.ends_at,
            summary=by_key[session.of].name,
            place=session.name,
            latitude=session.latitude,
            longitude=session.longitude,
            url=page_url("campaigns:campaign-detail", language, by_key[session.of].public_id),
            stamp=session.moved_at or by_key[session.of].decided_at or now,
            moves=session.moves,
            cancelled=session.state == Session.State.CANCELLED
            or by_key[session.of].state == Campaign.State.CANCELLED,
        )
        for session in rows
    ]
