"""Periodic tasks. Work is read from the tables, so a lost or doubled run changes nothing."""

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from donors.models import Channel

from .alarms import chasing
from .booking import visits
from .community import follow_ups
from .inbound import mailbox, reports
from .messaging import outbox, retention
from .models import Notification
from .offers import renewal
from .organising import (
    day_changes,
    drives,
    handing_over,
    ladder,
    officer_invitations,
    roster_invitations,
)
from .planning import second_gifts, suggestions, ticks, warnings
from .preparing import reminders


@shared_task
def plan() -> None:
    ticks.tick(now=timezone.now())


@shared_task
def watch_cover() -> None:
    warnings.watch(now=timezone.now())


@shared_task
def keep_first_timers() -> None:
    second_gifts.offer(now=timezone.now())


@shared_task
def tell_in_the_evening() -> None:
    follow_ups.tell(now=timezone.now())


@shared_task
def follow_floors() -> None:
    suggestions.apply_by_policy(now=timezone.now())


@shared_task
def deliver_mail() -> None:
    outbox.deliver(now=timezone.now(), channels_of=[Channel.EMAIL])


@shared_task
def deliver_sms() -> None:
    outbox.deliver(now=timezone.now(), channels_of=[Channel.SMS])


@shared_task
def deliver_push() -> None:
    outbox.deliver(now=timezone.now(), channels_of=[Channel.PUSH])


@shared_task
def deliver_whatsapp() -> None:
    outbox.deliver(now=timezone.now(), channels_of=[Channel.WHATSAPP])


@shared_task
def deliver_first_mail() -> None:
    """Codes, officers' messages and own places, beside whatever a wave keeps busy."""
    outbox.deliver(now=timezone.now(), channels_of=[Channel.EMAIL], lane=Notification.Lane.PERSON)


@shared_task
def deliver_first_sms() -> None:
    outbox.deliver(now=timezone.now(), channels_of=[Channel.SMS], lane=Notification.Lane.PERSON)


@shared_task
def reap() -> None:
    reports.apply_waiting(now=timezone.now())
    outbox.reap(now=timezone.now())


@shared_task
def read_bounces() -> None:
    if settings.BOUNCE_MAILBOX_URL:
        list(mailbox.read(now=timezone.now()))


@shared_task
def escalate_memos() -> None:
    handing_over.tend(now=timezone.now())
    ladder.tend(now=timezone.now())


@shared_task
def chase_alarms() -> None:
    chasing.chase(now=timezone.now())


@shared_task
def renew_offers() -> None:
    renewal.renew(now=timezone.now())


@shared_task
def tend_campaigns() -> None:
    visits.tell_released(now=timezone.now())
    visits.tell_moved(now=timezone.now())
    day_changes.tell(now=timezone.now())
    drives.begin_due(now=timezone.now())
    drives.close_past(now=timezone.now())
    drives.lapse(now=timezone.now())
    officer_invitations.tell(now=timezone.now())
    roster_invitations.invite(now=timezone.now())


@shared_task
def remind_coordinators() -> None:
    reminders.remind(now=timezone.now())


@shared_task
def tend_visits() -> None:
    visits.offer(now=timezone.now())
    visits.remind(now=timezone.now())
    visits.end_lines(now=timezone.now())


@shared_task
def forget() -> None:
    retention.forget(now=timezone.now())
