"""What is believed of people who are asked, learnt from what happened.

Each rate starts from a published value (``campaigns.planner.response``) and is updated by counts of
the last months. A yes is a booking; coming and giving are other rates.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery

from campaigns.models import Notification, Operation, Pledge
from campaigns.planner import Response
from campaigns.planner.response import (
    ACCEPTED,
    AFTER_SHOCK,
    GAVE_AFTER_SMS,
    SHOW,
    USUAL,
    Beta,
    DelayCurve,
    Gamma,
)
from centers.inventory import demand
from centers.models import Appointment
from donors.models import Channel

from . import delays
from .delays import Delay

MEMORY = timedelta(days=180)
WINDOW = timedelta(days=7)  # in which an answer may still come
SHOCK = timedelta(days=14)  # after an operation began people answer more often
# Share of people asked who DONATED within 7 days of an e-mail (disaster_parameters.csv,
# appeal_email_response_7d: 2 %, 0.5 to 6 %); an assumption, as that for SMS is.
GAVE_AFTER_MAIL = Beta.from_range(0.02, 0.005, 0.06)
LOST = 0.978  # 1 - rbc_wastage_rate (disaster_parameters.csv)


@dataclass(frozen=True)
class Rate:
    """A belief with what it was learnt from: ``yes`` of ``asked`` counted on top of the prior."""

    name: str
    prior: Beta
    yes: int
    asked: int

    @property
    def belief(self) -> Beta:
        return self.prior.updated(yes=self.yes, no=self.asked - self.yes)

    @property
    def value(self) -> float:
        return self.belief.mean


@dataclass(frozen=True)
class Rates:
    booking: dict[tuple[str, bool], Rate]  # by channel, and whether the group is unknown
    show: Rate
    accepted: Rate
    response: Response
    factor: Gamma
    prior: Gamma
    events: int
    expected: float
    answer: Delay

    @property
    def usable(self) -> float:
        return self.accepted.value * LOST

    @property
    def all(self) -> list[Rate]:
        return [*self.booking.values(), self.show, self.accepted]


def learnt(*, now: datetime) -> Rates:
    came, missed = _shows(now)
    presented, gave = _accepted(now)
    show = Rate("show", SHOW, came, came + missed)
    accepted = Rate("accepted", ACCEPTED, gave, presented)
    booking = _booking(now, show.value * accepted.value)
    answer = delays.of_answers(answer_hours(now=now))
    prior, events, expected = _answered(now, booking, answer.curve)
    factor = prior.updated(events=events, expected=expected)
    unsure = min(max(factor.uncertainty, 0.1), 0.6)
    response = Response(min(max(factor.mean, 0.2), 5.0), unsure)
    return Rates(booking, show, accepted, response, factor, prior, events, expected, answer)


def _asked(since: datetime, until: datetime) -> QuerySet[Notification]:
    """Invitations handed over in a time, by channel and kind, with those answered by a yes."""
    yes = Pledge.objects.filter(
        appeal=OuterRef("wave__appeal"), donor=OuterRef("donor"), appointment__isnull=False
    )
    return (
        Notification.objects.filter(
            kind="appeal_invitation",
            state=Notification.State.SENT,
            made_at__gt=since,
            made_at__lte=until,
            part__isnull=False,
        )
        .annotate(said_yes=Exists(yes))
        .order_by()
    )


def _booking(now: datetime, gave: float) -> dict[tuple[str, bool], Rate]:
    rows = _asked(now - MEMORY, now - WINDOW).values_list("part__channel", "part__blood_group")
    counts: dict[tuple[str, bool], list[int]] = {}
    for channel, group, asked, yes in rows.annotate(
        asked=Count("pk"), yes=Count("pk", filter=Q(said_yes=True))
    ):
        entry = counts.setdefault((channel, not group), [0, 0])
        entry[0] += asked
        entry[1] += yes
    rates = {}
    # Nothing is published on notifications: as e-mail, until ours have been answered.
    priors = {
        Channel.SMS: GAVE_AFTER_SMS,
        Channel.EMAIL: GAVE_AFTER_MAIL,
        Channel.PUSH: GAVE_AFTER_MAIL,
    }
    for channel, prior in priors.items():
        for newcomer in (False, True):
            # The published share is of donations; a booking is likelier by those who then fail.
            asked, yes = counts.get((channel, newcomer), (0, 0))
            name = f"booking_{channel}_{'newcomer' if newcomer else 'donor'}"
            rates[str(channel), newcomer] = Rate(name, prior.divided(gave), yes, asked)
    return rates


def _shows(now: datetime) -> tuple[int, int]:
    settled = Appointment.objects.filter(settled_at__gt=now - MEMORY)
    came = settled.filter(state=Appointment.State.ARRIVED).count()
    return came, settled.filter(state=Appointment.State.MISSED).count()


def _accepted(now: datetime) -> tuple[int, int]:
    """People who presented themselves, and those of them who gave a complete bag."""
    shows = demand.shows(days=MEMORY.days, now=now)
    return (
        sum(count.came for count in shows.values()),
        sum(count.gave for count in shows.values()),
    )


def answer_hours(*, now: datetime, channel: str = "") -> list[float]:
    """Hours from message to yes, of invitations whose time to answer is over."""
    sent = _asked(now - MEMORY, now - WINDOW)
    invited = Notification.objects.filter(
        pk__in=sent.filter(channel=channel) if channel else sent,
        donor=OuterRef("donor"),
        subject_id=OuterRef("appeal"),
    )
    said = Pledge.objects.filter(appointment__isnull=False)
    since = Subquery(invited.values("settled_at")[:1])
    return _hours(said.annotate(since=since).values_list("since", "appointment__made_at"))


def visit_hours(*, now: datetime) -> list[float]:
    """Hours from yes to arrival, of those asked who came."""
    came = Pledge.objects.filter(appointment__visit__arrived_at__gt=now - MEMORY)
    return _hours(came.values_list("appointment__made_at", "appointment__visit__arrived_at"))


def _hours(pairs: Iterable[tuple[datetime | None, datetime | None]]) -> list[float]:
    hour = timedelta(hours=1)
    return [(until - since) / hour for since, until in pairs if since and until and until >= since]


def _answered(
    now: datetime, booking: dict[tuple[str, bool], Rate], curve: DelayCurve
) -> tuple[Gamma, int, float]:
    """How people answer just now: the prior, the yeses to the invitations still open, and those that
    the usual rates would have brought by now."""
    recent = Operation.objects.filter(closed_at=None, opened_at__gt=now - SHOCK).exists()
    prior = AFTER_SHOCK if recent else USUAL
    events, expected = 0, 0.0
    rows = _asked(now - WINDOW, now).values_list(
        "part__channel", "part__blood_group", "wave__ended_at"
    )
    for channel, group, sent_at, asked, yes in rows.annotate(
        asked=Count("pk"), yes=Count("pk", filter=Q(said_yes=True))
    ):
        hours = (now - sent_at) / timedelta(hours=1) if sent_at else 0.0
        events += yes
        expected += asked * booking[channel, not group].value * curve.share(hours)
    return prior, events, expected
