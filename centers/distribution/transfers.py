"""Transfers between centres: every bag shipped is received, still in transit, or declared lost."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from centers.inventory import stock, stock_levels
from centers.models import Bag, Center, Component, Family, Transfer, TransferBag
from donors.errors import Refused, refusing
from donors.models import User

State = Transfer.State
SPOILT_FROM = (Bag.State.AVAILABLE, Bag.State.RESERVED, Bag.State.BLOCKED)
# °C in the box. Red cells that were above 10 °C are not used (PMC6699112); others as stored.
WHILE_COLD = (1, 10)
COLD = (Family.RED_CELLS, Family.WHOLE_BLOOD)


def propose(
    *,
    sender: Center,
    receiver: Center,
    component: Component,
    blood_group: str,
    count: int,
    because: str,
    by: User,
    now: datetime,
) -> Transfer:
    """Propose a transfer (either centre or an administrator); the sender decides."""
    if sender == receiver:
        raise Refused(_("Choose another centre than your own."), "other")
    with refusing():
        return Transfer.objects.create(
            sender=sender,
            receiver=receiver,
            component=component,
            blood_group=blood_group,
            count=count,
            because=because.strip(),
            proposed_at=now,
            proposed_by=by,
        )


def decide(*, transfer: Transfer, approved: bool, by: User, now: datetime) -> None:
    _turn(
        transfer,
        (State.PROPOSED,),
        state=State.APPROVED if approved else State.REFUSED,
        decided_at=now,
        decided_by=by,
    )


def withdraw(*, transfer: Transfer, by: User, now: datetime) -> None:
    """The proposer withdraws it before a decision."""
    if transfer.proposed_by_id != by.pk:
        raise Refused(_("Somebody else proposed this transfer."))
    decide(transfer=transfer, approved=False, by=by, now=now)


def _turn(transfer: Transfer, held: tuple[str, ...], **fields: object) -> None:
    with refusing():
        rows = Transfer.objects.filter(pk=transfer.pk, state__in=held)
        if not rows.update(**fields):
            raise Refused(_("Somebody else has just decided about this transfer."))


def _held(pk: int) -> Transfer:
    """The transfer, locked until the end of the transaction: the box cannot leave or arrive
    meanwhile."""
    return Transfer.objects.select_for_update(of=("self",)).get(pk=pk)


def put_in(*, transfer: Transfer, bag: Bag, by: User, now: datetime) -> TransferBag:
    """Pack a scanned bag: from now on it is in no centre's available stock."""
    if bag.component_id != transfer.component_id or bag.blood_group != transfer.blood_group:
        raise Refused(_("The transfer is of another product or group than this bag."), "number")
    with refusing():
        if _held(transfer.pk).state != State.APPROVED:
            raise Refused(_("Bags are packed once the transfer is approved, and before it leaves."))
        if transfer.bags.filter(unpacked=False).count() >= transfer.count:
            raise Refused(_("The box holds as many bags as were agreed."), "number")
        packed = TransferBag.objects.create(transfer=transfer, bag=bag)
        stock.move(bag=bag, to=Bag.State.IN_TRANSIT, by=by)
        _review(bag, now)
    return packed


def unpack(*, packed: TransferBag, by: User, now: datetime) -> None:
    """Put a bag back into stock before the box leaves."""
    with refusing():
        _held(packed.transfer_id)
        inside = TransferBag.objects.filter(
            pk=packed.pk, arrived=None, unpacked=False, transfer__state=State.APPROVED
        )
        if not inside.update(unpacked=True):
            raise Refused(_("This bag is not in the box, or the box has left."))
        bag = Bag.objects.select_for_update(of=("self",)).get(pk=packed.bag_id)
        if bag.state == Bag.State.IN_TRANSIT:
            to = Bag.State.AVAILABLE if bag.expires_at > now else Bag.State.EXPIRED
            stock.move(bag=bag, to=to, by=by)
            _review(bag, now)


def cancel(*, transfer: Transfer, by: User, now: datetime) -> None:
    """Cancel a transfer; its box must be empty."""
    with refusing():
        _held(transfer.pk)
        if transfer.bags.filter(unpacked=False).exists():
            raise Refused(_("Take the bags out of the box first."))
        _turn(transfer, (State.APPROVED,), state=State.REFUSED)


def limits(component: Component) -> tuple[int | None, int | None]:
    """The lowest and highest temperature of the box in °C; None where there is no such limit."""
    if component.family in COLD and component.storage_max_c and component.storage_max_c > 0:
        return WHILE_COLD
    return component.storage_min_c, component.storage_max_c


def is_spoilt(celsius: Decimal, component: Component) -> bool:
    """Whether this box temperature, in °C, is outside the product's limits."""
    low, high = limits(component)
    return (low is not None and celsius < low) or (high is not None and celsius > high)


def send(*, transfer: Transfer, box: str, celsius: Decimal, by: User, now: datetime) -> None:
    """Send the box: its number, its temperature, who packed it."""
    if is_spoilt(celsius, transfer.component):
        sentence = _(
            "The box is too warm or too cold for this product. Cool it down, then send it."
        )
        raise Refused(sentence, "celsius")
    with refusing():
        _held(transfer.pk)
        if not transfer.bags.filter(unpacked=False).exists():
            raise Refused(_("Put at least one bag into the box."))
        _turn(
            transfer,
            (State.APPROVED,),
            state=State.PACKED,
            box=box.strip(),
            packed_celsius=celsius,
            packed_at=now,
            packed_by=by,
        )


def take_out(*, transfer: Transfer, bag: Bag, by: User, now: datetime) -> None:
    """Receive a bag that was scanned with the box or found later.

    It moves to the receiver's stock; blocked or expired bags keep that state.
    """
    with refusing():
        sent = _held(transfer.pk)
        if sent.state not in (State.PACKED, State.RECEIVED):
            raise Refused(_("This box is not on its way."))
        held = Bag.objects.select_for_update(of=("self",)).get(pk=bag.pk)
        if not transfer.bags.filter(bag=bag, arrived=None).update(arrived=True):
            raise Refused(_("This bag is not in the box."), "number")
        to = held.state
        if to == Bag.State.IN_TRANSIT:
            to = Bag.State.AVAILABLE if held.expires_at > now else Bag.State.EXPIRED
        reason = ""
        if to == Bag.State.BLOCKED:
            reason = held.movements.order_by("-seq").values_list("reason", flat=True)[0]
        noted = sent.received_celsius
        if noted is not None and is_spoilt(noted, transfer.component) and to != Bag.State.EXPIRED:
            spoilt = to == Bag.State.AVAILABLE
            to, reason = (Bag.State.BLOCKED if spoilt else Bag.State.DISCARDED), "cold_chain"
        stock.move(bag=held, to=to, by=by, center=transfer.receiver, reason=reason)
        bag.state, bag.center = to, transfer.receiver
        _review(bag, now)


def receive(*, transfer: Transfer, celsius: Decimal, by: User, now: datetime) -> None:
    """Finish receiving. Bags not scanned stay in transit until found or declared lost.

    If the box arrived too warm or too cold, its bags are blocked; bags already blocked cannot be
    cleared any more and are discarded.
    """
    with refusing():
        _turn(
            transfer,
            (State.PACKED,),
            state=State.RECEIVED,
            received_celsius=celsius,
            received_at=now,
            received_by=by,
        )
        if is_spoilt(celsius, transfer.component):
            inside = Bag.objects.filter(
                transfers__transfer=transfer, transfers__arrived=True, state__in=SPOILT_FROM
            )
            locked = inside.select_for_update(of=("self",)).select_related("center", "component")
            for bag in locked.order_by("pk"):
                lost = bag.state == Bag.State.BLOCKED
                to = Bag.State.DISCARDED if lost else Bag.State.BLOCKED
                stock.move(bag=bag, to=to, by=by, reason="cold_chain")
                _review(bag, now)


def declare_lost(*, packed: TransferBag, by: User, now: datetime) -> None:
    """Declare a bag lost that nobody finds: a final movement with its own reason."""
    with refusing():
        away = TransferBag.objects.filter(pk=packed.pk, arrived=None, unpacked=False)
        if not away.update(arrived=False):
            raise Refused(_("This bag has been found or declared lost already."))
        bag = Bag.objects.select_related("center", "component").get(pk=packed.bag_id)
        stock.move(bag=bag, to=Bag.State.DISCARDED, by=by, reason="lost")


def waiting(center: Center) -> QuerySet[Transfer]:
    """Transfers on which the centre has to act: decide, pack, receive."""
    here = Q(sender=center) | Q(receiver=center)
    return Transfer.objects.filter(here, state__in=Transfer.LIVE)


def _review(bag: Bag, now: datetime) -> None:
    stock_levels.review(
        center=bag.center, component=bag.component, blood_group=bag.blood_group, now=now
    )
