"""Invitations and memos that left by SMS, and what gateways say of them."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from datetime import datetime, timedelta

from django.utils import timezone

from campaigns.inbound import reports
from campaigns.messaging import outbox
from campaigns.models import Appeal, Notification
from donors.contact import addresses
from donors.models import Contact, Donor, OfficerPhone, User

from . import appealing, factories

KEY, OLD_KEY = "k" * 40, "o" * 40
NUMBER = "+212612345678"


def by_sms(donor: Donor, number: str) -> Donor:
    """This number is the only way to the donor."""
    now = timezone.now()
    mail = donor.contacts.get()
    Contact.objects.create(donor=donor, channel="sms", address=number, verified_at=now)
    addresses.remove(contact=mail, now=now)
    return donor


def invited(now: datetime, *numbers: str) -> list[Notification]:
    """An appeal in Arabic that has left to each number by SMS."""
    appealing.places(now)
    for number in numbers:
        by_sms(factories.donor(blood_group="O+"), number)
    appealing.alert(now)
    appealing.asked(now)
    outbox.deliver(now=now)
    rows = Notification.objects.filter(kind="appeal_invitation", channel="sms")
    return list(rows.filter(subject_id=Appeal.objects.get().pk).order_by("contact__address"))


def with_phone(officer: User, number: str, now: datetime) -> User:
    OfficerPhone.objects.create(
        user=officer, number=number, asked_at=now - timedelta(hours=1), verified_at=now
    )
    return officer


def failed(message: Notification, now: datetime, code: str = "5.1.1", **more: str) -> bool:
    said = {"refusal": "recipient", "reason": "unknown"} | more
    return reports.record(
        message=message.pk, outcome="failed", source="mail", code=code, now=now, **said
    )


def signed(client, body: dict, *, key: str = KEY, at: int | None = None):
    """A request as envoisms signs it."""
    raw, at = json.dumps(body), int(time.time()) if at is None else at
    digest = hmac.new(key.encode(), f"{at}.{raw}".encode(), hashlib.sha256).hexdigest()
    return client.post(
        "/inbound/envoisms/",
        raw,
        content_type="application/json",
        headers={"X-EnvoiSMS-Signature": f"t={at},v1={digest}"},
    )
