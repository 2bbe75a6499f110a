"""Where somebody's blood went, and what came of a campaign: for those who agreed, in the evening.

Nothing is said of blood that was not used: there are many reasons, and a test result must not be
guessed from a message. What is said names no hospital and no day, so that nobody finds the patient.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from campaigns.messaging import outbox
from campaigns.messaging.allowance import is_evening, may_be_told
from campaigns.messaging.catalogue import FOLLOWED, STORY
from campaigns.models import Campaign, Notification
from centers.models import Bag, Donation, Issue, LookBack, Visit
from donors.clock.calendar import local_day
from donors.models import Consent, Donor, Purpose

AFTER = timedelta(weeks=3)
# Red cells live six weeks: what has not left after eight is not told of any more.
AT_MOST = timedelta(weeks=8)
# A bag that a hospital gives back comes back within days.
SETTLED = timedelta(days=5)
STORY_FOR = timedelta(days=60)
MOST_AT_ONCE = 500
GIVEN = (Bag.State.ISSUED, Bag.State.TRANSFUSED)


def tell(*, now: datetime) -> int:
    """Queue both messages; returns how many. Outside the evening nothing is queued."""
    if not is_evening(now):
        return 0
    return _tell_of_gifts(now) + _tell_stories(now)


def _tell_of_gifts(now: datetime) -> int:
    sent = 0
    for gift in _gifts(now)[:MOST_AT_ONCE]:
        donor = gift.donor.person
        rows = donor.linked_rows()
        looked_into = LookBack.objects.filter(donation__donor__in=rows, closed_at=None)
        if _agree([donor], Purpose.FOLLOW_UP) and not looked_into.exists():
            sent += _queue(FOLLOWED, f"donation:{gift.pk}:followed", gift.pk, donor, now)
    return sent


def _gifts(now: datetime) -> QuerySet[Donation]:
    """Gifts three to eight weeks old of which a bag has left for good, not told of yet."""
    today = local_day(now)
    left = Issue.objects.filter(
        bag__donation=OuterRef("pk"),
        bag__state__in=GIVEN,
        returned=None,
        issued_at__lte=now - SETTLED,
    )
    told = Notification.objects.filter(kind=FOLLOWED, subject_id=OuterRef("pk"))
    return (
        Donation.objects.filter(
            ~Exists(told),
            Exists(left),
            collected_on__gte=today - AT_MOST,
            collected_on__lte=today - AFTER,
            donor__erased_at=None,
        )
        .select_related("donor__merged_into", "donor__province")
        .order_by("pk")
    )


def _tell_stories(now: datetime) -> int:
    """To those who came to a closed campaign, once how it went is written; not to those whom the
    unit has thanked with the same page."""
    today = local_day(now)
    written = ~Q(afterword_ar="") | ~Q(afterword_fr="") | ~Q(afterword_en="")
    campaigns = Campaign.objects.filter(
        written, state=Campaign.State.CLOSED, planned_on__gte=today - STORY_FOR
    )
    sent = 0
    for campaign in campaigns.order_by("planned_on", "pk"):
        came = Visit.objects.filter(session__campaigns=campaign).values("donor")
        told = Notification.objects.filter(
            donor=OuterRef("pk"), kind__in=[STORY, "campaign_thanks"], subject_id=campaign.pk
        )
        agreed = Consent.objects.live().filter(donor=OuterRef("pk"), purpose=Purpose.NEWS)
        people = Donor.objects.filter(
            Exists(agreed), ~Exists(told), pk__in=came, merged_into=None, erased_at=None
        )
        for donor in people.order_by("pk")[: MOST_AT_ONCE - sent]:
            sent += _queue(STORY, f"campaign:{campaign.pk}:story", campaign.pk, donor, now)
    return sent


def _agree(donors: Iterable[Donor], purpose: str) -> bool:
    return Consent.objects.live().filter(donor__in=donors, purpose=purpose).exists()


def _queue(kind: str, cause: str, subject_id: int, donor: Donor, now: datetime) -> int:
    """1 if the person is told now; within the allowance, else another evening."""
    if not may_be_told(donor, now):
        return 0
    with transaction.atomic():
        outbox.enqueue(kind=kind, cause=cause, subject_id=subject_id, donor=donor, now=now)
    return 1
