"""Quantiles, floors, delays and beliefs, held to exact counts."""

from __future__ import annotations

import csv
import math
import random
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.planner import compat, forecast, response


@given(st.floats(0.2, 200), st.floats(1.0, 4.0), st.sampled_from([0.1, 0.5, 0.7, 0.9, 0.95]))
def test_the_quick_quantile_is_within_a_bag_and_a_half_of_the_exact_one(mean, spread, probability):
    quick = forecast.quantile(np.array([mean]), np.array([mean * spread]), probability)[0]
    exact = forecast.exact_quantile(mean, spread, probability)
    assert abs(quick - exact) <= 1.5 + 0.02 * exact


def test_probabilities_are_those_of_a_negative_binomial():
    chances = forecast.probabilities(3.0, 2.0, 200)
    counts = np.arange(201)
    assert chances.sum() == pytest.approx(1)
    mean = (chances * counts).sum()
    assert mean == pytest.approx(3)
    assert (chances * (counts - mean) ** 2).sum() == pytest.approx(6)
    assert forecast.probabilities(2.0, 1.0, 3)[3] == pytest.approx(np.exp(-2) * 8 / 6)


def test_below_turns_quantile_round():
    mean, variance = np.array([4.0, 40.0]), np.array([8.0, 60.0])
    value = forecast.quantile(mean, variance, 0.9)
    assert forecast.below(value, mean, variance) == pytest.approx([0.9, 0.9], abs=1e-6)


def test_a_floor_covers_the_lead_time_and_a_ceiling_does_not_expire():
    dice = random.Random(1)
    issues = [sum(dice.random() < 0.25 for _ in range(16)) for _day in range(120)]
    told = forecast.suggestion(issues, service=0.95, lead_time=3.5, shelf_life=42)
    weeks = [sum(dice.choices(issues, k=4)) for _ in range(2000)]
    assert sum(use <= told.floor for use in weeks) / 2000 > 0.75
    assert told.floor < 42 * told.mean and told.ceiling < 42 * told.mean
    short_lived = forecast.suggestion(issues, service=0.95, lead_time=3.5, shelf_life=5)
    assert short_lived.ceiling < told.ceiling


def test_a_group_never_issued_has_no_floor():
    assert forecast.suggestion([0] * 90, service=0.95, lead_time=3.5, shelf_life=42).floor == 0
    assert forecast.suggestion([], service=0.95, lead_time=3.5, shelf_life=42).mean == 0


def test_sixty_percent_of_the_answers_come_within_45_minutes():
    assert response.ANSWER.share(0.75) == pytest.approx(0.6, abs=0.02)
    assert response.ANSWER.slowed(2).share(1.5) == pytest.approx(response.ANSWER.share(0.75))


@given(st.floats(0.001, 0.5), st.floats(0, 100), st.floats(0, 100))
def test_what_remains_of_an_invitation_falls_with_silence(rate, hours, more):
    chance = response.remaining(rate=rate, hours=hours, horizon=48)
    assert 0 <= response.remaining(rate=rate, hours=hours + more, horizon=48) <= chance + 1e-12
    assert chance <= rate + 1e-12


def below(x: float, yes: int, no: int) -> float:
    """Chance that a Beta belief of whole counts is under ``x``: at least ``yes`` of so many draws."""
    draws = yes + no - 1
    return sum(math.comb(draws, k) * x**k * (1 - x) ** (draws - k) for k in range(yes, draws + 1))


@pytest.mark.parametrize(("yes", "no"), [(1, 1), (1, 24), (3, 60), (1, 900), (40, 2), (120, 380)])
def test_a_band_holds_nine_of_ten_cases(yes, no):
    low, high = response.Beta(yes, no).band()
    assert below(low, yes, no) == pytest.approx(0.05, abs=0.001)
    assert below(high, yes, no) == pytest.approx(0.95, abs=0.001)


def test_a_band_is_right_where_little_or_very_much_was_counted():
    # Under half a count nearly all of the belief lies at nought: 20 x^(1/20) is its share below x.
    low, high = response.Beta(0.05, 1.0).band()
    assert high == pytest.approx(0.95**20, rel=0.02) and low < 1e-20
    low, high = response.Beta(20.0, 4e6).band()
    assert (low * 4e6, high * 4e6) == (
        pytest.approx(13.25, abs=0.05),
        pytest.approx(27.88, abs=0.05),
    )
    low, high = response.Gamma(1.0, 2.0).band()
    assert (low, high) == (pytest.approx(0.0256, abs=1e-3), pytest.approx(1.498, abs=2e-3))


def test_a_share_divided_keeps_its_band_in_proportion():
    gave = response.GAVE_AFTER_SMS
    booked = gave.divided(0.6)
    assert booked.mean == pytest.approx(gave.mean / 0.6)
    spread = [b.band()[1] - b.band()[0] for b in (gave, booked)]
    assert spread[1] / spread[0] == pytest.approx(1 / 0.6, rel=0.08)


def test_a_belief_moves_from_its_prior_to_what_happened():
    prior = response.GAVE_AFTER_SMS
    low, high = prior.band()
    assert prior.mean == pytest.approx(0.05) and low < 0.05 < high
    seen = prior.updated(yes=200, no=9800)
    assert seen.mean == pytest.approx(0.02, abs=0.001)
    assert seen.band()[1] < 0.025
    factor = response.USUAL.updated(events=300, expected=100)
    assert 2.5 < factor.mean < 3 and factor.uncertainty < response.USUAL.uncertainty
    assert factor.band()[0] < factor.mean < factor.band()[1]
    assert factor.faded(0.1).uncertainty > factor.uncertainty
    assert factor.faded(0.1).mean == pytest.approx(factor.mean)


def test_the_rules_of_groups_are_those_of_the_table():
    names = {"red_cells": "red_cells", "plasma": "plasma", "cryoprecipitate": "cryoprecipitate"}
    path = Path(__file__).parents[3] / "centers/data/compatibility.csv"
    seen = 0
    for row in csv.DictReader(path.open(encoding="utf-8")):
        if row["component"] not in names:
            continue
        seen += 1
        fits = compat.fits(names[row["component"]], row["donor"], row["recipient"])
        assert fits == (row["verdict"] == "compatible"), row
    assert seen == 192
