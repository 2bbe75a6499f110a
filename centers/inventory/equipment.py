"""Refrigerators, scales, analysers: whether each may be used, and which bags lie in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, TypedDict

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext as _

from centers.models import Bag, Center, Equipment, EquipmentCheck, Placement, TemperatureAlarm
from donors.errors import Refused, refusing
from donors.models import User

from . import stock

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

    Listed = WithAnnotations[Equipment, "Facts"]

LEAST_REASON = 10  # characters
GONE = (Bag.State.SEPARATED, Bag.State.UNDONE, Bag.State.DISCARDED, Bag.State.ISSUED)


@dataclass(frozen=True)
class State:
    """``word``: good, due, failed, out. ``due_on``: the day of the next check."""

    word: str
    due_on: date | None


class Facts(TypedDict):
    """Annotations of ``listed``: the last check, the bags in it, whether an alarm is open."""

    checked_on: date | None
    passed: bool | None
    bags: int
    alarmed: bool


def listed(center: Center) -> QuerySet[Listed]:
    """The centre's equipment, those with an open alarm first."""
    last = EquipmentCheck.objects.filter(equipment=OuterRef("pk")).order_by("-done_on", "-pk")
    alarm = TemperatureAlarm.objects.filter(equipment=OuterRef("pk"), decided_at=None)
    rows = Equipment.objects.filter(center=center).annotate(
        checked_on=Subquery(last.values("done_on")[:1]),
        passed=Subquery(last.values("passed")[:1]),
        bags=Count("placements", filter=Q(placements__until=None)),
        alarmed=Exists(alarm),
    )
    return rows.order_by("-alarmed", "kind", "name")


def state(row: Listed, *, today: date) -> State:
    """The same rule as ``equipment_is_fit`` in the database."""
    checked_on, every = row.checked_on, row.check_every_days
    due_on = (checked_on or today) + timedelta(days=every) if every and checked_on else None
    if every and not checked_on:
        due_on = today
    if row.out_since:
        return State("out", due_on)
    if row.passed is False:
        return State("failed", due_on)
    overdue = every and (checked_on is None or (due_on and due_on < today))
    return State("due" if overdue else "good", due_on)


def waiting(center: Center, *, today: date) -> dict[str, int]:
    """How many have an open alarm, and how many are overdue, failed or out of service."""
    rows = list(listed(center))
    return {
        "alarms": sum(row.alarmed for row in rows),
        "unfit": sum(state(row, today=today).word != "good" for row in rows),
    }


def save(*, equipment: Equipment | None, center: Center, **said: object) -> Equipment:
    with refusing():
        kept = equipment or Equipment(center=center)
        for name, value in said.items():
            setattr(kept, name, value)
        kept.save(update_fields=[*said] if equipment else None)
    return kept


def check(
    *,
    equipment: Equipment,
    kind: str,
    done_on: date,
    passed: bool,
    note: str,
    by: User,
    now: datetime,
    today: date,
) -> EquipmentCheck:
    """Record a check. One that failed makes it unfit until another one is passed."""
    if done_on > today:
        raise Refused(_("This day is still to come."), "done_on")
    if not passed and not note.strip():
        raise Refused(_("Say what was wrong."), "note")
    with refusing():
        return EquipmentCheck.objects.create(
            equipment=equipment, kind=kind, done_on=done_on, passed=passed, note=note.strip(), by=by, at=now
        )  # fmt: skip


def take_out(*, equipment: Equipment, because: str, by: User, now: datetime) -> None:
    if len(because.strip()) < LEAST_REASON:
        raise Refused(_("Say why in a sentence."), "because")
    with refusing():
        rows = Equipment.objects.filter(pk=equipment.pk, out_since=None)
        if not rows.update(out_since=now, out_by=by, out_because=because.strip()):
            raise Refused(_("It is out of service already."))


def bring_back(*, equipment: Equipment) -> None:
    with refusing():
        rows = Equipment.objects.filter(pk=equipment.pk, out_since__isnull=False)
        if not rows.update(out_since=None, out_by=None, out_because=""):
            raise Refused(_("It is in service already."))


def put_in(*, equipment: Equipment, number: str, by: User, now: datetime) -> list[Bag]:
    """Put the bags of a number in; out of where they lay before. Those that belong at another
    temperature stay where they are; refused where none belongs here."""
    here = stock.seen_by_scan(center=equipment.center, text=number).exclude(state__in=GONE)
    bags = [bag for bag in here if _belongs(bag, equipment)]
    if not bags:
        raise Refused(_("No bag of this number here is kept at this temperature."), "number")
    with refusing():
        pks = [bag.pk for bag in bags]
        held = Bag.objects.select_for_update(of=("self",)).filter(pk__in=pks).order_by("pk")
        list(held)
        Placement.objects.filter(bag__in=pks, until=None).update(until=now)
        Placement.objects.bulk_create(
            Placement(equipment=equipment, bag=bag, since=now, by=by) for bag in bags
        )
    return bags


def _belongs(bag: Bag, equipment: Equipment) -> bool:
    low, high = bag.component.storage_min_c, bag.component.storage_max_c
    if low is not None and (equipment.min_c is None or equipment.min_c < low):
        return False
    return high is None or (equipment.max_c is not None and equipment.max_c <= high)
