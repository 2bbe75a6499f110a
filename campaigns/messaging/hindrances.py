"""Reasons against sending a queued message, checked again immediately before sending."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from campaigns.models import Appeal, Notification
from centers.inventory import held_bags
from centers.sessions import advice
from donors.clock.calendar import quiet_until
from donors.models import Channel, Consent, Contact, OfficerPhone, Proof, PushSubscription

from . import (
    alarm_hindrances,
    allowance,
    campaign_hindrances,
    destinations,
    households,
    memo_hindrances,
    visit_hindrances,
)
from .catalogue import KINDS, reader
from .contact_releases import GONE

State = Notification.State
LATER = timedelta(minutes=1)
STALE = timedelta(days=7)
DEAR = "expensive destination"


def hindrances(batch: list[Notification], now: datetime) -> dict[int, str | datetime]:
    """Reasons by message key: a final reason, or the time to try again."""
    found: dict[int, str | datetime] = {}
    invited = [n for n in batch if n.kind == "appeal_invitation"]
    consenting = {n.pk: n for n in batch if n.donor_id and KINDS[n.kind].purpose}
    willing = allowance.still_may_be_asked({n.donor_id for n in invited if n.donor_id}, now)
    willing -= held_bags.in_doubt([n.donor for n in invited if n.donor])
    willing -= advice.answered_against([n.donor for n in invited if n.donor], now)
    agreed = _agreed(consenting.values())
    invitations = _invitations([n for n in batch if n.kind == "appeal_stand_down"])
    of_visits = visit_hindrances.found(batch, now)
    over = _codes_too_old(batch, now)
    phones = _phones([n for n in batch if n.user_id and n.channel == Channel.SMS])
    browsers = _browsers([n for n in batch if n.user_id and n.channel == Channel.PUSH])
    answered = memo_hindrances.answered(batch, now)
    alarms_over = alarm_hindrances.over(batch)
    of_campaigns = campaign_hindrances.found(batch, now)
    shared = households.held(batch)
    for n in batch:
        if n.user and not n.user.is_active:
            found[n.pk] = "account closed"
        elif n.user and n.channel == Channel.PUSH and n.user_id not in browsers:
            found[n.pk] = "no browser"
        elif n.user and n.channel == Channel.SMS and n.kind not in phones.get(n.user_id or 0, ()):
            found[n.pk] = "number gone"
        elif n.pk in answered:
            found[n.pk] = "memo answered or over"
        elif n.hospital and not n.hospital.email:
            found[n.pk] = "no address"
        elif n.pk in alarms_over:
            found[n.pk] = "alarm answered"
        elif n.pk in of_campaigns:
            found[n.pk] = of_campaigns[n.pk]
        elif n.request and (n.request.expires_at <= now or n.request.confirmed_at):
            found[n.pk] = "request over"
        elif n.contact and _gone(n.contact, n.kind):
            found[n.pk] = GONE
        elif (
            n.channel == Channel.SMS
            and (n.contact or n.user or n.request)
            and destinations.is_dear(reader(n)[1])
        ):
            found[n.pk] = DEAR
        elif n.pk in over:
            found[n.pk] = "code too old"
        elif n.pk in consenting and (n.donor_id, KINDS[n.kind].purpose) not in agreed:
            found[n.pk] = "consent withdrawn"
        elif n.kind == "appeal_invitation" and n.donor_id not in willing:
            found[n.pk] = "not to be asked now"
        elif n.kind == "appeal_invitation" and not _appeal_open(n, now):
            found[n.pk] = "appeal over"
        elif n.kind == "second_gift" and not _may_be_offered(n, now):
            found[n.pk] = "not to be asked now"
        elif n.pk in shared:
            found[n.pk] = "told at a shared address" if shared[n.pk] else now + LATER
        elif KINDS[n.kind].evenings and (why := _not_now(n, now)):
            found[n.pk] = why
        elif n.pk in of_visits:
            found[n.pk] = of_visits[n.pk]
        elif (asked := invitations.get(n.pk)) in (State.SKIPPED, State.FAILED):
            found[n.pk] = "was not asked after all"
        elif asked and asked != State.SENT:
            found[n.pk] = now + LATER
        elif KINDS[n.kind].waits_for_morning and (calm := _quiet(n, now)):
            found[n.pk] = calm
    return found


def _not_now(notification: Notification, now: datetime) -> str | datetime | None:
    """A message for the evening: the next one, with the person's own quiet hours; not after days."""
    assert notification.donor  # of these kinds
    if now - notification.made_at > STALE:
        return "too late"
    if not allowance.may_be_told(notification.donor, now, but=notification.pk):
        return "not to be told now"
    calm = quiet_until(now, notification.donor.quiet_hours)
    return allowance.evening_from(calm or now) or calm


def _phones(batch: list[Notification]) -> dict[int, set[str]]:
    """The kinds of these SMS that each officer's number may receive: before it is verified, its code
    only."""
    rows = OfficerPhone.objects.filter(user__in={n.user_id for n in batch})
    kinds = {n.kind for n in batch}
    return {
        user: kinds if verified_at else kinds & {"phone_code"}
        for user, verified_at in rows.values_list("user_id", "verified_at")
    }


def _browsers(batch: list[Notification]) -> set[int | None]:
    users = {n.user_id for n in batch}
    return set(PushSubscription.objects.filter(user__in=users).values_list("user_id", flat=True))


def _gone(contact: Contact, kind: str) -> bool:
    """A dead address still gets the code that proves it anew, otherwise it could never be used
    again."""
    return bool(contact.removed_at or (contact.failed_at and kind != "proof_code"))


def _codes_too_old(batch: list[Notification], now: datetime) -> set[int]:
    about = {n.subject_id: n.pk for n in batch if n.kind == "proof_code"}
    dead = Proof.objects.filter(pk__in=about, expires_at__lte=now)
    return {about[pk] for pk in dead.values_list("pk", flat=True)}


def _agreed(batch: Iterable[Notification]) -> set[tuple[int, str]]:
    rows = Consent.objects.live().filter(donor__in={n.donor_id for n in batch})
    return set(rows.values_list("donor_id", "purpose"))


def _invitations(thanks: list[Notification]) -> dict[int, str]:
    """The state of each person's invitation before the thanks: some were never sent."""
    sent = Notification.objects.filter(
        kind="appeal_invitation", donor__in={n.donor_id for n in thanks}
    )
    states: dict[tuple[int, int | None], str] = {
        (subject, donor): state
        for subject, donor, state in sent.values_list("subject_id", "donor", "state")
    }
    return {n.pk: states.get((n.subject_id, n.donor_id), State.SENT) for n in thanks}


def _may_be_offered(notification: Notification, now: datetime) -> bool:
    assert notification.donor  # of this kind
    return allowance.may_be_offered_again(notification.donor, now, but=notification.pk)


def _quiet(notification: Notification, now: datetime) -> datetime | None:
    donor = notification.donor
    return quiet_until(now, donor.quiet_hours if donor else None)


def _appeal_open(notification: Notification, now: datetime) -> bool:
    assert notification.wave  # of every message of an appeal
    appeal = notification.wave.appeal
    return appeal.is_open and appeal.state != Appeal.State.COVERED and appeal.expires_at > now
