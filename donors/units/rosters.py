"""A list of people: uploaded, checked line by line, applied whole or not at all, deleted."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import json
import uuid
from collections.abc import Iterator
from datetime import date, datetime, timedelta

from django.core.cache import caches
from django.db import connection, transaction
from django.utils.translation import gettext as _
from django.utils.translation import override
from redis import RedisError

from donors.clock import partial_dates
from donors.clock.calendar import local_day
from donors.clock.partial_dates import PartialDate
from donors.errors import Refused
from donors.models import (
    Contact,
    Donor,
    Membership,
    RecordCorrection,
    Roster,
    RosterRow,
    Unit,
    User,
)
from donors.people import encryption, identity, names, record_values, sharing

from . import roster_files, roster_lines, roster_tables

PURPOSE = b"roster"
CHUNK = 2000
KEPT = timedelta(days=7)
State = Roster.State
NAMES = ("given_name", "family_name", "given_name_ar", "family_name_ar")


class Cancelled(Exception):
    """The list was cancelled while it was being applied: the transaction is rolled back."""


@transaction.atomic
def upload(*, file_name: str, content: bytes, unit: Unit | None, by: User, now: datetime) -> Roster:
    """Keep the file, sealed, until a worker reads it; a person may have one open list at a time."""
    if len(content) > roster_files.MOST_BYTES:
        raise Refused(roster_files.sentence("large"))
    if not content.strip():
        raise Refused(roster_files.sentence("empty"))
    if Roster.objects.filter(uploaded_by=by, settled_at=None).exists():
        raise Refused(_("Your last list is not settled yet. Apply or cancel it first."))
    roster = Roster(
        unit=unit,
        file_name=file_name[-120:],
        digest=hashlib.sha256(content).hexdigest(),
        uploaded_at=now,
        uploaded_by=by,
    )
    sealed = base64.b85encode(content).decode()
    roster.content = encryption.seal(sealed, PURPOSE + roster.public_id.bytes)
    roster.save(force_insert=True)
    return roster


def work(*, now: datetime) -> int:
    """Read uploaded lists and apply approved ones; returns how many lists were worked on.

    One worker at a time holds a list. A killed worker leaves nothing half applied, and the next one
    begins that list again.
    """
    RosterRow.objects.filter(roster__state=State.CANCELLED).delete()
    waiting = Roster.objects.filter(state__in=[State.UPLOADED, State.APPLYING]).order_by("pk")
    done = 0
    for pk, state in list(waiting.values_list("pk", "state")):
        with (
            contextlib.suppress(Cancelled),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute("SELECT pg_try_advisory_xact_lock(hashtext('roster'), %s)", [pk % 2**31])
            if not cursor.fetchone()[0]:
                continue
            cursor.execute("SET LOCAL statement_timeout = 0")
            roster = Roster.objects.filter(pk=pk, state=state).select_related("unit").first()
            if roster:
                (_check if state == State.UPLOADED else _apply)(roster, now)
                done += 1
    return done


def _check(roster: Roster, now: datetime) -> None:
    """Check every line; a file that cannot be read gets a reason in the uploader's language."""
    with override(roster.uploaded_by.language):
        try:
            assert roster.content is not None  # a constraint: kept until it is read
            content = encryption.unseal(roster.content, PURPOSE + roster.public_id.bytes)
            table = roster_tables.found(roster_files.sheets(base64.b85decode(content)))
        except Refused as refused:
            _settle(roster, State.UPLOADED, State.FAILED, now, content=None, said=str(refused))
            return
    rows = list(_rows(roster, table, local_day(now)))
    RosterRow.objects.bulk_create(rows, batch_size=CHUNK)
    faults = sum(1 for row in rows if row.fault)
    checked = {
        "rows_count": len(rows),
        "faults_count": faults,
        "content": None,
        "sheet": table.sheet[:120],
        "month_first": table.order == roster_lines.MONTH_FIRST,
    }
    Roster.objects.filter(pk=roster.pk, state=State.UPLOADED).update(state=State.CHECKED, **checked)


def _rows(roster: Roster, table: roster_tables.Table, on: date) -> Iterator[RosterRow]:
    seen: set[tuple[str, ...]] = set()
    for number, cells in table.lines:
        said, fault = roster_lines.read(cells, table.columns, on, order=table.order)
        person = (
            (said["document_number"],)
            if said["document_number"]
            else (said["birth_date"], *(names.fold(said[name]) for name in NAMES))
        )
        if not fault and person in seen:
            fault = "twice"
        seen.add(person)
        yield RosterRow(
            roster=roster, number=number, fault=fault, sealed=_sealed(roster, number, said)
        )


def _sealed(roster: Roster, number: int, said: dict[str, str]) -> bytes:
    return encryption.seal(json.dumps(said), _bound(roster, number))


def _bound(roster: Roster, number: int) -> bytes:
    return PURPOSE + roster.public_id.bytes + number.to_bytes(4)


def said(roster: Roster, row: RosterRow) -> dict[str, str]:
    """The content of the line; empty once it was applied or dropped."""
    if not row.sealed:
        return {}
    line: dict[str, str] = json.loads(encryption.unseal(row.sealed, _bound(roster, row.number)))
    return line


@transaction.atomic
def agree(
    *, roster: Roster, now: datetime, moves_on: date | None = None, leaves_elsewhere: bool = False
) -> None:
    """Approve the preview: from now on the list is applied, in one transaction.

    The uploader says, without learning whether there are any, whether members of another unit moved
    here, on ``moves_on``, or stay there.
    """
    if roster.unit and (moves_on is not None) == leaves_elsewhere:
        raise Refused(_("Say whether the members of another unit move, and from which day."))
    if moves_on and moves_on > local_day(now):
        raise Refused(_("This day has not been yet."))
    if roster.faults_count == roster.rows_count:
        raise Refused(_("No line can be applied. Mend the list and hand it in again."))
    rows = Roster.objects.filter(pk=roster.pk, state=State.CHECKED)
    answer = {"moves_on": moves_on, "leaves_elsewhere": leaves_elsewhere}
    if not rows.update(state=State.APPLYING, **answer):
        raise Refused(_("This list has been settled already."))


@transaction.atomic
def cancel(*, roster: Roster, now: datetime) -> None:
    """Cancel at any time before the end; nothing of the list is kept."""
    if roster.settled_at or not _settle(roster, roster.state, State.CANCELLED, now, content=None):
        raise Refused(_("This list has been settled already."))
    if roster.state != State.APPLYING:  # a worker has those rows locked; ``work`` drops them later
        RosterRow.objects.filter(roster=roster).delete()


def _apply(roster: Roster, now: datetime) -> None:
    """Apply the list in the one transaction of ``work``: other readers see all of it or nothing."""
    rows = RosterRow.objects.filter(roster=roster, fault="").order_by("number")
    last, done = 0, 0
    while chunk := list(rows.filter(number__gt=last)[:CHUNK]):
        _add(roster, chunk, now)
        last, done = chunk[-1].number, done + len(chunk)
        _tell_progress(roster, done)
        if Roster.objects.filter(pk=roster.pk, state=State.CANCELLED).exists():
            raise Cancelled
    RosterRow.objects.filter(roster=roster).update(sealed=None)
    if not _settle(roster, State.APPLYING, State.APPLIED, now):
        raise Cancelled


def _progress_key(roster: Roster) -> str:
    return f"roster:{roster.pk}"


def _tell_progress(roster: Roster, done: int) -> None:
    """Report progress outside the transaction, which is invisible until it commits. Without Redis
    the list is applied without a progress bar."""
    with contextlib.suppress(RedisError):
        caches["progress"].set(_progress_key(roster), done, timeout=3600)


def progress(roster: Roster) -> int:
    """The number of lines processed, while a list is being applied."""
    if roster.state == State.APPLYING:
        with contextlib.suppress(RedisError):
            return int(caches["progress"].get(_progress_key(roster), 0))
    return 0


def _add(roster: Roster, rows: list[RosterRow], now: datetime) -> None:
    """Register new people with their addresses; known people only become members of the unit."""
    lines = {row.pk: said(roster, row) for row in rows}
    known = _known(lines)
    donors = {pk: _donor(line, roster, now) for pk, line in lines.items() if pk not in known}
    Donor.objects.bulk_create(donors.values(), ignore_conflicts=True)
    there = Donor.objects.filter(public_id__in=[d.public_id for d in donors.values()])
    made = dict(there.values_list("public_id", "pk"))
    fresh = {pk: made[d.public_id] for pk, d in donors.items() if d.public_id in made}
    late = _known({pk: lines[pk] for pk in donors if pk not in fresh})  # registered meanwhile
    identity.learn(lines[pk][name] for pk in fresh for name in NAMES)
    Contact.objects.bulk_create(
        contact for pk, donor in fresh.items() for contact in _contacts(lines[pk], donor)
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE donors_rosterrow SET made_id = made.donor "
            "FROM unnest(%s::bigint[], %s::bigint[]) AS made (line, donor) WHERE id = made.line",
            [list(fresh.keys()), list(fresh.values())],
        )
    if roster.unit:
        _belong(roster, roster.unit, {*fresh.values(), *known.values(), *late.values()}, now)


def _known(lines: dict[int, dict[str, str]]) -> dict[int, int]:
    """The donor of a line: by the card, else by an address together with date of birth and name.

    A known card with another date of birth is an error of the line, and adds nothing.
    """
    keys = {
        pk: identity.document_key(x["document_number"])
        for pk, x in lines.items()
        if x["document_number"]
    }
    rows = Donor.objects.filter(document_key__in=keys.values(), erased_at=None)
    by_key = {row.document_key: row for row in rows}
    said = {pk: _born(line) for pk, line in lines.items()}
    found = {
        pk: by_key[key].pk
        for pk, key in keys.items()
        if key in by_key and by_key[key].born.may_be(said[pk])
    }
    wanted = {a for x in lines.values() for a in (x["phone"], x["email"]) if a}
    contacts = Contact.objects.filter(address__in=wanted, removed_at=None, donor__merged_into=None)
    reached: dict[str, list[Donor]] = {}
    for contact in contacts.select_related("donor"):
        reached.setdefault(contact.address, []).append(contact.donor)
    for pk, line in lines.items():
        for address in (line["phone"], line["email"]):
            same = [d for d in reached.get(address, []) if d.born.may_be(said[pk])]
            one = _of_the_line(same, line)
            if one and not line["document_number"]:
                found.setdefault(pk, one.pk)
    return found


def _of_the_line(people: list[Donor], line: dict[str, str]) -> Donor | None:
    """Brothers share a phone, twins a birth date too: the name tells which of them is meant."""
    latin = sharing.bearer(people, given=line["given_name"], family=line["family_name"])
    return latin or sharing.bearer(
        people, given=line["given_name_ar"], family=line["family_name_ar"]
    )


def _born(line: dict[str, str]) -> PartialDate:
    born = partial_dates.read(line["birth_date"])
    assert born  # checked when the list was read
    return born


def _donor(line: dict[str, str], roster: Roster, now: datetime) -> Donor:
    number, born = line["document_number"], _born(line)
    return Donor(
        public_id=uuid.uuid4(),
        **{name: line[name] for name in NAMES},
        name_key=names.fold(f"{line['family_name']} {line['given_name']}"),
        name_key_ar=names.fold(f"{line['family_name_ar']} {line['given_name_ar']}"),
        name_keys=names.keys(line[name] for name in NAMES),
        sex=line["sex"],
        birth_date=born.earliest,
        birth_precision=born.precision,
        document_kind=Donor.Document.CIN if number else "",
        document_sealed=identity.seal(number) if number else None,
        document_key=identity.document_key(number) if number else None,
        province_id=roster.unit.province_id if roster.unit else None,
        language=line["language"],
        registered_at=now,
        registered_by_id=roster.uploaded_by_id,
    )


def _contacts(line: dict[str, str], donor: int) -> Iterator[Contact]:
    found = [(c, line[c if c == "email" else "phone"]) for c in ("email", "sms")]
    for place, (channel, address) in enumerate((c, a) for c, a in found if a):
        yield Contact(donor_id=donor, channel=channel, address=address, preferred=place == 0)


def _belong(roster: Roster, unit: Unit, donors: set[int], now: datetime) -> None:
    """Add memberships; members of another unit move only on the day that the uploader named."""
    if roster.moves_on:
        _move(roster, unit, donors, roster.moves_on, now)
    elsewhere = Membership.objects.filter(donor__in=donors, until=None)
    free = donors - set(elsewhere.values_list("donor", flat=True))
    Membership.objects.bulk_create(
        Membership(donor_id=donor, unit=unit, since=local_day(now)) for donor in sorted(free)
    )


def _move(roster: Roster, unit: Unit, donors: set[int], on: date, now: datetime) -> None:
    others = Membership.objects.filter(donor__in=donors, until=None).exclude(unit=unit)
    rows = list(others.select_for_update(of=("self",)).select_related("unit").order_by("pk"))
    RecordCorrection.objects.bulk_create(
        RecordCorrection(
            donor_id=row.donor_id,
            field=RecordCorrection.Field.UNIT,
            was=record_values.membership(row.unit, row.since),
            now=record_values.membership(unit, on),
            reason=RecordCorrection.Reason.MOVED,
            because=_("found in the list of the new unit"),
            asked_at=now,
            asked_by_id=roster.uploaded_by_id,
            agreed=True,
            decided_at=now,
            decided_by_id=roster.uploaded_by_id,
        )
        for row in rows
    )
    Membership.objects.filter(pk__in=[row.pk for row in rows if row.since >= on]).delete()
    Membership.objects.filter(pk__in=[row.pk for row in rows]).update(until=on)
    Membership.objects.bulk_create(
        Membership(donor_id=row.donor_id, unit=unit, since=on) for row in rows
    )


def _settle(roster: Roster, state: str, to: str, now: datetime, **values: str | None) -> int:
    rows = Roster.objects.filter(pk=roster.pk, state=state)
    return rows.update(state=to, settled_at=now, **values)


def forget(*, now: datetime) -> int:
    """Cancel lists that were not decided within a week; returns how many."""
    old = Roster.objects.filter(settled_at=None, uploaded_at__lte=now - KEPT)
    rosters = list(old.exclude(state=State.APPLYING))
    for roster in rosters:
        cancel(roster=roster, now=now)
    return len(rosters)
