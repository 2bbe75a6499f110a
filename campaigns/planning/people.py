"""Cohorts of people as the planner counts them, and the invitations that are not answered yet."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Exists, OuterRef, QuerySet

from campaigns.messaging.links import ANSWER, LIVES
from campaigns.models import Appeal, Cohort, Notification, Pledge
from campaigns.planner import Cohort as People
from campaigns.planner import OpenInvitation
from centers.models import Appointment, Visit
from donors.models import Channel

from .places import session_id
from .rates import Rates

PRICE = {
    Channel.SMS: 1.0,
    Channel.EMAIL: 0.2,
    Channel.PUSH: 0.2,
}  # in messages of SMS; an assumption


@dataclass(frozen=True)
class Kind:
    """A cohort's key: province, group (empty where nobody has determined it), channel."""

    province: str
    group: str
    channel: str

    @property
    def id(self) -> str:
        return f"{self.province}|{self.group}|{self.channel}"

    @classmethod
    def of(cls, cohort: str) -> Kind:
        return cls(*cohort.split("|"))


def cohorts(*, rates: Rates) -> tuple[People, ...]:
    found = []
    for row in Cohort.objects.order_by("province", "blood_group", "channel"):
        newcomer = not row.blood_group
        rate = rates.booking.get((row.channel, newcomer))
        if rate is None:
            continue
        found.append(
            People(
                id=Kind(row.province_id, row.blood_group, row.channel).id,
                area=row.province_id,
                group=row.blood_group or None,
                askable=row.askable,
                rate=rate.value,
                show=rates.show.value,
                usable=rates.usable,
                first_time=newcomer,
                channel=row.channel,
                price=PRICE.get(Channel(row.channel), 1.0),
                rested=row.askable / row.members if row.members else 0.0,
            )
        )
    return tuple(found)


def silent(now: datetime) -> QuerySet[Notification]:
    """Invitations that may still be answered: of open appeals, no answer, no visit since."""
    answered = Pledge.objects.filter(appeal=OuterRef("wave__appeal"), donor=OuterRef("donor"))
    placed = Appointment.objects.filter(donor=OuterRef("donor"), made_at__gt=OuterRef("made_at"))
    came = Visit.objects.filter(donor=OuterRef("donor"), arrived_at__gt=OuterRef("made_at"))
    thanked = Notification.objects.filter(
        kind="appeal_stand_down", subject_id=OuterRef("subject_id"), donor=OuterRef("donor")
    )
    return Notification.objects.filter(
        ~Exists(answered),
        ~Exists(placed),
        ~Exists(came),
        ~Exists(thanked),
        kind="appeal_invitation",
        made_at__gt=now - LIVES[ANSWER],
        wave__appeal__state__in=Appeal.OPEN,
    ).exclude(state__in=[Notification.State.SKIPPED, Notification.State.FAILED])


def invitations(*, sessions: set[str], now: datetime) -> tuple[OpenInvitation, ...]:
    """Of sessions still to come; an answer is worth a place there."""
    rows = (
        silent(now)
        .filter(part__isnull=False)
        .values_list(
            "wave__session",
            "part__province",
            "part__blood_group",
            "part__channel",
            "wave__ended_at",
        )
        .annotate(people=Count("pk"))
        .order_by(
            "wave__session",
            "part__province",
            "part__blood_group",
            "part__channel",
            "wave__ended_at",
        )
    )
    asked: dict[tuple[str, str], list[tuple[float, float]]] = defaultdict(list)
    for pk, province, group, channel, sent_at, people in rows:
        if session_id(pk) in sessions:
            hours = max((now - sent_at) / timedelta(hours=1), 0.0)
            asked[Kind(province, group, channel).id, session_id(pk)].append(
                (round(hours, 2), float(people))
            )
    return tuple(
        OpenInvitation(cohort, session, tuple(waves)) for (cohort, session), waves in asked.items()
    )
