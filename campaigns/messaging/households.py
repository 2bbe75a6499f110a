"""A telephone of a family, an e-mail of a couple: who shares an address is invited by one message."""

from __future__ import annotations

from collections import Counter, defaultdict

from campaigns.models import Notification
from donors.models import Contact

INVITING = ("appeal_invitation", "campaign_invitation")
State = Notification.State
WAITING = (State.PENDING, State.CLAIMED, State.ATTEMPTING, State.UNKNOWN)


def held(batch: list[Notification]) -> dict[int, bool]:
    """The invitations whose address has had the same one for another person (True), or may still get
    it from an older one that waits (False). The other person is not counted as asked."""
    about = [n for n in batch if n.kind in INVITING and n.contact and n.contact.address]
    addresses = _shared({n.contact.address for n in about if n.contact})
    about = [n for n in about if n.contact_id in addresses]
    if not about:
        return {}
    rows = Notification.objects.filter(
        contact__in=addresses,
        kind__in={n.kind for n in about},
        subject_id__in={n.subject_id for n in about},
        state__in=[State.SENT, *WAITING],
    )
    same: dict[tuple[object, ...], list[tuple[int, str]]] = defaultdict(list)
    for pk, kind, subject, channel, contact, state in rows.values_list(
        "pk", "kind", "subject_id", "channel", "contact", "state"
    ):
        same[kind, subject, channel, addresses[contact]].append((pk, state))
    found: dict[int, bool] = {}
    for n in about:
        invitations = same[n.kind, n.subject_id, n.channel, addresses[n.contact_id or 0]]
        if any(state == State.SENT and pk != n.pk for pk, state in invitations):
            found[n.pk] = True
        elif any(state != State.SENT and pk < n.pk for pk, state in invitations):
            found[n.pk] = False
    return found


def _shared(addresses: set[str]) -> dict[int, str]:
    """The contacts at those of these addresses that several have: few, so that the messages of all
    others need not be read."""
    contacts = dict(Contact.objects.filter(address__in=addresses).values_list("pk", "address"))
    counts = Counter(contacts.values())
    return {pk: address for pk, address in contacts.items() if counts[address] > 1}
