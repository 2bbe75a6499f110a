"""Alarms about bags are told at once, day and night, chased until answered, then passed to the manager.

The row of an alarm says when it was told and how often; it is read under its lock, so that a task that
runs twice tells once. A hospital without an address is called by the stock keepers, who are told of every
recall in any case.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import groupby

from django.db import transaction
from django.db.models import F

from campaigns.messaging import outbox, recipients, telling
from centers.models import BagAlarm, Center, Job
from donors.clock.calendar import quiet_until
from donors.models import User

Kind = BagAlarm.Kind
# Waits between the first tellings; the last one goes on. Our choice: no rule names hours. A bag can be
# used within the hour, so the second call follows after half an hour.
URGENT = (timedelta(minutes=30), timedelta(minutes=30), timedelta(hours=2), timedelta(hours=6))
PATIENT = (timedelta(days=2), timedelta(days=3))
ESCALATED_AFTER = {
    Kind.HOLD: timedelta(hours=1),
    Kind.RECALL: timedelta(hours=1),
    Kind.NEWS: timedelta(days=5),
}
MANAGER_AGAIN = timedelta(days=1)
MOST = 2000  # rows of one run; the next one follows within a minute


def chase(*, now: datetime) -> int:
    """Tell what is due; returns how many alarms were told."""
    return sum(_chase(kind, now) for kind in Kind)


@transaction.atomic
def _chase(kind: Kind, now: datetime) -> int:
    rows = BagAlarm.objects.open().filter(kind=kind)
    wanted = ("center", "hospital")
    locked = rows.select_related(*wanted).select_for_update(of=("self",), skip_locked=True)
    ordered = sorted(locked.order_by("pk")[:MOST], key=_group)
    told = 0
    for _key, some in groupby(ordered, key=_group):
        group = list(some)
        if any(_is_due(row, now) for row in group):
            _tell(group, now)
            told += len(group)
        if any(_is_silent(row, now) for row in group):
            _escalate(group, now)
    return told


def _group(row: BagAlarm) -> tuple[int, int, int]:
    return row.center_id, row.hospital_id or 0, row.recall_id or 0


def _is_due(row: BagAlarm, now: datetime) -> bool:
    if row.kind == Kind.NEWS and not _has_mail(row) and quiet_until(now):
        return False
    if row.told_at is None:
        return True
    waits = PATIENT if row.kind == Kind.NEWS else URGENT
    return row.told_at + waits[min(row.told_count, len(waits)) - 1] <= now


def _is_silent(row: BagAlarm, now: datetime) -> bool:
    last = row.escalated_at
    if last:
        return last + MANAGER_AGAIN <= now
    return row.told_at is not None and row.made_at + ESCALATED_AFTER[Kind(row.kind)] <= now


def _tell(group: list[BagAlarm], now: datetime) -> None:
    first = group[0]
    cause = f"alarm:{first.pk}:{max(row.told_count for row in group)}:{len(group)}"
    if _has_mail(first):
        kind = "bag_news" if first.kind == Kind.NEWS else "bag_recalled"
        outbox.enqueue(
            kind=kind,
            cause=cause,
            subject_id=first.pk,
            hospital=first.hospital,
            urgent=True,
            now=now,
        )
    if first.kind != Kind.NEWS or not _has_mail(first):
        users = keepers(first.center, now)
        telling.tell(kind="bag_alarm", cause=cause, subject_id=first.pk, users=users, now=now)
    pks = [row.pk for row in group]
    BagAlarm.objects.filter(pk__in=pks).update(told_at=now, told_count=F("told_count") + 1)
    for row in group:
        row.told_at, row.told_count = now, row.told_count + 1


def _has_mail(row: BagAlarm) -> bool:
    return bool(row.hospital and row.hospital.email)


def keepers(center: Center, now: datetime) -> list[User]:
    """Who has the key of the fridge; where nobody is named, the doctor and the manager."""
    found = recipients.staff(center, [Job.STOCK], now)
    found = found or recipients.staff(center, [Job.DOCTOR, Job.MANAGER], now)
    return found or recipients.administrators()


def _escalate(group: list[BagAlarm], now: datetime) -> None:
    first = group[0]
    telling.tell(
        kind="bag_unanswered",
        cause=f"alarm:{first.pk}:silent:{int(now.timestamp())}",
        subject_id=first.pk,
        users=_in_charge(first.center, now),
        now=now,
    )
    BagAlarm.objects.filter(pk__in=[row.pk for row in group]).update(escalated_at=now)


def _in_charge(center: Center, now: datetime) -> list[User]:
    return recipients.staff(center, [Job.MANAGER], now) or recipients.administrators()
