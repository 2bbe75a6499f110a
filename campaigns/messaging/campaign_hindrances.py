"""Reasons against sending a message about a campaign, looked at again just before it goes."""

from __future__ import annotations

from datetime import datetime

from campaigns.models import Campaign, Notification
from centers.models import Appointment

from . import coordinators


def found(batch: list[Notification], now: datetime) -> dict[int, str]:
    """Reasons by message key: the campaign is over, the person has a place, all was done."""
    why: dict[int, str] = {}
    invited = [n for n in batch if n.kind == "campaign_invitation"]
    if invited:
        subjects = {n.subject_id for n in invited}
        open_ = set(
            Campaign.objects.filter(pk__in=subjects, state__in=Campaign.OPEN).values_list(
                "pk", flat=True
            )
        )
        people = {n.donor_id for n in invited}
        booked = set(
            Appointment.objects.live().filter(donor__in=people).values_list("donor_id", flat=True)
        )
        why |= {n.pk: "campaign over" for n in invited if n.subject_id not in open_}
        why |= {n.pk: "has a place" for n in invited if n.donor_id in booked}
    digests = [n for n in batch if n.kind == "campaign_checklist"]
    if digests:
        due = {user.pk for user in coordinators.due(now)}
        why |= {n.pk: "nothing left to do" for n in digests if n.user_id not in due}
    return why
