"""The tree of units: created, renamed, moved, merged, split and closed, with its history."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeVar

from django.db import connection, transaction
from django.db.models import Q, QuerySet, Value
from django.db.models.functions import Greatest
from django.utils.translation import gettext as _

from donors.clock.calendar import local_day
from donors.errors import Refused
from donors.models import Membership, Officer, Province, Unit, UnitChange, User
from donors.models.unit import UnitQuerySet
from donors.people import names

NAMES = ("name_ar", "name_fr", "name_en")
Kind = UnitChange.Kind
Belonging = TypeVar("Belonging", Membership, Officer)


def find(text: str, among: UnitQuerySet) -> UnitQuerySet:
    """Units whose code or names contain every word, in any script, order and spelling."""
    for word in names.words(text):
        keys = list(names.skeletons(word))
        found = among.filter(code__icontains=word)
        among = found | among.filter(name_keys__overlap=keys) if keys else found
    return among


@transaction.atomic
def create(
    *,
    parent: Unit,
    code: str,
    called: dict[str, str],
    kind: str,
    province: Province,
    by: User,
    because: str,
    now: datetime,
) -> Unit:
    (parent,) = _locked([parent])
    if Unit.objects.filter(code=code).exists():
        raise Refused(_("A unit has this code already; a closed one keeps its code too."))
    called = _whole(called)
    unit = Unit.objects.create(
        parent=parent,
        code=code,
        path=f"{parent.path}{code}/",
        kind=kind,
        province=province,
        verified="no",
        parent_verified="no",
        name_keys=names.keys(called.values()),
        **called,
    )
    _note(unit, Kind.CREATED, {}, by, because, now)
    return unit


@transaction.atomic
def rename(*, unit: Unit, called: dict[str, str], by: User, because: str, now: datetime) -> None:
    """Set all three names at once: a change in one language alone would make it look like two
    units."""
    (unit,) = _locked([unit])
    before = _place(unit)
    for name, value in _whole(called).items():
        setattr(unit, name, value)
    unit.name_keys = names.keys(getattr(unit, name) for name in NAMES)
    unit.save(update_fields=[*NAMES, "name_keys"])
    _note(unit, Kind.RENAMED, before, by, because, now)


@transaction.atomic
def move(*, unit: Unit, to: Unit, by: User, because: str, now: datetime) -> None:
    """Move a unit with its subtree. Memos sent to it stay its own; who may see it follows the
    tree."""
    unit, to = _locked([unit, to])
    before = _place(unit)
    _hang(unit, to)
    _note(unit, Kind.MOVED, before, by, because, now)


@transaction.atomic
def merge(*, unit: Unit, into: Unit, by: User, because: str, now: datetime) -> None:
    """Move members, officers and subunits to the other unit; this one closes and keeps its
    history."""
    unit, into = _locked([unit, into])
    if into.path.startswith(unit.path):
        raise Refused(_("A unit cannot be merged into itself or into one that is under it."))
    before = _place(unit)
    for child in Unit.objects.open().filter(parent=unit).order_by("code"):
        _hang(child, into)
    today = local_day(now)
    members, commands = _living(Membership, unit, today), _living(Officer, unit, today)
    donors, users = _newcomers(members, into, "donor_id"), _newcomers(commands, into, "user_id")
    _part(unit, by, today)
    Membership.objects.bulk_create(Membership(donor_id=d, unit=into, since=today) for d in donors)
    Officer.objects.bulk_create(Officer(user_id=u, unit=into, since=today) for u in users)
    _shut(unit, today)
    _note(unit, Kind.MERGED, before, by, because, now, into=into.code)


@transaction.atomic
def split(
    *,
    unit: Unit,
    code: str,
    called: dict[str, str],
    children: Iterable[Unit],
    by: User,
    because: str,
    now: datetime,
) -> Unit:
    """Create a unit beside the old one; the chosen subunits move to it, members stay."""
    if unit.parent is None:
        raise Refused(_("The head of the tree cannot be split."))
    made = create(
        parent=unit.parent,
        code=code,
        called=called,
        kind=unit.kind,
        province=unit.province,
        by=by,
        because=because,
        now=now,
    )
    for child in children:
        if child.parent_id != unit.pk:
            raise Refused(_("Only units directly under it can go to the new one."))
        move(unit=child, to=made, by=by, because=because, now=now)
    _note(unit, Kind.SPLIT, _place(unit), by, because, now, into=code)
    return made


@transaction.atomic
def close(*, unit: Unit, by: User, because: str, now: datetime) -> None:
    """Close a unit and end its memberships and commands; refused while it has open subunits."""
    (unit,) = _locked([unit])
    if Unit.objects.open().filter(parent=unit).exists():
        raise Refused(_("There are open units under it. Move or close them first."))
    before, today = _place(unit), local_day(now)
    _part(unit, by, today)
    _shut(unit, today)
    _note(unit, Kind.CLOSED, before, by, because, now)


@transaction.atomic
def reopen(*, unit: Unit, by: User, because: str, now: datetime) -> None:
    """Reopen a closed unit without its members and officers, who are entered anew."""
    (unit,) = _fresh([unit])
    if unit.closed_on is None:
        raise Refused(_("This unit is open."))
    if unit.parent and unit.parent.closed_on:
        raise Refused(_("The unit above it is closed. Open that one first."))
    before = _place(unit)
    Unit.objects.filter(pk=unit.pk).update(closed_on=None)
    unit.closed_on = None
    _note(unit, Kind.REOPENED, before, by, because, now)


@dataclass(frozen=True)
class Past:
    """A unit's name and parent on a past day; ``exists`` is False before its creation."""

    exists: bool
    called: dict[str, str]
    path: str
    closed: bool


def as_of(unit: Unit, on: date) -> Past:
    """The unit at the end of that day: later changes are undone, the latest first."""
    place, exists = _place(unit), True
    for change in UnitChange.objects.filter(unit=unit).order_by("-at", "-pk"):
        if local_day(change.at) <= on:
            break
        exists = change.kind != Kind.CREATED
        place |= change.before
    called = {name: place[name] or "" for name in NAMES}
    return Past(exists, called, place["path"] or "", bool(place["closed_on"]))


def _locked(units: list[Unit]) -> list[Unit]:
    """Reload and lock the units until the end of the transaction; refuses closed ones."""
    fresh = _fresh(units)
    for unit in fresh:
        if unit.closed_on:
            raise Refused(_("%(unit)s is closed.") % {"unit": unit.name})
    return fresh


def _fresh(units: list[Unit]) -> list[Unit]:
    """Lock the root of the tree, so that no two edits of one tree cross, and the unit itself, so
    that no member is added meanwhile."""
    heads, keys = {_head(unit) for unit in units}, [unit.pk for unit in units]
    rows = Unit.objects.select_for_update(of=("self",))
    list(rows.filter(Q(code__in=heads) | Q(pk__in=keys)).order_by("pk"))
    fresh = Unit.objects.select_related("parent").in_bulk(keys)
    if not heads.issuperset(_head(unit) for unit in fresh.values()):
        raise Refused(_("The tree has changed meanwhile. Look again."))
    return [fresh[key] for key in keys]


def _head(unit: Unit) -> str:
    return unit.path.split("/")[1]


def _whole(called: dict[str, str]) -> dict[str, str]:
    whole = {name: called.get(name, "").strip() for name in NAMES}
    if not all(whole.values()):
        raise Refused(_("A unit needs its name in Arabic, French and English."))
    return whole


def _hang(unit: Unit, parent: Unit) -> None:
    if parent.path.startswith(unit.path):
        raise Refused(_("A unit cannot be under itself or under one of its own."))
    old, new = unit.path, f"{parent.path}{unit.code}/"
    with connection.cursor() as cursor:
        cursor.execute("UPDATE donors_unit SET parent_id = %s WHERE id = %s", [parent.pk, unit.pk])
        cursor.execute(
            "UPDATE donors_unit SET path = %s || substr(path, %s) WHERE starts_with(path, %s)",
            [new, len(old) + 1, old],
        )
    unit.parent, unit.path = parent, new


def _living(model: type[Belonging], unit: Unit, today: date) -> QuerySet[Belonging]:
    """Rows without an end, and those whose end is in the future."""
    return model._default_manager.filter(Q(until=None) | Q(until__gt=today), unit=unit)


def _newcomers(
    rows: QuerySet[Membership] | QuerySet[Officer], into: Unit, person: str
) -> list[int]:
    there = rows.model._default_manager.filter(unit=into, until=None).values_list(person, flat=True)
    return sorted(set(rows.filter(until=None).values_list(person, flat=True)) - set(there))


def _part(unit: Unit, by: User, today: date) -> None:
    """Memberships that began today are deleted; commands that began today end at once and stay on
    record."""
    members = _living(Membership, unit, today)
    members.filter(since__gte=today).delete()
    members.update(until=today)
    ends = Greatest("since", Value(today))
    _living(Officer, unit, today).update(until=ends, ended_by=by)


def _shut(unit: Unit, today: date) -> None:
    Unit.objects.filter(pk=unit.pk).update(closed_on=today)
    unit.closed_on = today


def _place(unit: Unit) -> dict[str, str | None]:
    closed_on = unit.closed_on.isoformat() if unit.closed_on else None
    return {name: getattr(unit, name) for name in NAMES} | {
        "path": unit.path,
        "closed_on": closed_on,
    }


def _note(
    unit: Unit,
    kind: str,
    before: dict[str, str | None],
    by: User,
    because: str,
    now: datetime,
    **more: str,
) -> None:
    if not because.strip():
        raise Refused(_("Say why: the history of a unit tells its readers."))
    UnitChange.objects.create(
        unit=unit,
        kind=kind,
        at=now,
        by=by,
        because=because.strip(),
        before=before,
        after=_place(unit) | more,
    )
