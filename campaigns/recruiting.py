"""Whom to ask: compatible, eligible today, near, reachable, consenting, and not asked lately."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import (
    Case,
    CharField,
    Count,
    Exists,
    F,
    IntegerField,
    OuterRef,
    Q,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import MD5, Cast, Coalesce, Concat

from centers.compatibility import donor_groups_for
from centers.models import Appointment
from donors import eligibility
from donors.calendar import local_day
from donors.models import Consent, Contact, Donor, Province, Purpose
from donors.models.donor import DonorQuerySet

from .models import Appeal, Notification

QUIET_SINCE_ASKED = timedelta(days=14)
ALLOWANCE_WINDOW = timedelta(days=30)
# How far each wave reaches, in kilometres from the centre; the last reaches everybody.
RINGS_KM = (0, 60, 150, 2000)
KM_PER_DEGREE = 111


def invitation_cause(appeal: Appeal) -> str:
    return f"appeal:{appeal.pk}:invitation"


def provinces_within(appeal: Appeal, ring: int) -> list[str]:
    """Codes of provinces whose chief town lies in the ring, nearest first; the centre's own leads."""
    center = appeal.center
    reach = RINGS_KM[min(ring, len(RINGS_KM) - 1)]
    near = []
    for province in Province.objects.exclude(pk=center.province_id):
        north = (province.latitude - center.latitude) * KM_PER_DEGREE
        east = (province.longitude - center.longitude) * KM_PER_DEGREE * 0.85
        away = (north**2 + east**2) ** 0.5
        if away <= reach:
            near.append((away, province.code))
    return [center.province_id, *(code for _away, code in sorted(near))]


def may_be_asked(donors: DonorQuerySet, now: datetime) -> DonorQuerySet:
    """Eligible today, consenting to appeals, neither pausing nor booked, with a working address."""
    on = local_day(now)
    booked = Appointment.objects.live().filter(donor=OuterRef("pk"))
    consents = Consent.objects.live().filter(donor=OuterRef("pk"), purpose=Purpose.APPEALS)
    reachable = Contact.objects.reachable().filter(donor=OuterRef("pk"))
    return eligibility.eligible(donors, on).filter(
        Q(paused_until=None) | Q(paused_until__lte=on),
        Exists(consents),
        Exists(reachable),
        ~Exists(booked),
    )


def within_allowance(donors: DonorQuerySet, now: datetime) -> DonorQuerySet:
    """Not asked in the last two weeks, and under the monthly number over all senders."""
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


def candidates(appeal: Appeal, *, ring: int, now: datetime) -> DonorQuerySet:
    """People for one appeal: its own group before those who only fit it, nearest first, then those
    asked longest ago, then by a fixed shuffle."""
    groups = donor_groups_for(appeal.component, appeal.blood_group)
    near = provinces_within(appeal, ring)
    # Not "exists": with stale statistics that becomes a nested loop over everybody asked before.
    asked = Notification.objects.filter(cause=invitation_cause(appeal), donor__isnull=False)
    shuffle = MD5(Concat(Cast("pk", CharField()), Value(f":{appeal.pk}")))
    some = Donor.objects.filter(blood_group__in=groups, province__in=near)
    return (
        within_allowance(may_be_asked(some, now), now)
        .exclude(pk__in=asked.values("donor"))
        .annotate(
            # O- fits everybody and is rare: it is kept for those whom nothing else fits.
            borrowed=Case(When(blood_group=appeal.blood_group, then=0), default=1),
            distance=Case(
                *(When(province=code, then=rank) for rank, code in enumerate(near)),
                output_field=IntegerField(),
            ),
        )
        .order_by("borrowed", "distance", F("last_asked_at").asc(nulls_first=True), shuffle)
    )


def still_may_be_asked(donor_ids: Iterable[int], now: datetime) -> set[int]:
    """Which of these people may still be written to at the moment of sending."""
    some = Donor.objects.filter(pk__in=list(donor_ids))
    return set(may_be_asked(some, now).values_list("pk", flat=True))
