"""Which campaigns are coming, when next, and how many places they have left."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import (
    DateTimeField,
    Exists,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
)
from django.db.models.functions import Coalesce
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from centers.models import BookingRequest, Session, Slot
from donors.calendar import local_day
from donors.models import Language, Province

from .calendars import Event
from .distances import kilometres
from .models import Campaign

VISIT = timedelta(minutes=45)
MOST = 300
FEW = 6


def with_places(campaigns: QuerySet[Campaign], now: datetime) -> QuerySet[Campaign]:
    """Each with its next session's key and start and, over the times to come, places and free ones."""
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


def coming(now: datetime) -> QuerySet[Campaign]:
    """Confirmed and not over, and the cancelled ones until their day, for whoever had planned it."""
    rows = with_places(Campaign.objects.public(), now)
    cancelled = Q(state=Campaign.State.CANCELLED, planned_on__gte=local_day(now))
    return rows.filter(
        Q(state=Campaign.State.CONFIRMED, next_at__isnull=False) | cancelled
    ).order_by(F("next_at").asc(nulls_last=True), "planned_on", "pk")


def shown() -> QuerySet[Campaign]:
    """Every campaign that has a public page, a closed one too."""
    return Campaign.objects.public()


def on_day(campaigns: QuerySet[Campaign], day: date) -> QuerySet[Campaign]:
    sessions = Session.objects.filter(campaigns=OuterRef("pk"), starts_at__date=day)
    cancelled = Q(state=Campaign.State.CANCELLED, planned_on=day)
    return campaigns.filter(Exists(sessions.filter(state__in=Session.LIVE)) | cancelled)


def within(campaigns: QuerySet[Campaign], province: Province) -> QuerySet[Campaign]:
    """Collecting in the province; a cancelled one belongs to its centre's."""
    sessions = Session.objects.filter(campaigns=OuterRef("pk"), province=province)
    bare = Q(state=Campaign.State.CANCELLED, center__province=province)
    return campaigns.filter(Exists(sessions) | bare)


def times(campaign: Campaign, now: datetime) -> QuerySet[Slot]:
    """Times of the campaign that still have a place, soonest first."""
    return (
        Slot.objects.filter(
            session__campaigns=campaign,
            session__state__in=Session.LIVE,
            starts_at__gt=now,
            taken__lt=F("places"),
        )
        .select_related("session")
        .order_by("starts_at", "pk")
    )


@dataclass(frozen=True)
class Card:
    """A campaign with its next session, as lists show it."""

    campaign: Campaign
    session: Session | None


def cards(campaigns: Iterable[Campaign]) -> list[Card]:
    rows = list(campaigns)
    sessions = Session.objects.in_bulk([row.next_id for row in rows if row.next_id])
    return [Card(row, sessions.get(row.next_id)) for row in rows]


def nearest(province: Province | None, now: datetime) -> list[Card]:
    """Confirmed campaigns with a free place: the nearest of the coming ones, else the soonest."""
    rows = coming(now).filter(state=Campaign.State.CONFIRMED, free__gt=0)
    rows = rows.select_related("unit", "center")
    if province is None:
        return cards(rows[:FEW])
    some = cards(rows[:MOST])
    return sorted(some, key=lambda card: kilometres(province, card.session))[:FEW]


@dataclass(frozen=True)
class Day:
    """One session of a campaign as its page shows it."""

    session: Session
    places: int
    free: int

    @property
    def taken(self) -> int:
        return self.places - self.free


def days(campaign: Campaign, now: datetime) -> list[Day]:
    """The sessions of a campaign that are not over, each with its times to come."""
    ahead = Q(slots__starts_at__gt=now)
    rows = (
        campaign.sessions.filter(ends_at__gt=now)
        .annotate(
            places=Coalesce(Sum("slots__places", filter=ahead), 0),
            free=Coalesce(Sum(F("slots__places") - F("slots__taken"), filter=ahead), 0),
        )
        .order_by("starts_at", "pk")
    )
    return [Day(session, session.places, session.free) for session in rows]


@dataclass(frozen=True)
class Story:
    text: str
    language: str


def story(campaign: Campaign) -> Story:
    """In the reader's language, else in the first in which it was written."""
    languages = [get_language() or Language.ARABIC, *Language.values]
    told = [Story(getattr(campaign, f"story_{name[:2]}"), name[:2]) for name in languages]
    return next((one for one in told if one.text), told[0])


def events(campaign: Campaign, url: str, now: datetime) -> Iterable[Event]:
    for session in campaign.sessions.filter(state__in=Session.LIVE, ends_at__gt=now):
        yield Event(
            uid=str(session.public_id),
            starts_at=session.starts_at,
            ends_at=session.ends_at,
            summary=campaign.name,
            place=session.name,
            latitude=session.latitude,
            longitude=session.longitude,
            url=url,
        )


def visit(asked: BookingRequest, url: str) -> list[Event]:
    """The time that was booked, with what a visit takes."""
    slot, session = asked.slot, asked.slot.session
    return [
        Event(
            uid=str(asked.public_id),
            starts_at=slot.starts_at,
            ends_at=slot.starts_at + VISIT,
            summary=_("Giving blood"),
            place=session.name,
            latitude=session.latitude,
            longitude=session.longitude,
            url=url,
        )
    ]
