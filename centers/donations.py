from __future__ import annotations

import hashlib
import json
import uuid
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from donors import deferrals
from donors.calendar import local_day
from donors.models import User

from . import labels, stock
from .errors import Refused, in_one_piece
from .models import Bag, Component, Donation, Visit

MOROCCO = ZoneInfo("Africa/Casablanca")
# What a whole-blood collection is separated into (domain.md 2.2).
RECIPE = ("RBC-SAGM", "FFP", "PLT-STD")
# Millilitres in a bag made for 450: with less its anticoagulant is too strong for the blood in it.
LEAST_VOLUME = 300


WITHHELD = "donor_call_back"
OUT_OF_REACH = (Bag.State.IN_TRANSIT, Bag.State.ISSUED)


def withhold(*, donation: Donation, now: datetime) -> None:
    """The donor asks that it is not used and says no reason: nothing of it leaves any more."""
    with in_one_piece():
        bags = Bag.objects.select_for_update(of=("self",)).filter(donation=donation)
        for bag in bags.select_related("center").order_by("pk"):
            if bag.state in stock.DISCARDED_FROM:
                stock.move(bag=bag, to=Bag.State.DISCARDED, by=None, reason=WITHHELD)
            elif bag.state in OUT_OF_REACH:
                stock.move(bag=bag, to=Bag.State.BLOCKED, by=None, reason=WITHHELD)


def record(
    *,
    visit: Visit,
    number: str,
    volume: int,
    submission_id: uuid.UUID,
    captured_at: datetime,
    by: User,
    now: datetime,
    device: str = "",
    mode: str = Donation.Mode.ONLINE,
    collected_on: date | None = None,
) -> Donation:
    """The donation, its bags in quarantine and the donor's interval, in one transaction.

    ``number`` is as scanned or typed. The same ``submission_id`` with the same content gives the
    same donation; with another content it is refused and nothing is written.
    """
    label = labels.parse(number)
    content = [visit.pk, label.din, volume, str(collected_on or ""), mode]
    digest = hashlib.sha256(json.dumps(content).encode()).hexdigest()
    collected_on = collected_on or local_day(now)
    with in_one_piece():
        # A form sent twice at once: the second one waits here, then finds what the first one wrote.
        locked = Visit.objects.select_for_update(of=("self",)).get(pk=visit.pk)
        known = Donation.objects.filter(submission_id=submission_id).first()
        if known and known.submission_hash == digest:
            return known
        if known:
            raise Refused(_("This form was already sent with other values. Open the visit again."))
        donation = Donation.objects.create(
            din=label.din,
            check_character=label.check,
            donor=visit.donor,
            center=visit.session.center,
            session=visit.session,
            visit=locked,  # a refusal must leave no donation on the caller's visit
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
        if mode != Donation.Mode.ONLINE:  # an entry of today is refused instead of marked
            donation.refresh_from_db(fields=["conflict"])
        components = Component.objects.in_bulk(RECIPE)
        bags = Bag.objects.bulk_create(
            Bag(
                donation=donation,
                component=components[code],
                center=donation.center,
                collected_on=collected_on,
                expires_at=expiry(collected_on, components[code]),
            )
            for code in RECIPE
        )
        against = donation.conflict or ("underweight" if volume < LEAST_VOLUME else "")
        first = Bag.State.BLOCKED if against else Bag.State.QUARANTINED
        stock.move_all(bags=bags, to=first, by=by, reason=against)
        deferrals.after_donation(donor=visit.donor, on=collected_on, by=by, now=now)
    return donation


def expiry(collected_on: date, component: Component) -> datetime:
    """23:59 in Morocco of the last day the component keeps."""
    last_day = collected_on + timedelta(days=component.shelf_life_days)
    return datetime.combine(last_day, time(23, 59), MOROCCO)
