"""What holds for every plan, whatever the snapshot."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.planner import (
    Appointment,
    InTransit,
    Policy,
    Quarantined,
    Shortage,
    Snapshot,
    greedy,
    merged,
    optimiser,
    plan,
    problem,
    shelf,
    whole,
)

from .random_countries import snapshots, thorough

CLOSE = 1e-4  # the solver's own tolerance on a cost of thousands, relative


def never_dearer(better: float, before: float) -> bool:
    return better <= before + CLOSE * max(1.0, before)


@thorough
@given(snapshots())
def test_never_more_expected_yeses_than_places(snapshot):
    decisions = plan(snapshot)
    yeses = Counter()
    for invitation in decisions.invitations:
        yeses[invitation.session] += invitation.expected_yeses
    for session in snapshot.sessions:
        if yeses[session.id]:
            assert yeses[session.id] + session.walkins <= session.free


@thorough
@given(snapshots())
def test_only_people_who_may_be_asked_and_each_once(snapshot):
    asked = Counter()
    areas = {c.id: c.area for c in snapshot.cohorts}
    for invitation in plan(snapshot).invitations:
        asked[invitation.cohort] += invitation.people
        assert invitation.session in {s for s, _km in snapshot.reach[areas[invitation.cohort]]}
    for cohort in snapshot.cohorts:
        assert asked[cohort.id] <= cohort.askable


@thorough
@given(snapshots())
def test_nothing_leaves_in_quiet_hours(snapshot):
    for invitation in plan(snapshot).invitations:
        assert not any(begin <= invitation.hours < end for begin, end in snapshot.quiet)


@thorough
@given(snapshots())
def test_no_limit_breaks_and_the_better_plan_stands(snapshot):
    policy = Policy()
    programme = problem.build(snapshot, policy)
    by_hand = greedy.solve(programme)
    best = optimiser.solve(programme)
    assert best is not None
    greedy_whole = whole.rounded(programme, by_hand)
    for x in (by_hand, best, greedy_whole, whole.rounded(programme, best)):
        people_and_places = [
            programme.rows[k] for k in ("session", "cohort", "laboratory", "storage")
        ]
        use = programme.limits.times(x, programme.limit.size)
        for rows in people_and_places:
            assert (use[rows] <= programme.limit[rows] + 1e-6).all()
    decisions = plan(snapshot, policy)
    assert never_dearer(decisions.bound, programme.cost(by_hand))
    by_hand_whole = programme.cost(greedy_whole)
    assert decisions.cost <= by_hand_whole * (1 + policy.rounding) + 1e-6
    assert never_dearer(decisions.bound, decisions.cost)


@thorough
@given(snapshots())
def test_the_solver_and_the_price_of_a_plan_have_one_objective(snapshot: Snapshot):
    programme = problem.build(snapshot, Policy())
    fewer = merged.Merged(programme)
    solver = optimiser.loaded(fewer)
    solver.run()
    reported = solver.getInfo().objective_function_value
    solved = optimiser.solve(programme)
    assert solved is not None
    assert programme.cost(solved) == pytest.approx(reported, rel=1e-5, abs=1e-3)


@thorough
@given(snapshots())
def test_the_interior_point_finds_the_same_price(snapshot: Snapshot):
    simplex, interior = plan(snapshot), plan(snapshot, Policy(interior=0))
    assert interior.bound == pytest.approx(simplex.bound, rel=1e-5, abs=1e-3)


@thorough
@given(snapshots())
def test_a_sender_keeps_what_it_needs(snapshot):
    sent = Counter()
    stock = {(n.center, n.component, n.group): n for n in snapshot.needs}
    for transfer in plan(snapshot).transfers:
        assert transfer.bags > 0 and transfer.source != transfer.target
        sent[transfer.source, transfer.component, transfer.group] += transfer.bags
        for side in (transfer.source, transfer.target):
            need = stock[side, transfer.component, transfer.group]
            assert need.figure_age <= need.stale_after
        if not transfer.expiring:
            need = shelf.rolled(stock[transfer.source, transfer.component, transfer.group])
            assert transfer.bags <= need.available - need.reserve
    for key, bags in sent.items():
        assert bags <= shelf.rolled(stock[key]).available


@thorough
@given(snapshots(), st.data())
def test_more_stock_never_makes_a_plan_dearer(snapshot: Snapshot, data):
    n = data.draw(st.integers(0, len(snapshot.needs) - 1))
    need, bags = snapshot.needs[n], float(data.draw(st.integers(1, 30)))
    more = data.draw(
        st.sampled_from(
            [
                replace(need, stock=(*need.stock, (need.shelf_life, bags))),
                replace(need, stock=(*need.stock, (3, bags))),
                replace(need, quarantined=(*need.quarantined, Quarantined(12.0, bags))),
                replace(need, in_transit=(*need.in_transit, InTransit(8.0, bags))),
            ]
        )
    )
    richer = replace(snapshot, needs=(*snapshot.needs[:n], more, *snapshot.needs[n + 1 :]))
    assert never_dearer(plan(richer).bound, plan(snapshot).bound)


@thorough
@given(snapshots().filter(lambda s: s.sessions), st.data())
def test_more_places_never_make_a_plan_dearer(snapshot: Snapshot, data):
    n = data.draw(st.integers(0, len(snapshot.sessions) - 1))
    session = snapshot.sessions[n]
    more = replace(session, free=session.free + data.draw(st.integers(1, 50)))
    wider = replace(snapshot, sessions=(*snapshot.sessions[:n], more, *snapshot.sessions[n + 1 :]))
    assert never_dearer(plan(wider).bound, plan(snapshot).bound)


@thorough
@given(snapshots().filter(lambda s: s.sessions), st.data())
def test_one_more_promise_never_makes_a_plan_dearer(snapshot: Snapshot, data):
    session = data.draw(st.sampled_from(snapshot.sessions))
    group = data.draw(st.sampled_from(["O+", "A+", None]))
    more = (*snapshot.appointments, Appointment(session.id, group, 1.0))
    assert never_dearer(plan(replace(snapshot, appointments=more)).bound, plan(snapshot).bound)


@thorough
@given(snapshots().filter(lambda s: s.invitations or s.appointments))
def test_a_promise_withdrawn_never_makes_a_plan_cheaper(snapshot: Snapshot):
    before = plan(snapshot).bound
    for kind in ("invitations", "appointments"):
        promises = getattr(snapshot, kind)
        for n in range(len(promises)):
            without = replace(snapshot, **{kind: (*promises[:n], *promises[n + 1 :])})
            assert never_dearer(before, plan(without).bound)


@thorough
@given(snapshots())
def test_the_same_snapshot_gives_the_same_plan(snapshot: Snapshot):
    assert plan(snapshot) == plan(replace(snapshot, reach=dict(reversed(snapshot.reach.items()))))


@thorough
@given(snapshots())
def test_two_needs_that_one_donation_serves_are_not_asked_twice(snapshot: Snapshot):
    """A country that wants plasma exactly as it wants red cells, each at half the price, asks the
    same people as one that wants red cells only."""
    alone = replace(
        snapshot, needs=tuple(n for n in snapshot.needs if n.component == "red_cells"), fits=()
    )
    twin = replace(
        alone,
        needs=alone.needs + tuple(replace(n, component="plasma") for n in alone.needs),
        undetermined=alone.undetermined
        + tuple(replace(u, component="plasma") for u in alone.undetermined),
    )
    prices = [60.0, 200.0, 300.0, 1000.0, 2500.0]
    whole_price = Policy(bag=1e6, shortage=Shortage(*(2 * p for p in prices)))
    half_price = replace(whole_price, shortage=Shortage(*prices))
    one, both = plan(alone, whole_price), plan(twin, half_price)
    assert never_dearer(both.bound, one.bound) and never_dearer(one.bound, both.bound)
    assert abs(both.people - one.people) <= len(snapshot.cohorts) * max(len(snapshot.sessions), 1)


@pytest.mark.parametrize("solver", ["highs", "greedy"])
@thorough
@given(snapshots())
def test_a_stale_figure_asks_nobody_but_the_centre(solver, snapshot: Snapshot):
    stale = replace(snapshot, needs=tuple(replace(n, figure_age=99.0) for n in snapshot.needs))
    decisions = plan(stale, Policy(solver=solver))
    assert decisions.confirm == tuple(sorted(c.id for c in snapshot.centers))
    assert not decisions.invitations and not decisions.transfers
