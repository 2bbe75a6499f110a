"""What needs a decision of the reader now, the most pressing first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from campaigns import access
from campaigns.messaging import channels
from campaigns.models import Approval, StandingOrder, Wave
from centers.access import my_centers
from centers.models import ShelfCheck, Transfer
from donors.models import User

from .scopes import Scope
from .wording import expected, group


@dataclass(frozen=True)
class Item:
    """``kind`` is held, channel, order, wave, transfer or shelf; ``may`` is false where somebody else
    decides. A held wave leaves at ``due_at``, in the ``morning`` after quiet hours, unless
    somebody undoes it."""

    kind: str
    at: datetime
    title: str
    sentence: str
    page: str
    args: tuple[object, ...] = field(default=())
    may: bool = False
    due_at: datetime | None = None
    morning: bool = False

    @property
    def url(self) -> str:
        return reverse(self.page, args=self.args) if self.page else ""

    @property
    def id(self) -> str:
        return "-".join([self.kind, *(str(arg) for arg in self.args)])


# So many cards of a kind stand open; the others are one line each, folded under their number.
OPEN = 2


@dataclass(frozen=True)
class Pile:
    """Items of one kind, the most pressing first; a held wave is never folded away: it may be undone."""

    kind: str
    items: list[Item]

    @property
    def first(self) -> list[Item]:
        many = self.kind != "held" and len(self.items) > OPEN + 1
        return self.items[:OPEN] if many else self.items

    @property
    def folded(self) -> list[Item]:
        return self.items[len(self.first) :]


def piles(items: Iterable[Item]) -> list[Pile]:
    """Items in their order, those of one kind together."""
    return [Pile(kind, list(rows)) for kind, rows in groupby(items, key=lambda item: item.kind)]


ORDER = ("held", "channel", "order", "wave", "transfer", "shelf")


def items(*, user: User, scope: Scope, now: datetime) -> list[Item]:
    found = [*_waves(user, scope), *_orders(user, scope, now), *_transfers(user, scope)]
    found += _shelves(user, scope)
    if scope.whole and access.watches_delivery(user):
        found += _channels(user)
    if not (user.is_administrator or user.is_auditor):
        found = [item for item in found if item.may]
    return sorted(found, key=lambda item: (ORDER.index(item.kind), item.due_at or item.at))


def _waves(user: User, scope: Scope) -> Iterator[Item]:
    rows = access.waves(user).filter(state__in=Wave.OPEN)
    rows = rows.filter(appeal__center__in=list(scope.centers.values()))
    mine = set(access.waves_to_decide(user).filter(pk__in=rows).values_list("pk", flat=True))
    rows = rows.select_related("appeal__center", "appeal__component", "session")
    proposed: dict[int, list[Wave]] = {}
    for wave in rows.filter(state=Wave.State.PROPOSED).order_by("pk"):
        proposed.setdefault(wave.appeal_id, []).append(wave)
    for waves in proposed.values():
        if len(waves) > 1:
            yield _of_an_appeal(waves, mine)
    single = {waves[0].pk for waves in proposed.values() if len(waves) == 1}
    for wave in rows:
        if wave.state == Wave.State.PROPOSED and wave.pk not in single:
            continue
        people = ngettext(
            "Ask %(count)s person to come to %(session)s; about %(yeses)s are expected to say yes.",
            "Ask %(count)s people to come to %(session)s; about %(yeses)s are expected to say yes.",
            wave.size_wanted,
        )
        yield Item(
            kind="held" if wave.state == Wave.State.HELD else "wave",
            at=wave.decided_at or wave.made_at,
            title=f"{group(wave.appeal.blood_group)} · {wave.appeal.component.name} ·"
            f" {wave.appeal.center.name}",
            sentence=people
            % {
                "count": wave.size_wanted,
                "session": wave.session.name,
                "yeses": expected(wave.yeses),
            },
            page="campaigns:wave",
            args=(wave.public_id,),
            may=wave.pk in mine,
            due_at=wave.leaves_at,
            morning=wave.waits_for_morning,
        )


def _of_an_appeal(waves: list[Wave], mine: set[int]) -> Item:
    """Several sessions of one need are one decision."""
    appeal = waves[0].appeal
    return Item(
        kind="wave",
        at=min(wave.made_at for wave in waves),
        title=f"{group(appeal.blood_group)} · {appeal.component.name} · {appeal.center.name}",
        sentence=_(
            "Ask %(people)s people to come to %(sessions)s sessions; about %(yeses)s are expected to"
            " say yes."
        )
        % {
            "people": sum(wave.size_wanted for wave in waves),
            "sessions": len(waves),
            "yeses": expected(sum(wave.yeses for wave in waves)),
        },
        page="campaigns:appeal-detail",
        args=(appeal.public_id,),
        may=any(wave.pk in mine for wave in waves),
    )


def _orders(user: User, scope: Scope, now: datetime) -> Iterator[Item]:
    """Standing orders by which people are asked without an approval, not yet confirmed."""
    rows = StandingOrder.objects.filter(
        operation__in=access.operations(user).filter(closed_at=None), valid_until__gt=now
    )
    if scope.operation:
        rows = rows.filter(operation=scope.operation)
    rows = rows.select_related("operation", "confirmation")
    last = {order.operation_id: order for order in rows.order_by("number")}
    for order in last.values():
        if order.approval != Approval.NOBODY or hasattr(order, "confirmation"):
            continue
        yield Item(
            kind="order",
            at=order.made_at,
            title=order.operation.name,
            sentence=_(
                "Up to %(limit)s people at a time would be asked without an approval. A second"
                " administrator has to confirm it."
            )
            % {"limit": order.people_limit},
            page="campaigns:operation-detail",
            args=(order.operation.public_id,),
            may=user.is_administrator and order.by_id != user.pk,
        )


def _transfers(user: User, scope: Scope) -> Iterator[Item]:
    """Proposals that wait for the sender's manager."""
    centers = list(scope.centers.values())
    rows = Transfer.objects.filter(state=Transfer.State.PROPOSED)
    rows = rows.filter(sender__in=centers) | rows.filter(receiver__in=centers)
    managed = set(access.managed_centers(user).values_list("pk", flat=True))
    for transfer in rows.select_related("sender", "receiver", "component"):
        count = ngettext(
            "Send %(count)s bag from %(sender)s to %(receiver)s.",
            "Send %(count)s bags from %(sender)s to %(receiver)s.",
            transfer.count,
        )
        yield Item(
            kind="transfer",
            at=transfer.proposed_at,
            title=f"{group(transfer.blood_group)} · {transfer.component.name}",
            sentence=count
            % {
                "count": transfer.count,
                "sender": transfer.sender.name,
                "receiver": transfer.receiver.name,
            },
            # An auditor reads no centre's transfers.
            page="centers:transfer-detail" if user.is_administrator or managed else "",
            args=(transfer.public_id,),
            may=transfer.sender_id in managed,
        )


def _shelves(user: User, scope: Scope) -> Iterator[Item]:
    """One for each centre: its figures are old, and nobody is asked on an old figure."""
    rows = ShelfCheck.objects.filter(center__in=list(scope.centers.values()), answered_at=None)
    asked: dict[str, list[ShelfCheck]] = {}
    for check in rows.select_related("center", "component").order_by("asked_at", "pk"):
        asked.setdefault(check.center.code, []).append(check)
    mine = set(my_centers(user).values_list("code", flat=True))
    for code, checks in asked.items():
        yield Item(
            kind="shelf",
            at=checks[0].asked_at,
            title=checks[0].center.name,
            sentence=ngettext(
                "The figure of %(count)s product is old: look at the shelf and confirm it.",
                "The figures of %(count)s products are old: look at the shelf and confirm them.",
                len(checks),
            )
            % {"count": len(checks)},
            page="centers:stock",
            args=(code,),
            may=code in mine,
        )


def _channels(user: User) -> Iterator[Item]:
    for stop in channels.with_waiting(channels.stops()):
        waiting: int = stop.waiting  # type: ignore[attr-defined]
        sentence = ngettext(
            "Nothing leaves by it; %(count)s message waits.",
            "Nothing leaves by it; %(count)s messages wait.",
            waiting,
        )
        yield Item(
            kind="channel",
            at=stop.since,
            title=str(stop.get_channel_display()),
            sentence=sentence % {"count": waiting},
            page="campaigns:channels",
            may=user.is_administrator,
        )
