"""A unit takes an offered day: its answer, its campaign and the centre's team in one act."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from campaigns.models import Addressee, Campaign, Offer, OpenDay, TeamDay
from campaigns.organising import addressee_answers, drives
from centers.models import Session
from donors.clock.zones import MOROCCO
from donors.errors import Refused, refusing
from donors.models import User

from . import capacity

SLOT = timedelta(minutes=30)  # of a session that follows from an open day, at least


def take(
    *, offer: Offer, addressee: Addressee, by: User, now: datetime, expected: int | None = None
) -> Campaign:
    """The unit's answer by an offer. The centre is asked to confirm, unless it has published the day;
    then the campaign is public at once, in the name of the manager who published it.

    ``expected``: donors, where the unit names another number than was computed.
    """
    with refusing():
        taken = Offer.objects.open(now).filter(pk=offer.pk, unit=addressee.unit_id)
        if not taken.update(ended_at=now):
            raise Refused(_("This offer is no longer open. Look at the new ones."))
        if not capacity.free_team(offer.center, offer.day, now=now):
            raise Refused(
                _("Another unit has just taken this team on this day. Choose another day.")
            )
        addressee_answers.answer_will(
            addressee=addressee,
            planned_on=offer.day,
            expected_donors=expected or offer.expected,
            center=offer.center,
            by=by,
            now=now,
        )
        campaign = Campaign.objects.filter(addressee=addressee).latest("pk")
        TeamDay.objects.create(
            campaign=campaign,
            center=offer.center,
            day=offer.day,
            team=offer.team,
            offer=offer,
            at=now,
            by=by,
        )
        Offer.objects.filter(unit=addressee.unit_id, ended_at=None).update(ended_at=now)
        published = OpenDay.objects.filter(
            center=offer.center, day=offer.day, withdrawn_at=None
        ).first()
        if published:
            _confirm(campaign, published, offer.beds, now)
        return campaign


def _confirm(campaign: Campaign, day: OpenDay, beds: int, now: datetime) -> None:
    starts_at = datetime.combine(day.day, day.starts, MOROCCO)
    ends_at = datetime.combine(day.day, day.ends, MOROCCO)
    if ends_at <= starts_at:
        ends_at += timedelta(days=1)
    beds, unit, slot = min(beds, day.beds), campaign.unit, SLOT
    while int((ends_at - starts_at) / slot) * beds > drives.MOST_PLACES * campaign.cap:
        slot += SLOT / 2
    drives.confirm(
        campaign=campaign,
        place_ar=unit.name_ar,
        place_fr=unit.name_fr,
        place_en=unit.name_en,
        kind=Session.Kind.MOBILE,
        starts_at=starts_at,
        ends_at=ends_at,
        beds=beds,
        slot_minutes=slot // timedelta(minutes=1),
        by=day.published_by,
        now=now,
    )
