from __future__ import annotations

import hashlib
import json
import uuid
from datetime import date, datetime, time, timedelta

from django.utils.translation import gettext as _

from centers.inventory import stock
from centers.isbt128 import donation_numbers
from centers.models import Bag, Component, Donation, Kit, Recall, Visit
from donors.clock.calendar import local_day
from donors.clock.zones import MOROCCO
from donors.eligibility import deferrals
from donors.errors import Refused, refusing
from donors.models import User

# Minimum millilitres in a 450 mL bag: with less blood there is too much anticoagulant.
LEAST_VOLUME = 300


WITHHELD = "donor_call_back"


def withhold(*, donation: Donation, now: datetime) -> None:
    """The donor asks, without a reason, that the donation is not used: its bags are blocked.

    Bags that have left are recalled.
    """
    with refusing():
        # The donation before its bags: a result being written locks in the same order.
        Donation.objects.select_for_update(of=("self",)).get(pk=donation.pk)
        locked = Bag.objects.select_for_update(of=("self",)).filter(donation=donation)
        bags = list(locked.select_related("center").order_by("pk"))
        for bag in bags:
            if bag.state in stock.DISCARDED_FROM:
                stock.move(bag=bag, to=Bag.State.DISCARDED, by=None, reason=WITHHELD)
            elif bag.state == Bag.State.IN_TRANSIT:
                stock.move(bag=bag, to=Bag.State.BLOCKED, by=None, reason=WITHHELD)
        live = Recall.objects.filter(donation=donation, closed_at=None)
        if any(bag.state == Bag.State.ISSUED for bag in bags) and not live.exists():
            Recall.objects.create(
                donation=donation, cause=Recall.Cause.CALL, because=WITHHELD, opened_at=now
            )


def record(
    *,
    visit: Visit,
    number: str,
    volume: int,
    submission_id: uuid.UUID,
    captured_at: datetime,
    by: User,
    now: datetime,
    kit: Kit,
    device: str = "",
    mode: str = Donation.Mode.ONLINE,
    collected_on: date | None = None,
    first: bool = False,
) -> Donation:
    """Record the donation, its bag in quarantine and the donor's interval. The caller holds a lock
    on the visit in a transaction.

    ``number`` is as scanned or typed. The same ``submission_id`` with the same content returns the
    same donation; with other content it is refused. ``first``: the caller has just ended the
    bleeding, so nothing of this visit was written before.
    """
    label = donation_numbers.parse(number)
    content = [visit.pk, label.din, volume, str(collected_on or ""), mode]
    digest = hashlib.sha256(json.dumps(content).encode()).hexdigest()
    collected_on = collected_on or local_day(now)
    known = None if first else Donation.objects.filter(submission_id=submission_id).first()
    if known and known.submission_hash == digest:
        return known
    if known:
        raise Refused(_("This form was already sent with other values. Open the visit again."))
    center = visit.session.center
    donation = Donation.objects.create(
        din=label.din,
        check_character=label.check,
        donor_id=visit.donor_id,
        center=center,
        session=visit.session,
        visit_id=visit.pk,  # a refusal must leave no donation on the caller's visit
        collected_on=collected_on,
        volume=volume,
        mode=mode,
        device=device,
        captured_at=captured_at,
        received_at=now,
        operator=by,
        submission_id=submission_id,
        submission_hash=digest,
    )
    bag = Bag.objects.create(
        donation=donation,
        component=kit.component,
        center=center,
        collected_on=collected_on,
        expires_at=expiry(collected_on, kit.component),
    )
    against = donation.conflict or ("underweight" if volume < LEAST_VOLUME else "")
    begins = Bag.State.BLOCKED if against else Bag.State.QUARANTINED
    stock.move(bag=bag, to=begins, by=by, reason=against)
    deferrals.after_donation(donor=visit.donor_id, on=collected_on, by=by, now=now)
    return donation


def expiry(collected_on: date, component: Component) -> datetime:
    """23:59 in Morocco on the last day of the component's shelf life."""
    last_day = collected_on + timedelta(days=component.shelf_life_days)
    return datetime.combine(last_day, time(23, 59), MOROCCO)
