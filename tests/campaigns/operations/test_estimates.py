import json
from datetime import timedelta

import pytest

from campaigns.models import Estimate
from campaigns.operations import estimates, operations, reserves, shares
from centers.inventory import stock_levels
from centers.models import Center, Component
from donors.errors import Refused
from tests.support import asking, attack, factories, operating

pytestmark = pytest.mark.django_db
CURVE = json.dumps([[0, 0], [24, 0.67], [336, 1]])
ADD = """
INSERT INTO campaigns_estimate (operation_id, number, made_at, by_id, because, basis, counted, starts_at,
    admissions, admissions_low, admissions_high, red_cells, red_cells_low, red_cells_high,
    platelets, platelets_low, platelets_high, plasma, plasma_low, plasma_high, curve, weights)
VALUES (%s, 0, now(), %s, %s, 'deaths', 1, now(), %s, 1, 9, 3, 2, 4, 1, 1, 1, 1, 1, 1, %s, %s)
"""


@pytest.fixture
def operation(reference):
    return asking.operation()


@pytest.fixture
def marrakech(reference):
    return Center.objects.get(code="CRTS-MAR")


def total(needs, family, level="value"):
    return sum(getattr(need, level) for need in needs if need.family == family)


def test_admissions_follow_from_the_dead_by_the_published_ratios():
    # 2,901 dead in Al Haouz: 1 to 3 injured each, 25 to 35 % of them admitted.
    band = estimates.admissions(basis="deaths", counted=2901)
    assert (band.low, band.value, band.high) == (725, 1741, 3047)
    band = estimates.admissions(basis="injured", counted=5530)
    assert (band.low, band.value, band.high) == (1382, 1659, 1936)
    band = estimates.admissions(basis="admissions", counted=40)
    assert band.low == band.value == band.high == 40


def test_need_is_admissions_times_bags_shared_over_the_groups(operation, now):
    made = operating.estimate(operation, now, admissions_low=50, admissions_high=200)
    needs = estimates.need(made)
    assert total(needs, "red_cells") == pytest.approx(300, rel=0.001)
    assert total(needs, "red_cells", "low") == pytest.approx(50 * 1.8, rel=0.001)
    assert total(needs, "red_cells", "high") == pytest.approx(200 * 5, rel=0.001)
    assert total(needs, "plasma") == pytest.approx(100, rel=0.001)
    assert total(needs, "platelets") == pytest.approx(25, rel=0.001)
    o_share = sum(n.value for n in needs if n.family == "red_cells" and n.group[0] == "O") / 300
    # Half on the first day, 46.8 % on the others.
    assert o_share == pytest.approx(0.67 * 0.5 + 0.33 * 0.468, abs=0.001)
    rare = next(n for n in needs if (n.family, n.group) == ("plasma", "AB-"))
    assert rare.value == pytest.approx(100 * 0.0041)


def test_curve_uses_everything_in_fourteen_days_most_of_it_at_first():
    points = estimates.curve(first_day=0.755, first_hours=0.5)
    shares_ = [estimates.used_between(points, 24 * day, 24 * day + 24) for day in range(14)]
    assert sum(shares_) == pytest.approx(1) and shares_ == sorted(shares_, reverse=True)
    assert shares_[0] == pytest.approx(0.755)
    assert estimates.used_between(points, 0, 2) == pytest.approx(0.5)
    assert estimates.used_between(points, 400, 900) == 0


def test_accident_uses_half_at_once_and_an_earthquake_does_not(operation, now):
    assert operating.estimate(operation, now).curve[1][0] == 24
    operation.kind = "accident"
    made = operating.estimate(operation, now, because="Another")
    assert made.curve[1] == [2, 0.5]
    assert estimates.first_day("accident") > estimates.first_day("earthquake")


def test_extra_use_falls_day_by_day_at_the_weighted_centres(operation, marrakech, now):
    agadir = Center.objects.get(code="CRTS-AGD")
    operating.estimate(operation, now, weights={"CRTS-MAR": 3, "CRTS-AGD": 1})
    use = estimates.extra_use(now=now, days=14)
    here = use[marrakech.pk, "red_cells", "O+"]
    there = use[agadir.pk, "red_cells", "O+"]
    assert [3 * bags for bags in there] == pytest.approx(here)
    assert here == tuple(sorted(here, reverse=True)) and len(here) == 14
    every = sum(sum(row) for (_center, family, _g), row in use.items() if family == "red_cells")
    assert every == pytest.approx(300, rel=0.001)
    later = estimates.extra_use(now=now + timedelta(days=1), days=13)
    assert later[marrakech.pk, "red_cells", "O+"] == pytest.approx(here[1:])


def test_two_operations_add_up_and_recovery_needs_nothing(operation, marrakech, now):
    operating.estimate(operation, now)
    alone = estimates.extra_use(now=now, days=3)[marrakech.pk, "plasma", "A+"]
    second = asking.operation()
    operating.estimate(second, now)
    both = estimates.extra_use(now=now, days=3)[marrakech.pk, "plasma", "A+"]
    assert both == pytest.approx([2 * bags for bags in alone])
    for phase in ("response", "recovery"):
        operations.enter(operation=second, phase=phase, by=second.opened_by, now=asking.now())
    assert estimates.extra_use(now=now, days=3)[marrakech.pk, "plasma", "A+"] == alone
    operations.close(operation=operation, by=operation.opened_by, now=asking.now(), because="x")
    assert not estimates.extra_use(now=now, days=3) and not reserves.reserves(now=now)


def test_revision_is_a_new_version_with_its_reason(operation, now):
    operating.estimate(operation, now, because="")
    with pytest.raises(Refused, match="Write why"):
        operating.estimate(operation, now, because=" ")
    operating.estimate(operation, now, counted=300, because="Second toll")
    assert [row.counted for row in operation.estimates.all()] == [100, 300]
    assert [row.number for row in operation.estimates.all()] == [1, 2]
    assert estimates.in_force()[0].counted == 300


def test_closed_operation_and_stranger_make_no_estimate(operation, now):
    with pytest.raises(Refused, match="Only an administrator"):
        operating.estimate(operation, now, by=factories.user())
    operations.close(operation=operation, by=operation.opened_by, now=asking.now(), because="x")
    with pytest.raises(Refused, match="closed already"):
        operating.estimate(operation, now)


@pytest.mark.parametrize(
    ("admissions", "curve", "weights", "rule"),
    [
        (0, CURVE, '{"CRTS-MAR": 1}', "estimate_of_admissions_is_between"),
        (10, CURVE, '{"CRTS-MAR": 1}', "estimate_of_admissions_is_between"),
        (5, CURVE, "{}", "estimate_names_its_centres"),
        (5, CURVE, '{"CRTS-MAR": -1}', "estimate_names_its_centres"),
        (5, CURVE, '{"NOWHERE": 1}', "estimate_names_its_centres"),
        (5, "[[0, 0], [24, 0.9]]", '{"CRTS-MAR": 1}', "estimate_curve_rises"),
        (5, "[[0, 0], [24, 0.9], [48, 0.8], [72, 1]]", '{"CRTS-MAR": 1}', "estimate_curve_rises"),
        (5, "[[0, 0.5], [24, 1]]", '{"CRTS-MAR": 1}', "estimate_curve_rises"),
        (5, "[]", '{"CRTS-MAR": 1}', "estimate_curve_rises"),
    ],
)
def test_database_refuses_an_estimate_that_makes_no_sense(
    operation, admissions, curve, weights, rule
):
    values = (operation.pk, operation.opened_by_id, "x", admissions, curve, weights)
    assert rule in attack.refused(ADD, *values)


def test_estimate_is_never_changed(operation, now):
    operating.estimate(operation, now)
    assert "row_is_append_only" in attack.refused("UPDATE campaigns_estimate SET counted = 1")
    assert "row_is_append_only" in attack.refused("DELETE FROM campaigns_estimate")
    assert Estimate.objects.get().counted == 100


def test_patients_are_brought_to_the_centres_near_the_stricken_province(operation):
    weights = shares.suggested(operation)  # Al Haouz
    assert weights["CRTS-MAR"] == weights["MIL-MAR"] == max(weights.values()) > 30
    assert "CRTS-TNG" not in weights and len(weights) <= shares.MOST
    operation.provinces.clear()
    everywhere = shares.suggested(operation)
    assert set(everywhere.values()) == {1} and "AMSD" not in everywhere


def test_reserve_is_the_need_of_the_lead_time_at_the_level_of_the_order(operation, marrakech, now):
    made = operating.estimate(operation, now)
    key = (marrakech.pk, "red_cells", "O+")
    used = estimates.expected(made, begin=0, end=84)["red_cells", "O+"]
    assert reserves.reserves(now=now)[key] == round(used) > 100
    operating.order(operation, now, reserve_level="high")
    high = estimates.expected(made, begin=0, end=84, level="high")["red_cells", "O+"]
    assert reserves.reserves(now=now)[key] == round(high) > used
    week = now + timedelta(days=7)
    assert reserves.reserves(now=week)[key] < used / 10
    assert not reserves.reserves(now=now + timedelta(days=15))


def test_reserves_stand_beside_the_floors(operation, marrakech, now):
    made = operating.estimate(operation, now)
    stock_levels.set_floor(
        center=marrakech,
        component=Component.objects.get(code="RBC-SAGM"),
        blood_group="O+",
        routine=10,
        relief=7,
        ceiling=40,
        now=now,
    )
    rows = reserves.beside_floors(made, now=now)
    first = rows[0]
    assert (first.center, first.family, first.held) == (marrakech, "red_cells", 7)
    whole = sum(
        b for (_c, family, _g), b in reserves.reserves(now=now).items() if family == "red_cells"
    )
    assert first.suggested == whole
