"""Two-way tables of counts, with a total of each row and column, and small figures withheld.

Every figure takes part in two equations, that of its row and that of its column, so the graph of
``donors.tables.suppression`` covers the whole table.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from donors.people.privacy import LEAST
from donors.tables.suppression import Figure, withheld

Cell = tuple[str, str]  # row, column
ALL = ""  # the row of all rows, the column of all columns
# What a reader misses most: the sum of everything, then sums of columns, of rows, then a cell.
TOTAL, COLUMN, ROW, CELL = 10_000, 300, 100, 1


@dataclass(frozen=True)
class Table:
    rows: Sequence[str]
    columns: Sequence[str]
    counts: Mapping[Cell, int]
    hidden: frozenset[Cell]

    def shown(self, row: str, column: str) -> int | None:
        """None where it is withheld."""
        return None if (row, column) in self.hidden else self.counts.get((row, column), 0)

    def hides(self, rows: Sequence[str]) -> bool:
        return any(row in rows for row, _column in self.hidden)


def table(
    cells: Mapping[Cell, int],
    *,
    rows: Sequence[str],
    columns: Sequence[str],
    people: Mapping[Cell, int] | None = None,
    totals_known: bool = False,
    hidden: frozenset[Cell] = frozenset(),
) -> Table:
    """``cells`` without totals; the rows of ``ALL`` are the sums.

    ``people``: of how many people a cell tells, where that is not its count; a cell that is missing
    there tells of nobody. ``totals_known``: another table shows the totals of rows, so that they hide
    nothing; a zero then hides as well as any figure. ``hidden`` is withheld on another page: here
    too, and the sums rather than more of the cells.
    """
    counts = _with_totals(cells)
    of = counts if people is None else _with_totals(people)
    across = columns if totals_known else (*columns, ALL)
    keys = [(row, column) for row in (*rows, ALL) for column in across]
    figures = []
    for key in keys:
        row, column = key
        value = _value(counts[key], of[key], zero_hides=totals_known)
        cost = (CELL if row == ALL else TOTAL) if hidden else _cost(key)
        ends = (("row", row), ("column", column))
        figures.append(Figure(key, ends, 1 if key in hidden else value, cost))
    hides = withheld(figures, least=LEAST)
    return Table(rows, columns, counts, frozenset(key for key in keys if key in hides))


def _value(count: int, people: int, *, zero_hides: bool) -> int:
    """The size by which a figure is small; a zero points at nobody."""
    if not count:
        return LEAST if zero_hides else 0
    return min(count, people) if people else LEAST


def _with_totals(cells: Mapping[Cell, int]) -> Counter[Cell]:
    counts: Counter[Cell] = Counter()
    for (row, column), count in cells.items():
        for key in ((row, column), (ALL, column), (row, ALL), (ALL, ALL)):
            counts[key] += count
    return counts


def _cost(key: Cell) -> int:
    row, column = key
    if row == ALL:
        return TOTAL if column == ALL else COLUMN
    return ROW if column == ALL else CELL
