"""The list in a file: in which sheet it is, where it begins, and how its dates are written."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from donors import punctuation
from donors.errors import Refused

from . import roster_lines
from .roster_files import Sheet

TITLES = 40  # rows looked at for the headings


@dataclass(frozen=True)
class Table:
    """``lines`` have the numbers of the file. ``order`` is one of ``roster_lines``."""

    sheet: str
    columns: dict[str, int]
    lines: list[tuple[int, list[str]]]
    order: str


def found(sheets: list[Sheet]) -> Table:
    """The one list among the sheets. Raises ``Refused`` with the sheet and the row."""
    usable = [sheet for sheet in sheets if not sheet.unfit]
    headed = [(sheet, *_headings(sheet)) for sheet in usable]
    lists = [(s, row, names) for s, row, names in headed if not roster_lines.missing(names)]
    filled = [one for one in lists if next(_under(one[0], one[1], one[2]), None)]
    if len(filled) > 1:
        names = punctuation.listed(sheet.name for sheet, _row, _names in filled)
        raise Refused(
            _("Several sheets hold a list: %(sheets)s. Keep one in the file.") % {"sheets": names}
        )
    if not lists:
        for sheet in sheets:
            sheet.fit()
        raise _without_headings(headed)
    sheet, row, columns = (filled or lists)[0]
    lines = list(_under(sheet, row, columns))
    if not lines:
        raise _at(sheet, row, _("There is nobody under the headings."))
    place = columns["birth_date"]
    dates = [cells[place] for _number, cells in lines if place < len(cells)]
    return Table(sheet.name, columns, lines, roster_lines.order_of(dates))


def _headings(sheet: Sheet) -> tuple[int, dict[str, int]]:
    """The row that names every column that is needed, else the one that names most."""
    rows = [(n, roster_lines.columns(cells)) for n, cells in _filled(sheet, 0)][:TITLES]
    whole = (row for row in rows if not roster_lines.missing(row[1]))
    return next(whole, max(rows, key=lambda row: len(row[1])))


def _filled(sheet: Sheet, above: int) -> Iterator[tuple[int, list[str]]]:
    return ((n, cells) for n, cells in enumerate(sheet.rows[above:], above + 1) if cells)


def _under(sheet: Sheet, row: int, columns: dict[str, int]) -> Iterator[tuple[int, list[str]]]:
    """The lines below the headings, which long lists repeat on each page."""
    for number, cells in _filled(sheet, row):
        if roster_lines.columns(cells) != columns:
            yield number, cells


def _without_headings(headed: list[tuple[Sheet, int, dict[str, int]]]) -> Refused:
    sheet, row, names = max(headed, key=lambda one: len(one[2]))
    missing = (roster_lines.HEADINGS[name][0] for name in roster_lines.missing(names))
    sentence = _("A line has to name the columns. Missing: %(columns)s.")
    return _at(sheet, row, sentence % {"columns": punctuation.listed(missing)})


def _at(sheet: Sheet, row: int, sentence: str) -> Refused:
    return Refused(f"{sheet.where(row)}{punctuation.colon()} {sentence}")
