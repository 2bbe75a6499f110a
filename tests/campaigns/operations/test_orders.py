from datetime import timedelta

import pytest
from django.db import connection

from campaigns.models import OrderConfirmation, StandingOrder
from campaigns.operations import operations, orders
from centers.models import Center
from donors.errors import Refused
from donors.models import Province
from tests.support import asking, attack, factories, operating

pytestmark = pytest.mark.django_db
CONFIRM = "INSERT INTO campaigns_orderconfirmation (order_id, at, by_id) VALUES (%s, %s, %s)"


@pytest.fixture
def operation(reference):
    made = asking.operation()
    made.provinces.set(Province.objects.filter(code__in=["MA-HAO", "MA-MAR"]))
    return made


def rule(now, code="CRTS-MAR"):
    return orders.in_force(center=Center.objects.get(code=code), now=now)


def test_without_an_order_the_manager_approves_up_to_two_hundred_in_the_region(operation, now):
    usual = rule(now)
    assert (usual.approval, usual.people_limit, usual.hold_seconds) == ("manager", 200, 90)
    assert usual.operation is None
    assert usual.approver(people=200, other_region=False) == "manager"
    assert usual.approver(people=201, other_region=False) == "administrator"
    assert usual.approver(people=10, other_region=True) == "administrator"


def test_order_is_for_the_stricken_provinces_or_for_every_centre(operation, now):
    operating.order(operation, now)
    assert rule(now).operation == operation and rule(now).approval == "administrator"
    assert rule(now, "CRTS-TNG") == orders.usual()
    operating.order(operation, now, every_center=True, hold_seconds=45)
    assert rule(now, "CRTS-TNG").hold_seconds == 45


def test_order_ends_with_its_time_and_with_its_operation(operation, now):
    operating.order(operation, now)
    assert rule(now + timedelta(days=3)) == orders.usual()
    operations.close(operation=operation, by=operation.opened_by, now=asking.now(), because="x")
    assert rule(now) == orders.usual()


def test_order_for_nobody_waits_for_a_second_administrator(operation, now):
    operating.order(operation, now, hold_seconds=45)
    given = operating.order(operation, now, approval="nobody")
    assert rule(now).hold_seconds == 45  # the one before stays in force
    with pytest.raises(Refused, match="Another administrator"):
        orders.confirm(order=given, by=operation.opened_by, now=now)
    with pytest.raises(Refused, match="Only an administrator"):
        orders.confirm(order=given, by=factories.user(), now=now)
    second = operating.another()
    orders.confirm(order=given, by=second, now=now)
    order = rule(now)
    assert order.approval == "nobody" and order.hold_seconds == 120
    assert order.approver(people=500, other_region=True) == "nobody"
    assert order.approver(people=501, other_region=False) == "administrator"
    with pytest.raises(Refused, match="confirmed already"):
        orders.confirm(order=given, by=second, now=now)


def test_later_order_takes_the_place_of_one_that_waits(operation, now):
    waiting = operating.order(operation, now, approval="nobody")
    assert orders.to_confirm(operation=operation, now=now) == waiting
    operating.order(operation, now, approval="manager")
    assert orders.to_confirm(operation=operation, now=now) is None
    with pytest.raises(Refused, match="no longer waits"):
        orders.confirm(order=waiting, by=operating.another(), now=now)


def test_of_two_operations_the_one_of_the_province_then_the_strictest_counts(operation, now):
    country = asking.operation()
    operating.order(country, now, every_center=True)
    operating.order(operation, now, approval="manager")
    assert rule(now).operation == operation and rule(now).approval == "manager"
    country.provinces.set(operation.provinces.all())
    assert rule(now).operation == country


def test_database_wants_two_administrators(operation, now):
    given = operating.order(operation, now, approval="nobody")
    mine, stranger = operation.opened_by_id, factories.user().pk
    assert "order_is_confirmed_by_another" in attack.refused(CONFIRM, given.pk, now, mine)
    assert "administrator_directs" in attack.refused(CONFIRM, given.pk, now, stranger)
    other = operating.another().pk
    late = now + timedelta(days=3)
    assert "order_waits_to_be_confirmed" in attack.refused(CONFIRM, given.pk, late, other)
    with connection.cursor() as cursor:
        cursor.execute(CONFIRM, [given.pk, now, other])
    assert OrderConfirmation.objects.get().order == given
    assert "append_only" in attack.refused("DELETE FROM campaigns_orderconfirmation")
    routine = operating.order(operation, now, approval="manager")
    assert "order_waits_to_be_confirmed" in attack.refused(CONFIRM, routine.pk, now, other)


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"hold_seconds": 29}, "from 30 seconds"),
        ({"people_limit": 0}, "from 1 to"),
        ({"valid_until": -1}, "end in the future"),
        ({"because": " "}, "Write why this order"),
    ],
)
def test_order_without_hold_limit_end_or_reason_is_refused(operation, now, said, sentence):
    if "valid_until" in said:
        said = {"valid_until": now + timedelta(days=said["valid_until"])}
    with pytest.raises(Refused, match=sentence):
        operating.order(operation, now, **said)


def test_order_is_never_changed(operation, now):
    operating.order(operation, now)
    change = "UPDATE campaigns_standingorder SET approval = 'nobody'"
    assert "row_is_append_only" in attack.refused(change)
    assert StandingOrder.objects.get().approval == "administrator"
