"""Totals for the hierarchy, with small numbers suppressed."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Sum

from campaigns.models import Campaign
from centers.models import Appointment, Bag, Donation, Slot
from donors.people.privacy import few


@dataclass(frozen=True)
class Drive:
    """People and bags of one campaign; None for fewer than five, including none."""

    booked: int | None
    came: int | None
    donations: int | None
    usable: int | None
    used: int | None


def of_drive(campaign: Campaign) -> Drive:
    sessions = campaign.sessions.values("pk")
    slots = Slot.objects.filter(session__in=sessions)
    appointments = Appointment.objects.filter(slot__session__in=sessions)
    donations = Donation.objects.filter(session__in=sessions)
    bags = Bag.objects.filter(donation__in=donations)
    used = bags.filter(state__in=[Bag.State.ISSUED, Bag.State.TRANSFUSED])
    kept = [Bag.State.RELEASED, Bag.State.AVAILABLE, Bag.State.RESERVED]
    usable = used | bags.filter(state__in=kept)
    return Drive(
        booked=few(slots.aggregate(taken=Sum("taken"))["taken"] or 0),
        came=few(appointments.filter(state=Appointment.State.ARRIVED).count()),
        donations=few(donations.count()),
        usable=few(usable.count()),
        used=few(used.count()),
    )
