"""The arithmetic behind the pictures of the room."""

from datetime import timedelta

import pytest

from campaigns.models import Plan
from campaigns.planner import Need, Policy
from campaigns.planning import needs as needs_read
from campaigns.situation import early_warnings, figures, likelihood, shelves, told
from campaigns.situation.hours import Curve, Figure
from campaigns.situation.scopes import Scope
from campaigns.situation.wording import expected, group
from centers.inventory import stock_levels
from centers.models import Component
from tests.support import appealing, factories

RED = "red_cells"


def plan(now, forecasts, uncovered=()) -> Plan:
    return Plan(made_at=now, changed=True, forecasts=forecasts, uncovered=list(uncovered))


def need(center="A", name="O+", use=2.0, **fields) -> Need:
    figures = {"target": 0.0, "floor": 0.0} | fields
    return Need(center=center, component=RED, group=name, use=(use,) * 12, **figures)


def test_likely_is_the_mean_of_the_worst_moments_within_three_days(now):
    rows = [
        ["A", RED, "O+", 24.0, 5, 1, 9, 0.9],
        ["A", RED, "O+", 48.0, 3, 0, 7, 0.8],
        ["A", RED, "O+", 144.0, 0, 0, 1, 0.1],
        ["B", RED, "O+", 24.0, 5, 1, 9, 1.0],
    ]
    needs = [("A", RED, "O+"), ("B", RED, "O+"), ("C", RED, "O+")]
    found = likelihood.likely(plan(now, rows), needs)
    assert (found.share, found.known, found.unknown) == (90, 2, 1)
    assert found.until == now + timedelta(hours=48)


def test_a_need_the_plan_itself_leaves_short_is_not_covered(now):
    rows = [["A", RED, "O+", 24.0, 5, 1, 9, 1.0]]
    found = likelihood.likely(plan(now, rows, [["A", RED, "O+", 24.0, 3.0]]), [("A", RED, "O+")])
    assert found.share == 0


def test_nothing_is_likely_without_a_plan(now):
    assert likelihood.likely(None, [("A", RED, "O+")]) is None
    assert likelihood.likely(plan(now, []), []) is None


def test_warnings_are_of_the_first_moment_under_four_days(now):
    rows = [
        ["A", RED, "O+", 24.0, 9.0, 5, 12, 0.99],
        ["A", RED, "O+", 48.0, 5.0, 2, 8, 0.9],
        ["B", RED, "O+", 24.0, 1.0, 0, 3, 0.6],
        ["C", RED, "AB-", 24.0, 0.0, 0, 1, 0.99],
        ["D", RED, "O+", 84.0, 0.0, 0, 1, 0.2],
    ]
    centers = {code: type("C", (), {"code": code})() for code in "ABCD"}
    needs = [need("A"), need("B"), need("C", "AB-", use=0.05), need("D")]
    found = early_warnings.warnings(plan=plan(now, rows), needs=needs, scope=Scope(centers))
    assert [(one.center.code, one.days) for one in found] == [("B", 0.5), ("A", 2.5)]
    assert found[1].at == now + timedelta(hours=48)


def test_shelves_add_centres_and_tell_days_of_cover():
    rows = [
        need("A", stock=((10, 6.0),), floor=4.0, reserve=2.0),
        need("B", stock=((10, 2.0),), floor=4.0),
    ]
    (red,) = shelves.shelves(rows, {("A", "O+"): 1.5, ("B", "O+"): 0.5})
    bar = red.bars[0]
    assert (bar.level, bar.floor, bar.reserve, bar.promise) == (8.0, 8.0, 2.0, 2.0)
    assert bar.cover == 2.0 and bar.tone == "warn" and bar.top == 10.0


def test_what_hangs_on_one_response_rate_is_less_sure():
    sure, unsure = Figure(uncertainty=0.5), Figure(uncertainty=0.5)
    sure.add(100, 0.5)
    unsure.add(50, 1.0, hangs=True)
    assert sure.mean == unsure.mean == 50
    assert sure.spread == pytest.approx(1.645 * 5)
    assert unsure.spread == pytest.approx(1.645 * (50 + 25**2) ** 0.5)
    assert unsure.low == 0.0 or unsure.low == pytest.approx(50 - unsure.spread)


def test_curve_reaches_from_the_bottom_to_its_highest_band():
    figures = [Figure(), Figure(mean=10.0)]
    assert Curve("x", figures).line == "0,100 240,0"
    assert Curve("x", [Figure()]).line == "0,100"


def test_words_of_a_number_and_of_a_group():
    assert (expected(0.0), expected(0.44), expected(12.6)) == ("0", "0.4", "13")
    assert group("O-") == "\u2066O−\u2069"


def test_plan_in_words_counts_only_what_concerns_the_scope(now):
    made = plan(now, [["A", RED, "O+", 24.0, 5, 1, 9, 0.92]])
    made.decisions = [
        {"kind": "invitation", "session": "s1", "hours": 0.0, "people": 61},
        {"kind": "invitation", "session": "s1", "hours": 8.0, "people": 900},
        {"kind": "invitation", "session": "s2", "hours": 0.0, "people": 500},
        {"kind": "transfer", "source": "B", "target": "A", "bags": 4},
        {"kind": "transfer", "source": "B", "target": "C", "bags": 70},
        {"kind": "stand_down", "session": "s1", "people": 7},
        {"kind": "confirm", "center": "B"},
    ]
    said = told.in_words(made, Scope({"A": None}), {"s1": "A", "s2": "B"})
    assert said.startswith(
        "Planned to send 4 bags between centres. Planned to ask 61 people."
        " 7 people asked are no longer needed. 1 need is 92 % likely covered until "
    )


@pytest.mark.django_db
def test_a_shelf_that_nobody_ever_counted_has_no_age(reference, now):
    appealing.alert(now)
    stock_levels.set_floor(
        center=factories.center("CRTS-FES"),
        component=Component.objects.get(code=appealing.RED_CELLS),
        blood_group="O+",
        routine=2,
        relief=0,
        ceiling=5,
        now=now,
    )
    later = now + timedelta(hours=3)
    read = needs_read.read(now=later, policy=Policy(), collecting=set())
    assert figures.oldest(read, later) == (now, 1)
