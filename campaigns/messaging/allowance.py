"""Who may get an appeal: willing, reachable, and within the limit shared by all senders."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from campaigns.models import Asked, Notification
from centers.models import Appointment
from centers.sessions import advice
from donors.clock.calendar import local_day, quiet_until
from donors.eligibility import criteria
from donors.models import Consent, Contact, Donor, Purpose

# One allowance for all who ask, by message or by telephone (``Asked``): nobody is asked again for so
# long, nor more than ``settings.MONTHLY_ALLOWANCE`` times in the window.
QUIET_SINCE_ASKED = timedelta(days=14)
ALLOWANCE_WINDOW = timedelta(days=30)
# What somebody agreed to be told. It waits for room in the allowance and takes none from asking: that
# blood is needed goes before that it arrived.
TELLING = ("blood_followed", "campaign_story", "campaign_thanks")
EVENING = (18, 20)  # hours in Morocco
# A message so shortly before somebody may give again lowered their return (by 63 % where it was tried).
SILENT = timedelta(days=10)


def may_be_asked(donors: QuerySet[Donor], now: datetime) -> QuerySet[Donor]:
    """Those who may be called and have a working address."""
    return may_be_called(donors, now).filter(
        Exists(Contact.objects.reachable().filter(donor=OuterRef("pk")))
    )


def may_be_called(donors: QuerySet[Donor], now: datetime) -> QuerySet[Donor]:
    """Eligible today, consenting to appeals, neither pausing nor booked."""
    on = local_day(now)
    booked = Appointment.objects.live().filter(donor=OuterRef("pk"))
    consents = Consent.objects.live().filter(donor=OuterRef("pk"), purpose=Purpose.APPEALS)
    return criteria.eligible(donors, on).filter(
        Q(paused_until=None) | Q(paused_until__lte=on),
        Exists(consents),
        ~Exists(booked),
    )


def rested(donors: QuerySet[Donor], now: datetime) -> QuerySet[Donor]:
    """Those whom the allowance lets be asked."""
    lately = Asked.objects.filter(at__gt=now - ALLOWANCE_WINDOW)
    counted = lately.order_by().values("donor").annotate(times=Count("pk"))
    return donors.exclude(
        Exists(lately.filter(donor=OuterRef("pk"), at__gt=now - QUIET_SINCE_ASKED))
    ).exclude(pk__in=counted.filter(times__gte=settings.MONTHLY_ALLOWANCE).values("donor"))


def still_may_be_asked(donor_ids: Iterable[int], now: datetime) -> set[int]:
    """Those of these people who may still be asked at the moment of sending."""
    some = Donor.objects.filter(pk__in=list(donor_ids))
    return set(may_be_asked(some, now).values_list("pk", flat=True))


def is_evening(now: datetime) -> bool:
    return evening_from(now) is None


def evening_from(now: datetime) -> datetime | None:
    """The next evening's beginning; None in the evening."""
    begins, ends = EVENING
    return quiet_until(now, (ends, begins))


def may_be_told(donor: Donor, now: datetime, *, but: int | None = None) -> bool:
    """Whether a message that asks nothing may be sent: not within ten days before they may give
    again, not before a doctor has spoken with them, and inside the one allowance. ``but``: the key
    of the message itself."""
    today = local_day(now)
    first = advice.on(donor=donor, day=today, now=now).first
    if first is None or today < first <= today + SILENT:
        return False
    rows = donor.linked_rows()
    told = Notification.objects.filter(
        donor__in=rows, kind__in=TELLING, made_at__gt=now - ALLOWANCE_WINDOW
    ).exclude(state__in=[Notification.State.SKIPPED, Notification.State.FAILED])
    if but is not None:
        told = told.exclude(pk=but)
    return _has_room([*_asked(rows, now), *told.values_list("made_at", flat=True)], now)


def _asked(rows: QuerySet[Donor], now: datetime, but: int | None = None) -> list[datetime]:
    asked = Asked.objects.filter(donor__in=rows, at__gt=now - ALLOWANCE_WINDOW)
    asked = asked.exclude(key=f"n{but}")
    return list(asked.values_list("at", flat=True))


def _has_room(times: list[datetime], now: datetime) -> bool:
    """Fewer than the monthly number in the window, and none for two weeks."""
    quiet = all(at <= now - QUIET_SINCE_ASKED for at in times)
    return quiet and len(times) < settings.MONTHLY_ALLOWANCE


def may_be_offered_again(donor: Donor, now: datetime, *, but: int | None = None) -> bool:
    """Whether somebody who gave lately may be offered another place: not within ten days before
    they may give again, not while they pause or hold a place, and inside the one allowance. ``but``:
    the key of the offer itself."""
    today = local_day(now)
    first = advice.on(donor=donor, day=today, now=now).first
    if first is None or today < first <= today + SILENT:
        return False
    if donor.paused_until and donor.paused_until > today:
        return False
    rows = donor.linked_rows()
    if Appointment.objects.live().filter(donor__in=rows).exists():
        return False
    return _has_room(_asked(rows, now, but), now)


def may_be_asked_from(donor: Donor, now: datetime) -> datetime:
    """The moment from which the allowance lets the person be asked again."""
    times = sorted(_asked(donor.linked_rows(), now))
    if not times:
        return now
    free = times[-1] + QUIET_SINCE_ASKED
    if len(times) >= settings.MONTHLY_ALLOWANCE:
        free = max(free, times[-settings.MONTHLY_ALLOWANCE] + ALLOWANCE_WINDOW)
    return free
