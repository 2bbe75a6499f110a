"""A place in a slot: with a donor's record, or first with a code that the address proves."""

from __future__ import annotations

import hashlib
import hmac
import unicodedata
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db.models import F
from django.db.models.functions import Coalesce
from django.utils.formats import date_format
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
# Arrivals are entered late, from paper too; only then was a place missed.
LATE_ENTRIES = timedelta(hours=24)


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


def settle_missed(*, now: datetime) -> int:
    """Whoever did not come may book again; how many places were missed."""
    over = Slot.objects.filter(session__ends_at__lte=now - LATE_ENTRIES)
    return Appointment.objects.filter(
        state=Appointment.State.BOOKED,
        slot__in=over.exclude(session__state=Session.State.CANCELLED),
    ).update(state=Appointment.State.MISSED, settled_at=now)


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
    _with_a_place(slot, now)
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


def move(*, asked: BookingRequest, slot: Slot, now: datetime) -> None:
    """Another time for a request whose code has not come back; the code stays the same."""
    _with_a_place(slot, now)
    unconfirmed = BookingRequest.objects.filter(pk=asked.pk, confirmed_at=None)
    if not unconfirmed.update(slot=slot):
        raise Refused(_("This place is booked already."))


def again(*, asked: BookingRequest, now: datetime) -> BookingRequest:
    """The same request with a code of its own, for one that expired or was mistyped too often."""
    return request(
        slot=asked.slot,
        email=asked.email,
        family_name=asked.family_name,
        given_name=asked.given_name,
        sex=asked.sex,
        birth_date=asked.birth_date,
        language=asked.language,
        wants_appeals=asked.wants_appeals,
        now=now,
    )


def confirm(*, asked: BookingRequest, code: str, now: datetime) -> Appointment:
    """The code came back: find or register the person of this address, and book.

    A refusal for which another time would help names the field ``slot``, any other ``code``. Runs
    inside a transaction that commits after a refusal too, for the attempt counts.
    """
    # All of the address: two new requests of one person at once would make two donors.
    of_address = BookingRequest.objects.select_for_update().filter(email=asked.email)
    list(of_address.order_by("pk").values_list("pk", flat=True))
    _count_attempt(asked, now)
    if asked.appointment:
        return asked.appointment
    digits = "".join(str(unicodedata.digit(c)) for c in code if c.isdigit())
    if not hmac.compare_digest(digits, code_of(asked)):
        raise Refused(_("This is not the code of the message. Look again."), "code")
    with in_one_piece():
        donor = _donor_of(asked, now)
        if Appointment.objects.filter(donor=donor, state=Appointment.State.BOOKED).exists():
            raise Refused(
                _(
                    "You have a place already. Its confirmation in your mail shows how to give it"
                    " back; then enter this code again."
                ),
                "code",
            )
        try:
            _with_a_place(asked.slot, now)
            appointment = book(slot=asked.slot, donor=donor, now=now)
        except Refused as refused:
            raise Refused(str(refused), "slot") from refused
        BookingRequest.objects.filter(pk=asked.pk).update(confirmed_at=now, appointment=appointment)
    return appointment


def _count_attempt(asked: BookingRequest, now: datetime) -> None:
    """One more try, counted before it is looked at."""
    live = BookingRequest.objects.filter(pk=asked.pk, confirmed_at=None, expires_at__gt=now)
    tried = live.filter(attempts__lt=MOST_ATTEMPTS).update(attempts=F("attempts") + 1)
    asked.refresh_from_db(fields=["appointment", "attempts", "slot"])
    if tried or asked.appointment:
        return
    if asked.expires_at <= now:
        raise Refused(_("This code is too old. Have a new one sent."), "code")
    raise Refused(_("Too many wrong codes were entered. Have a new one sent."), "code")


def _donor_of(asked: BookingRequest, now: datetime) -> Donor:
    """The donor who named this address before and was born that day, else a new one.

    The code has just proved the address: who gave it at reception must not become a second person,
    without the first one's deferrals.
    """
    known = (
        Donor.objects.filter(
            contacts__address=asked.email,
            contacts__removed_at=None,
            birth_date=asked.birth_date,
            sex=asked.sex,
        )
        .order_by(F("contacts__verified_at").asc(nulls_last=True), "pk")
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
    Contact.objects.filter(donor=donor, address=asked.email, removed_at=None).update(
        verified_at=Coalesce("verified_at", now), failed_at=None
    )
    if asked.wants_appeals:
        consent.give(donor=donor, purpose=Purpose.APPEALS, language=asked.language, now=now)
    return donor


def _still_open(slot: Slot, now: datetime) -> None:
    if slot.session.state not in Session.LIVE or slot.starts_at <= now:
        raise Refused(_("This time is over or was cancelled. Choose another one."), "slot")


def _with_a_place(slot: Slot, now: datetime) -> None:
    """Asked before the database says the same, so that the answer can name its field."""
    _still_open(slot, now)
    if slot.free < 1:
        raise Refused(_("This time is full. Choose another one."), "slot")


def _old_enough(birth_date: date, sex: str, on: date) -> None:
    """Said at once and with its reason: the person has just typed the date."""
    bounds = eligibility.criteria(on=on, sex=sex)
    reasons = eligibility.age_reasons(birth_date=birth_date, bounds=bounds, on=on)
    if not reasons:
        return
    first = reasons[0]
    if first.until is None:
        raise Refused(first.message, "birth_date")
    advice = _("You may give from %(day)s on.") % {"day": date_format(first.until, "DATE_FORMAT")}
    raise Refused(f"{first.message} {advice}", "birth_date")


def _not_too_often(email: str, now: datetime) -> None:
    lately = BookingRequest.objects.filter(
        email=email.strip().lower(), asked_at__gt=now - REQUEST_WINDOW
    )
    if lately.count() >= MOST_REQUESTS:
        raise Refused(_("Many codes have gone to this address. Try again in an hour."), "email")
