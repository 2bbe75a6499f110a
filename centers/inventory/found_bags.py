"""A bag that had ended otherwise by the records and was found, or had been transfused."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from centers.models import Bag, FoundBag
from donors.errors import Refused, refusing
from donors.models import User

from . import stock

ENDED = (Bag.State.DISCARDED, Bag.State.EXPIRED)


def may_be_found(bag: Bag) -> bool:
    """Declared lost: it may be found. Any ended bag may have been transfused all the same."""
    last = bag.movements.order_by("-seq").first()
    return bool(last and bag.state == Bag.State.DISCARDED and last.reason == "lost")


def record(*, bag: Bag, kind: str, place: str, because: str, by: User, now: datetime) -> FoundBag:
    """A found bag is blocked, never used again. One that was transfused is recalled by the database if
    something speaks against it."""
    if not place.strip():
        raise Refused(_("Say where it is, or was."), "place")
    if not because.strip():
        raise Refused(_("Say who told you, and how it is known."), "because")
    with refusing():
        held = Bag.objects.select_for_update(of=("self",)).get(pk=bag.pk)
        if held.state not in ENDED:
            raise Refused(_("Somebody else has just moved this bag. Look at its state again."))
        found = FoundBag.objects.create(
            bag=held, kind=kind, place=place.strip(), because=because.strip(), at=now, by=by
        )
        is_found = kind == FoundBag.Kind.FOUND
        to = Bag.State.BLOCKED if is_found else Bag.State.TRANSFUSED
        stock.move(bag=held, to=to, by=by, reason="found" if is_found else "transfused after all")
    return found
