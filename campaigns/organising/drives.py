"""Campaigns from the organiser's side: drafted by a unit, confirmed by a centre, then public."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Case, QuerySet, Sum, When
from django.utils.translation import gettext as _
from django.utils.translation import override

from campaigns.agenda.distances import kilometres
from campaigns.messaging import outbox, recipients
from campaigns.models import Addressee, Campaign
from centers.models import Center, Donation, Session, Slot
from centers.sessions import planning
from donors.clock.calendar import local_day
from donors.errors import Refused
from donors.models import Unit, User

from . import reopening

CAP_OVER_TARGET = 1.25
MOST_PLACES = 2  # times the cap: more places than that are a typing error


@transaction.atomic
def draft(
    *,
    unit: Unit,
    center: Center,
    planned_on: date,
    target: int,
    by: User,
    now: datetime,
    addressee: Addressee | None = None,
    ask: bool = True,
) -> Campaign:
    """A campaign named after the unit in the three languages; its centre is asked to confirm it, or
    with ``ask=False`` not yet."""
    if unit.closed_on:
        raise Refused(_("%(unit)s is closed.") % {"unit": unit.name})
    names = {}
    for language in ("ar", "fr", "en"):
        with override(language):
            names[f"name_{language}"] = _("Blood donation with %(unit)s") % {"unit": unit.name}
    campaign = Campaign.objects.create(
        addressee=addressee,
        operation=addressee.memo.operation if addressee else None,
        unit=unit,
        center=center,
        planned_on=planned_on,
        target=target,
        cap=max(target, round(target * CAP_OVER_TARGET)),
        state=Campaign.State.ASKED if ask else Campaign.State.DRAFT,
        drafted_at=now,
        drafted_by=by,
        coordinator=by,
        **names,
    )
    if ask:
        _tell("campaign_proposed", campaign, recipients.managers(center, now), now)
    return campaign


@transaction.atomic
def ask(*, campaign: Campaign, by: User, now: datetime) -> None:
    """The unit's draft goes to the centre."""
    if campaign.planned_on < local_day(now):
        raise Refused(_("The day has to lie ahead."))
    _go(campaign, Campaign.State.DRAFT, Campaign.State.ASKED, by=by, now=now)
    _tell("campaign_proposed", campaign, recipients.managers(campaign.center, now), now)


@transaction.atomic
def discard(*, campaign: Campaign, by: User, now: datetime) -> None:
    """Give up a campaign that no centre was asked for."""
    _go(campaign, Campaign.State.DRAFT, Campaign.State.WITHDRAWN, by=by, now=now)


@transaction.atomic
def publish(*, campaign: Campaign, by: User, now: datetime) -> None:
    """The page of an agreed campaign becomes public, and places can be booked."""
    _go(campaign, Campaign.State.AGREED, Campaign.State.CONFIRMED, by=by, now=now)


def _go(campaign: Campaign, before: str, after: str, *, by: User, now: datetime) -> None:
    changed = Campaign.objects.filter(pk=campaign.pk, state=before)
    if not changed.update(state=after, decided_at=now, decided_by=by):
        raise Refused(_("This campaign has been decided already."))


def _tell(kind: str, campaign: Campaign, users: list[User], now: datetime) -> None:
    for user in users:
        cause = f"campaign:{campaign.pk}:{kind}"
        outbox.enqueue(kind=kind, cause=cause, subject_id=campaign.pk, user=user, now=now)


def tell(*, campaign: Campaign, **texts: str) -> None:
    """Save names and stories of the public page (``name_ar``, ``story_fr`` and so on), until the
    campaign is over."""
    changing = (*Campaign.BEFORE, *Campaign.OPEN)
    if not Campaign.objects.filter(pk=campaign.pk, state__in=changing).update(**texts):
        raise Refused(_("This campaign is over; its page stays as it is."))


def thank(*, campaign: Campaign, **texts: str) -> None:
    """Save how it went (``afterword_ar`` and so on), once the campaign is over."""
    over = Campaign.objects.filter(pk=campaign.pk, state=Campaign.State.CLOSED)
    if not over.update(**texts):
        raise Refused(_("How it went can be told when the campaign is over."))


def aim(*, campaign: Campaign, target: int, cap: int, **partners: str) -> None:
    """Save the donors hoped for, the most that may come, and the partners (``partners_ar`` …)."""
    if cap < target:
        raise Refused(_("The most that may come cannot be under the number hoped for."), "cap")
    changing = (*Campaign.BEFORE, *Campaign.OPEN)
    rows = Campaign.objects.filter(pk=campaign.pk, state__in=changing)
    if not rows.update(target=target, cap=cap, **partners):
        raise Refused(_("This campaign is over; its page stays as it is."))


def coordinate(*, campaign: Campaign, by: User) -> None:
    """The officer takes the coordination over: the reminders go to them from now on."""
    Campaign.objects.filter(pk=campaign.pk).update(coordinator=by)


def propose(
    *,
    unit: Unit,
    center: Center,
    planned_on: date,
    target: int,
    by: User,
    now: datetime,
    ask: bool = True,
) -> Campaign:
    """A unit's own proposal, without a memo; the centre decides once it is asked."""
    if planned_on < local_day(now):
        raise Refused(_("The day has to lie ahead."), "planned_on")
    return draft(
        unit=unit, center=center, planned_on=planned_on, target=target, by=by, now=now, ask=ask
    )


def waiting_first(campaigns: QuerySet[Campaign]) -> QuerySet[Campaign]:
    """Campaigns to be confirmed first, then the latest."""
    waits = Case(When(state=Campaign.State.ASKED, then=0), default=1)
    return campaigns.order_by(waits, "-planned_on", "-pk")


@transaction.atomic
def confirm(
    *,
    campaign: Campaign,
    place_ar: str,
    place_fr: str,
    place_en: str,
    kind: str,
    starts_at: datetime,
    ends_at: datetime,
    beds: int,
    slot_minutes: int,
    by: User,
    now: datetime,
    publish: bool = True,
) -> Session:
    """The centre gives rooms, day and beds; the page is public from now on, or when the unit or the
    centre publishes it."""
    decided = Campaign.objects.filter(pk=campaign.pk, state=Campaign.State.ASKED).update(
        state=Campaign.State.CONFIRMED if publish else Campaign.State.AGREED,
        decided_at=now,
        decided_by=by,
        planned_on=local_day(starts_at),
    )
    if not decided:
        raise Refused(_("This campaign has been decided already."))
    session = add_day(
        campaign=campaign,
        place_ar=place_ar,
        place_fr=place_fr,
        place_en=place_en,
        kind=kind,
        starts_at=starts_at,
        ends_at=ends_at,
        beds=beds,
        slot_minutes=slot_minutes,
        by=by,
        now=now,
    )
    said = "campaign_confirmed" if publish else "campaign_agreed"
    _tell(said, campaign, recipients.officers([campaign.unit], now), now)
    return session


@transaction.atomic
def add_day(
    *,
    campaign: Campaign,
    place_ar: str,
    place_fr: str,
    place_en: str,
    kind: str,
    starts_at: datetime,
    ends_at: datetime,
    beds: int,
    slot_minutes: int,
    by: User,
    now: datetime,
) -> Session:
    """A day and place of a campaign that is agreed and not over; the places of all its days are held
    against the cap."""
    held = Campaign.objects.select_for_update(of=("self",)).filter(state__in=Campaign.HELD)
    if not held.filter(pk=campaign.pk).exists():
        raise Refused(_("Only a campaign that is agreed and not over gets another day."))
    slots = Slot.objects.filter(session__campaigns=campaign, session__state__in=Session.LIVE)
    places = int((ends_at - starts_at) / timedelta(minutes=slot_minutes)) * beds
    places += slots.aggregate(places=Sum("places"))["places"] or 0
    if places > MOST_PLACES * campaign.cap:
        raise Refused(
            _("That makes %(places)s places for at most %(cap)s donors. Take fewer beds or hours.")
            % {"places": places, "cap": campaign.cap},
            "beds",
        )
    place = campaign.center if kind == Session.Kind.FIXED else campaign.unit.province
    session = planning.plan(
        center=campaign.center,
        name_ar=place_ar,
        name_fr=place_fr,
        name_en=place_en,
        kind=kind,
        province=place.province if isinstance(place, Center) else place,
        latitude=place.latitude,
        longitude=place.longitude,
        starts_at=starts_at,
        ends_at=ends_at,
        beds=beds,
        slot_minutes=slot_minutes,
        by=by,
        now=now,
    )
    campaign.sessions.add(session)
    return session


@transaction.atomic
def decline(*, campaign: Campaign, because: str, by: User, now: datetime) -> None:
    _decide(campaign, (Campaign.State.ASKED,), Campaign.State.DECLINED, because, by, now)


@transaction.atomic
def cancel(*, campaign: Campaign, because: str, by: User, now: datetime) -> None:
    """Cancel a campaign: the public page says so, and booked donors are informed."""
    _decide(campaign, Campaign.HELD, Campaign.State.CANCELLED, because, by, now)
    for session in campaign.sessions.filter(state__in=Session.LIVE):
        planning.cancel(session=session, because=because)


@transaction.atomic
def withdraw(*, addressee: Addressee, by: User, now: datetime) -> None:
    """The unit gave another answer: its draft is no longer decided by the centre."""
    for campaign in addressee.campaigns.filter(state=Campaign.State.ASKED):
        if not Campaign.objects.filter(pk=campaign.pk, state=Campaign.State.ASKED).update(
            state=Campaign.State.WITHDRAWN, decided_at=now, decided_by=by
        ):
            raise Refused(_("This campaign has been decided already."))
        managers = recipients.managers(campaign.center, now)
        _tell("campaign_withdrawn", campaign, managers, now)


def _decide(
    campaign: Campaign,
    before: Collection[str],
    after: str,
    because: str,
    by: User,
    now: datetime,
) -> None:
    if not because.strip():
        raise Refused(_("Say why; the unit and the public will read it."), "because")
    if not Campaign.objects.filter(pk=campaign.pk, state__in=before).update(
        state=after, decided_at=now, decided_by=by, because=because.strip()
    ):
        raise Refused(_("This campaign has been decided already."))
    if not (campaign.addressee_id and _asked_again(campaign, after, because.strip(), now)):
        _tell(f"campaign_{after}", campaign, recipients.officers([campaign.unit], now), now)


def _asked_again(campaign: Campaign, why: str, because: str, now: datetime) -> bool:
    assert campaign.addressee_id  # asked of campaigns that grew from an answer only
    addressee = campaign.addressee_id
    return reopening.reopen(addressee_id=addressee, why=why, because=because, now=now)


def nearest_centers(unit: Unit, limit: int = 12) -> list[Center]:
    """Collecting centres by distance from the unit's chief town, nearest first."""
    here = unit.province
    centers = Center.objects.collecting().select_related("province")
    return sorted(centers, key=lambda c: (kilometres(here, c), c.code))[:limit]


def begin_due(*, now: datetime) -> int:
    """Public campaigns whose first session has begun are under way."""
    begun = Session.objects.filter(starts_at__lte=now, ends_at__gt=now, state__in=Session.LIVE)
    due = Campaign.objects.filter(state=Campaign.State.CONFIRMED, sessions__in=begun)
    public = Campaign.objects.filter(pk__in=due.values("pk"), state=Campaign.State.CONFIRMED)
    return public.update(state=Campaign.State.RUNNING, decided_at=now, decided_by=None)


def close_past(*, now: datetime) -> int:
    """Close agreed campaigns a day after their last session; the day is for late entries."""
    over = Campaign.objects.filter(
        state__in=Campaign.HELD, planned_on__lt=local_day(now - timedelta(days=1))
    ).exclude(sessions__ends_at__gt=now)
    closed = 0
    for campaign in over.order_by("pk"):
        with transaction.atomic():
            closed += _close(campaign, now)
    return closed


def _close(campaign: Campaign, now: datetime) -> int:
    living = Campaign.objects.filter(pk=campaign.pk, state__in=Campaign.HELD)
    closed = living.update(state=Campaign.State.CLOSED, decided_at=now, decided_by=None)
    given = Donation.objects.filter(session__campaigns=campaign)
    if closed and campaign.addressee_id and not given.exists():
        _asked_again(campaign, Addressee.Reopened.MISSED, "", now)
    return closed


def lapse(*, now: datetime) -> int:
    """Drafts from memos whose day passed before their centre decided: the unit is asked again."""
    drafts = Campaign.objects.filter(
        state=Campaign.State.ASKED, planned_on__lt=local_day(now), addressee__isnull=False
    )
    lapsed = 0
    for campaign in drafts.order_by("pk"):
        with transaction.atomic():
            draft = Campaign.objects.filter(pk=campaign.pk, state=Campaign.State.ASKED)
            if draft.update(state=Campaign.State.LAPSED, decided_at=now):
                _asked_again(campaign, Addressee.Reopened.MISSED, "", now)
                lapsed += 1
    return lapsed
