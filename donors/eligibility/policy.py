"""Eligibility rules as dated versions; a change needs two administrators."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from donors.clock.calendar import add_period, local_day
from donors.errors import Refused
from donors.models import Criterion, DeferralReason, PolicyChange, User

Version = Criterion | DeferralReason
MODELS: dict[str, type[Criterion] | type[DeferralReason]] = {
    "criterion": Criterion,
    "reason": DeferralReason,
}
# Fields that may differ between two versions of a code.
CHANGEABLE = {
    "criterion": ("value", "deferral_days", "in_use"),
    "reason": ("kind", "value", "unit", "in_use"),
}
LEAP_YEAR = date(2024, 1, 31)


def last(table: str, code: str) -> Version | None:
    """The latest version: the one that no other version follows."""
    return MODELS[table].objects.filter(code=code, valid_until=None).first()


def history(table: str, code: str) -> list[Version]:
    """Every version, latest first. A decision is explained by the version in force on its day."""
    return list(MODELS[table].objects.filter(code=code).order_by("-valid_from"))


@transaction.atomic
def ask(
    *,
    table: str,
    code: str,
    after: dict[str, object],
    valid_from: date,
    because: str,
    by: User,
    now: datetime,
) -> PolicyChange:
    """Propose a new version; it takes effect only after another administrator approves it."""
    version = last(table, code)
    if version is None:
        raise Refused(_("Nothing of this code is in force."))
    if not because.strip():
        raise Refused(_("Say why, and by which text: later readers need it."))
    _not_before_tomorrow(valid_from, version, now)
    before = {name: getattr(version, name) for name in CHANGEABLE[table]}
    differing = {name: after[name] for name in before if after[name] != before[name]}
    if not differing:
        raise Refused(_("It has these values already. Change a value first."))
    if PolicyChange.objects.filter(table=table, code=code, decided_at=None).exists():
        raise Refused(_("A change of this is waiting to be decided. Decide that one first."))
    return PolicyChange.objects.create(
        table=table,
        code=code,
        before={name: _plain(before[name]) for name in differing},
        after={name: _plain(value) for name, value in differing.items()},
        valid_from=valid_from,
        because=because.strip(),
        asked_at=now,
        asked_by=by,
    )


def _not_before_tomorrow(valid_from: date, version: Version, now: datetime) -> None:
    if valid_from <= local_day(now):
        raise Refused(_("It can begin tomorrow at the earliest: today has begun by other rules."))
    if valid_from <= version.valid_from:
        day = version.valid_from.isoformat()
        raise Refused(
            _("The present version begins on %(day)s. Choose a later day.") % {"day": day}
        )


def _plain(value: object) -> object:
    return str(value) if isinstance(value, Decimal) else value


@transaction.atomic
def decide(*, change: PolicyChange, approve: bool, by: User, now: datetime) -> None:
    """Another administrator approves or rejects the change; the proposer may withdraw it."""
    if approve and by == change.asked_by:
        raise Refused(_("You asked for this yourself; somebody else has to approve it."))
    waiting = PolicyChange.objects.select_for_update(of=("self",)).filter(decided_at=None)
    held = waiting.filter(pk=change.pk).first()
    if held is None:
        raise Refused(_("This has been decided already."))
    PolicyChange.objects.filter(pk=held.pk).update(approved=approve, decided_at=now, decided_by=by)
    if approve:
        _begin(held, now)


def _begin(change: PolicyChange, now: datetime) -> None:
    version = last(change.table, change.code)
    if version is None:
        raise Refused(_("Nothing of this code is in force."))
    _not_before_tomorrow(change.valid_from, version, now)
    model = MODELS[change.table]
    values = {
        field.attname: getattr(version, field.attname)
        for field in model._meta.concrete_fields
        if not field.primary_key
    }
    values |= change.after | {"valid_from": change.valid_from, "valid_until": None}
    if change.table == "criterion":
        values["value"] = Decimal(values["value"])
    else:
        values["days"] = longest(values["value"], values["unit"])
    model.objects.filter(pk=version.pk).update(valid_until=change.valid_from)
    model.objects.create(**values)


def longest(value: int | None, unit: str) -> int | None:
    """The longest calendar length of a period, in days."""
    if not value:
        return None
    return (add_period(LEAP_YEAR, value, unit) - LEAP_YEAR).days


def waiting() -> list[PolicyChange]:
    return list(
        PolicyChange.objects.filter(decided_at=None).select_related("asked_by").order_by("asked_at")
    )


def decided(table: str, code: str) -> list[PolicyChange]:
    rows = PolicyChange.objects.filter(table=table, code=code).exclude(decided_at=None)
    return list(rows.select_related("asked_by", "decided_by").order_by("-decided_at"))


@dataclass(frozen=True)
class Rule:
    """A version as a list shows it."""

    version: Version
    table: str
    to_come: Version | None


def in_force(table: str, on: date) -> list[Rule]:
    """The versions in force on a day, each with the approved version that follows it."""
    model = MODELS[table]
    order = ("criterion", "sex", "code") if table == "criterion" else ("kind", "code")
    rows = model.objects.in_force(on).order_by("-in_use", *order)
    later = {row.code: row for row in model.objects.filter(valid_from__gt=on)}
    return [Rule(row, table, later.get(row.code)) for row in rows]
