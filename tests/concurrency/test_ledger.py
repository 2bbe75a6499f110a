"""The stock is right after random sequences of acts, and after concurrent ones."""

from __future__ import annotations

import contextlib
import random
from collections.abc import Callable
from functools import partial

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from centers.models import Movement, StockLevel, Visit
from donors.errors import Refused
from tests.support.drive import Drive
from tests.support.ledger import ACTS, Shelf, broken

from .test_blood import together


class Ledger(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.piece = transaction.atomic()
        self.piece.__enter__()

    @initialize()
    def begin(self) -> None:
        self.shelf = Shelf()

    @rule(name=st.sampled_from(ACTS), number=st.integers(0, 50))
    def act(self, name: str, number: int) -> None:
        with contextlib.suppress(Refused):
            self.shelf.acts()[name](number)

    @invariant()
    def holds(self) -> None:
        assert broken() == {}

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.piece.__exit__(None, None, None)


@pytest.mark.django_db
def test_stock_is_the_sum_of_its_movements_after_any_row_of_acts(reference):
    calm = settings(
        max_examples=10,
        stateful_step_count=30,
        deadline=None,
        database=None,
        phases=[Phase.generate],  # shrinking would take minutes, all in one transaction
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(Ledger, settings=calm)


def under_many_hands(acts: dict[str, Callable[[int], object]], *, turns: int) -> None:
    """Six threads run random acts; every refusal has a sentence."""

    def hand(seed: int) -> int:
        dice = random.Random(seed)
        for _turn in range(turns):
            with contextlib.suppress(Refused):
                acts[dice.choice(list(acts))](dice.randrange(60))
        return seed

    seeds = [random.randrange(10**6) for _hand in range(6)]
    assert together(*[partial(hand, seed) for seed in seeds]) == seeds
    assert broken() == {}, seeds


def test_stock_is_the_sum_of_its_movements_under_many_hands(committed):
    shelf = Shelf()
    before = Movement.objects.count()
    under_many_hands(shelf.acts(), turns=40)
    assert Movement.objects.count() > before
    assert not StockLevel.objects.filter(available__lt=0).exists()


def test_a_drive_under_many_hands_ends_in_sentences(committed):
    drive = Drive()
    under_many_hands(drive.acts(), turns=60)
    assert Visit.objects.filter(session=drive.pk).exists()
    assert not drive.figures_left_their_sheet()
