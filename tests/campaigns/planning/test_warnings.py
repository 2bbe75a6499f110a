"""Cover that is forecast to fall under its mark within 72 hours."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from campaigns.messaging import outbox
from campaigns.models import DeliveredCopy, EarlyWarning, Notification, Plan
from campaigns.planning import warnings
from centers.models import StockLevel
from tests.support import factories, usage
from tests.support.owner import owner, past_the_guards

pytestmark = pytest.mark.django_db
KEY = ("BS-TAZ", "red_cells", "O+")


@pytest.fixture(autouse=True)
def _by_day(settings, reference):
    settings.QUIET_HOURS = (24, 0)


@pytest.fixture
def used(reference, now):
    """Ninety bags in ninety days: one a day."""
    return usage.used(now, a_day=1)


def level(bags: int) -> None:
    with past_the_guards():
        StockLevel.objects.filter(
            center=factories.center(), component="RBC-SAGM", blood_group="O+"
        ).update(available=bags)


def plan(now, *points: tuple[float, float], key=KEY) -> Plan:
    rows = [[*key, hours, bags, bags - 1, bags + 1, 0.9] for hours, bags in points]
    return Plan.objects.create(
        made_at=now,
        changed=False,
        digest="0",
        solver="greedy",
        cost=0,
        bound=0,
        took_ms=1,
        forecasts=rows,
    )


def test_a_need_that_falls_under_four_days_warns(used, now):
    level(6)
    plan(now, (24.0, 5.0), (48.0, 3.0), (84.0, 2.0))
    (row,) = warnings.falling(now=now)
    assert (row.key, row.days) == (KEY, 6.0)
    assert row.hours == pytest.approx(36.0)  # halfway from five to three
    assert row.lowest == pytest.approx(2 + 12 / 36)  # at 72 h, on the line from 48 to 84


@pytest.mark.parametrize(
    ("now_there", "points"),
    [
        (6, [(24.0, 5.0), (48.0, 4.5), (84.0, 4.2)]),  # stays above
        (3, [(24.0, 2.0), (84.0, 1.0)]),  # under it already: that is an alert
        (9, [(24.0, 8.0), (72.0, 5.0), (96.0, 1.0)]),  # later than 72 hours
    ],
)
def test_other_needs_do_not_warn(used, now, now_there, points):
    level(now_there)
    plan(now, *points)
    assert warnings.falling(now=now) == []
    assert warnings.watch(now=now) == 0


def test_an_old_plan_warns_of_nothing(used, now):
    level(6)
    plan(now - timedelta(hours=2), (24.0, 1.0))
    assert warnings.falling(now=now) == [] and warnings.watch(now=now) == 0


def test_platelets_have_a_mark_of_their_own():
    key = ("BS-TAZ", "platelets", "O+")
    row = warnings.Falling(key, 1.5, 0.9, 20.0)
    assert row.mark == 1.0 and row.warns and not row.is_clear


def test_managers_are_told_once_an_episode(used, now):
    manager = factories.staff(factories.center(), "manager")
    factories.staff(factories.center("CRTS-FES"), "manager")
    level(6)
    plan(now, (24.0, 5.0), (48.0, 3.0), (84.0, 2.0))
    assert [warnings.watch(now=now) for _again in range(3)] == [1, 0, 0]
    told = Notification.objects.filter(kind="early_warning")
    assert [row.user for row in told] == [manager]
    outbox.deliver(now=now)
    text = DeliveredCopy.objects.get(notification__kind="early_warning").text
    assert "O+" in text and "BS-TAZ" in text


def test_an_episode_ends_when_the_cover_is_well_over_its_mark(used, now):
    level(6)
    plan(now, (24.0, 5.0), (48.0, 3.0))
    warnings.watch(now=now)
    # At the mark it goes on: a bag more or less is no news.
    plan(now + timedelta(minutes=1), (24.0, 5.0), (84.0, 4.2))
    warnings.watch(now=now + timedelta(minutes=1))
    assert EarlyWarning.objects.get().closed_at is None
    after = now + timedelta(minutes=2)
    plan(after, (24.0, 6.0), (84.0, 6.0))
    warnings.watch(now=after)
    assert EarlyWarning.objects.get().closed_at == after
    # A second fall is another episode with a message of its own.
    factories.staff(factories.center(), "manager")
    plan(after + timedelta(minutes=1), (24.0, 3.0))
    assert warnings.watch(now=after + timedelta(minutes=1)) == 1


def test_nobody_is_woken_by_a_warning(used, now, settings):
    factories.staff(factories.center(), "manager")
    level(6)
    plan(now, (24.0, 3.0))
    warnings.watch(now=now)
    local = timezone.localtime(now)
    settings.QUIET_HOURS = (local.hour, (local.hour + 8) % 24)
    outbox.deliver(now=now)
    row = Notification.objects.get(kind="early_warning")
    assert row.state == "pending" and row.due_at > now


ATTACKS = [
    "UPDATE campaigns_earlywarning SET lowest = 0",
    "UPDATE campaigns_earlywarning SET closed_at = opened_at - interval '1 hour'",
    "DELETE FROM campaigns_earlywarning",
    "INSERT INTO campaigns_earlywarning (center_id, family, blood_group, days, lowest, under_at, opened_at)"
    " SELECT center_id, family, blood_group, 5, 1, opened_at, opened_at FROM campaigns_earlywarning",
]


@pytest.mark.parametrize("attack", ATTACKS)
def test_the_database_keeps_a_warning(used, now, attack):
    level(6)
    plan(now, (24.0, 3.0))
    warnings.watch(now=now)
    with owner(), pytest.raises(IntegrityError), transaction.atomic():
        connection.cursor().execute(attack)
