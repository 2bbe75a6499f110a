"""Days of cover are the same figure on every page: of the family, by the use of 90 days and to come."""

from datetime import timedelta

import pytest

from campaigns.operations import operations
from campaigns.planner import Policy
from campaigns.planning import needs, warnings
from campaigns.situation.shelves import shelves
from centers.inventory import stock_levels
from centers.models import Center, Movement
from tests.campaigns.planning.test_operations import opened
from tests.support import blood, factories, supply
from tests.support.owner import past_the_guards

pytestmark = pytest.mark.django_db
SHELF = ("BS-TAZ", "red_cells", "O+")


@pytest.fixture
def used(reference, now) -> Center:
    """Three bags issued 60 days ago and none since (four weeks would see no use), four on the shelf."""
    for _number in range(3):
        supply.issue(bag=supply.fresh(blood.red_cells()))
    with past_the_guards():
        Movement.objects.filter(to_state="issued").update(at=now - timedelta(days=60))
    for _number in range(4):
        bag = blood.red_cells()
    assert (bag.center.code, bag.blood_group) == (SHELF[0], SHELF[2])
    return bag.center


def everywhere(center: Center, now) -> set[float]:
    """What each of the pages prints for the group."""
    rows = needs.read(now=now, policy=Policy(), collecting=set())
    [need] = [one for one in rows if (one.center, one.component, one.group) == SHELF]
    bars = [bar for shelf in shelves([need], {}) for bar in shelf.bars]
    levels = [*stock_levels.levels(now=now, center=center), *stock_levels.national(now=now)]
    found = [bar.cover for bar in bars if bar.group == SHELF[2]]
    found += [level.cover for level in levels if level.blood_group == SHELF[2]]
    found.append(need.available / warnings._use(now)[SHELF])
    assert len(found) == 4
    return {round(days, 6) for days in found}


def test_every_page_tells_the_same_days_of_cover(used, now):
    assert everywhere(used, now) == {120.0}


def test_the_patients_of_an_operation_count_on_every_page(used, now):
    operation = opened(now)
    [during] = everywhere(used, now)
    assert during < 60
    by, later = factories.administrator(), now + timedelta(minutes=1)
    operations.close(operation=operation, by=by, now=later, because="x")
    assert everywhere(used, later) == {120.0}
