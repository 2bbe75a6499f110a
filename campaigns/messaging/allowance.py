"""Who may get an appeal: willing, reachable, and within the limit shared by all senders."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from campaigns.models import Notification
from centers.models import Appointment
from donors.clock.calendar import local_day
from donors.eligibility import criteria
from donors.models import Consent, Contact, Donor, Purpose

QUIET_SINCE_ASKED = timedelta(days=14)
ALLOWANCE_WINDOW = timedelta(days=30)


def may_be_asked(donors: QuerySet[Donor], now: datetime) -> QuerySet[Donor]:
    """Eligible today, consenting to appeals, neither pausing nor booked, with a working address."""
    on = local_day(now)
    booked = Appointment.objects.live().filter(donor=OuterRef("pk"))
    consents = Consent.objects.live().filter(donor=OuterRef("pk"), purpose=Purpose.APPEALS)
    reachable = Contact.objects.reachable().filter(donor=OuterRef("pk"))
    return criteria.eligible(donors, on).filter(
        Q(paused_until=None) | Q(paused_until__lte=on),
        Exists(consents),
        Exists(reachable),
        ~Exists(booked),
    )


def within_allowance(donors: QuerySet[Donor], now: datetime) -> QuerySet[Donor]:
    """Not asked in the last two weeks, and below the monthly number over all senders."""
    lately = (
        Notification.objects.filter(
            donor=OuterRef("pk"), kind="appeal_invitation", made_at__gt=now - ALLOWANCE_WINDOW
        )
        .exclude(state__in=[Notification.State.SKIPPED, Notification.State.FAILED])
        .order_by()
        .values("donor")
        .annotate(count=Count("pk"))
        .values("count")
    )
    long_ago = Q(last_asked_at=None) | Q(last_asked_at__lt=now - ALLOWANCE_WINDOW)
    under = Q(asked_lately__lt=settings.MONTHLY_ALLOWANCE)
    return donors.annotate(asked_lately=Coalesce(Subquery(lately), 0)).filter(
        long_ago | Q(last_asked_at__lt=now - QUIET_SINCE_ASKED) & under
    )


def still_may_be_asked(donor_ids: Iterable[int], now: datetime) -> set[int]:
    """Those of these people who may still be asked at the moment of sending."""
    some = Donor.objects.filter(pk__in=list(donor_ids))
    return set(may_be_asked(some, now).values_list("pk", flat=True))
