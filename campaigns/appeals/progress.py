"""Progress of appeals, in counts only: from the people asked to the bags used."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, IntegerField, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from campaigns.models import Appeal, Notification, Pledge, Wave
from centers.models import Appointment, Bag, Visit

from .appeals import invitation_cause

KEPT = [Bag.State.RELEASED, Bag.State.AVAILABLE, Bag.State.RESERVED, Bag.State.IN_TRANSIT]
NOBODY = Visit.objects.none()
USED = [Bag.State.ISSUED, Bag.State.TRANSFUSED]


def with_counts(appeals: QuerySet[Appeal]) -> QuerySet[Appeal]:
    """Annotates appeals with ``asked_count`` and ``booked_count``, without a query per row."""
    asked = Wave.objects.filter(appeal=OuterRef("pk")).order_by().values("appeal")
    booked = _expected().filter(appeal=OuterRef("pk")).order_by().values("appeal")
    return appeals.annotate(
        asked_count=_or_none(asked.annotate(count=Sum("size"))),
        booked_count=_or_none(booked.annotate(count=Count("pk"))),
    )


def _or_none(counted: QuerySet[Any, Any]) -> Coalesce:
    return Coalesce(Subquery(counted.values("count"), output_field=IntegerField()), 0)


def _expected() -> QuerySet[Pledge]:
    return Pledge.objects.filter(
        state=Pledge.State.BOOKED, appointment__state__in=Appointment.EXPECTED
    )


def booked(appeal: Appeal) -> int:
    """Pledges with a valid appointment: not missed, session not cancelled."""
    return _expected().filter(appeal=appeal).count()


@dataclass(frozen=True)
class Funnel:
    """Number of people at each step of an appeal, and of bags; ``wanted`` and ``expected_…`` are what
    the plans forecast for the people asked so far. ``left`` came and went away without having been
    served: turned away, or tired of waiting."""

    asked: int
    waiting: int
    delivered: int
    skipped: int
    failed: int
    unknown: int
    answered: int
    booked: int
    declined: int
    came: int
    accepted: int
    left: int
    usable: int
    issued: int
    expired: int
    wanted: int
    expected_yeses: float
    expected_donations: float


def funnel(appeal: Appeal) -> Funnel:
    return together([appeal])


def together(appeals: Sequence[Appeal]) -> Funnel:
    """The funnel of several appeals; who was asked for two of them came once, and counts once.

    Reads the components of the appeals: select them with it.
    """
    causes = [invitation_cause(appeal) for appeal in appeals]
    invited = Notification.objects.filter(cause__in=causes)
    states = Counter(dict(invited.values_list("state").annotate(Count("pk")).order_by()))
    rows = Pledge.objects.filter(appeal__in=appeals).values_list("state").annotate(Count("pk"))
    answers = Counter(dict(rows.order_by()))
    # Walk-ins of people who were asked count as well as those with a place.
    sent = invited.filter(
        donor=OuterRef("donor"), state=Notification.State.SENT, made_at__lte=OuterRef("arrived_at")
    )
    first = min((appeal.opened_at for appeal in appeals), default=None)
    visits = Visit.objects.filter(Exists(sent), arrived_at__gte=first) if first else NOBODY
    outcome = Visit.Outcome
    came = visits.aggregate(
        people=Count("donor", distinct=True),
        accepted=Count("donor", distinct=True, filter=Q(outcome=outcome.ACCEPTED)),
        left=Count("donor", distinct=True, filter=Q(outcome=outcome.LEFT)),
    )
    families = {appeal.component.family for appeal in appeals}
    bags = Bag.objects.filter(donation__visit__in=visits, component__family__in=families).aggregate(
        usable=Count("pk", filter=Q(state__in=[*KEPT, *USED])),
        issued=Count("pk", filter=Q(state__in=USED)),
        expired=Count("pk", filter=Q(state=Bag.State.EXPIRED)),
    )
    forecast = Wave.objects.filter(appeal__in=appeals, state=Wave.State.SENT).aggregate(
        people=Sum("size_wanted", default=0),
        yeses=Sum("yeses", default=0.0),
        donations=Sum("donations", default=0.0),
    )
    return Funnel(
        asked=sum(states.values()),
        waiting=states["pending"] + states["claimed"] + states["attempting"],
        delivered=states["sent"],
        skipped=states["skipped"],
        failed=states["failed"],
        unknown=states["unknown"],
        answered=sum(answers.values()) - answers["withdrawn"],
        booked=_expected().filter(appeal__in=appeals).count(),
        declined=answers["declined"],
        came=came["people"],
        accepted=came["accepted"],
        left=came["left"],
        usable=bags["usable"],
        issued=bags["issued"],
        expired=bags["expired"],
        wanted=forecast["people"],
        expected_yeses=forecast["yeses"],
        expected_donations=forecast["donations"],
    )
