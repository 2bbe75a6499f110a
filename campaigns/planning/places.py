"""Sessions with their free places, who is expected there, and who is near enough to come."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta

from django.db.models import Count, F, Min, Sum

from campaigns.agenda.distances import NEAR_KM, kilometres
from campaigns.planner import Appointment as Promise
from campaigns.planner import Session as Place
from centers.inventory import demand
from centers.models import Appointment, Session, Slot, Visit
from donors.models import Province

from .rates import Rates

AHEAD = timedelta(days=10)
LATE = timedelta(hours=4)  # after their time people are still expected, while the session lasts


def session_id(pk: int) -> str:
    return f"s{pk}"


def upcoming(now: datetime) -> list[Session]:
    rows = Session.objects.upcoming(now).filter(starts_at__lt=now + AHEAD)
    return list(rows.select_related("center").order_by("starts_at", "pk"))


def read(*, sessions: list[Session], now: datetime) -> tuple[Place, ...]:
    free: dict[int, tuple[int, datetime]] = {
        pk: (places, first)
        for pk, places, first in Slot.objects.filter(
            session__in=sessions, starts_at__gt=now, taken__lt=F("places")
        )
        .values_list("session")
        .annotate(places=Sum(F("places") - F("taken")), first=Min("starts_at"))
        .order_by()
    }
    usual = demand.walk_ins(days=90, now=now)
    found = []
    for session in sessions:
        places, first = free.get(session.pk, (0, max(session.starts_at, now)))
        whole = session.ends_at - session.starts_at
        left = min(max((session.ends_at - now) / whole, 0.0), 1.0)
        seen = usual.get((session.center_id, session.kind)) or usual.get((session.center_id, ""))
        walk_ins = seen.mean * left if seen and session.walk_ins else 0.0
        found.append(
            Place(
                id=session_id(session.pk),
                center=session.center.code,
                starts=_hours(max(first, now), now),
                free=places,
                walkins=round(walk_ins, 2),
            )
        )
    return tuple(found)


def _hours(at: datetime, now: datetime) -> float:
    return round((at - now) / timedelta(hours=1), 2)


def promises(*, sessions: list[Session], rates: Rates, now: datetime) -> tuple[Promise, ...]:
    """People booked who may still come, and those who are in the room and have not given yet."""
    booked = (
        Appointment.objects.filter(
            state=Appointment.State.BOOKED,
            slot__session__in=sessions,
            slot__starts_at__gt=now - LATE,
        )
        .values_list("slot__session", "donor__blood_group")
        .annotate(people=Count("pk"))
        .order_by("slot__session", "donor__blood_group")
    )
    here = (
        Visit.objects.filter(session__in=sessions, left_at=None, donation=None)
        .exclude(outcome__in=[Visit.Outcome.DEFERRED, Visit.Outcome.LEFT])
        .values_list("session", "donor__blood_group")
        .annotate(people=Count("pk"))
        .order_by("session", "donor__blood_group")
    )
    usable = rates.usable
    found = [
        Promise(session_id(pk), group or None, float(people), rates.show.value, usable)
        for pk, group, people in booked
    ]
    found += [
        Promise(session_id(pk), group or None, float(people), 1.0, usable)
        for pk, group, people in here
    ]
    return tuple(found)


def reach(*, sessions: list[Session]) -> dict[str, tuple[tuple[str, float], ...]]:
    """For each province the sessions near its chief town, nearest and soonest first, with km."""
    found: dict[str, list[tuple[float, int, str]]] = defaultdict(list)
    for province in Province.objects.order_by("code"):
        for order, session in enumerate(sessions):
            away = 0.0 if session.province_id == province.pk else kilometres(province, session)
            if away <= NEAR_KM:
                found[province.pk].append((round(away), order, session_id(session.pk)))
    return {
        area: tuple((name, float(away)) for away, _order, name in sorted(near))
        for area, near in found.items()
    }
