"""Which staff are informed: those in office that day, not absent, who can be reached."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from centers.models import Center, Job, Staff
from donors.clock.calendar import local_day
from donors.models import Absence, Officer, Unit, User

# By mail or by a verified mobile number.
HAS_ADDRESS = ~Q(email="") | Q(phone__verified_at__isnull=False)


def officers(units: Iterable[Unit], now: datetime) -> list[User]:
    """Officers of these units with an e-mail address."""
    serving = Officer.objects.active(local_day(now)).filter(unit__in=list(units))
    return list(_reachable(serving.values("user"), now).exclude(email="").order_by("pk"))


def officers_by_unit(units: Iterable[int], now: datetime) -> dict[int, list[User]]:
    """Officers within reach, by mail or by a verified mobile number, by the key of their unit."""
    serving = Officer.objects.active(local_day(now)).filter(unit__in=list(units))
    pairs = list(serving.values_list("unit_id", "user_id").distinct())
    reached = _within_reach(serving, now).in_bulk()
    found: dict[int, list[User]] = defaultdict(list)
    for unit, user in sorted(pairs):
        if user in reached:
            found[unit].append(reached[user])
    return found


def officers_of(units: QuerySet[Any], now: datetime) -> QuerySet[User]:
    """Officers within reach of the units whose keys ``units`` selects, each once."""
    serving = Officer.objects.active(local_day(now)).filter(unit__in=units)
    return _within_reach(serving, now).order_by("pk")


def managers(center: Center, now: datetime) -> list[User]:
    """Managers with an e-mail address; those who are absent only where there is no other."""
    serving = Staff.objects.active(local_day(now)).filter(center=center, job=Job.MANAGER)
    there = _reachable(serving.values("user"), now).exclude(email="")
    every = User.objects.filter(pk__in=serving.values("user"), is_active=True).exclude(email="")
    return list(there.order_by("pk")) or list(every.order_by("pk"))


def staff(center: Center, jobs: Iterable[str], now: datetime) -> list[User]:
    """Those who have one of these jobs there and are within reach."""
    serving = Staff.objects.active(local_day(now)).filter(center=center, job__in=list(jobs))
    return list(_within_reach(serving, now).order_by("pk"))


def administrators() -> list[User]:
    """The last to be told, where nobody else is within reach: absent or not."""
    users = User.objects.filter(is_administrator=True, is_active=True)
    return list(users.filter(HAS_ADDRESS).order_by("pk"))


def _within_reach(serving: QuerySet[Any], now: datetime) -> QuerySet[User]:
    return _reachable(serving.values("user"), now).filter(HAS_ADDRESS)


def _reachable(users: QuerySet[Any, Any], now: datetime) -> QuerySet[User]:
    away = Absence.objects.active(local_day(now)).values("user")
    return User.objects.filter(pk__in=users, is_active=True).exclude(pk__in=away)
