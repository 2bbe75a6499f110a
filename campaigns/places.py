"""Which campaigns are coming, when next, and how many places they have left."""

from __future__ import annotations

from datetime import date, datetime

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

from centers.models import Session, Slot
from donors.calendar import local_day
from donors.models import Province

from .models import Campaign


def with_places(campaigns: QuerySet[Campaign], now: datetime) -> QuerySet[Campaign]:
    """Each with ``next_at``, ``next_ends_at`` and, over the times to come, ``places`` and ``free``."""
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
        next_ends_at=Subquery(ahead.values("ends_at")[:1], output_field=DateTimeField()),
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
