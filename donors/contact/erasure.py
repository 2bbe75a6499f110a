"""Erasure: a person's identity is removed, the records that the law requires stay without it."""

from __future__ import annotations

from datetime import datetime

from allauth.account.models import EmailAddress
from django.db import transaction

from donors.models import (
    BirthPrecision,
    Consent,
    Contact,
    Donor,
    Membership,
    NameVariant,
    Proof,
    PushSubscription,
    RecordCorrection,
    Roster,
    User,
)
from donors.people import names

from .verification import has_other_rights

BLANK: dict[str, object] = {
    "family_name": "",
    "given_name": "",
    "family_name_ar": "",
    "given_name_ar": "",
    "name_key": "",
    "name_key_ar": "",
    "name_keys": [],
    "document_kind": "",
    "document_sealed": None,
    "user": None,
    "province": None,
    "paused_until": None,
    "quiet_from": None,
    "quiet_until": None,
}


@transaction.atomic
def erase(*, donor: Donor, now: datetime) -> None:
    """Remove names and addresses from the donor's row and from every row joined to it.

    Donations, results and deferrals stay for the thirty years of traceability (guarantees I7) under
    a number. Of the birth date the year stays; of the identity document its keyed hash, which
    cannot be reversed, so that a deferral still applies if the person comes back.
    """
    rows = list(donor.linked_rows().select_for_update(of=("self",)).order_by("pk"))
    users = [row.user_id for row in rows if row.user_id]
    Proof.objects.filter(contact__donor__in=rows).delete()
    contacts = Contact.objects.filter(donor__in=rows)
    PushSubscription.objects.filter(contact__in=contacts).delete()
    contacts.filter(removed_at=None).update(removed_at=now)
    contacts.update(address="", preferred=False)
    Consent.objects.live().filter(donor__in=rows).update(withdrawn_at=now)
    Membership.objects.filter(donor__in=rows).delete()
    words = {
        word
        for row in rows
        for name in (row.family_name, row.given_name, row.family_name_ar, row.given_name_ar)
        for word in names.words(name)
    }
    for row in rows:
        born = row.birth_date.replace(month=1, day=1)
        Donor.objects.filter(pk=row.pk).update(
            erased_at=now, birth_date=born, birth_precision=BirthPrecision.YEAR, **BLANK
        )
    RecordCorrection.objects.filter(donor__in=rows).update(was=None, now=None, because="")
    Roster.objects.filter(rows__made__in=rows).update(file_name="")
    _forget_rare_words(words)
    for user in User.objects.filter(pk__in=users):
        if has_other_rights(user):
            continue
        EmailAddress.objects.filter(user=user).delete()
        User.objects.filter(pk=user.pk).update(
            username=f"erased-{user.pk}", email="", first_name="", last_name="", is_active=False
        )


def _forget_rare_words(words: set[str]) -> None:
    """A word of the erased name that nobody else bears would still tell of the person."""
    gone = []
    for word in sorted(words):
        sounding = Donor.objects.filter(name_keys__overlap=names.skeletons(word), erased_at=None)
        written = sounding.values_list(
            "family_name", "given_name", "family_name_ar", "given_name_ar"
        )
        if not any(word in names.words(name) for row in written.iterator() for name in row):
            gone.append(word)
    NameVariant.objects.filter(form__in=gone).delete()
