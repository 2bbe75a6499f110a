"""The only writer of movements; the database checks each and counts the levels."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from donors.models import User

from . import floors
from .compatibility import donor_groups_for
from .errors import Refused, in_one_piece
from .models import Bag, Center, Issue, Movement, StockLevel

DISCARD_REASONS = {
    "expired": gettext_lazy("Past its date"),
    "underweight": gettext_lazy("Not enough blood in it"),
    "clotted": gettext_lazy("Clotted"),
    "haemolysed": gettext_lazy("Haemolysed"),
    "broken": gettext_lazy("Broken or leaking"),
    "cold_chain": gettext_lazy("Was too warm or too cold"),
    "label_error": gettext_lazy("Fault of the label"),
    "returned_late": gettext_lazy("Came back too late"),
    "donor_call_back": gettext_lazy("The donor asked not to use it"),
    "other": gettext_lazy("Another reason"),
}
REASONS = DISCARD_REASONS | {
    "screening": gettext_lazy("A test was reactive"),
    "donor under 18": gettext_lazy("The donor is under 18."),
    "donor deferred": gettext_lazy("A deferral of this donor was running."),
    "interval not over": gettext_lazy("The interval since the last donation was not over."),
    "yearly limit reached": gettext_lazy("The number of donations in a year had been reached."),
    "visit not accepted": gettext_lazy("The donor had not been accepted for giving."),
}
DISCARDED_FROM = {
    Bag.State.QUARANTINED,
    Bag.State.AVAILABLE,
    Bag.State.RESERVED,
    Bag.State.BLOCKED,
    Bag.State.EXPIRED,
}


def move(
    *, bag: Bag, to: str, by: User | None, reason: str = "", center: Center | None = None
) -> None:
    """Take a bag from its state to the next; ``bag`` carries the state it is believed to have."""
    move_all(bags=[bag], to=to, by=by, reason=reason, center=center)


def move_all(
    *,
    bags: Iterable[Bag],
    to: str,
    by: User | None,
    reason: str = "",
    center: Center | None = None,
) -> None:
    """Several at once, in their order."""
    bags, now = list(bags), timezone.now()
    Movement.objects.bulk_create(
        Movement(
            bag=bag,
            seq=0,
            from_state=bag.state,
            to_state=to,
            center=center or bag.center,
            at=now,
            by=by,
            reason=reason,
        )
        for bag in bags
    )
    for bag in bags:
        bag.state = to


def may_be_issued(*, bag: Bag, now: datetime) -> bool:
    return bag.state == Bag.State.AVAILABLE and bag.expires_at > now


def may_be_discarded(*, bag: Bag) -> bool:
    return bag.state in DISCARDED_FROM


def issue_of(*, bag: Bag) -> Issue | None:
    return Issue.objects.filter(bag=bag).select_related("issued_by").first()


def way(*, bag: Bag) -> list[Movement]:
    """Every movement of a bag, the first one first; ``because`` is its reason as people read it."""
    rows = list(bag.movements.select_related("by", "center").order_by("seq"))
    for row in rows:
        row.because = REASONS.get(row.reason, row.reason)
    return rows


def issue(
    *,
    bag: Bag,
    hospital: str,
    request_reference: str,
    recipient_group: str,
    by: User,
    now: datetime,
) -> Issue:
    """Hand a bag to a hospital for a patient of a group; refused unless compatible and in date."""
    if bag.blood_group not in donor_groups_for(bag.component, recipient_group):
        raise Refused(
            _("%(bag)s does not fit a patient of group %(patient)s.")
            % {"bag": bag.get_blood_group_display(), "patient": recipient_group.replace("-", "−")}
        )
    with in_one_piece():
        issued = Issue.objects.create(
            bag=bag,
            hospital=hospital.strip(),
            request_reference=request_reference.strip(),
            recipient_group=recipient_group,
            issued_at=now,
            issued_by=by,
        )
        move(bag=bag, to=Bag.State.ISSUED, by=by)
        floors.review(
            center=bag.center, component=bag.component, blood_group=bag.blood_group, now=now
        )
    return issued


def discard(*, bag: Bag, reason: str, by: User, now: datetime) -> None:
    """Take a bag out for good, with its reason."""
    if reason not in DISCARD_REASONS:
        raise Refused(_("Choose why the bag is discarded."))
    with in_one_piece():
        move(bag=bag, to=Bag.State.DISCARDED, by=by, reason=reason)
        floors.review(
            center=bag.center, component=bag.component, blood_group=bag.blood_group, now=now
        )


def confirm_unchanged(*, center: Center, now: datetime) -> None:
    """A person looked at the shelves: the figures of the centre are true as of now."""
    with in_one_piece():
        rows = StockLevel.objects.select_for_update(of=("self",)).filter(center=center)
        held = list(rows.order_by("pk").values_list("pk", flat=True))
        StockLevel.objects.filter(pk__in=held).update(checked_at=now)
