"""Who may get an appeal: willing, reachable, and within the limit shared by all senders."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet

from centers.models import Appointment
from donors.clock.calendar import local_day
from donors.eligibility import criteria
from donors.models import Consent, Contact, Donor, Purpose

# One allowance for all senders (``planning.register``): nobody is asked again for so long, nor more
# than ``settings.MONTHLY_ALLOWANCE`` times in the window.
QUIET_SINCE_ASKED = timedelta(days=14)
ALLOWANCE_WINDOW = timedelta(days=30)


def may_be_asked(donors: QuerySet[Donor], now: datetime) -> QuerySet[Donor]:
    """Eligible today, consenting to appeals, neither pausing nor booked, with a working address."""
    on = local_day(now)
    booked = Appointment.objects.live().filter(donor=OuterRef("pk"))
    consents = Consent.objects.live().filter(donor=OuterRef("pk"), purpose=Purpose.APPEALS)
    reachable = Contact.objects.reachable().filter(donor=OuterRef("pk"))
    return criteria.eligible(donors, on).filter(
        Q(paused_until=None) | Q(paused_until__lte=on),
        Exists(consents),
        Exists(reachable),
        ~Exists(booked),
    )


def still_may_be_asked(donor_ids: Iterable[int], now: datetime) -> set[int]:
    """Those of these people who may still be asked at the moment of sending."""
    some = Donor.objects.filter(pk__in=list(donor_ids))
    return set(may_be_asked(some, now).values_list("pk", flat=True))
