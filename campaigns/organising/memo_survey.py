"""Who is addressed by a memo before it is issued, and what the issuer should know of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from campaigns.messaging import recipients
from campaigns.models import Addressee, MemoDraft
from donors.models import Unit

from . import memo_drafts


@dataclass(frozen=True)
class Survey:
    """``silent``: no officer is within reach, by mail or by a verified mobile number. ``answered``: the answers that units
    gave to other memos of the same operation that are in force."""

    units: list[Unit]
    silent: list[Unit]
    answered: list[Addressee]


def of(draft: MemoDraft, *, now: datetime) -> Survey:
    scope = memo_drafts.addressed(draft).open().exclude(pk=draft.issuer_id)
    units = list(scope.select_related("province").order_by("path"))
    reached = recipients.officers_by_unit([unit.pk for unit in units], now)
    answers = Addressee.objects.exclude(answer="").filter(
        memo__operation=draft.operation_id, memo__withdrawn_at=None, unit__in=units
    )
    return Survey(
        units=units,
        silent=[unit for unit in units if not reached.get(unit.pk)],
        answered=list(
            answers.select_related("unit", "memo").order_by("unit__path")
            if draft.operation_id
            else answers.none()
        ),
    )
