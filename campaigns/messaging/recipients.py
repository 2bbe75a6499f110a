"""Which staff are informed: those in office that day who have an address."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from centers.models import Center, Job, Staff
from donors.clock.calendar import local_day
from donors.models import Officer, Unit, User


def officers(units: Iterable[Unit], now: datetime) -> list[User]:
    serving = Officer.objects.active(local_day(now)).filter(unit__in=list(units))
    return _reachable(serving.values("user"))


def managers(center: Center, now: datetime) -> list[User]:
    serving = Staff.objects.active(local_day(now)).filter(center=center, job=Job.MANAGER)
    return _reachable(serving.values("user"))


def _reachable(users: QuerySet[Officer, Any] | QuerySet[Staff, Any]) -> list[User]:
    return list(User.objects.filter(pk__in=users, is_active=True).exclude(email="").order_by("pk"))
