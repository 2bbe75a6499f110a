"""Plates of 96 wells: filled once by scanning, read whole by each of two readers."""

from __future__ import annotations

import re
from collections.abc import Container, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from centers.isbt128 import donation_numbers, lots
from centers.models import Center, Donation, Marker, Outcome, Plate, Result
from donors import punctuation
from donors.errors import Refused, refusing, retried_on_conflict
from donors.models import User

from . import screening
from .machine_lines import compared, plain

LETTERS, COLUMNS = "ABCDEFGH", range(1, 13)
NAMES = [f"{letter}{column}" for column in COLUMNS for letter in LETTERS]
CONTROL = re.compile(r"^[A-Za-z]{1,5}\d?$")


@dataclass(frozen=True)
class Well:
    """``said``: a number, a control or nothing. ``open``: whether this reader has still to read it."""

    name: str
    said: str
    donation: Donation | None = None
    row: screening.Row | None = None
    open: bool = False


def begin(
    *,
    center: Center,
    marker: Marker,
    technique: str,
    lot: str,
    cut_off: str,
    below: bool,
    numbers: str,
    by: User,
    now: datetime,
) -> Plate:
    """Fill a plate: a line a well from A1 down, then A2. An empty line leaves a well empty."""
    wells = [_well(place, line) for place, line in enumerate(numbers.rstrip().splitlines())]
    given = [said for said in wells if said and not CONTROL.match(said)]
    if len(wells) > len(NAMES):
        raise Refused(_("A plate has 96 wells."), "numbers")
    if not given:
        raise Refused(_("Scan at least one number."), "numbers")
    twice = sorted({said for said in given if given.count(said) > 1})
    if twice:
        sentence = _("Scanned twice: %(numbers)s.")
        raise Refused(sentence % {"numbers": punctuation.listed(twice)}, "numbers")
    return Plate.objects.create(
        center=center,
        marker=marker,
        technique=technique.strip(),
        lot=lots.read(lot, din=given[0]),
        cut_off=cut_off.strip(),
        below=below,
        wells=wells + [""] * (len(NAMES) - len(wells)),
        made_at=now,
        made_by=by,
    )


def _well(place: int, line: str) -> str:
    text = line.strip()
    if not text or CONTROL.match(text):
        return text
    try:
        return donation_numbers.read(text)
    except Refused as refused:
        well = NAMES[place] if place < len(NAMES) else str(place + 1)
        raise Refused(f"{well}: {refused}", "numbers") from refused


def listed(center: Center, *, by: User) -> QuerySet[Plate]:
    """The latest on top; ``read`` by this reader, which tells nothing of the other's."""
    own = Result.objects.filter(plate=OuterRef("pk"), entered_by=by)
    rows = Plate.objects.filter(center=center).annotate(read=Exists(own))
    return rows.select_related("marker", "made_by").order_by("-made_at", "-pk")


def last_of(center: Center, *, by: User) -> dict[str, object]:
    """Test, technique, lot and cut-off of this reader's last plate, for the next one."""
    plate = Plate.objects.filter(center=center, made_by=by).order_by("-made_at").first()
    if plate is None:
        return {}
    names = ("technique", "lot", "cut_off", "below")
    return {"marker": plate.marker_id} | {name: getattr(plate, name) for name in names}


def wells(*, plate: Plate, by: User) -> list[Well]:
    """What lies in each well, in the order of ``NAMES``."""
    rows = Donation.objects.filter(center=plate.center_id, din__in=plate.wells)
    known = {donation.din: donation for donation in rows.select_related("donor")}
    reached = screening.progresses(known.values())

    def seen(name: str, said: str) -> Well:
        if (donation := known.get(said)) is None:
            return Well(name, said)
        given = reached[donation.pk].rows
        row = next((row for row in given if row.marker.pk == plate.marker_id), None)
        return Well(name, said, donation, row, bool(row and row.entry_for(by)))

    return [seen(name, said) for name, said in zip(NAMES, plate.wells, strict=True)]


def grid(found: list[Well]) -> list[tuple[str, list[Well]]]:
    """By the letter of the row, twelve wells each."""
    return [(letter, found[place :: len(LETTERS)]) for place, letter in enumerate(LETTERS)]


def values_of(text: str) -> dict[str, str]:
    """Values pasted from a reader, eight lines of twelve; empty where nothing was pasted."""
    lines = [re.split(r"[\t;]|\s{2,}|(?<=\d)\s+(?=\d)", line.strip()) for line in text.splitlines()]
    lines = [line for line in lines if line != [""]]
    if not lines:
        return {}
    if len(lines) != len(LETTERS) or any(len(line) != len(COLUMNS) for line in lines):
        raise Refused(_("Paste eight lines of twelve values, as the plate lies."), "values")
    return {
        f"{letter}{column}": value.strip()
        for letter, line in zip(LETTERS, lines, strict=True)
        for column, value in zip(COLUMNS, line, strict=True)
    }


@retried_on_conflict
def read(
    *,
    plate: Plate,
    reactive: Container[str],
    values: Mapping[str, str],
    by: User,
    now: datetime,
) -> list[Result]:
    """One person's reading of all wells that are open to them. A value from the cut-off on is
    reactive even if it was not marked, and so is a marked one of any value.

    The reactive wells are kept also where the others are refused; ``Refused`` then names those.
    """
    if not _open(plate, by):
        raise Refused(_("You have read this plate, or two others have."))
    found = _write(plate, Outcome.REACTIVE, reactive=reactive, values=values, by=by, now=now)
    try:
        _write(plate, Outcome.NEGATIVE, reactive=reactive, values=values, by=by, now=now)
    except Refused as refused:
        if not found:
            raise
        left = [f"{well.name} {well.said}" for well in _open(plate, by)]
        sentence = _("%(because)s The reactive wells are recorded, these are not: %(wells)s.")
        words = {"because": refused, "wells": punctuation.listed(left)}
        raise Refused(sentence % words, refused.field) from refused.__cause__
    return recorded(plate=plate, by=by, now=now)


def recorded(*, plate: Plate, by: User, now: datetime) -> list[Result]:
    return list(plate.results.filter(entered_by=by, entered_at=now).select_related("donation"))


def _open(plate: Plate, by: User) -> list[Well]:
    return [well for well in wells(plate=plate, by=by) if well.open]


def _write(
    plate: Plate,
    wanted: Outcome,
    *,
    reactive: Container[str],
    values: Mapping[str, str],
    by: User,
    now: datetime,
) -> bool:
    """Write the open wells of one outcome; whether there were any."""
    written = False
    with refusing():
        of_here = Donation.objects.filter(center=plate.center_id, din__in=plate.wells)
        list(of_here.order_by("pk").select_for_update(of=("self",)))
        for well in _open(plate, by):
            if well.donation is None or well.row is None:
                continue
            value = values.get(well.name, "")
            counted = compared(value, plate.cut_off, below=plate.below)
            bad = well.name in reactive or counted == Outcome.REACTIVE
            if bad != (wanted == Outcome.REACTIVE):
                continue
            reading = screening.Reading(
                well.row,
                wanted,
                lot=plate.lot,
                value=plain(value),
                cut_off=plain(plate.cut_off) if value else "",
                run=f"{plate.pk}",
            )
            screening.write(donation=well.donation, readings=[reading], by=by, now=now, plate=plate)
            written = True
    return written
