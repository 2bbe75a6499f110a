"""What came of an operation, forecast beside fact, as everybody may read it."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import F, FloatField, Sum
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from campaigns.appeals import progress
from campaigns.models import Operation, Wave, WavePart
from donors.people.privacy import few


@dataclass(frozen=True)
class Step:
    """``fact`` is None where it is fewer than five; ``forecast`` None where none is made, or where it
    is as small."""

    label: str | Promise
    fact: int | None
    forecast: int | None


@dataclass(frozen=True)
class Account:
    anybody: bool
    people: list[Step]
    bags: list[Step]


def of(operation: Operation) -> Account:
    appeals = list(operation.appeals.select_related("component"))
    funnel = progress.together(appeals)
    come, usable = _expected(operation)
    accepted = few(funnel.accepted)
    if few(funnel.came - funnel.accepted) is None and funnel.came != funnel.accepted:
        accepted = None  # the difference would tell how few were deferred
    people = [
        Step(_("Asked"), few(funnel.asked), few(funnel.wanted)),
        Step(_("Messages delivered"), few(funnel.delivered), None),
        Step(_("Answered"), few(funnel.answered), None),
        Step(_("Booked a place"), few(funnel.booked), few(round(funnel.expected_yeses))),
        Step(_("Came"), few(funnel.came), few(round(come))),
        Step(_("Accepted"), accepted, None),
        Step(_("Turned away, or left before it was their turn"), few(funnel.left), None),
    ]
    bags = [
        Step(_("Usable bags"), few(funnel.usable), few(round(usable))),
        Step(_("Bags issued to patients"), few(funnel.issued), None),
        Step(_("Bags expired"), few(funnel.expired), None),
    ]
    return Account(bool(funnel.asked), people, bags)


def _expected(operation: Operation) -> tuple[float, float]:
    """People to come and bags, as the plans believed of the people really asked."""
    parts = WavePart.objects.filter(wave__appeal__operation=operation, wave__state=Wave.State.SENT)
    come = F("size") * F("rate") * F("show")
    sums = parts.aggregate(
        come=Sum(come, default=0.0, output_field=FloatField()),
        usable=Sum(come * F("usable"), default=0.0, output_field=FloatField()),
    )
    return sums["come"], sums["usable"]
