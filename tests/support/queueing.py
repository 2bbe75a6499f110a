"""Messages that wait to be sent, and time that passes over them."""

from __future__ import annotations

from datetime import timedelta

from campaigns.messaging import channels
from campaigns.models import Appeal, ChannelStop, Notification
from donors.models import Contact

from . import appealing, factories


def queued(now, people: int, *, channel: str = "email") -> list[Notification]:
    """Invitations of the one appeal, due now."""
    appeal = Appeal.objects.get()
    for number in range(people):
        factories.donor(blood_group="O+", phone=f"06{number:08}" if channel == "sms" else "")
    if channel == "sms":
        Contact.objects.exclude(channel="sms").update(removed_at=now, preferred=False)
        Contact.objects.filter(channel="sms").update(verified_at=now, preferred=True)
    assert appealing.wave(appeal, now, people=people, channels=(channel,)).size == people
    return list(Notification.objects.filter(kind="appeal_invitation").order_by("due_at", "pk"))


def minutes_pass(count: int) -> None:
    """Move every waiting time nearer by so many minutes."""
    gone = timedelta(minutes=count)
    for stop in channels.stops():
        ChannelStop.objects.filter(pk=stop.pk).update(next_probe_at=stop.next_probe_at - gone)
    for row in Notification.objects.filter(state__in=["pending", "unknown"]):
        Notification.objects.filter(pk=row.pk).update(due_at=row.due_at - gone)


def states() -> dict[str, int]:
    found = list(Notification.objects.values_list("state", flat=True))
    return {state: found.count(state) for state in set(found)}
