"""A telephone of a family, an e-mail of a couple: who shares an address is invited by one message."""

from __future__ import annotations

from django.db.models import Exists, OuterRef

from campaigns.models import Notification

INVITING = ("appeal_invitation", "campaign_invitation")
State = Notification.State
WAITING = (State.PENDING, State.CLAIMED, State.ATTEMPTING, State.UNKNOWN)


def held(batch: list[Notification]) -> dict[int, bool]:
    """The invitations whose address has had the same one for another person (True), or may still get
    it from an older one that waits (False). The other person is not counted as asked."""
    about = [n.pk for n in batch if n.kind in INVITING and n.contact_id]
    if not about:
        return {}
    same = Notification.objects.filter(
        kind=OuterRef("kind"),
        subject_id=OuterRef("subject_id"),
        channel=OuterRef("channel"),
        contact__address=OuterRef("contact__address"),
    ).exclude(pk=OuterRef("pk"))
    rows = Notification.objects.filter(pk__in=about).exclude(contact__address="")
    told = Exists(same.filter(state=State.SENT))
    older = Exists(same.filter(state__in=WAITING, pk__lt=OuterRef("pk")))
    found = rows.filter(told | older).annotate(told=told).values_list("pk", "told")
    return dict(found)
