"""What came of an operation, for everybody."""

import pytest
from django.urls import reverse

from campaigns.models import Appeal, Operation
from campaigns.operations import operations
from campaigns.situation import account
from tests.support import appealing, asking, factories
from tests.support.crowd import crowd

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _by_day(settings, reference):
    settings.QUIET_HOURS = (24, 0)


@pytest.fixture
def operation(now) -> Operation:
    """Forty people of Taza were asked for an operation there."""
    made = asking.operation()
    made.provinces.add(factories.center().province)
    appealing.places(now, free=400)
    appealing.alert(now, ceiling=20)
    crowd(60, now=now)
    appealing.asked(now)
    return made


def page(client, operation) -> str:
    return client.get(reverse("campaigns:afterwards", args=[operation.public_id])).text


def test_everybody_reads_forecast_beside_fact_and_no_small_count(client, operation, now):
    appealing.delivered(now)
    asked = Appeal.objects.get().waves.get().size
    assert asked >= 5
    found = account.of(operation)
    steps = {str(step.label): step for step in found.people}
    assert steps["Asked"].fact == asked and steps["Asked"].forecast >= asked
    assert steps["Messages delivered"].fact == asked
    assert steps["Came"].fact is None
    said = page(client, operation)
    assert "fewer than 5" in said and f"<bdi>{asked}</bdi>" in said


def test_a_small_difference_is_not_told_either(monkeypatch, operation):
    """Ten came and eight were accepted: that two were deferred is nobody's to know."""
    real = account.progress.together

    def counted(appeals):
        from dataclasses import replace

        return replace(real(appeals), came=10, accepted=8)

    monkeypatch.setattr(account.progress, "together", counted)
    steps = {str(step.label): step for step in account.of(operation).people}
    assert steps["Came"].fact == 10 and steps["Accepted"].fact is None


def test_page_says_that_figures_change_until_the_operation_is_closed(client, operation, now):
    assert "the figures change" in page(client, operation)
    operations.close(operation=operation, by=operation.opened_by, now=asking.now(), because="x")
    assert "the figures change" not in page(client, operation)


def test_page_says_when_nobody_was_asked(client):
    assert "Nobody was asked" in page(client, asking.operation())


def test_several_appeals_cost_no_more_queries(client, operation, django_assert_max_num_queries):
    with django_assert_max_num_queries(9):
        account.of(operation)


def test_it_is_linked_from_the_operation(client, operation, settings):
    settings.DEMO = True
    client.force_login(factories.administrator())
    text = client.get(reverse("campaigns:operation-detail", args=[operation.public_id])).text
    for name in ("afterwards", "situation-operation"):
        assert reverse(f"campaigns:{name}", args=[operation.public_id]) in text
