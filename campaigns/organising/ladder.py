"""The ladder of a memo: a reminder before the deadline; after it the unit again, the level above, the
issuer.

Each step is a column of the unit's row, read and written under its lock: a beat that runs twice tells
once. A level without an officer within reach is passed over and kept by name in ``skipped``.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import groupby

from django.db import transaction
from django.db.models import Q, QuerySet

from campaigns.messaging import recipients, telling
from campaigns.models import Addressee, Memo
from campaigns.models.memo import REOPENED_WAITS
from donors.clock.calendar import quiet_until
from donors.models import Unit, User

BEFORE = timedelta(hours=24)
# After the deadline: the level above when the unit had a last chance, the issuer a day later.
ABOVE, ISSUER = timedelta(hours=6), timedelta(hours=24)


def tend(*, now: datetime) -> int:
    """Take every step that is due; returns how many. Nothing at night."""
    if quiet_until(now):
        return 0
    return _remind(now) + _again(now) + _above(now) + _issuer(now)


@transaction.atomic
def _remind(now: datetime) -> int:
    """A day before the deadline, or at half the time of a memo that leaves less than two days."""
    due = Q(memo__deadline_at__gt=now) | Q(reopened_at__gt=now - REOPENED_WAITS)
    ahead = Addressee.objects.silent(now + BEFORE).filter(due, reminded_at=None)
    rows = []
    for row in _locked(ahead):
        begun = row.reopened_at or row.sent_at
        if now - begun >= due_of(row) - now:
            rows.append(row)
    return _units("memo_reminder", "reminded_at", rows, now)


@transaction.atomic
def _again(now: datetime) -> int:
    rows = _locked(Addressee.objects.silent(now).filter(late_at=None))
    return _units("memo_late", "late_at", rows, now)


def _locked(rows: QuerySet[Addressee]) -> list[Addressee]:
    ordered = rows.select_related("memo__issuer", "memo__issued_by", "unit").order_by("memo", "pk")
    return list(ordered.select_for_update(of=("self",)))


def _units(kind: str, step: str, rows: list[Addressee], now: datetime) -> int:
    """Tell the officers of these units, each once per memo, and write the step."""
    reached = recipients.officers_by_unit({row.unit_id for row in rows}, now)
    for memo, some in groupby(rows, key=lambda row: row.memo):
        group = list(some)
        users = {user.pk: user for row in group for user in reached[row.unit_id]}
        cause = f"memo:{memo.pk}:{kind}:{_name(group)}"
        telling.tell(kind=kind, cause=cause, subject_id=memo.pk, users=users.values(), now=now)
    Addressee.objects.filter(pk__in=[row.pk for row in rows]).update(**{step: now})
    return len(rows)


def _name(group: list[Addressee]) -> str:
    """The same for the same rows asked at the same time, another when they are asked again."""
    return f"{group[0].pk}:{int(due_of(group[0]).timestamp())}"


@transaction.atomic
def _above(now: datetime) -> int:
    """One digest for each level above with an officer, for all its silent units of a memo."""
    rows = _locked(Addressee.objects.silent(now - ABOVE).filter(escalated_at=None))
    codes = {code for row in rows for code in _codes_above(row)}
    levels = {unit.code: unit for unit in Unit.objects.open().filter(code__in=codes)}
    reached = recipients.officers_by_unit([unit.pk for unit in levels.values()], now)
    told: dict[tuple[Memo, Unit], list[Addressee]] = {}
    for row in rows:
        row.escalated_at, row.skipped = now, []
        for code in _codes_above(row):
            level = levels.get(code)
            if level and reached[level.pk]:
                row.escalated_to = level
                told.setdefault((row.memo, level), []).append(row)
                break
            row.skipped.append(code)
    Addressee.objects.bulk_update(rows, ["escalated_at", "escalated_to", "skipped"])
    for (memo, level), group in told.items():
        telling.tell(
            kind="memo_escalated",
            cause=f"memo:{memo.pk}:above:{level.pk}:{_name(group)}",
            subject_id=memo.pk,
            users=reached[level.pk],
            now=now,
        )
    return len(rows)


def _codes_above(row: Addressee) -> list[str]:
    """The levels above the unit, nearest first, up to the issuer."""
    codes = row.unit.path.strip("/").split("/")[-2::-1]
    issuer = row.memo.issuer.code
    return codes[: codes.index(issuer) + 1] if issuer in codes else codes


@transaction.atomic
def _issuer(now: datetime) -> int:
    """The issuer at last; at once where no level above had an officer within reach."""
    silent = Addressee.objects.silent(now - ABOVE).filter(
        escalated_at__isnull=False, issuer_told_at=None
    )
    rows = [
        row for row in _locked(silent) if not row.escalated_to_id or due_of(row) <= now - ISSUER
    ]
    for memo, some in groupby(rows, key=lambda row: row.memo):
        telling.tell(
            kind="memo_silent",
            cause=f"memo:{memo.pk}:issuer:{_name(list(some))}",
            subject_id=memo.pk,
            users=issuers(memo, now),
            now=now,
        )
    Addressee.objects.filter(pk__in=[row.pk for row in rows]).update(issuer_told_at=now)
    return len(rows)


def issuers(memo: Memo, now: datetime) -> Iterable[User]:
    """Officers of the issuing unit and the person who issued; administrators if there is nobody."""
    users = {user.pk: user for user in recipients.officers([memo.issuer], now)}
    if memo.issued_by.is_active and memo.issued_by.email:
        users[memo.issued_by.pk] = memo.issued_by
    return users.values() or recipients.administrators()


def due_of(addressee: Addressee) -> datetime:
    """The deadline of one row."""
    again = addressee.reopened_at and addressee.reopened_at + REOPENED_WAITS
    return max(addressee.memo.deadline_at, again or addressee.memo.deadline_at)
