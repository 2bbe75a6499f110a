"""The simulated country keeps its books, and the command tells what came of it."""

from __future__ import annotations

import io
from dataclasses import replace
from xml.etree import ElementTree

import numpy as np
import pytest
from django.core.management import CommandError, call_command

from campaigns.simulator import keeping, many
from campaigns.simulator.blood import Blood
from campaigns.simulator.goals import goals
from campaigns.simulator.people import CENTER, COHORTS, People
from campaigns.simulator.policies import WAYS
from campaigns.simulator.run import run
from campaigns.simulator.scenarios import ALL, BY_NAME, SENSITIVITY
from campaigns.simulator.view import OPERATION, QUIET_TIMES, RECOVERY, Knowledge
from campaigns.simulator.world import CODES, MEAN, STEPS, draw, extra_use

SHORT = replace(BY_NAME["haouz"], days=18)


def test_no_bag_appears_or_vanishes():
    rng = np.random.default_rng(3)
    blood = Blood(rng, SHORT)
    had = blood.stock.sum() + blood.testing.sum()
    asked = served = given = 0
    for step in range(60 * STEPS):
        blood.begin(step)
        if step % STEPS == 2 and step < 20 * STEPS:
            donations = rng.poisson(MEAN)
            before = blood.testing.sum()
            blood.given(donations)
            given += int(blood.testing.sum() - before)
        requests = rng.poisson(MEAN / STEPS)
        before = blood.stock.sum()
        blood.serve(requests)
        served += int(before - blood.stock.sum())
        asked += int(requests.sum())
        if step % 7 == 0:
            blood.send(source=1, target=0, group=0, bags=5, arrives=step + 2)
    on_the_road = sum(int(load.bags.sum()) for load in blood.loads)
    left = int(blood.stock.sum() + blood.testing.sum()) + on_the_road
    assert had + given == served + blood.expired + left
    assert asked == served + blood.unserved + int(blood.waiting.sum())
    assert blood.expired > 0 and blood.unserved > 0


def test_nobody_is_asked_while_resting_and_places_are_not_overbooked():
    rng = np.random.default_rng(4)
    few_beds = replace(SHORT, places=1.15)
    people = People(rng, few_beds, draw(rng, few_beds))
    everyone = np.arange(COHORTS)
    total = people.askable.sum()
    day = np.full(COHORTS, 1)
    people.ask(2, everyone, CENTER, day, people.askable.copy(), book=True)
    assert people.askable.sum() == 0
    people.ask(3, everyone, CENTER, day, np.full(COHORTS, 50), book=True)
    assert sum(n for _step, n in people.messages) == total
    for step in range(3, 20):
        people.answers(step)
    assert people.yeses > 0 and people.no_place > 0
    assert (people.taken <= people.places).all()
    for today in range(1, 17):
        people.morning(today)
        people.session(today)
    assert people.turned_away == 0
    assert 0.9 * total < people.askable.sum() <= total


def test_the_extra_use_of_a_shock_is_what_was_drawn():
    extra = extra_use(BY_NAME["haouz"], units=2.0)
    assert extra.sum() == pytest.approx(5530 * 0.30 * 2.0, rel=0.01)
    assert extra[: int(10.5 * STEPS)].sum() == 0
    assert set(np.flatnonzero(extra.sum(axis=(0, 2)))) == {
        CODES.index(c) for c in ("CRTS-MAR", "CRTS-AGD", "CRTS-OUA", "CRTS-BEM")
    }


@pytest.mark.parametrize("policy", ["none", "A", "B", "C"])
def test_a_seed_is_a_run(policy):
    assert run(SHORT, policy, 5) == run(SHORT, policy, 5)
    assert run(SHORT, policy, 5) != run(SHORT, policy, 6)


def test_ours_serves_with_fewer_messages_and_turns_nobody_away():
    everybody, today, ours = (run(SHORT, policy, 1) for policy in ("A", "C", "ours"))
    assert ours.unserved <= 0.35 * everybody.unserved
    assert ours.messages_14 <= 0.35 * everybody.messages_14
    assert ours.messages_14 <= today.messages_14 / 4
    assert ours.turned_away == 0 and ours.no_place == 0


def test_figures_of_two_days_ago_lose_no_patients():
    old = replace(BY_NAME["haouz-stale"], days=18)
    everybody, ours = run(old, "A", 1), run(old, "ours", 1)
    assert ours.unserved <= 0.35 * everybody.unserved
    assert ours.messages_14 <= 0.35 * everybody.messages_14


def test_only_a_disaster_turns_the_dial_of_the_country():
    def dial(scenario, day):
        knowledge = Knowledge(scenario, 1.0)
        knowledge.declared.add(0)
        return knowledge.dial(day * STEPS)

    assert dial(BY_NAME["local"], 11) == QUIET_TIMES
    assert dial(BY_NAME["haouz"], 11) == OPERATION
    assert dial(BY_NAME["haouz"], 60) == RECOVERY
    assert Knowledge(BY_NAME["haouz"], 1.0).dial(5 * STEPS) == QUIET_TIMES


def test_a_sensitivity_meets_the_truth_of_its_scenario():
    slow = replace(BY_NAME["haouz-slow"], days=12)
    plain, slower = run(replace(SHORT, days=12), "none", 5), run(slow, "none", 5)
    assert plain == replace(slower, scenario="haouz")


def test_results_outlive_a_run_cut_short(tmp_path):
    kept = [run(replace(SHORT, days=12), "none", seed) for seed in (1, 2)]
    for result in [*kept, kept[0]]:
        keeping.add(tmp_path, result)
    assert keeping.read(tmp_path) == kept
    lonely = [*kept, replace(kept[0], policy="A")]
    assert {r.seed for r in many.complete(lonely)} == {1}


def test_goals_are_counted_against_the_right_rival():
    found = [run(replace(SHORT, days=12), policy, 1) for policy in ("none", "A")]
    ours = replace(found[1], policy="ours", unserved=0.0, turned_away=0, no_place=5, yeses=1000)
    told = {g.what: g for g in goals(many.table([*found, ours]))}
    assert told["patients unserved, 0.35 × A"].met
    assert not told["yeses without a place, 0.1% of yeses"].met
    assert told["yeses without a place, 0.1% of yeses"].limit == pytest.approx(1.0)
    assert not told["messages in 14 days, 0.35 × A"].met


def test_the_command_prints_and_keeps(tmp_path):
    out = io.StringIO()
    options = {"runs": 2, "scenario": "local,rare", "policies": "none,B", "out": tmp_path}
    call_command("simulate", stdout=out, **options)
    assert "Small local (`local`), 2 runs" in out.getvalue()
    assert (tmp_path / "table.md").read_text() in out.getvalue()
    for scenario in ("local", "rare"):
        root = ElementTree.parse(tmp_path / f"simulation-{scenario}.svg").getroot()  # noqa: S314 our own
        assert len(root.findall(".//{*}polyline")) == 2
    again = io.StringIO()
    call_command("simulate", stdout=again, only_report=True, **options)
    assert again.getvalue() == out.getvalue()
    with pytest.raises(CommandError, match="Scenarios: local"):
        call_command("simulate", scenario="mars")


def test_there_are_nine_scenarios_and_every_sensitivity():
    assert len(ALL) == 9 and len(SENSITIVITY) == 7
    assert {"A", "A+", "B", "C", "greedy", "ours", "F"} <= set(WAYS)
