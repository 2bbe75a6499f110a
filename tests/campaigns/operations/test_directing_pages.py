"""Phases, estimates and orders, as an administrator enters them."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from campaigns.models import Estimate, OrderConfirmation, StandingOrder
from tests.support import asking, factories, operating

pytestmark = pytest.mark.django_db
FIGURES = operating.BAGS | {
    "basis": "deaths",
    "counted": "100",
    "first_day_share": "67",
    "weight-CRTS-MAR": "60",
    "weight-CRTS-AGD": "40",
    "because": "First toll",
}


@pytest.fixture
def operation(reference, settings):
    settings.DEMO = True  # a second factor is asked for otherwise
    return asking.operation()


@pytest.fixture
def reader(client, operation):
    client.force_login(operation.opened_by)
    return client


def page(operation, name="operation-detail") -> str:
    return reverse(f"campaigns:{name}", args=[operation.public_id])


def local(moment) -> str:
    return timezone.localtime(moment).strftime("%Y-%m-%dT%H:%M")


def figures(now, **said) -> dict[str, str]:
    return FIGURES | {"starts_at": local(now - timedelta(hours=2))} | said


def ordered(now, **said) -> dict[str, str]:
    usual = {
        "approval": "manager",
        "people_limit": "300",
        "hold_seconds": "60",
        "reserve_level": "high",
        "valid_until": local(now + timedelta(days=2)),
        "because": "Many injured",
    }
    return usual | said


def test_phases_are_entered_on_the_page(reader, operation):
    url = page(operation, "operation-phase")
    assert "Begin the response" in reader.get(page(operation)).content.decode()
    reader.post(url, {"phase": "response", "because": "Toll of 632"})
    reader.post(url, {"phase": "recovery"})
    text = reader.get(page(operation)).content.decode()
    assert "A second shock" in text and "Toll of 632" in text
    refused = reader.post(url, {"phase": "response"}, follow=True).content.decode()
    assert "Write why the operation goes back" in refused
    assert (
        "Choose the phase again" in reader.post(url, {"phase": "x"}, follow=True).content.decode()
    )
    reader.post(page(operation, "operation-close"), {"because": "All cared for"})
    text = reader.get(page(operation)).content.decode()
    assert "All cared for" in text and "Begin the" not in text


def test_form_begins_with_the_figures_of_the_rule_and_their_sources(reader, operation):
    text = reader.get(page(operation, "operation-estimate")).content.decode()
    assert "Ramsey" in text and "Tehran" in text and "natural disasters left out" in text
    form = reader.get(page(operation, "operation-estimate")).context["form"]
    assert float(form["red_cells_high"].value()) == 5 and form["weight-CRTS-MAR"].value() > 30
    assert form["first_day_share"].value() == 67


def test_estimate_is_looked_at_made_and_revised(reader, operation, now):
    url = page(operation, "operation-estimate")
    looked = reader.post(url, figures(now, look="1")).content.decode()
    # 100 dead: 200 injured, 60 admitted, three red cells each.
    assert "nothing is in force yet" in looked and "180 in fourteen days" in looked
    assert not Estimate.objects.exists()
    assert reader.post(url, figures(now)).url == page(operation)
    made = Estimate.objects.get()
    assert (made.admissions_low, made.admissions, made.admissions_high) == (25, 60, 105)
    assert made.weights == {"CRTS-MAR": 60, "CRTS-AGD": 40}
    text = reader.get(page(operation)).content.decode()
    assert "About 60 admissions" in text and "Relief reserves that follow" in text
    form = reader.get(url).context["form"]
    assert form["counted"].value() == 100 and not form["because"].value()
    assert form["weight-CRTS-AGD"].value() == 40
    reader.post(url, figures(now, counted="632", because="Toll of 09:00"))
    text = reader.get(url).content.decode()
    assert "Toll of 09:00" in text and "First toll" in text


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"because": ""}, "because"),
        ({"counted": "-1"}, "counted"),
        ({"counted": "ten"}, "counted"),
        ({"first_day_share": "101"}, "first_day_share"),
        ({"red_cells": "6"}, "red_cells"),
        ({"admissions_low": "61"}, "admissions_low"),
        ({"admissions_high": "59"}, "admissions_high"),
        ({"weight-CRTS-MAR": "", "weight-CRTS-AGD": "0"}, "__all__"),
        ({"starts_at": "yesterday"}, "starts_at"),
    ],
)
def test_wrong_estimate_gets_its_sentence(reader, operation, now, wrong, field):
    answer = reader.post(page(operation, "operation-estimate"), figures(now, **wrong))
    assert answer.context["form"].errors[field] and not Estimate.objects.exists()


def test_order_for_nobody_is_confirmed_by_somebody_else(reader, operation, now, client):
    url = page(operation, "operation-order")
    assert "200 people" in reader.get(url).content.decode()
    reader.post(url, ordered(now, approval="nobody"))
    text = reader.get(page(operation)).content.decode()
    assert "An order waits" in text and "Confirm this order" not in text
    confirm = page(operation, "operation-order-confirm")
    own = reader.post(confirm, {"number": "1"}, follow=True).content.decode()
    assert "Another administrator" in own and not OrderConfirmation.objects.exists()
    client.force_login(operating.another())
    assert "Confirm this order" in client.get(page(operation)).content.decode()
    unseen = client.post(confirm, {"number": "2"}, follow=True).content.decode()
    assert "no longer waits" in unseen
    client.post(confirm, {"number": "1"})
    assert OrderConfirmation.objects.exists()
    text = client.get(page(operation)).content.decode()
    assert "go by themselves after a hold of 60" in text


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"because": " "}, "because"),
        ({"hold_seconds": "5"}, "hold_seconds"),
        ({"approval": "anybody"}, "approval"),
        ({"people_limit": "0"}, "people_limit"),
        ({"valid_until": "2020-01-01T10:00"}, "valid_until"),
    ],
)
def test_wrong_order_gets_its_sentence(reader, operation, now, wrong, field):
    answer = reader.post(page(operation, "operation-order"), ordered(now, **wrong))
    assert answer.context["form"].errors[field] and not StandingOrder.objects.exists()


def test_only_administrators_direct(client, operation, now):
    names = ["operation-phase", "operation-estimate", "operation-order", "operation-order-confirm"]
    sent = {"phase": "response", "number": "1"} | figures(now) | ordered(now)
    for name in names:
        assert client.post(page(operation, name), sent).url.startswith(reverse("account_login"))
    center = factories.center()
    for person in (
        factories.with_national_rights(is_auditor=True),
        factories.staff(center, "manager"),
        factories.officer(factories.unit("DGSN")),
    ):
        client.force_login(person)
        for name in names:
            assert client.post(page(operation, name), sent).status_code == 403
    assert not Estimate.objects.exists() and not StandingOrder.objects.exists()
    assert operation.phases.count() == 1
