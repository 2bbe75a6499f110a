"""Phlebotomy: start and end of the bleeding; the number is used from the start."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.utils.translation import gettext as _

from centers.isbt128 import donation_numbers, facilities, lots
from centers.models import (
    Bleeding,
    Correction,
    Donation,
    Kit,
    Session,
    Visit,
    VoidedNumber,
)
from donors.errors import Refused, refusing
from donors.models import Donor, User

from . import donations, number_ranges, times

LOWEST, HIGHEST = 405, 495  # 450 mL, ten per cent more or less (general practice)
HARDLY = 50  # mL; below this the bleeding was stopped, whatever the scale shows


def start(
    *,
    visit: Visit,
    number: str,
    kit: Kit,
    lot: str,
    arm: str,
    by: User,
    now: datetime,
    facility: str = "",
) -> Bleeding:
    """Start the bleeding. The same label scanned twice for one donor gives one bleeding.

    ``facility``: the facility, not one of the session's, that the label was compared with and
    confirmed.
    """
    label = donation_numbers.parse(number)
    with refusing():
        # A form sent twice at once: the second waits here, then finds the first one's row.
        Donor.objects.select_for_update(of=("self",)).values_list("pk").get(pk=visit.donor_id)
        known = Bleeding.objects.filter(visit=visit).first()
        if known and known.din == label.din:
            return known
        if known:
            raise Refused(_("The bleeding of this donor has begun already."))
        device = number_ranges.device_of(session=visit.session, din=label.din)
        facilities.ask(session=visit.session, din=label.din, confirmed=facility, by=by, now=now)
        return Bleeding.objects.create(
            visit_id=visit.pk,  # a refusal must leave no bleeding on the caller's visit
            din=label.din,
            check_character=label.check,
            device=device,
            kit=kit,
            lot=lots.read(lot, din=label.din),
            arm=arm,
            started_at=now,
            started_by=by,
        )


def end(
    *,
    visit: Visit,
    number: str,
    volume: int,
    stopped_because: str = "",
    submission_id: uuid.UUID,
    by: User,
    now: datetime,
    started_at: datetime | None = None,
    ended_at: datetime | None = None,
    times_sure: bool = False,
) -> Donation | None:
    """End the bleeding: record a donation, or void the number if the bag is empty.

    ``number`` is scanned again, so that two bags are not swapped. ``started_at``, ``ended_at``: by the
    clock, where the buttons were pressed at another time. Raises ``Refused`` for ``times_sure`` where
    the times can hardly be, until they are confirmed.
    """
    bleeding = getattr(visit, "bleeding", None)
    if bleeding is None:
        raise Refused(_("The bleeding has not begun. Scan the number at the chair first."))
    if donation_numbers.parse(number).din != bleeding.din:
        sentence = _("This is not the number with which the bleeding began. Check whose bag it is.")
        raise Refused(sentence, "number")
    if not volume and not stopped_because:
        raise Refused(_("Say why nothing is in the bag."), "stopped_because")
    started, ended_at = started_at or bleeding.started_at, ended_at or now
    if not started <= ended_at <= now:
        raise Refused(_("The needle came out after it went in. Compare both times."), "ended_at")
    if not times_sure and bleeding.ended_at is None:
        times.ask_about(visit.arrived_at, started, ended_at, volume=volume)
    with refusing():
        ended = Bleeding.objects.filter(pk=bleeding.pk, ended_at=None).update(
            ended_at=ended_at, ended_by=by, stopped_because=stopped_because, times_sure=times_sure
        )
        if ended and started != bleeding.started_at:
            _begun_at(bleeding, started, by=by, now=now)
        if not volume:
            void(bleeding, by=by, now=now)
            return None
        given = donations.record(
            visit=visit,
            number=number,
            volume=volume,
            kit=bleeding.kit,
            submission_id=submission_id,
            captured_at=now,
            by=by,
            now=now,
            device=bleeding.device,
            first=bool(ended),
        )
    bleeding.ended_at = bleeding.ended_at or ended_at
    return given


def _begun_at(bleeding: Bleeding, started: datetime, *, by: User, now: datetime) -> None:
    """The needle went in at another time than its button was pressed."""
    Correction.objects.create(
        visit_id=bleeding.visit_id,
        field=Correction.Field.STARTED,
        was=bleeding.started_at.isoformat(timespec="minutes"),
        now=started.isoformat(timespec="minutes"),
        because=_("The time was put right when the needle was out."),
        at=now,
        by=by,
    )


def void(bleeding: Bleeding, *, by: User, now: datetime) -> None:
    """End a bleeding with an empty bag: its number is used up all the same."""
    VoidedNumber.objects.get_or_create(
        din=bleeding.din,
        defaults={
            "session": bleeding.visit.session,
            "because": VoidedNumber.Because.EMPTY,
            "at": now,
            "by": by,
        },
    )


def last_arm(visit: Visit) -> str:
    """The arm of the donor's last donation; empty for a first-time donor."""
    earlier = Bleeding.objects.filter(visit__donor__in=visit.donor.linked_rows()).exclude(
        visit=visit
    )
    return earlier.order_by("-started_at").values_list("arm", flat=True).first() or ""


def last_kit(*, session: Session, by: User) -> str:
    """The kit this person used last in the session, proposed for the next bleeding."""
    mine = Bleeding.objects.filter(visit__session=session, started_by=by)
    return mine.order_by("-started_at").values_list("kit", flat=True).first() or ""


def leave(*, visit: Visit, by: User, now: datetime) -> None:
    """The donor leaves after the rest."""
    given = Visit.objects.filter(pk=visit.pk, left_at=None, bleeding__ended_at__isnull=False)
    with refusing():
        if not given.update(left_at=now):
            raise Refused(_("This donor is not resting."))
