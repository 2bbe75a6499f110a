"""Transfers between centres: every bag shipped is received, still in transit, or declared lost."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from centers.inventory import stock, stock_levels
from centers.models import (
    Bag,
    Center,
    Component,
    Family,
    Floor,
    StockLevel,
    Transfer,
    TransferBag,
)
from donors.errors import Refused, refusing
from donors.models import User

State = Transfer.State
SPOILT_FROM = (Bag.State.AVAILABLE, Bag.State.RESERVED, Bag.State.BLOCKED)
# °C in the box. Red cells that were above 10 °C are not used (PMC6699112); others as stored.
WHILE_COLD = (1, 10)
COLD = (Family.RED_CELLS, Family.WHOLE_BLOOD)
SECOND = Q(
    asked_below_by__isnull=False,
    agreed_below_by=None,
    state__in=(State.PROPOSED, State.APPROVED),
)


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


def decide(
    *,
    transfer: Transfer,
    approved: bool,
    by: User,
    now: datetime,
    because: str = "",
    count: int | None = None,
) -> None:
    """Approve or refuse; ``count`` is the number that was read, as the planner may have changed it.

    A refusal needs a reason. An approval that would leave the sender under its floor or reserve is
    refused: see ``ask_below``.
    """
    if not approved:
        _end(transfer, (State.PROPOSED,), State.REFUSED, because, by, now)
        return
    with refusing():
        _same_count(transfer, count)
        _turn(transfer, (State.PROPOSED,), state=State.APPROVED, decided_at=now, decided_by=by)


def _same_count(transfer: Transfer, count: int | None) -> None:
    held = _held(transfer.pk)
    if count is not None and held.count != count:
        said = {"count": held.count}
        raise Refused(_("The number has changed: it is %(count)s now. Look again.") % said)


def _end(
    transfer: Transfer, held: tuple[str, ...], state: str, because: str, by: User, now: datetime
) -> None:
    if not because.strip():
        raise Refused(_("Say why."), "because")
    said = {"decided_at": now, "decided_by": by, "decided_because": because.strip()}
    _turn(transfer, held, state=state, **said)


def withdraw(*, transfer: Transfer, by: User, now: datetime) -> None:
    """The proposer withdraws it before a decision."""
    if transfer.proposed_by_id != by.pk:
        raise Refused(_("Somebody else proposed this transfer."))
    said = {"decided_at": now, "decided_by": by}
    _turn(transfer, (State.PROPOSED,), state=State.WITHDRAWN, **said)


def decline(*, transfer: Transfer, because: str, by: User, now: datetime) -> None:
    """The receiver says that it does not need the bags, and why."""
    _end(transfer, (State.PROPOSED,), State.WITHDRAWN, because, by, now)


@dataclass(frozen=True)
class Left:
    """Bags of the sender: ``after`` this transfer (the next bag, once it is approved), and those
    that it ``keeps``, its routine floor or its relief reserve, whichever is higher."""

    after: int
    keeps: int

    @property
    def is_below(self) -> bool:
        return self.after < self.keeps

    @property
    def remaining(self) -> int:
        """``after`` as shown: fewer than none cannot remain."""
        return max(0, self.after)


def left(transfer: Transfer) -> Left:
    """The arithmetic of the guards ``transfer_keeps_the_reserve`` and ``box_keeps_the_reserve``."""
    of = {"component": transfer.component_id, "blood_group": transfer.blood_group}
    floor = Floor.objects.filter(center=transfer.sender_id, **of).first()
    shelf = StockLevel.objects.filter(center=transfer.sender_id, **of).first()
    available = shelf.available if shelf else 0
    keeps = max(floor.routine, floor.relief) if floor else 0
    if transfer.state != State.PROPOSED:
        full = transfer.bags.filter(unpacked=False).count() >= transfer.count
        return Left(after=available if full else available - 1, keeps=0 if full else keeps)
    others = Transfer.objects.filter(sender=transfer.sender_id, state=State.APPROVED, **of)
    packed = Count("bags", filter=Q(bags__unpacked=False))
    promised = sum(
        row.count - row.packed
        for row in others.exclude(pk=transfer.pk).annotate(packed=packed).order_by("pk")
    )
    return Left(after=available - promised - transfer.count, keeps=keeps)


def ask_below(*, transfer: Transfer, because: str, by: User, now: datetime) -> None:
    """State why the bags are sent although the sender goes under its floor or reserve.

    A second person agrees (``agree_below``). Also after the approval, where the stock has fallen
    before the bags were packed.
    """
    if not because.strip():
        raise Refused(_("Say why."), "because")
    with refusing():
        if not left(_held(transfer.pk)).is_below:
            raise Refused(_("The centre keeps enough: nothing has to be asked for."))
        said = {"asked_below_by": by, "asked_below_at": now}
        rows = Transfer.objects.filter(
            pk=transfer.pk, state__in=(State.PROPOSED, State.APPROVED), asked_below_by=None
        )
        if not rows.update(asked_below_because=because.strip(), **said):
            raise Refused(_("Somebody else has asked for it already."))


def agree_below(*, transfer: Transfer, by: User, now: datetime) -> None:
    """The second person agrees; a proposal is approved by it. The agreement is for this transfer's
    whole number of bags."""
    with refusing():
        held = _held(transfer.pk)
        if not held.asked_below_by_id or held.agreed_below_by_id:
            raise Refused(_("Nothing waits here for a second person."))
        said: dict[str, object] = {"agreed_below_by": by, "agreed_below_at": now}
        if held.state == State.PROPOSED:
            said |= {"state": State.APPROVED, "decided_by": by, "decided_at": now}
        _turn(transfer, (State.PROPOSED, State.APPROVED), **said)


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
        # The guard locks the floor first and counts the shelf again.
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


def cancel(*, transfer: Transfer, because: str, by: User, now: datetime) -> None:
    """Cancel an approved transfer, with the reason; its box must be empty."""
    with refusing():
        _held(transfer.pk)
        if transfer.bags.filter(unpacked=False).exists():
            raise Refused(_("Take the bags out of the box first."))
        _end(transfer, (State.APPROVED,), State.REFUSED, because, by, now)


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
            # Without joined centres: a bag that left meanwhile would be passed over in silence.
            for bag in inside.select_for_update(of=("self",)).order_by("pk"):
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


def for_managers(center: Center) -> QuerySet[Transfer]:
    """What the managers of either end decide: the planner's proposals, and what waits for a second
    person."""
    planned = Q(origin=Transfer.Origin.PLANNER, state=State.PROPOSED)
    return _with_ends(waiting(center).filter(planned | SECOND))


def for_administrators() -> QuerySet[Transfer]:
    """What waits for a second person anywhere."""
    return _with_ends(Transfer.objects.filter(SECOND))


def _with_ends(rows: QuerySet[Transfer]) -> QuerySet[Transfer]:
    ends = rows.select_related("sender", "receiver", "component")
    return ends.order_by("proposed_at", "pk")


def _review(bag: Bag, now: datetime) -> None:
    stock_levels.review(
        center=bag.center, component=bag.component, blood_group=bag.blood_group, now=now
    )
