"""Transfers that the planner proposes; people decide about them as about any other."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from django.db.models import QuerySet

from centers.models import Center, Component, Floor, Transfer
from donors.errors import refusing

State = Transfer.State
# Ours: who said no is asked again after a day, or as soon as half as many again are wanted.
AGAIN_AFTER = timedelta(hours=24)
GROWN = 1.5


@dataclass(frozen=True)
class Figures:
    """Why the planner proposes a transfer, as of the proposal.

    Cover is in days of forecast use, None where nothing is used; ``reserve`` is the sender's relief
    reserve in bags; ``would_expire``: some of the bags would probably expire at the receiver.

    Stored with the floors and reserves of both ends in days of the same use (``sender_floor``,
    ``sender_reserve``, ``receiver_floor``, ``receiver_reserve``), for the picture.
    """

    sender_before: float | None
    sender_after: float | None
    receiver_before: float | None
    receiver_after: float | None
    reserve: int
    would_expire: bool


def propose_by_plan(
    *,
    sender: Center,
    receiver: Center,
    component: Component,
    blood_group: str,
    count: int,
    figures: Figures,
    now: datetime,
) -> Transfer | None:
    """The open proposal of the planner for this pair, product and group, brought up to date.

    ``count`` is 1 to 500 bags; ``proposed_at`` follows the figures.

    A proposal that people are deciding about (one has asked to go below the reserve) or have
    approved is returned unchanged. None where a person said no less than a day ago and the count
    has not grown by half since.
    """
    bags = {"component": component, "blood_group": blood_group}
    ends = {"sender": sender, "receiver": receiver}
    asked = {"origin": Transfer.Origin.PLANNER, **ends, **bags}
    with refusing():
        rows = Transfer.objects.filter(**asked)
        held = rows.filter(state__in=(State.PROPOSED, State.APPROVED))
        known = held.select_for_update(of=("self",)).first()
        if known is None:
            if _was_refused(rows, count, now):
                return None
            known = Transfer(**asked, proposed_at=now)
        elif known.state != State.PROPOSED or known.asked_below_by_id:
            return known
        floors = {
            row.center_id: row for row in Floor.objects.filter(center__in=ends.values(), **bags)
        }
        reasons = _stored(figures, count, floors.get(sender.pk), floors.get(receiver.pk))
        if (known.count, known.figures) != (count, reasons):
            known.count, known.figures, known.proposed_at = count, reasons, now
            fields = ["count", "figures", "proposed_at"]
            known.save(update_fields=fields if known.pk else None)
    return known


def _was_refused(rows: QuerySet[Transfer], count: int, now: datetime) -> bool:
    said_no = rows.filter(
        state__in=(State.REFUSED, State.WITHDRAWN),
        decided_by__isnull=False,
        decided_at__gt=now - AGAIN_AFTER,
    )
    last = said_no.order_by("-decided_at").first()
    return last is not None and count < GROWN * last.count


def _stored(
    figures: Figures, count: int, of_sender: Floor | None, of_receiver: Floor | None
) -> dict[str, object]:
    made = asdict(figures)
    for end, floor in (("sender", of_sender), ("receiver", of_receiver)):
        before, after = made[f"{end}_before"], made[f"{end}_after"]
        bag = abs(before - after) / count if before is not None and after is not None else None
        for name, bags in (("floor", floor and floor.routine), ("reserve", floor and floor.relief)):
            made[f"{end}_{name}"] = bag * bags if bag is not None and bags else None
    return {
        name: round(value, 1) if isinstance(value, float) else value for name, value in made.items()
    }


def withdraw_by_plan(*, transfer: Transfer, now: datetime) -> bool:
    """Take back a proposal that is no longer wanted; False if people have decided meanwhile."""
    with refusing():
        rows = Transfer.objects.filter(
            pk=transfer.pk, origin=Transfer.Origin.PLANNER, state=State.PROPOSED
        )
        return bool(rows.update(state=State.WITHDRAWN, decided_at=now))
