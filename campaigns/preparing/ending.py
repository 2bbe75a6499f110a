"""When a campaign is over: its true figures, what went wrong, and thanks in the unit's name."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from campaigns.checklists import items
from campaigns.messaging import outbox
from campaigns.models import Campaign, CampaignReport, Notification
from centers.models import Visit
from donors.errors import Refused
from donors.models import Consent, Donor, Purpose, User

KIND = "campaign_thanks"


@transaction.atomic
def report(
    *,
    campaign: Campaign,
    turned_away: int | None,
    went_wrong: str,
    next_time: str,
    by: User,
    now: datetime,
) -> CampaignReport:
    """What the organiser noticed; a correction is another report, and the last one counts."""
    locked = Campaign.objects.select_for_update(of=("self",)).get(pk=campaign.pk)
    if locked.state != Campaign.State.CLOSED:
        raise Refused(_("How it went can be told when the campaign is over."))
    if turned_away is None and not went_wrong.strip() and not next_time.strip():
        raise Refused(_("Write at least one line."), "went_wrong")
    items.settle(campaign=locked, item="report", by=by, now=now)
    return CampaignReport.objects.create(
        campaign=campaign,
        turned_away=turned_away,
        went_wrong=went_wrong.strip(),
        next_time=next_time.strip(),
        at=now,
        by=by,
    )


@transaction.atomic
def thank_people(*, campaign: Campaign, by: User, now: datetime) -> int:
    """Thank everybody who came and agreed to be written to, whether they gave or not; returns how
    many messages were queued. The unit learns only a number, and no small one."""
    locked = Campaign.objects.select_for_update(of=("self",)).get(pk=campaign.pk)
    if locked.state != Campaign.State.CLOSED:
        raise Refused(_("People are thanked when the campaign is over."))
    if thanked(locked):
        raise Refused(_("Everybody who came has been thanked already."))
    came = Visit.objects.filter(session__campaigns=locked).values("donor")
    agreed = Consent.objects.live().filter(purpose=Purpose.NEWS).values("donor")
    people = Donor.objects.filter(pk__in=came, merged_into=None, erased_at=None)
    for donor in people.filter(pk__in=agreed).order_by("pk"):
        outbox.enqueue(kind=KIND, cause=_cause(locked), subject_id=locked.pk, donor=donor, now=now)
    items.settle(campaign=locked, item="thanks", by=by, now=now)
    return thanked(locked)


def thanked(campaign: Campaign) -> int:
    return Notification.objects.filter(kind=KIND, cause=_cause(campaign)).count()


def _cause(campaign: Campaign) -> str:
    return f"campaign:{campaign.pk}:thanks"
