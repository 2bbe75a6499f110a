"""People from an uploaded list have not consented: each gets one invitation and no further
message."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef

from campaigns.messaging import outbox
from campaigns.models import Notification
from donors.models import Contact, Donor, Roster, RosterRow

KIND = "roster_invitation"
AT_ONCE = 200


@transaction.atomic
def invite(*, now: datetime) -> int:
    """Queue invitations in small portions, so that urgent messages never wait; returns how many."""
    sent = Notification.objects.filter(kind=KIND, donor=OuterRef("pk"))
    address = Contact.objects.filter(donor=OuterRef("pk"), removed_at=None, failed_at=None)
    rows = RosterRow.objects.filter(made__isnull=False, roster__state=Roster.State.APPLIED)
    fresh = Donor.objects.filter(pk__in=rows.values("made"), merged_into=None, erased_at=None)
    donors = list(fresh.filter(~Exists(sent), Exists(address)).order_by("pk")[:AT_ONCE])
    for donor in donors:
        outbox.enqueue(
            kind=KIND,
            cause=f"donor:{donor.pk}:newcomer",
            subject_id=donor.pk,
            donor=donor,
            contact=address_of(donor),
            now=now,
        )
    return len(donors)


def address_of(donor: Donor) -> Contact | None:
    rows = Contact.objects.filter(donor=donor, removed_at=None, failed_at=None)
    return rows.order_by("-preferred", "pk").first()
