"""The only writer of movements; the database checks each movement and counts the levels."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db.models import CharField, Exists, F, Func, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from centers.isbt128 import data_structures, donation_numbers
from centers.models import (
    Bag,
    Center,
    Issue,
    Movement,
    Pick,
    Recall,
    Recipe,
    Request,
    StockLevel,
    TransferBag,
)
from donors.errors import Refused, refusing
from donors.models import User
from donors.people import privacy

from . import shelf_checks, stock_levels, unconfirmed
from .compatibility import donor_groups_for

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
    "lost": gettext_lazy("Not found: declared lost"),
    "other": gettext_lazy("Another reason"),
}
REASONS = DISCARD_REASONS | {
    "recall": gettext_lazy("The donation is recalled"),
    "lapsed": gettext_lazy("The reservation lapsed"),
    "given back": gettext_lazy("The reservation was given back"),
    "came back": gettext_lazy("The hospital brought it back"),
    "hospital": gettext_lazy("As the hospital reported"),
    "temperature": gettext_lazy("It lay where it was too warm or too cold"),
    "found": gettext_lazy("Found after it was declared lost"),
    "transfused after all": gettext_lazy("It had been transfused all the same"),
    "screening": gettext_lazy("A test was reactive, or is read again"),
    "group": gettext_lazy("The group of the donor is in doubt"),
    "label": gettext_lazy("A label is printed again"),
    "opened": gettext_lazy("The bag was opened"),
    "undone": gettext_lazy("The separation was undone"),
    "deferral": gettext_lazy("A deferral covers the day of the donation"),
    "donor_under_18": gettext_lazy("The donor is under 18."),
    "donor_deferred": gettext_lazy("A deferral of this donor was running."),
    "interval_not_over": gettext_lazy("The interval since the last donation was not over."),
    "yearly_limit_reached": gettext_lazy("The number of donations in a year had been reached."),
    "record_corrected": gettext_lazy("The donor's birth date or sex was corrected"),
    "visit_not_accepted": gettext_lazy("The donor had not been accepted for giving."),
}
DISCARDED_FROM = {
    Bag.State.QUARANTINED,
    Bag.State.RELEASED,
    Bag.State.AVAILABLE,
    Bag.State.RESERVED,
    Bag.State.BLOCKED,
    Bag.State.EXPIRED,
}


def move(
    *, bag: Bag, to: str, by: User | None, reason: str = "", center: Center | None = None
) -> None:
    """Move a bag to its next state; refused if ``bag.state`` is no longer its state."""
    move_all(bags=[bag], to=to, by=by, reason=reason, center=center)


def move_all(
    *,
    bags: Iterable[Bag],
    to: str,
    by: User | None,
    reason: str = "",
    center: Center | None = None,
) -> None:
    """Several movements in the given order."""
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


def releasable() -> QuerySet[Bag]:
    """Bags that a release would move: in quarantine, or blocked for a reason cleared since.

    Those that one reactive reading blocked are among them until the second reading: the database
    refuses their release in the same words as that of bags whose test is still missing."""
    against = Func(F("pk"), function="against_coming_back", output_field=CharField())
    recalled = Recall.objects.filter(donation=OuterRef("donation"), closed_at=None)
    # Filter by state first, so that the costly database check runs for few bags only.
    cleared = Q(state=Bag.State.BLOCKED) & ~Exists(recalled) & Q(against="")
    waits = Q(state=Bag.State.QUARANTINED) | unconfirmed.held()
    return Bag.objects.alias(against=against).filter(waits | cleared)


def is_boxed(bag: Bag) -> bool:
    """Whether the bag is in a box that is packed or in transit, blocked or not."""
    return TransferBag.objects.filter(bag=bag, arrived=None, unpacked=False).exists()


def issue_of(*, bag: Bag) -> Issue | None:
    """The latest issue of the bag."""
    rows = Issue.objects.filter(bag=bag).select_related(
        "issued_by", "request__hospital", "returned"
    )
    return rows.order_by("-pk").first()


# Reasons about the donor's health or wish: only a doctor reads them.
CONFIDENTIAL = {
    "screening",
    "deferral",
    "donor_call_back",
    "donor_under_18",
    "donor_deferred",
    "interval_not_over",
    "yearly_limit_reached",
    "visit_not_accepted",
}


def way(
    *, bag: Bag, by: User, is_doctor: bool, now: datetime, quiet: bool = False
) -> list[Movement]:
    """The movements of a bag in order; ``because`` is the reason as displayed. ``quiet``: without
    the block by a reading that is still to be confirmed.

    When a doctor reads a reason about the donor, the access to the record is logged.
    """
    rows = list(bag.movements.select_related("by", "center").order_by("seq"))
    recipes = {recipe.pk: recipe.name for recipe in Recipe.objects.all()}
    hidden = any(row.reason in CONFIDENTIAL for row in rows)
    if hidden and is_doctor:
        privacy.log_access(donor=bag.donation.donor, by=by, reason="way of a bag")
    if quiet:
        block = (Bag.State.QUARANTINED, Bag.State.BLOCKED)
        rows = [row for row in rows if (row.from_state, row.to_state) != block]
    for row in rows:
        if quiet and row.to_state == Bag.State.BLOCKED:  # made of a bag that was blocked so
            row.to_state, row.reason = Bag.State.QUARANTINED, _reason_untold(bag, row)
        known = REASONS.get(row.reason) or recipes.get(row.reason, row.reason)
        secret = row.reason in CONFIDENTIAL and not is_doctor
        row.because = _("The doctor knows why.") if secret else known
    return rows


def _reason_untold(bag: Bag, row: Movement) -> str:
    """The reason that the movement would have had without the reading."""
    if row.from_state:
        return "undone"
    made = Movement.objects.filter(bag=bag.made_from_id, to_state=Bag.State.SEPARATED)
    return made.order_by("-seq").values_list("reason", flat=True).first() or ""


def issue(
    *, bag: Bag, request: Request, by: User, now: datetime, pick: Pick | None = None
) -> Issue:
    """Issue a bag for a request; the database refuses it unless bag, patient and pick agree.

    Without a pick only after an emergency release.
    """
    fits = donor_groups_for(bag.component, request.recipient_group)
    if pick and bag.blood_group not in fits:
        raise Refused(
            _("%(bag)s does not fit a patient of group %(patient)s.")
            % {
                "bag": bag.get_blood_group_display(),
                "patient": request.get_recipient_group_display(),
            }
        )
    with refusing():
        issued = Issue.objects.create(
            bag=bag,
            request=request,
            pick=pick,
            reserve_by=pick.reserve_by if pick else None,
            reserve_because=pick.reserve_because if pick else "",
            hospital=request.hospital.name_fr,
            request_reference=request.reference,
            recipient_group=request.recipient_group,
            issued_at=now,
            issued_by=by,
        )
        move(bag=bag, to=Bag.State.ISSUED, by=by)
        stock_levels.review(
            center=bag.center, component=bag.component, blood_group=bag.blood_group, now=now
        )
    return issued


def discard(*, bag: Bag, reason: str, by: User, now: datetime) -> None:
    """Discard a bag, with the reason."""
    if reason not in DISCARD_REASONS:
        raise Refused(_("Choose why the bag is discarded."))
    with refusing():
        move(bag=bag, to=Bag.State.DISCARDED, by=by, reason=reason)
        stock_levels.review(
            center=bag.center, component=bag.component, blood_group=bag.blood_group, now=now
        )


def elsewhere(*, center: Center, din: str) -> list[str]:
    """Names of the other centres that have bags of a number."""
    rows = Bag.objects.filter(donation__din=din).exclude(center=center).select_related("center")
    return sorted({bag.center.name for bag in rows})


def seen_by_scan(*, center: Center | None, text: str) -> QuerySet[Bag]:
    """Bags of a centre (of all without one) with this number; a product code typed after it selects
    one of them, as the square code of a label does."""
    square = data_structures.parse_compound(donation_numbers.compact(text))
    said = {part.kind: str(part.value) for part in square}
    number, _space, code = text.strip().partition("=<")
    if {"number", "product"} <= said.keys():
        number, code = said["number"], said["product"]
    bags = Bag.objects.filter(donation__din=donation_numbers.read(number))
    bags = bags.filter(center=center) if center else bags
    bags = bags.select_related("component", "donation", "center").order_by("pk")
    return bags.filter(component__local_code=code[:5]) if code else bags


def confirm_unchanged(*, center: Center, by: User, now: datetime) -> None:
    """A person checked the stock and found it unchanged: the centre's figures are as recent as
    now."""
    with refusing():
        rows = StockLevel.objects.select_for_update(of=("self",)).filter(center=center)
        held = list(rows.order_by("pk").values_list("pk", flat=True))
        StockLevel.objects.filter(pk__in=held).update(checked_at=now)
        shelf_checks.answer_all(center=center, by=by, now=now)
