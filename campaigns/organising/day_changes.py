"""Who organises a campaign hears of each session of it that its centre moved or cancelled."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction

from campaigns.messaging import recipients, telling
from campaigns.models import Campaign, Notification
from centers.models import Session
from donors.models import User

LATELY = timedelta(days=3)
KIND = "campaign_day_changed"


def tell(*, now: datetime) -> int:
    """Tell the unit's officers and the coordinator, once a move and once a cancellation; returns of
    how many changes. Of a campaign that is cancelled itself its own message tells."""
    sessions = Session.objects.filter(campaigns__state__in=Campaign.HELD).distinct()
    moved = sessions.upcoming(now).filter(moved_at__gt=now - LATELY)
    cancelled = sessions.filter(state=Session.State.CANCELLED, ends_at__gt=now)
    told = sum(_tell(one, f"session:{one.pk}:moved-{one.moves}", now) for one in moved)
    return told + sum(_tell(one, f"session:{one.pk}:cancelled", now) for one in cancelled)


@transaction.atomic
def _tell(session: Session, cause: str, now: datetime) -> bool:
    if Notification.objects.filter(kind=KIND, cause__startswith=cause).exists():
        return False
    campaign = session.campaigns.select_related("unit", "coordinator").order_by("pk")[0]
    users = _organisers(campaign, now)
    telling.tell(kind=KIND, cause=cause, subject_id=session.pk, users=users, now=now)
    return bool(users)


def _organisers(campaign: Campaign, now: datetime) -> Iterable[User]:
    officers = recipients.officers_by_unit([campaign.unit_id], now).get(campaign.unit_id, [])
    people = {user.pk: user for user in officers}
    coordinator = campaign.coordinator
    if coordinator and coordinator.is_active:
        people.setdefault(coordinator.pk, coordinator)
    return people.values()
