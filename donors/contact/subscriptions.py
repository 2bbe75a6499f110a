"""Browsers that show notifications: a donor's is a contact like any other, an officer's is beside
the mail.

The person who sends a subscription chooses the address that our workers will call. So only push services
of a list are called, by https, by name, on the usual port (``settings.PUSH_SERVICES``); the sender
looks at the address behind the name as well.
"""

from __future__ import annotations

import hashlib
import ipaddress
from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from donors.errors import Refused
from donors.models import Channel, Contact, Donor, PushSubscription, User

from . import addresses, push_keys

MOST_BROWSERS = 5
LONGEST = 1000
AUTH = 16  # bytes (RFC 8291, section 3.2)


def is_allowed(endpoint: str) -> bool:
    """An entry of the setting is a host, a suffix as ``.push.apple.com``, or for development a whole
    origin as ``http://127.0.0.1:9000``."""
    try:
        url = urlsplit(endpoint)
        port = url.port
    except ValueError:
        return False
    if f"{url.scheme}://{url.netloc}" in settings.PUSH_SERVICES:
        return True
    host = url.hostname or ""
    if url.scheme != "https" or port not in (None, 443) or url.username is not None:
        return False
    if url.password is not None or _is_number(host):
        return False
    return any(
        host.endswith(entry) if entry.startswith(".") else host == entry
        for entry in settings.PUSH_SERVICES
    )


def _is_number(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def digest_of(endpoint: str) -> str:
    return hashlib.sha256(endpoint.encode()).hexdigest()[:40]


def _checked(endpoint: str, p256dh: str, auth: str, now: datetime) -> dict[str, object]:
    plain = endpoint.isascii() and endpoint.isprintable() and " " not in endpoint
    if len(endpoint) > LONGEST or not plain or not is_allowed(endpoint):
        raise Refused(_("This browser's notifications come by a service that we do not know."))
    key = push_keys.browser_key(p256dh)
    if key is None or len(push_keys.decoded(auth)) != AUTH:
        raise Refused(_("This browser did not give the keys that a notification is sealed with."))
    return {
        "endpoint": endpoint,
        "digest": digest_of(endpoint),
        "p256dh": push_keys.encoded(push_keys.point_of(key)),
        "auth": push_keys.encoded(push_keys.decoded(auth)),
        "made_for": push_keys.public_key(),
        "made_at": now,
    }


@transaction.atomic
def of_donor(*, donor: Donor, endpoint: str, p256dh: str, auth: str, now: datetime) -> None:
    """Messages to the donor go to this browser first; its other addresses stay for when it is gone."""
    kept = _checked(endpoint, p256dh, auth, now)
    rows = addresses.of(donor).select_for_update().filter(channel=Channel.PUSH)
    digest = digest_of(endpoint)
    contact = rows.filter(address=digest).first()
    if contact is None:
        if len(rows) >= MOST_BROWSERS:
            raise Refused(_("Five browsers are enough. Remove one first."))
        contact = Contact.objects.create(
            donor=donor, channel=Channel.PUSH, address=digest, verified_at=now
        )
    PushSubscription.objects.update_or_create(contact=contact, defaults=kept)
    addresses.prefer(contact=contact)


@transaction.atomic
def of_officer(*, user: User, endpoint: str, p256dh: str, auth: str, now: datetime) -> None:
    kept = _checked(endpoint, p256dh, auth, now)
    rows = PushSubscription.objects.filter(user=user)
    digest = digest_of(endpoint)
    if rows.exclude(digest=digest).count() >= MOST_BROWSERS:
        raise Refused(_("Five browsers are enough. Remove one first."))
    PushSubscription.objects.update_or_create(user=user, digest=digest, defaults=kept)


def remove_of_officer(*, user: User) -> None:
    """From every browser."""
    PushSubscription.objects.filter(user=user).delete()


@transaction.atomic
def gone(*, subscription: PushSubscription, now: datetime) -> None:
    """The push service no longer knows the browser, or its owner refused: nothing is kept of it."""
    contact = subscription.contact
    PushSubscription.objects.filter(pk=subscription.pk).delete()
    if contact and contact.removed_at is None:
        addresses.remove(contact=contact, now=now)
