"""One reactive reading blocks its bags at once. Until the second reader has read too, only the first
reader and the doctor are told: everybody else sees the bags as they were, in quarantine."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, TypedDict

from django.db.models import Case, CharField, Exists, F, OuterRef, Q, QuerySet, Value, When

from centers.models import Bag, Movement, Outcome, Result

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

    Seen = WithAnnotations[Bag, "Shown"]

BECAUSE = "screening"


class Shown(TypedDict):
    """Annotation of ``shown``."""

    seen_as: str


def reactive_once() -> QuerySet[Result]:
    """Reactive readings whose second reading is still to be made."""
    return Result.objects.current().filter(~_read_twice(), outcome=Outcome.REACTIVE)


def _read_twice() -> Exists:
    other = Result.objects.filter(
        donation=OuterRef("donation"), marker=OuterRef("marker"), version=OuterRef("version")
    )
    return Exists(other.exclude(entry=OuterRef("entry")))


def held() -> Q:
    """Condition of bags that one reactive reading alone took out of quarantine."""
    return Q(state=Bag.State.BLOCKED) & _untold()


def is_untold(bag: Bag) -> bool:
    """Whether a bag, whatever became of it since, was blocked by nothing but such a reading."""
    return Bag.objects.filter(_untold(), pk=bag.pk).exists()


def _untold() -> Q:
    known = Result.objects.filter(
        _read_twice(), donation=OuterRef("donation"), outcome=Outcome.REACTIVE
    )
    blocked = Movement.objects.filter(bag=OuterRef("pk"), to_state=Bag.State.BLOCKED)
    # Out of ``SEPARATED`` comes a bag whose separation was undone after the reading.
    unread = ["", Bag.State.QUARANTINED, Bag.State.SEPARATED]
    quiet = Q(reason=BECAUSE, from_state__in=unread)
    released = Movement.objects.filter(bag=OuterRef("pk"), to_state=Bag.State.RELEASED)
    return (
        Q(Exists(reactive_once().filter(donation=OuterRef("donation"))))
        & ~Q(Exists(known))
        & ~Q(Exists(blocked.exclude(quiet)))
        & ~Q(Exists(released))
    )


def shown(bags: QuerySet[Bag], *, told: bool) -> QuerySet[Seen]:
    """With ``seen_as``, the state as this reader is shown it."""
    state = F("state") if told else _quietly()
    return bags.annotate(seen_as=state)


def _quietly() -> Case:
    return Case(
        When(held(), then=Value(Bag.State.QUARANTINED)),
        default=F("state"),
        output_field=CharField(),
    )


def hush(bags: Iterable[Bag], *, told: bool) -> set[int]:
    """Show such bags as in quarantine, on the objects of one page alone; their primary keys.
    ``told``: ``access.is_told_first``."""
    blocked = [bag for bag in bags if bag.state == Bag.State.BLOCKED]
    if told or not blocked:
        return set()
    rows = Bag.objects.filter(held(), pk__in=[bag.pk for bag in blocked])
    quiet = set(rows.values_list("pk", flat=True))
    for bag in blocked:
        if bag.pk in quiet:
            bag.state = Bag.State.QUARANTINED
    return quiet
