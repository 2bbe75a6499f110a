"""A place in a slot: with a donor's record, or first with a code that the address proves."""

from __future__ import annotations

import hashlib
import hmac
import unicodedata
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db.models import F
from django.utils.translation import gettext as _

from donors import consent, eligibility, identity
from donors.calendar import local_day
from donors.models import Contact, Donor, Purpose

from .errors import Refused, in_one_piece
from .models import Appointment, BookingRequest, Session, Slot

CODE_LIVES = timedelta(minutes=30)
MOST_ATTEMPTS = 5
MOST_REQUESTS = 5
REQUEST_WINDOW = timedelta(hours=1)


def book(*, slot: Slot, donor: Donor, now: datetime) -> Appointment:
    """Take one place; refused when full, over, or on a day when the donor may not give.

    The refusal never says why a person may not give: the page may be read by somebody else.
    """
    _still_open(slot, now)
    if not eligibility.assess(donor=donor, on=local_day(slot.starts_at)).allowed:
        raise Refused(_("You cannot give on this day yet. Choose a later one, or ask the centre."))
    with in_one_piece():
        return Appointment.objects.create(slot=slot, donor=donor, made_at=now)


def cancel(*, appointment: Appointment, now: datetime) -> None:
    """Give the place back."""
    if not Appointment.objects.filter(pk=appointment.pk, state=Appointment.State.BOOKED).update(
        state=Appointment.State.CANCELLED, settled_at=now
    ):
        raise Refused(_("This appointment is no longer booked."))


def request(
    *,
    slot: Slot,
    email: str,
    family_name: str,
    given_name: str,
    sex: str,
    birth_date: date,
    language: str,
    wants_appeals: bool,
    now: datetime,
) -> BookingRequest:
    """Ask for a place without an account; nothing is booked before the code comes back."""
    _still_open(slot, now)
    if slot.free < 1:
        raise Refused(_("This time is full. Choose another one."))
    _old_enough(birth_date, sex, local_day(slot.starts_at))
    _not_too_often(email, now)
    return BookingRequest.objects.create(
        slot=slot,
        email=email.strip().lower(),
        family_name=family_name.strip(),
        given_name=given_name.strip(),
        sex=sex,
        birth_date=birth_date,
        language=language,
        wants_appeals=wants_appeals,
        asked_at=now,
        expires_at=now + CODE_LIVES,
    )


def code_of(asked: BookingRequest) -> str:
    """Six digits that only this site can make for this request; stored nowhere."""
    digest = hmac.new(
        settings.LINK_KEY.encode(), f"booking:{asked.public_id}".encode(), hashlib.sha256
    ).digest()
    return f"{int.from_bytes(digest[:8], 'big') % 1_000_000:06d}"


def confirm(*, asked: BookingRequest, code: str, now: datetime) -> Appointment:
    """The code came back: find or register the person of this address, and book."""
    tried = BookingRequest.objects.filter(
        pk=asked.pk, confirmed_at=None, expires_at__gt=now, attempts__lt=MOST_ATTEMPTS
    ).update(attempts=F("attempts") + 1)
    if not tried:
        raise Refused(_("This code is no longer valid. Ask for the place again."))
    digits = "".join(str(unicodedata.digit(c)) for c in code if c.isdigit())
    if not hmac.compare_digest(digits, code_of(asked)):
        raise Refused(_("This is not the code of the message. Look again."))
    with in_one_piece():
        donor = _donor_of(asked, now)
        appointment = book(slot=asked.slot, donor=donor, now=now)
        BookingRequest.objects.filter(pk=asked.pk).update(confirmed_at=now, appointment=appointment)
    return appointment


def _donor_of(asked: BookingRequest, now: datetime) -> Donor:
    """The donor who proved this address before and was born that day, else a new one."""
    known = (
        Donor.objects.filter(
            contacts__address=asked.email,
            contacts__verified_at__isnull=False,
            contacts__removed_at=None,
            birth_date=asked.birth_date,
            sex=asked.sex,
        )
        .order_by("pk")
        .first()
    )
    arabic = any("\u0600" <= c <= "\u06ff" for c in asked.family_name + asked.given_name)
    names = {
        "family_name_ar" if arabic else "family_name": asked.family_name,
        "given_name_ar" if arabic else "given_name": asked.given_name,
    }
    donor = known or identity.register(
        sex=asked.sex,
        birth_date=asked.birth_date,
        email=asked.email,
        province=asked.slot.session.province,
        language=asked.language,
        by=None,
        now=now,
        **names,
    )
    Contact.objects.filter(donor=donor, address=asked.email, verified_at=None).update(
        verified_at=now
    )
    if asked.wants_appeals:
        consent.give(donor=donor, purpose=Purpose.APPEALS, language=asked.language, now=now)
    return donor


def _still_open(slot: Slot, now: datetime) -> None:
    if slot.session.state not in Session.LIVE or slot.starts_at <= now:
        raise Refused(_("This time is over or was cancelled. Choose another one."))


def _old_enough(birth_date: date, sex: str, on: date) -> None:
    """Said at once and with its reason: the person has just typed the date."""
    bounds = eligibility.criteria(on=on, sex=sex)
    reasons = eligibility.age_reasons(birth_date=birth_date, bounds=bounds, on=on)
    if reasons:
        raise Refused(reasons[0].message, "birth_date")


def _not_too_often(email: str, now: datetime) -> None:
    lately = BookingRequest.objects.filter(
        email=email.strip().lower(), asked_at__gt=now - REQUEST_WINDOW
    )
    if lately.count() >= MOST_REQUESTS:
        raise Refused(_("Many codes have gone to this address. Try again in an hour."), "email")
