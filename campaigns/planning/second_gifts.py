"""Who gave for the first time through an appeal is offered, once, a place in the weeks after."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, TypedDict

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet, Subquery

from campaigns.messaging import outbox
from campaigns.messaging.allowance import may_be_offered_again
from campaigns.models import Notification
from centers.models import Donation
from donors.clock.calendar import local_day
from donors.models import Consent, Purpose

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

CAUSE = "second-gift"  # with the recipient: one message in a lifetime
AFTER = timedelta(weeks=3)
# After an outage: later than this nobody is written to any more.
AT_MOST = timedelta(weeks=5)
# Who came so long after being asked came through the appeal; a link lives a week, and leads to
# sessions of the week after.
THROUGH = timedelta(days=14)


def offer(*, now: datetime) -> int:
    """Queue the message for those whose first gift is three weeks old; returns for how many."""
    sent = 0
    for gift in _due(now):
        donor = gift.donor.person
        if _is_new(gift) and may_be_offered_again(donor, now):
            with transaction.atomic():
                outbox.enqueue(
                    kind="second_gift",
                    cause=CAUSE,
                    subject_id=gift.through,
                    donor=donor,
                    now=now,
                )
            sent += 1
    return sent


class Through(TypedDict):
    through: int


def _due(now: datetime) -> QuerySet[WithAnnotations[Donation, Through]]:
    """Gifts three to five weeks old of people who had been asked, agree to be asked, and were not
    told. ``through`` is the appeal."""
    today = local_day(now)
    asked = Notification.objects.filter(
        donor=OuterRef("donor"),
        kind="appeal_invitation",
        state=Notification.State.SENT,
        made_at__lte=OuterRef("visit__arrived_at"),
        made_at__gte=OuterRef("visit__arrived_at") - THROUGH,
    ).order_by("-made_at")
    told = Notification.objects.filter(donor=OuterRef("donor"), cause=CAUSE)
    agreed = Consent.objects.live().filter(donor=OuterRef("donor"), purpose=Purpose.APPEALS)
    before = Donation.objects.filter(
        donor=OuterRef("donor"), collected_on__lt=OuterRef("collected_on")
    )
    return (
        Donation.objects.filter(
            ~Exists(told),
            ~Exists(before),
            Exists(agreed),
            collected_on__gte=today - AT_MOST,
            collected_on__lte=today - AFTER,
        )
        .annotate(through=Subquery(asked.values("subject_id")[:1]))
        .filter(through__isnull=False)
        .select_related("donor__merged_into", "donor__province")
        .order_by("pk")
    )


def _is_new(gift: Donation) -> bool:
    """The only gift of the person, whose records may have been joined since, and not told yet."""
    rows = gift.donor.person.linked_rows()
    others = Donation.objects.filter(donor__in=rows).exclude(pk=gift.pk)
    told = Notification.objects.filter(donor__in=rows, cause=CAUSE)
    return not others.exists() and not told.exists()
