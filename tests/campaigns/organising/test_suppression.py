"""No small figure can be computed from those shown: proved by algebra, by another way than the rule's."""

from collections import defaultdict
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from donors.tables.suppression import Figure, withheld

LEAST = 5


def table(units: list[tuple[int, int, int]]) -> list[Figure]:
    """The sums by unit and by day of (number of the unit above, day, people), as the account has
    them; the first unit is the head."""
    above = [None] + [parent % number for number, (parent, _d, _n) in enumerate(units) if number]
    own, below, days = defaultdict(int), defaultdict(int), defaultdict(int)
    made = []
    for number, (_parent, day, people) in enumerate(units):
        own[number] += people
        days[day] += people
        made.append(Figure(("day", number), (("own", number), ("d", day)), people, shown=False))
        one = number
        while one is not None:
            below[one] += people
            one = above[one]
    for number, parent in enumerate(above):
        end = "times" if parent is None else ("u", parent)
        made.append(Figure(("own", number), (("u", number), ("own", number)), own[number]))
        made.append(Figure(("below", number), (("u", number), end), below[number], cost=5))
    made += [
        Figure(("d", day), (("d", day), "times"), total, cost=3) for day, total in days.items()
    ]
    return made


def computable(figures: list[Figure], shown: set) -> set:
    """The unknown figures that the equations fix, by elimination; zeros are known."""
    unknown = [f for f in figures if f.value and f.key not in shown]
    column = {f.key: place for place, f in enumerate(unknown)}
    rows = defaultdict(lambda: [Fraction(0)] * len(unknown))
    for figure in unknown:
        # A total is on the left of one equation and a part of the other.
        rows[figure.ends[0]][column[figure.key]] += 1
        rows[figure.ends[1]][column[figure.key]] -= 1
    left, fixed = list(rows.values()), []
    for place in range(len(unknown)):
        pivot = next((row for row in left if row[place]), None)
        if pivot is None:
            continue
        left.remove(pivot)
        pivot = [value / pivot[place] for value in pivot]
        left = [[a - row[place] * b for a, b in zip(row, pivot, strict=True)] for row in left]
        fixed = [[a - row[place] * b for a, b in zip(row, pivot, strict=True)] for row in fixed]
        fixed.append(pivot)
    sure = (row for row in fixed if sum(1 for value in row if value) == 1)
    return {unknown[next(p for p, v in enumerate(row) if v)].key for row in sure}


units = st.lists(
    st.tuples(st.integers(0, 30), st.integers(0, 4), st.integers(0, 12)), min_size=1, max_size=9
)


@given(units)
def test_no_small_figure_can_be_computed(rows):
    figures = table(rows)
    hidden = withheld(figures, least=LEAST)
    shown = {f.key for f in figures if f.shown and f.key not in hidden}
    small = {f.key for f in figures if 0 < f.value < LEAST}
    assert not small & shown
    assert not small & computable(figures, shown)


@given(units)
def test_nothing_is_withheld_where_nothing_is_small(rows):
    figures = table([(parent, day, people + LEAST) for parent, day, people in rows])
    assert withheld(figures, least=LEAST) == set()


def test_zero_is_shown_and_a_second_one_covers_the_small_one():
    rows = [(0, 0, 0), (0, 1, 3), (0, 1, 40), (0, 2, 60), (0, 2, 0)]
    hidden = withheld(table(rows), least=LEAST)
    assert {("own", 1), ("own", 2)} <= hidden
    assert not {("own", 3), ("own", 4), ("below", 0), ("d", 1), ("d", 2)} & hidden


def test_the_algebra_of_this_test_finds_what_a_careless_table_tells():
    figures = table([(0, 0, 0), (0, 1, 3), (0, 1, 40)])
    careless = {f.key for f in figures if f.shown} - {("own", 1), ("below", 1)}
    assert ("own", 1) in computable(figures, careless)
