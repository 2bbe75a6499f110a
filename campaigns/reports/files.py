"""A report as rows of a file."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from donors.tables.workbook import Cell

from .monthly import Section


def rows(title: str, sections: Iterable[Section]) -> list[list[Cell]]:
    """One table below the other; a withheld figure is said to be withheld, not left empty."""
    found: list[list[Cell]] = [[title]]
    for section in sections:
        heads: Sequence[str | Promise] = section.heads
        found += [[], [section.title, *heads]]
        for name, figures in section.lines:
            shown = [_("not shown") if figure is None else figure for figure in figures]
            found.append([name, *shown])
        found += [[section.note]] if section.note else []
    return found
