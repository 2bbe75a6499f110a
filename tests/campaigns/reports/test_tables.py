from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from campaigns.reports.tables import ALL, table

ROWS, COLUMNS = ("a", "b", "c"), ("x", "y", "z")


def computable(found, key, *, totals_known: bool) -> bool:
    """Whether a reader of everything shown can compute the figure, by linear algebra."""
    cells = [(row, column) for row in ROWS for column in COLUMNS]

    def parts(row, column):
        return [(row in (ALL, r)) and (column in (ALL, c)) for r, c in cells]

    keys = [(row, column) for row in (*ROWS, ALL) for column in (*COLUMNS, ALL)]
    shown = [parts(*k) for k in keys if k not in found.hidden or totals_known and k[1] == ALL]
    known = np.array(shown, dtype=float)
    rank = np.linalg.matrix_rank
    return rank(known) == rank(np.vstack([known, np.array(parts(*key), dtype=float)]))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from([0, 0, 1, 2, 4, 5, 30]), min_size=9, max_size=9), st.booleans())
def test_no_small_figure_can_be_computed_from_those_shown(counts, totals_known):
    keys = [(row, column) for row in ROWS for column in COLUMNS]
    cells = dict(zip(keys, counts, strict=True))
    found = table(cells, rows=ROWS, columns=COLUMNS, totals_known=totals_known)
    small = [key for key, count in cells.items() if 0 < count < 5]
    assert set(small) <= found.hidden
    several = len([c for c in cells.values() if c]) > 3 or totals_known
    if several and small:
        exposed = [key for key in small if computable(found, key, totals_known=totals_known)]
        others = [key for key, count in cells.items() if count and key not in small]
        assert not exposed or not others or not totals_known and _alone(cells)


def _alone(cells) -> bool:
    """All in one row or one column each: nothing in the table could hide a small figure."""
    rows = Counter(row for (row, _c), count in cells.items() if count)
    columns = Counter(column for (_r, column), count in cells.items() if count)
    return all(n == 1 for n in rows.values()) or all(n == 1 for n in columns.values())


def test_what_tells_of_nobody_is_shown_however_small():
    cells = {("a", "x"): 2, ("a", "y"): 3, ("b", "x"): 9, ("b", "y"): 1}
    found = table(cells, rows=ROWS, columns=COLUMNS, people={}, totals_known=True)
    assert not found.hidden
    found = table(cells, rows=ROWS, columns=COLUMNS, people={("a", "x"): 1}, totals_known=True)
    assert found.shown("a", "x") is None
    assert [found.shown(ALL, "x"), found.shown("b", "x")] != [11, 9]


@pytest.mark.parametrize("totals_known", [True, False])
def test_what_another_page_withholds_is_withheld_in_the_sums_too(totals_known):
    cells = {(row, column): 20 for row in ROWS for column in COLUMNS}
    hidden = frozenset({("a", "x"), ("a", "y")})
    found = table(cells, rows=ROWS, columns=COLUMNS, totals_known=totals_known, hidden=hidden)
    assert hidden | {(ALL, "x"), (ALL, "y")} == found.hidden
