"""One-click unsubscribe in a message's header (RFC 8058)."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from campaigns.models import Notification
from donors.contact import consent
from donors.errors import Refused

from .catalogue import KINDS


def stop_for_good(*, notification: Notification, now: datetime) -> None:
    """Withdraw the consent to the message's purpose."""
    purpose = KINDS[notification.kind].purpose
    if notification.donor is None or purpose is None:
        raise Refused(_("This message has no list to leave."))
    consent.withdraw(donor=notification.donor, purpose=purpose, now=now)
