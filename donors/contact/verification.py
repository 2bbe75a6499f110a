"""A donor proves an address with the code sent to it: to sign in, or to be reached there."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from donors.clock.partial_dates import PartialDate
from donors.errors import Refused
from donors.models import Channel, Contact, Donor, Officer, Proof, User
from donors.people import identity, sharing

from . import codes

KEPT = timedelta(days=1)
MOST_ADDRESSES = 5


def ask_to_sign_in(*, address: str, born: PartialDate, sender: str, now: datetime) -> Proof:
    """Whether the address is known is revealed only in the message to it: the page is always the
    same."""
    address = address.strip().lower()
    # A day fits the year on record; a year alone does not open a record with a day.
    contacts = Contact.objects.filter(
        address=address,
        removed_at=None,
        donor__birth_date__lte=born.earliest,
        donor__latest_birth_date__gte=born.latest,
        donor__merged_into=None,
    ).select_related("donor__user")
    # The most exact date first: nobody is told apart from it by a date that they did not type.
    exact = ("donor__latest_birth_date", F("donor__birth_date").desc())
    found = contacts.order_by(*exact, F("verified_at").asc(nulls_last=True), "pk")
    contact = next((one for one in found if _opens_by_code(one)), None)
    return _asked(Proof.Purpose.SIGN_IN, contact, address, sender, now)


def _opens_by_code(contact: Contact) -> bool:
    """A code alone must not open what a second factor guards."""
    user = contact.donor.user
    return user is None or not has_other_rights(user)


def has_other_rights(user: User) -> bool:
    """The account signs in as staff, with a password and a second factor."""
    return (
        user.is_administrator
        or user.is_auditor
        or user.has_usable_password()
        or Officer.objects.filter(user=user).exists()
    )


@transaction.atomic
def add_address(*, donor: Donor, typed: str, sender: str, now: datetime) -> Proof:
    """Add an e-mail or phone of a donor; before it is proved it receives nothing but its code."""
    channel = Channel.EMAIL if "@" in typed else Channel.SMS
    address = typed.strip().lower() if channel == Channel.EMAIL else identity.mobile(typed)
    live = Contact.objects.select_for_update().filter(donor=donor, removed_at=None)
    contact = live.filter(channel=channel, address=address).first()
    if contact and contact.verified_at and not contact.failed_at:
        raise Refused(_("This address is proved already."))
    if contact is None:
        if live.exclude(channel=Channel.PUSH).count() >= MOST_ADDRESSES:
            raise Refused(_("Five addresses are enough. Remove one first."))
        contact = Contact.objects.create(donor=donor, channel=channel, address=address)
    return _asked(Proof.Purpose.ADDRESS, contact, address, sender, now)


def _asked(
    purpose: str, contact: Contact | None, address: str, sender: str, now: datetime
) -> Proof:
    sender = codes.hashed_sender(sender)
    lately = Proof.objects.filter(asked_at__gt=now - codes.WINDOW)
    if lately.filter(address=address).count() >= codes.MOST_REQUESTS:
        raise Refused(_("Many codes have gone to this address. Try again in an hour."))
    silent = lately.filter(sender=sender, attempts=0) if sender else lately.none()
    if silent.count() >= codes.MOST_FROM_ONE_SENDER:
        raise Refused(
            _("Many codes were asked for from your network. Try again in an hour, or call us.")
        )
    return Proof.objects.create(
        purpose=purpose,
        contact=contact,
        address=address,
        sender=sender,
        asked_at=now,
        expires_at=now + codes.LIVES,
    )


def code_of(proof: Proof) -> str:
    return codes.code("proof", proof.public_id)


def prove(*, proof: Proof, code: str, now: datetime, given_name: str = "") -> Contact:
    """Mark the address as the donor's. The caller's transaction must commit after a refusal too, or
    the failed attempt would not be counted.

    ``given_name`` tells which person signs in where several of one birth date have the address.
    """
    live = Proof.objects.filter(pk=proof.pk, used_at=None, expires_at__gt=now)
    if not live.filter(attempts__lt=codes.MOST_ATTEMPTS).update(attempts=F("attempts") + 1):
        raise Refused(_("This code is used up or too old. Have a new one sent."))
    if proof.contact is None or not codes.same(code, code_of(proof)):
        raise Refused(_("This is not the code of the message. Look again."))
    contact = proof.contact
    if proof.purpose == Proof.Purpose.SIGN_IN:
        contact = _who_signs_in(proof.contact, given_name)
    if not live.update(used_at=now):
        raise Refused(_("This code is used up or too old. Have a new one sent."))
    Contact.objects.filter(pk=contact.pk).mark_working(verified_at=Coalesce("verified_at", now))
    return contact


def _who_signs_in(contact: Contact, given_name: str) -> Contact:
    """Asked only after the code was right: nobody else learns that an address is shared. The others
    have the same birth date or a less exact one: the date typed fits each."""
    born = contact.donor.born
    contacts = Contact.objects.filter(
        address=contact.address,
        removed_at=None,
        donor__birth_date__lte=born.earliest,
        donor__latest_birth_date__gte=born.latest,
        donor__merged_into=None,
    ).select_related("donor__user")
    theirs = {one.donor: one for one in contacts if _opens_by_code(one)}
    if len(theirs) < 2:
        return contact
    one = sharing.bearer(theirs, given=given_name)
    if one is None:
        raise Refused(
            _("Several people with this date of birth use this address. Enter your given name too.")
            if not given_name.strip()
            else _("Nobody with this given name uses this address. Write it as on your card."),
            "given_name",
        )
    return theirs[one]


@transaction.atomic
def account_of(*, donor: Donor) -> User:
    """The donor's own account, created at the first sign-in without password and without other
    rights."""
    locked = Donor.objects.select_for_update(of=("self",)).select_related("user").get(pk=donor.pk)
    if locked.user:
        return locked.user
    user = User(username=f"donor-{locked.public_id}", language=locked.language)
    user.set_unusable_password()
    user.save(force_insert=True)
    Donor.objects.filter(pk=locked.pk).update(user=user)
    return user


def forget(*, now: datetime) -> int:
    return Proof.objects.filter(expires_at__lte=now - KEPT).delete()[0]
