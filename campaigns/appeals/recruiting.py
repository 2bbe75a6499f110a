"""Whom to ask: compatible, eligible today, near, reachable, consenting, and not asked lately."""

from __future__ import annotations

from datetime import datetime

from django.db.models import (
    Case,
    CharField,
    F,
    IntegerField,
    QuerySet,
    Value,
    When,
)
from django.db.models.functions import MD5, Cast, Concat

from campaigns.messaging.allowance import may_be_asked, within_allowance
from campaigns.models import Appeal, Notification
from centers.inventory.compatibility import donor_groups_for
from centers.models import GroupDoubt
from donors.models import Donor, Province

# Radius of each wave, in kilometres from the centre; the last one has none.
RINGS_KM = (0, 60, 150, 2000)
KM_PER_DEGREE = 111


def invitation_cause(appeal: Appeal) -> str:
    return f"appeal:{appeal.pk}:invitation"


def provinces_within(appeal: Appeal, ring: int) -> list[str]:
    """Codes of provinces whose chief town is in the ring, nearest first; the centre's own leads."""
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


def candidates(appeal: Appeal, *, ring: int, now: datetime) -> QuerySet[Donor]:
    """People for one appeal: its own group before compatible ones, nearest first, then those asked
    longest ago, then in a fixed random order."""
    groups = donor_groups_for(appeal.component, appeal.blood_group)
    near = provinces_within(appeal, ring)
    # Not EXISTS: with stale statistics it becomes a nested loop over everybody asked before.
    asked = Notification.objects.filter(cause=invitation_cause(appeal), donor__isnull=False)
    shuffle = MD5(Concat(Cast("pk", CharField()), Value(f":{appeal.pk}")))
    some = Donor.objects.filter(blood_group__in=groups, province__in=near)
    some = some.exclude(pk__in=GroupDoubt.objects.people())
    return (
        within_allowance(may_be_asked(some, now), now)
        .exclude(pk__in=asked.values("donor"))
        .annotate(
            # O- is compatible with everybody and rare: it is asked only for groups that nothing
            # else serves.
            borrowed=Case(When(blood_group=appeal.blood_group, then=0), default=1),
            distance=Case(
                *(When(province=code, then=rank) for rank, code in enumerate(near)),
                output_field=IntegerField(),
            ),
        )
        .order_by("borrowed", "distance", F("last_asked_at").asc(nulls_first=True), shuffle)
    )
