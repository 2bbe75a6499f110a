from datetime import timedelta

import pytest
from django.utils import timezone

from centers.inventory import stock, stock_levels
from centers.models import Floor, Issue, StockAlert, StockLevel
from donors.errors import Refused
from tests.support import blood, factories, supply

pytestmark = pytest.mark.django_db


def issue(bag, patient="O+", **fields):
    asked = supply.request(bag.center, patient)
    return supply.issue(request=asked, bag=bag, **factories.acts(), **fields)


def floor(bag, *, routine=1, relief=0, ceiling=2):
    return stock_levels.set_floor(
        center=bag.center,
        component=bag.component,
        blood_group="O+",
        routine=routine,
        relief=relief,
        ceiling=ceiling,
        now=timezone.now(),
    )


def test_issue_takes_the_bag_out(reference):
    bag = blood.red_cells()
    issue(bag)
    level = StockLevel.objects.get(component="RBC-SAGM", blood_group="O+")
    assert level.available == 0


def test_issue_to_an_incompatible_patient_is_refused(reference):
    bag = blood.red_cells()
    with pytest.raises(Refused, match="does not fit"):
        issue(bag, patient="O-")
    assert not Issue.objects.exists()


def test_issue_twice_is_refused(reference):
    bag = blood.red_cells()
    issue(bag)
    bag.state = "available"
    with pytest.raises(Refused, match="present state|already|just moved"):
        issue(bag)


def test_issue_of_a_bag_in_quarantine_is_refused(reference):
    bag = blood.tested().bags.get(component="RBC-SAGM")
    bag.blood_group = "O+"
    with pytest.raises(Refused):
        issue(bag)


def test_discard_needs_a_reason(reference):
    bag = blood.red_cells()
    with pytest.raises(Refused, match="why"):
        stock.discard(bag=bag, reason="", by=factories.user(), now=timezone.now())
    stock.discard(bag=bag, reason="broken", by=factories.user(), now=timezone.now())
    bag.refresh_from_db()
    assert bag.state == "discarded"


def test_alert_opens_once_under_the_floor_and_closes_at_the_ceiling(reference):
    bags = [blood.red_cells() for _ in range(3)]
    floor(bags[0], routine=2, ceiling=3)
    assert not StockAlert.objects.exists()
    issue(bags[0])
    assert not StockAlert.objects.exists()
    issue(bags[1])
    issue(bags[2])
    alert = StockAlert.objects.get()
    assert (alert.kind, alert.level_at_opening) == ("routine", 1)
    blood.red_cells(), blood.red_cells()
    alert.refresh_from_db()
    assert alert.closed_at is None
    blood.red_cells()
    alert.refresh_from_db()
    assert alert.level_at_closing == 3


def test_alert_of_the_relief_reserve_is_told_apart(reference):
    bag = blood.red_cells()
    floor(bag, routine=1, relief=1, ceiling=5)
    assert StockAlert.objects.get().kind == "relief"
    assert Floor.objects.get().total == 2


def test_cover_is_stock_in_days_of_mean_issues(reference, now):
    bags = [blood.red_cells() for _ in range(3)]
    issue(bags[0])
    tomorrow = now + timedelta(days=1)  # the unfinished day does not count
    level = next(iter(stock_levels.levels(now=tomorrow, center=bags[0].center)))
    assert level.available == 2
    assert level.cover == pytest.approx(2 / (1 / 90))
    whole = stock_levels.national(now=timezone.now())
    assert [(x.blood_group, x.available) for x in whole] == [("O+", 2)]
