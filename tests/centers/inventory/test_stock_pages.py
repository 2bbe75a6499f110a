import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from centers.inventory import stock_levels
from centers.models import Bag, Floor, Movement, StockAlert, StockLevel
from tests.support import blood, factories, supply
from tests.support.owner import past_the_guards

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _demo(settings, reference):
    settings.DEMO = True


@pytest.fixture
def keeper(client):
    client.force_login(factories.staff(factories.center(), "stock"))
    return client


@pytest.fixture(scope="module", autouse=True)
def on_the_shelf(shared_rows) -> int:
    return blood.red_cells().pk


@pytest.fixture
def bag(on_the_shelf) -> Bag:
    return supply.fresh(Bag(pk=on_the_shelf))


def page(name, bag):
    return reverse(f"centers:{name}", args=[bag.public_id])


def at(name, *more, code="BS-TAZ"):
    return reverse(f"centers:{name}", args=[code, *more])


def set_floor(bag, **numbers):
    stock_levels.set_floor(
        center=bag.center,
        component=bag.component,
        blood_group="O+",
        now=timezone.now(),
        **{"routine": 1, "relief": 1, "ceiling": 5} | numbers,
    )


def test_shelf_shows_all_eight_groups(keeper, bag):
    text = keeper.get(at("stock")).text
    for group in ("O+", "O−", "A+", "A−", "B+", "B−", "AB+", "AB−"):
        assert f'<bdi class="group">{group}</bdi>' in text
    assert "never had a bag" in text and "just now" in text


def test_shelf_shows_floor_alert_and_cover(keeper, bag):
    set_floor(bag)
    other = blood.red_cells()
    supply.issue(bag=supply.fresh(other))
    with past_the_guards():  # the day of today is not over: it does not count yet
        issued = Movement.objects.filter(to_state="issued")
        issued.update(at=timezone.now() - timedelta(days=2))
    text = keeper.get(at("stock")).text
    assert "Under the relief reserve" in text
    assert "90.0 days" in text
    assert re.search(r"1 bags, floor 2, ceiling 5", text)


def test_shelf_of_another_product(keeper, bag):
    assert "Fresh frozen plasma" in keeper.get(at("stock"), {"component": "FFP"}).text
    text = keeper.get(at("stock"), {"component": "nonsense"}).text
    assert "Choose one of the products" in text


def test_shelf_confirmed_is_young_again(keeper, bag):
    keeper.post(at("stock-confirm"))
    level = StockLevel.objects.get(component="RBC-SAGM", blood_group="O+")
    assert level.checked_at > level.changed_at


def test_bags_are_filtered_and_the_filter_stays(keeper, bag):
    blood.give()
    assert page("bag-detail", bag) in keeper.get(at("bag-list")).text
    query = {"state": "available", "component": "RBC-SAGM", "blood_group": "O+"}
    assert page("bag-detail", bag) in keeper.get(at("bag-list"), query).text
    assert page("bag-detail", bag) not in keeper.get(at("bag-list"), {"state": "issued"}).text
    number = {"number": f"={bag.donation.din}00"}
    assert page("bag-detail", bag) in keeper.get(at("bag-list"), number).text
    text = keeper.get(at("bag-list"), {"number": bag.donation.din[:9]}).text
    assert "13 characters" in text and "No bag here" in text
    assert "No bag here" in keeper.get(at("bag-list"), {"state": "nonsense"}).text


def test_a_bag_leaves_for_a_request_only(keeper, bag):
    """Its page leads to the open requests that it fits, and issues nothing by itself."""
    fits, other = supply.request(bag.center, "AB+"), supply.request(bag.center, "O-")
    shown = keeper.get(page("bag-issue", bag)).text
    assert str(fits.public_id) in shown and str(other.public_id) not in shown
    assert keeper.post(page("bag-issue", bag)).status_code == 405
    supply.issue(bag=bag, request=fits)
    text = keeper.get(page("bag-detail", bag)).text
    assert "Ibn Baja" in text and "Issue this bag" not in text
    for state in ("In quarantine", "Available", "Reserved", "Issued"):
        assert f"<strong>{state}</strong>" in text


def test_discard_asks_why_and_tells_it(keeper, bag):
    assert "Choose why" in keeper.post(page("bag-discard", bag), {"reason": ""}).text
    response = keeper.post(page("bag-discard", bag), {"reason": "broken"}, follow=True)
    assert "Broken or leaking" in response.text
    again = keeper.post(page("bag-discard", bag), {"reason": "broken"})
    assert "cannot go there" in again.text


def test_floor_is_set_by_an_administrator_and_alerts(client, bag):
    client.force_login(factories.administrator())
    address = at("floor-set", "RBC-SAGM", "O+")
    wrong = {"routine": "3", "relief": "2", "ceiling": "5"}
    text = client.post(address, wrong).text
    assert "ceiling must be above" in text and 'value="5"' in text
    client.post(address, wrong | {"ceiling": "9"})
    assert Floor.objects.get().total == 5
    assert StockAlert.objects.get().kind == "routine"
    assert client.get(at("floor-set", "RBC-SAGM", "Z")).status_code == 404
    assert client.get(at("floor-set", "NONE", "O+")).status_code == 404


def test_floor_below_what_is_there_closes_no_alert(client, bag):
    set_floor(bag, ceiling=3)
    assert StockAlert.objects.get().closed_at is None


def test_lists_cost_the_same_for_many(keeper, django_assert_max_num_queries):
    for _number in range(3):
        blood.red_cells()
    with django_assert_max_num_queries(9):
        keeper.get(at("bag-list"))
    with django_assert_max_num_queries(15):
        keeper.get(at("stock"))


def test_staff_of_another_centre_cannot_report_this_bag(client, bag):
    supply.issue(bag=bag)
    client.force_login(factories.staff(factories.center("CRTS-FES"), "stock"))
    typed = bag.donation.din + bag.donation.check_character
    said = {"fate-number": typed, "fate-transfused": "yes"}
    text = client.post(at("bag-report", code="CRTS-FES"), said).text
    assert "No such bag is here" in text
    assert Bag.objects.get(pk=bag.pk).state == Bag.State.ISSUED
