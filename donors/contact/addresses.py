"""A donor's addresses: removing one, choosing the preferred one."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from donors.errors import Refused
from donors.models import Contact, Donor, PushSubscription
from donors.models.contact import ContactQuerySet

REMEMBERED = timedelta(days=90)


def of(donor: Donor) -> ContactQuerySet:
    """Every address that was not removed, the preferred one first."""
    return Contact.objects.filter(donor=donor, removed_at=None).order_by("-preferred", "pk")


@transaction.atomic
def remove(*, contact: Contact, now: datetime) -> None:
    """Stop using the address; another proved address becomes the preferred one."""
    list(of(contact.donor).select_for_update())
    Contact.objects.filter(pk=contact.pk).update(removed_at=now, preferred=False)
    PushSubscription.objects.filter(contact=contact).delete()
    left = of(contact.donor).filter(verified_at__isnull=False, failed_at=None)
    if not left.filter(preferred=True).exists():
        Contact.objects.filter(pk__in=left.values("pk")[:1]).update(preferred=True)


@transaction.atomic
def prefer(*, contact: Contact) -> None:
    rows = list(of(contact.donor).select_for_update())
    if contact.verified_at is None or contact.failed_at:
        raise Refused(_("Prove this address first: have a code sent there."))
    Contact.objects.filter(pk__in=[row.pk for row in rows]).update(preferred=False)
    Contact.objects.filter(pk=contact.pk).update(preferred=True)


def forget(*, now: datetime) -> int:
    """Blank addresses that were removed long ago; returns how many."""
    old = Contact.objects.filter(removed_at__lte=now - REMEMBERED).exclude(address="")
    return old.update(address="")
