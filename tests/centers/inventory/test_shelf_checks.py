"""Stale figures: the centre is asked to look at its shelf."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from centers.inventory import counting, shelf_checks, stock, stock_levels
from centers.models import Bag, Center, Component, ShelfCheck, StockLevel
from donors.errors import Refused
from tests.support import blood, factories, supply
from tests.support.attack import refused
from tests.support.owner import past_the_guards

pytestmark = pytest.mark.django_db


@pytest.fixture
def bag(reference) -> Bag:
    return supply.fresh(blood.red_cells())


def aged(bag: Bag, hours: int) -> None:
    with past_the_guards():
        StockLevel.objects.filter(component=bag.component).update(
            changed_at=timezone.now() - timedelta(hours=hours), checked_at=None
        )


def ask(bag: Bag) -> ShelfCheck:
    return shelf_checks.ask(center=bag.center, component=bag.component, now=timezone.now())


def level(bag: Bag) -> StockLevel:
    return StockLevel.objects.get(component=bag.component, blood_group="O+")


def test_a_shelf_is_asked_about_once_and_answered_once(bag):
    aged(bag, 80)
    check = ask(bag)
    assert ask(bag) == check
    assert shelf_checks.waiting(bag.center).get().as_of == level(bag).changed_at
    again = (
        "INSERT INTO centers_shelfcheck (center_id, component_id, asked_at)"
        " SELECT center_id, component_id, asked_at FROM centers_shelfcheck"
    )
    assert "asked_about_once" in refused(again)
    shelf_checks.answer(check=check, **factories.acts())
    assert level(bag).checked_at and not shelf_checks.waiting(bag.center).exists()
    with pytest.raises(Refused, match="answered this already"):
        shelf_checks.answer(check=check, **factories.acts())
    assert "answered_once" in refused("UPDATE centers_shelfcheck SET answered_at = now()")
    assert ask(bag).pk != check.pk
    unsigned = "UPDATE centers_shelfcheck SET answered_at = now() WHERE answered_at IS NULL"
    assert "answered_by_somebody" in refused(unsigned)


def test_an_answer_is_about_its_own_product(bag):
    check = ask(bag)
    plasma = shelf_checks.ask(
        center=bag.center, component=Component.objects.get(code="FFP"), now=timezone.now()
    )
    shelf_checks.answer(check=check, **factories.acts())
    assert shelf_checks.waiting(bag.center).get() == plasma
    assert not StockLevel.objects.filter(component="FFP", checked_at__isnull=False).exists()


def count(bag: Bag, *bags: Bag) -> None:
    begun = counting.begin(center=bag.center, component=bag.component, **factories.acts())
    for each in bags:
        counting.scan(count=begun, bag=each, **factories.acts())
    counting.finish(count=begun, sure=True, **factories.acts())


def test_a_count_answers_unless_something_differs(bag):
    ask(bag)
    count(bag)
    assert shelf_checks.waiting(bag.center).exists()
    count(bag, bag)
    assert not shelf_checks.waiting(bag.center).exists()


def test_a_look_at_all_figures_answers_everything(bag):
    ask(bag)
    stock.confirm_unchanged(center=bag.center, **factories.acts())
    assert not shelf_checks.waiting(bag.center).exists()


def test_each_centre_sets_the_age(bag):
    aged(bag, 30)

    def stale():
        board = stock_levels.board(now=timezone.now(), center=bag.center, component="RBC-SAGM")
        return {each.blood_group: each.is_stale for each in board}["O+"]

    assert not stale()
    shelf_checks.set_stale_after(center=bag.center, hours=24)
    assert stale()
    assert "within_a_month" in refused("UPDATE centers_center SET stale_after_hours = 0")


def test_a_release_of_reference_rows_keeps_the_age(reference):
    from centers import reference as files
    from tests.support.owner import owner

    here = factories.center()
    shelf_checks.set_stale_after(center=here, hours=24)
    with owner():
        files.load()
    assert Center.objects.get(pk=here.pk).stale_after_hours == 24


def test_the_keeper_answers_on_the_first_page(client, settings, bag):
    settings.DEMO = True
    settings.LANGUAGE_CODE = "en"
    aged(bag, 80)
    ask(bag)
    client.force_login(factories.staff(bag.center, "stock"))
    home = reverse("centers:center-detail", args=["BS-TAZ"])
    text = client.get(home).text
    assert "Please look at the shelf" in text and "3 days ago" in text
    assert "stale" in client.get(reverse("centers:stock", args=["BS-TAZ"])).text
    client.post(reverse("centers:shelf-answer", args=["BS-TAZ", "RBC-SAGM"]))
    assert "Please look at the shelf" not in client.get(home).text
    client.force_login(factories.staff(bag.center, "laboratory"))
    ask(bag)
    assert "Please look at the shelf" not in client.get(home).text
