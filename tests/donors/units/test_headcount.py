from hypothesis import given
from hypothesis import strategies as st

from donors.people import privacy

CELLS = st.lists(st.integers(0, 60), max_size=8)


@given(CELLS)
def test_total_is_no_more_than_the_told_cells_add_up_to(cells):
    shown = [cell for cell in map(privacy.few, cells) if cell is not None]
    assert (privacy.total(cells) or 0) == (sum(shown) if sum(shown) >= privacy.LEAST else 0)


@given(CELLS, st.integers(0, 4), st.integers(0, 4))
def test_no_difference_tells_small_cells_apart(cells, one, other):
    """Whatever the value of a suppressed cell, all visible figures stay the same."""
    assert privacy.total([*cells, one]) == privacy.total([*cells, other])
