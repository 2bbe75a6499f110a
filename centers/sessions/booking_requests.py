"""Booking requests without an account: no place is taken before the code is confirmed."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db.models import F
from django.db.models.functions import Coalesce
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from centers.models import Appointment, BookingRequest, Session, Slot, Waiting
from donors.clock.calendar import local_day
from donors.clock.partial_dates import DAY, PartialDate
from donors.contact import codes, consent
from donors.eligibility import criteria
from donors.errors import Refused, refusing
from donors.models import Channel, Contact, Donor, Purpose
from donors.people import identity, sharing

from . import booking, waiting_list

KEPT = timedelta(hours=24)
BLANK = {"address": "", "sender": "", "family_name": "", "given_name": ""}


def request(
    *,
    slot: Slot | None,
    channel: str,
    address: str,
    family_name: str,
    given_name: str,
    sex: str,
    birth_date: date,
    language: str,
    wants_appeals: bool,
    now: datetime,
    waits_for: Session | None = None,
    sender: str = "",
    birth_precision: str = "day",
) -> BookingRequest:
    """Ask for a place in ``slot``, or on the waiting list of the full session ``waits_for``.

    ``sender`` is the network address of the request; only a keyed hash is kept, for a day.
    """
    if slot:
        booking.with_a_place(slot, now)
    born = PartialDate(birth_date, birth_precision)
    _old_enough(born, sex, local_day(_of(slot, waits_for).starts_at))
    address = address.strip().lower()
    sender = codes.hashed_sender(sender)
    _not_too_often(address, sender, now)
    return BookingRequest.objects.create(
        slot=slot,
        waits_for=waits_for,
        channel=channel,
        address=address,
        sender=sender,
        family_name=family_name.strip(),
        given_name=given_name.strip(),
        sex=sex,
        birth_date=birth_date,
        birth_precision=birth_precision,
        language=language,
        wants_appeals=wants_appeals,
        asked_at=now,
        expires_at=now + codes.LIVES,
    )


def _of(slot: Slot | None, waits_for: Session | None) -> Slot | Session:
    """By a constraint a request has either a slot or a session to wait for."""
    wanted = slot or waits_for
    assert wanted
    return wanted


def code_of(asked: BookingRequest) -> str:
    return codes.code("booking", asked.public_id)


def move(*, asked: BookingRequest, slot: Slot, now: datetime) -> None:
    """Another slot for a request whose code is not confirmed yet; the code stays the same."""
    booking.with_a_place(slot, now)
    unconfirmed = BookingRequest.objects.filter(pk=asked.pk, confirmed_at=None)
    if not unconfirmed.update(slot=slot, waits_for=None):
        raise Refused(_("This place is booked already."))


def again(*, asked: BookingRequest, now: datetime) -> BookingRequest:
    """A copy of the request with a new code, for one that expired or was mistyped too often."""
    if asked.birth_date is None:  # it was confirmed, and blanked since
        raise Refused(_("This request is too old. Choose your time anew."), "code")
    return request(
        slot=asked.slot,
        waits_for=asked.waits_for,
        channel=asked.channel,
        address=asked.address,
        family_name=asked.family_name,
        given_name=asked.given_name,
        sex=asked.sex,
        birth_date=asked.birth_date,
        birth_precision=asked.birth_precision,
        language=asked.language,
        wants_appeals=asked.wants_appeals,
        now=now,
    )


def confirm(*, asked: BookingRequest, code: str, now: datetime) -> Appointment | Waiting:
    """Confirm the code: find or register the person of this address, and book or add them to the
    waiting list.

    A refusal that another time would solve names the field ``slot``, any other ``code``. The
    caller's transaction must commit after a refusal too, or the failed attempt would not be
    counted.
    """
    _not_forgotten(asked)
    # Locks all requests of the address: two concurrent ones of one person would make two donors.
    of_address = BookingRequest.objects.select_for_update().filter(address=asked.address)
    list(of_address.order_by("pk").values_list("pk", flat=True))
    _count_attempt(asked, now)
    if held := asked.appointment or asked.waiting:  # a constraint: confirmed requests have one
        return held
    if not codes.same(code, code_of(asked)):
        raise Refused(_("This is not the code of the message. Look again."), "code")
    with refusing():
        donor = _donor_of(asked, now)
        made: dict[str, Appointment | Waiting] = {}
        if asked.waits_for:
            made["waiting"] = waiting_list.join(session=asked.waits_for, donor=donor, now=now)
        else:
            made["appointment"] = _book(asked, donor, now)
        BookingRequest.objects.filter(pk=asked.pk).update(confirmed_at=now, **made)
    return next(iter(made.values()))


def _book(asked: BookingRequest, donor: Donor, now: datetime) -> Appointment:
    if Appointment.objects.live().filter(donor__in=donor.linked_rows()).exists():
        raise Refused(
            _(
                "You have a place already. The message that confirmed it shows how to move it or"
                " give it back; then enter this code again."
            ),
            "code",
        )
    assert asked.slot  # ensured by a constraint if it waits for no session
    try:
        booking.with_a_place(asked.slot, now)
        return booking.book(slot=asked.slot, donor=donor, now=now)
    except Refused as refused:
        raise Refused(str(refused), "slot") from refused


def _count_attempt(asked: BookingRequest, now: datetime) -> None:
    """Count the attempt before the code is compared."""
    live = BookingRequest.objects.filter(pk=asked.pk, confirmed_at=None, expires_at__gt=now)
    tried = live.filter(attempts__lt=codes.MOST_ATTEMPTS).update(attempts=F("attempts") + 1)
    asked.refresh_from_db(fields=["confirmed_at", "appointment", "waiting", "attempts", "slot"])
    if tried or asked.confirmed_at:
        return
    if asked.expires_at <= now:
        raise Refused(_("This code is too old. Have a new one sent."), "code")
    raise Refused(_("Too many wrong codes were entered. Have a new one sent."), "code")


def _donor_of(asked: BookingRequest, now: datetime) -> Donor:
    """The donor with this address, date of birth and name, else a new one.

    The code has just proved the address. Someone who gave it at reception must not become a second
    donor without the deferrals of the first; a twin must not become the other.
    """
    born = asked.born
    assert born  # ``_not_forgotten`` has checked it
    sharing_it = Donor.objects.filter(
        contacts__address=asked.address,
        contacts__removed_at=None,
        birth_date__lte=born.earliest,
        latest_birth_date__gte=born.latest,
        sex=asked.sex,
        merged_into=None,
    ).distinct()
    known = sharing.bearer(sharing_it, given=asked.given_name, family=asked.family_name)
    arabic = any("\u0600" <= c <= "\u06ff" for c in asked.family_name + asked.given_name)
    names = {
        "family_name_ar" if arabic else "family_name": asked.family_name,
        "given_name_ar" if arabic else "given_name": asked.given_name,
        "phone" if asked.channel == Channel.SMS else "email": asked.address,
    }
    wanted = _of(asked.slot, asked.waits_for)
    session = wanted.session if isinstance(wanted, Slot) else wanted
    donor = known or identity.register(
        sex=asked.sex,
        birth_date=born.earliest,
        birth_precision=born.precision,
        province=session.province,
        language=asked.language,
        by=None,
        now=now,
        **names,
    )
    Contact.objects.filter(donor=donor, address=asked.address, removed_at=None).mark_working(
        verified_at=Coalesce("verified_at", now)
    )
    consent.offer(donor=donor, purpose=Purpose.REMINDERS, language=asked.language, now=now)
    if asked.wants_appeals:
        consent.give(donor=donor, purpose=Purpose.APPEALS, language=asked.language, now=now)
    return donor


def forget(*, now: datetime) -> int:
    """Blank requests a day after their code has expired; returns how many."""
    old = BookingRequest.objects.filter(expires_at__lte=now - KEPT, birth_date__isnull=False)
    return old.update(birth_date=None, birth_precision=DAY, **BLANK)


def _not_forgotten(asked: BookingRequest) -> None:
    if asked.birth_date is None and not asked.confirmed_at:
        raise Refused(_("This request is too old. Choose your time anew."), "code")


def _old_enough(born: PartialDate, sex: str, on: date) -> None:
    """Refuse minors at once and with the reason: the person has just typed the date."""
    bounds = criteria.criteria(on=on, sex=sex)
    reasons = criteria.age_reasons(born=born, bounds=bounds, on=on)
    if not reasons:
        return
    first = reasons[0]
    if first.until is None:
        raise Refused(first.message, "birth_date")
    advice = _("You may give from %(day)s on.") % {"day": date_format(first.until, "DATE_FORMAT")}
    raise Refused(f"{first.message} {advice}", "birth_date")


def _not_too_often(address: str, sender: str, now: datetime) -> None:
    lately = BookingRequest.objects.filter(asked_at__gt=now - codes.WINDOW)
    if lately.filter(address=address).count() >= codes.MOST_REQUESTS:
        raise Refused(_("Many codes have gone to this address. Try again in an hour."), "address")
    from_here = lately.filter(sender=sender, attempts=0) if sender else lately.none()
    if from_here.count() >= codes.MOST_FROM_ONE_SENDER:
        raise Refused(
            _("Many codes were asked for from your network. Try again in an hour, or call us."),
            "address",
        )
