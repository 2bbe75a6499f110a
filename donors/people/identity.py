"""Names, identity documents, phone numbers, and registering a donor."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import unicodedata
from collections.abc import Iterable
from datetime import date, datetime

import phonenumbers
from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from phonenumbers import PhoneNumberType

from donors import typed_text
from donors.errors import AlreadyRegistered, Refused, constraint
from donors.models import Channel, Contact, Donor, NameVariant, Province, User

from . import encryption, mrz, names
from .scanned_text import as_scanned

PURPOSE = b"donor.document"
CARD = re.compile(r"[A-Z]{1,2}[0-9]{1,7}")
FORBIDDEN_IN_DOCUMENT = re.compile(r"[^A-Z0-9]")


def normalise_document(number: str) -> str:
    return FORBIDDEN_IN_DOCUMENT.sub("", unicodedata.normalize("NFKC", number).upper())


def documents(text: str) -> list[str]:
    """The document numbers that a text may contain: typed, scanned under another keyboard layout,
    or from the machine-readable lines of a card."""
    of_lines = mrz.numbers(text)
    if of_lines:
        return of_lines
    scanned = normalise_document(as_scanned(text))
    is_card = CARD.fullmatch(scanned) and scanned != normalise_document(text)
    return [text, scanned] if is_card else [text]


def card(text: str) -> str:
    """The national identity card number in the text; empty for any other text."""
    found = {
        number for number in map(normalise_document, documents(text)) if CARD.fullmatch(number)
    }
    return found.pop() if len(found) == 1 else ""


def document_key(number: str) -> str:
    """The blind index of a document number: a hash that only this site's key can make."""
    key = base64.b64decode(settings.BLIND_INDEX_KEY)
    return hmac.new(key, normalise_document(number).encode(), hashlib.sha256).hexdigest()


def seal(number: str) -> bytes:
    """Encrypt a document number, bound to its blind index so that rows cannot be swapped."""
    return encryption.seal(normalise_document(number), PURPOSE + document_key(number).encode())


def open_document(donor: Donor) -> str:
    """The number of the donor's identity document; empty where none was seen."""
    if donor.document_sealed is None or donor.document_key is None:  # a constraint: both or neither
        return ""
    return unseal_number(donor.document_sealed, donor.document_key)


def unseal_number(sealed: bytes | memoryview, key: str) -> str:
    """The number that ``seal`` encrypted, bound to its blind index ``key``."""
    return encryption.unseal(sealed, PURPOSE + key.encode())


def normalise_phone(text: str) -> str:
    """A phone number as Moroccans write it, in E.164 (``+212661123456``); raises ``Refused``."""
    try:
        number = phonenumbers.parse(typed_text.plain(text), "MA")
    except phonenumbers.NumberParseException:
        number = None
    if number is None or not phonenumbers.is_valid_number(number):
        raise Refused(_("This is not a phone number. Write it like 06 61 12 34 56."))
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def takes_texts(number: str) -> bool:
    """Whether a number in E.164 can be a mobile telephone's; a landline gets no text message."""
    kind = phonenumbers.number_type(phonenumbers.parse(number))
    return kind in (PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE)


def mobile(text: str) -> str:
    """A number to which a code may go by text message; raises ``Refused`` for a landline."""
    number = normalise_phone(text)
    if not takes_texts(number):
        raise Refused(_("No text message reaches a landline. Enter a mobile number or an e-mail."))
    return number


def learn(written: Iterable[str]) -> None:
    """Add the words of these names to the vocabulary against which misspelt searches are
    compared."""
    forms = {word for name in written for word in names.words(name)}
    NameVariant.objects.bulk_create(
        [NameVariant(form=form) for form in sorted(forms)], ignore_conflicts=True
    )


def _row_of_old(known: Donor) -> Donor:
    """The row in use for an erased person who came back. The documents of joined rows are swapped,
    so that each key still leads to the row in use."""
    person = known.person
    if person != known:
        Donor.objects.filter(pk__in=[person.pk, known.pk]).update(document_key=None)
        Donor.objects.filter(pk=known.pk).update(document_key=person.document_key)
    return person


@transaction.atomic
def register(
    *,
    sex: str,
    birth_date: date,
    by: User | None,
    now: datetime,
    family_name: str = "",
    given_name: str = "",
    family_name_ar: str = "",
    given_name_ar: str = "",
    document_kind: str = "",
    document_number: str = "",
    phone: str = "",
    email: str = "",
    province: Province | None = None,
    language: str = "ar",
    birth_precision: str = "day",
) -> Donor:
    """Register a new donor with the addresses they gave, unverified. Nothing is guessed.

    An erased person who returns with the same document gets the earlier row, so that their
    deferrals apply again.

    Raises ``AlreadyRegistered`` when the document belongs to a donor, ``Refused`` for an invalid
    phone.
    """
    known = Donor.objects.filter(document_key=document_key(document_number)).first()
    if document_number and known and not known.erased_at:
        raise AlreadyRegistered(_("This identity document is already registered."), known)
    contacts = []
    if phone:
        contacts.append(Contact(channel=Channel.SMS, address=normalise_phone(phone)))
    if email:
        contacts.append(Contact(channel=Channel.EMAIL, address=email.strip().lower()))
    back = _row_of_old(known) if document_number and known else Donor()
    donor = Donor(
        pk=back.pk,
        public_id=back.public_id,
        blood_group=back.blood_group,
        merged_into_id=back.merged_into_id,
        family_name=family_name.strip(),
        given_name=given_name.strip(),
        family_name_ar=family_name_ar.strip(),
        given_name_ar=given_name_ar.strip(),
        name_key=names.fold(f"{family_name} {given_name}"),
        name_key_ar=names.fold(f"{family_name_ar} {given_name_ar}"),
        name_keys=names.keys([given_name, family_name, given_name_ar, family_name_ar]),
        sex=sex,
        birth_date=birth_date,
        birth_precision=birth_precision,
        document_kind=document_kind if document_number else "",
        document_sealed=seal(document_number) if document_number else None,
        document_key=document_key(document_number) if document_number else None,
        province=province,
        language=language,
        registered_at=now,
        registered_by=by,
    )
    try:
        with transaction.atomic():
            donor.save(force_insert=back.pk is None, force_update=back.pk is not None)
    except IntegrityError as error:
        if constraint(error) != "donors_donor_document_key_key":
            raise
        known = Donor.objects.get(document_key=document_key(document_number))
        raise AlreadyRegistered(
            _("This identity document is already registered."), known
        ) from error
    for position, contact in enumerate(contacts):
        contact.donor = donor
        contact.preferred = position == 0
    Contact.objects.bulk_create(contacts)
    learn([given_name, family_name, given_name_ar, family_name_ar])
    return donor
