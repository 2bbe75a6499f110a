"""Clears marks of addresses declared dead through a fault of ours, and queues their messages
again."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns.models import ContactRelease, Notification
from donors.errors import Refused
from donors.models import Contact, User
from donors.models.contact import ContactQuerySet

State, Refusal = Notification.State, Notification.Refusal
GONE = "address gone"  # why a message to a marked address was skipped
DAYS, WITHIN = 3, timedelta(days=90)


def found(
    *, channel: str, since: datetime, until: datetime, codes: Iterable[str] = ()
) -> tuple[ContactQuerySet, QuerySet[Notification]]:
    """Addresses marked and messages failed from ``since`` until before ``until``.

    ``codes``: only those that the provider refused with one of these codes. With a marked address
    come the messages skipped since because of the mark; a full mailbox is not included, since only
    its owner can change it.
    """
    contacts = Contact.objects.filter(
        channel=channel, removed_at=None, failed_at__gte=since, failed_at__lt=until
    )
    failed = Q(state=State.FAILED, settled_at__gte=since, settled_at__lt=until)
    if codes := list(codes):
        contacts = contacts.filter(failed_code__in=codes)
        failed &= Q(code__in=codes)
    skipped = Q(state=State.SKIPPED, error=GONE, settled_at__gte=since, contact__in=contacts)
    messages = Notification.objects.filter(failed | skipped, channel=channel)
    return contacts, messages.exclude(refusal=Refusal.MESSAGE)


@transaction.atomic
def release(
    *,
    channel: str,
    since: datetime,
    until: datetime,
    codes: Iterable[str] = (),
    by: User,
    now: datetime,
) -> ContactRelease:
    """Clear and queue again. Whether a message is still timely is checked when it is sent, as
    always."""
    if since >= until:
        raise Refused(_("The interval ends before it begins."))
    codes = sorted(codes)
    contacts, messages = found(channel=channel, since=since, until=until, codes=codes)
    queued = _queue(
        messages, due_at=now, forget=True
    )  # before the marks are cleared, by which they are found
    return ContactRelease.objects.create(
        channel=channel,
        since=since,
        until=until,
        codes=",".join(codes)[:200],
        contacts=contacts.mark_working(),
        messages=queued,
        made_at=now,
        made_by=by,
    )


def take_back_refused(messages: list[int], *, since: datetime, due_at: datetime) -> None:
    """Ignore the refusals since a moment: there were too many at once."""
    rows = Notification.objects.filter(pk__in=messages)
    marked = Contact.objects.filter(pk__in=rows.values("contact"), failed_at__gte=since)
    marked.mark_working()
    _queue(rows, due_at=due_at, forget=False)


def _queue(messages: QuerySet[Notification], *, due_at: datetime, forget: bool) -> int:
    said = {"refusal": "", "code": "", "error": ""} if forget else {}
    return messages.update(state=State.PENDING, settled_at=None, attempts=0, due_at=due_at, **said)


def mark(*, notification: Notification, reason: str | None, doubtful: bool, now: datetime) -> None:
    """Mark the address of a message that the provider has just refused.

    A code that may mean the address or something else marks it when it occurs on a third day within
    ninety, unless a message was accepted there meanwhile.
    """
    if notification.contact_id is None:
        return  # an address of the staff, or of a request
    if doubtful:
        of_address = Notification.objects.filter(contact=notification.contact_id)
        lately = of_address.filter(settled_at__gt=now - WITHIN)
        arrived = lately.filter(state=State.SENT).order_by("-settled_at").first()
        said = lately.filter(state=State.FAILED, refusal=Refusal.DOUBTFUL)
        if arrived:
            said = said.filter(settled_at__gt=arrived.settled_at)
        days = {timezone.localdate(at) for at in said.values_list("settled_at", flat=True)}
        reason = Contact.Failure.REPEATED if len(days) >= DAYS else None
    if reason:
        Contact.objects.filter(pk=notification.contact_id, failed_at=None).update(
            failed_at=now, failed_reason=reason, failed_code=notification.code
        )
