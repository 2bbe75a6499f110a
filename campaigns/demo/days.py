"""The demonstration started on a later day: past sessions closed, today's open, new days to
book."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from campaigns.models import Campaign
from centers.models import Center, Session, Slot
from donors.reference import rows

from . import places
from .copying import unguarded
from .drives import FILE

LIVELY = 3  # days ahead for which a campaign always has sessions


@transaction.atomic
def carry_on(*, now: datetime) -> int:
    """Add sessions up to a fortnight from ``now``; returns how many."""
    today = timezone.localdate(now)
    midnight = places.moment(today, 0)
    fixed = Session.objects.filter(kind=Session.Kind.FIXED)
    Session.objects.filter(state__in=Session.LIVE, ends_at__lte=midnight).update(
        state=Session.State.CLOSED
    )
    tomorrow = places.moment(today + timedelta(days=1), 0)
    of_today = fixed.filter(starts_at__gte=midnight, starts_at__lt=tomorrow)
    of_today.filter(state=Session.State.PLANNED).update(state=Session.State.OPEN)
    until = today + timedelta(days=places.DAYS_AHEAD)
    made = []
    stocked = fixed.values("center").annotate(last=Max("starts_at"))
    centers = Center.objects.in_bulk([row["center"] for row in stocked])
    for row in stocked:
        center, day = centers[row["center"]], timezone.localdate(row["last"])
        while (day := day + timedelta(days=1)) <= until:
            if day >= today and (day.weekday() != 6 or center.code == "BS-TAZ"):
                made.append(places.fixed_session(center, day, now))
    Session.objects.bulk_create(made)
    Slot.objects.bulk_create(slot for session in made for slot in places.slots(session))
    _keep_open(now)
    return len(made)


def _keep_open(now: datetime) -> None:
    """Continue the story's campaigns at a centre for the next days."""
    described = [
        r["unit"] for r in rows(FILE) if r["state"] == Campaign.State.CONFIRMED and r["days"]
    ]
    ours = Campaign.objects.filter(unit__code__in=described, addressee__isnull=False)
    ended = [*Campaign.OPEN, Campaign.State.CLOSED]
    for campaign in ours.filter(state__in=ended).exclude(sessions__ends_at__gt=now):
        coming = Session.objects.filter(
            kind=Session.Kind.FIXED, center=campaign.center, ends_at__gt=now
        )
        campaign.sessions.add(*coming.order_by("starts_at")[:LIVELY])
        with unguarded("campaigns_campaign"):  # nothing that is over begins again, but the story
            Campaign.objects.filter(pk=campaign.pk).update(
                state=Campaign.State.CONFIRMED, decided_at=now, decided_by=campaign.drafted_by
            )
