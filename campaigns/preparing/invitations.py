"""The people of a unit are invited to its campaign, where they agreed to be written to."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from campaigns.checklists import items
from campaigns.messaging import outbox
from campaigns.messaging.allowance import rested
from campaigns.models import Campaign, Notification
from centers.models import Appointment
from donors.clock.calendar import local_day
from donors.eligibility import criteria
from donors.errors import Refused
from donors.models import Consent, Contact, Donor, Membership, Purpose, User

KIND = "campaign_invitation"


@transaction.atomic
def invite(*, campaign: Campaign, by: User, now: datetime) -> int:
    """Queue one message for each person who may be invited; returns how many. Nobody gets a second
    one for the same campaign."""
    locked = Campaign.objects.select_for_update(of=("self",)).get(pk=campaign.pk)
    if not locked.is_open:
        raise Refused(_("People are invited once the page is public, and until the end."))
    people = list(invitable(locked, now).order_by("pk"))
    if not people:
        raise Refused(
            _(
                "Nobody can be invited now: no consent, not long enough since the last gift or message."
            )
        )
    for donor in people:
        outbox.enqueue(kind=KIND, cause=_cause(locked), subject_id=locked.pk, donor=donor, now=now)
    items.settle(campaign=locked, item="invited", by=by, now=now)
    return len(people)


def invitable(campaign: Campaign, now: datetime) -> QuerySet[Donor]:
    """Members of the unit and of those below it who agreed to news, may give on the first day, hold
    no place, and were not asked for anything lately."""
    members = Membership.objects.active(local_day(now)).filter(
        unit__path__startswith=campaign.unit.path
    )
    day = max(campaign.planned_on, local_day(now))
    asked = Notification.objects.filter(donor=OuterRef("pk")).exclude(
        state__in=[Notification.State.SKIPPED, Notification.State.FAILED]
    )
    here = asked.filter(kind=KIND, cause=_cause(campaign))
    booked = Appointment.objects.live().filter(donor=OuterRef("pk"))
    agreed = Consent.objects.live().filter(donor=OuterRef("pk"), purpose=Purpose.NEWS)
    donors = Donor.objects.filter(pk__in=members.values("donor"), merged_into=None, erased_at=None)
    return rested(criteria.eligible(donors, day), now).filter(
        Q(paused_until=None) | Q(paused_until__lte=day),
        Exists(agreed),
        Exists(Contact.objects.reachable().filter(donor=OuterRef("pk"))),
        ~Exists(booked),
        ~Exists(here),
    )


def invited(campaign: Campaign) -> int:
    return Notification.objects.filter(kind=KIND, cause=_cause(campaign)).count()


def _cause(campaign: Campaign) -> str:
    return f"campaign:{campaign.pk}:invitation"
