"""Who is expected: people with a place, people in the room, and people asked who are still silent."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count

from campaigns.planner.response import remaining
from campaigns.planning import people, rates
from campaigns.planning.places import LATE, session_id, upcoming
from campaigns.planning.rates import Rates
from centers.models import Appointment, Session, Visit
from donors.reference import group_frequencies

from .scopes import Scope

SOON = timedelta(hours=72)


@dataclass(frozen=True)
class Booked:
    """``people`` expected at a session's centre at a time, each with the chance to come."""

    center: str
    at: datetime
    group: str
    people: int
    show: float


@dataclass(frozen=True)
class Silent:
    """People asked ``hours`` ago who have not answered, and the chance that one says yes at all."""

    center: str
    session: Session
    group: str
    people: float
    hours: float
    rate: float

    def yeses(self, horizon: float) -> float:
        return self.people * remaining(rate=self.rate, hours=self.hours, horizon=horizon)


@dataclass(frozen=True)
class Promises:
    sessions: list[Session]
    booked: list[Booked]
    silent: list[Silent]
    rates: Rates

    @property
    def asked(self) -> int:
        return round(sum(one.people for one in self.silent))

    def yeses(self, now: datetime, within: timedelta = SOON) -> float:
        """Expected of the silent, each before their session begins."""
        return sum(one.yeses(horizon(one, now, within)) for one in self.silent)

    def bags(self, now: datetime) -> dict[tuple[str, str], float]:
        """Expected usable donations by centre and group; an unknown group by the frequencies."""
        found: dict[tuple[str, str], float] = defaultdict(float)
        shares = {group: float(share) / 100 for group, share in group_frequencies().items()}
        usable = self.rates.usable
        expected = [(b.center, b.group, b.people * b.show) for b in self.booked]
        expected += [
            (s.center, s.group, s.yeses(horizon(s, now)) * self.rates.show.value)
            for s in self.silent
        ]
        for center, group, count in expected:
            for name, share in {group: 1.0}.items() if group else shares.items():
                found[center, name] += count * share * usable
        return found


def horizon(one: Silent, now: datetime, within: timedelta | None = None) -> float:
    """Hours in which an answer is still worth something: until the session ends."""
    left = one.session.ends_at - now
    return max((min(left, within) if within else left) / timedelta(hours=1), 0.0)


def read(*, scope: Scope, now: datetime) -> Promises:
    sessions = [one for one in upcoming(now) if scope.holds(one.center.code)]
    learnt = rates.learnt(now=now)
    return Promises(
        sessions, _booked(sessions, learnt, now), _silent(sessions, learnt, now), learnt
    )


def _booked(sessions: list[Session], learnt: Rates, now: datetime) -> list[Booked]:
    rows = (
        Appointment.objects.filter(
            state=Appointment.State.BOOKED,
            slot__session__in=sessions,
            slot__starts_at__gt=now - LATE,
        )
        .values_list("slot__session__center__code", "slot__starts_at", "donor__blood_group")
        .annotate(people=Count("pk"))
        .order_by("slot__starts_at", "slot__session__center__code", "donor__blood_group")
    )
    here = (
        Visit.objects.filter(session__in=sessions, left_at=None, donation=None)
        .exclude(outcome__in=[Visit.Outcome.DEFERRED, Visit.Outcome.LEFT])
        .values_list("session__center__code", "donor__blood_group")
        .annotate(people=Count("pk"))
        .order_by("session__center__code", "donor__blood_group")
    )
    found = [
        Booked(center, at, group, count, learnt.show.value) for center, at, group, count in rows
    ]
    return found + [Booked(center, now, group, count, 1.0) for center, group, count in here]


def _silent(sessions: list[Session], learnt: Rates, now: datetime) -> list[Silent]:
    known = {session_id(session.pk): session for session in sessions}
    found = []
    for invitation in people.invitations(sessions=set(known), now=now):
        kind, session = people.Kind.of(invitation.cohort), known[invitation.session]
        belief = learnt.booking.get((kind.channel, not kind.group))
        rate = min(belief.value * learnt.response.factor, 0.95) if belief else 0.0
        for hours, count in invitation.asked:
            found.append(Silent(session.center.code, session, kind.group, count, hours, rate))
    return found
