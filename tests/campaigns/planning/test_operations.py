"""What an operation opens, and what closing it ends."""

from datetime import timedelta
from decimal import Decimal

import pytest

from campaigns.models import Appeal, Estimate, Notification, Operation
from campaigns.operations import estimates, log, operations
from donors.models import Donor
from tests.support import appealing, factories
from tests.support.crowd import crowd

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _by_day(settings, reference):
    settings.QUIET_HOURS = (24, 0)


def opened(now, admissions: int = 200) -> Operation:
    """An operation around the centre, with patients expected there."""
    by, center = factories.administrator(), factories.center()
    operation = operations.begin(
        name_ar="زلزال",
        name_fr="Séisme",
        name_en="Earthquake",
        kind="earthquake",
        began_on=(now - timedelta(days=1)).date(),
        provinces=[center.province],
        by=by,
        now=now - timedelta(hours=2),
    )
    operations.enter(
        operation=operation, phase="response", because="x", by=by, now=now - timedelta(hours=1)
    )
    bags = {
        name if bound == "value" else f"{name}_{bound}": Decimal(str(getattr(band, bound)))
        for name in estimates.FAMILIES
        for band in [estimates.per_admission(name)]
        for bound in ("low", "value", "high")
    }
    made = estimates.unsaved(
        operation=operation,
        basis=Estimate.Basis.ADMISSIONS,
        counted=admissions,
        starts_at=now - timedelta(hours=2),
        first_day_share=Decimal("50"),
        weights={center.code: 1},
        because="x",
        by=by,
        now=now,
        bags=bags,
    )
    estimates.make(estimate=made)
    return operation


def test_an_estimate_opens_appeals_and_closing_stops_what_it_opened(now):
    appealing.places(now, free=60)
    appealing.looked_at(factories.center(), now)
    crowd(200, now=now)
    Donor.objects.update(language="en")
    assert appealing.asked(now) == 0 and not Appeal.objects.exists()
    operation = opened(now)
    assert appealing.asked(now)
    appeal = Appeal.objects.get(waves__size__gt=0)
    assert appeal.operation == operation and appeal.alert is None
    appealing.delivered(now)
    later = now + timedelta(minutes=5)
    operations.close(operation=operation, by=factories.administrator(), now=later, because="x")
    appealing.planned(later)
    appeal.refresh_from_db()
    assert appeal.state == Appeal.State.STOPPED
    assert Notification.objects.filter(kind="appeal_stand_down").exists()
    assert appealing.asked(later + timedelta(minutes=1)) == 0


def test_closing_leaves_an_appeal_of_an_open_alert(now):
    appealing.places(now, free=60)
    operation = opened(now, admissions=1)
    appealing.alert(now, ceiling=4)
    crowd(300, now=now)
    appealing.asked(now)
    appeal = Appeal.objects.get(alert__isnull=False)
    operations.close(
        operation=operation,
        by=factories.administrator(),
        now=now + timedelta(minutes=1),
        because="x",
    )
    appealing.planned(now + timedelta(minutes=1))
    appeal.refresh_from_db()
    assert appeal.is_open


def second(now):
    """Another operation around the same centre, declared later."""
    by, center = factories.administrator(), factories.center()
    return operations.begin(
        name_ar="فيضان",
        name_fr="Inondation",
        name_en="Flood",
        kind="flood",
        began_on=(now - timedelta(days=1)).date(),
        provinces=[center.province],
        by=by,
        now=now + timedelta(minutes=1),
    )


def test_a_need_belongs_to_the_operation_declared_last(now):
    appealing.places(now, free=60)
    appealing.looked_at(factories.center(), now)
    crowd(800, now=now)
    first = opened(now)
    assert appealing.asked(now)
    appeal = Appeal.objects.get(waves__size__gt=0)
    assert appeal.operation == first
    later = second(now)
    appealing.planned(now + timedelta(minutes=2))
    appeal.refresh_from_db()
    assert appeal.operation == later
    # The first is over: what the second still wants is not stopped with it.
    by, over = factories.administrator(), now + timedelta(minutes=3)
    operations.close(operation=first, by=by, now=over, because="x")
    appealing.planned(over)
    appeal.refresh_from_db()
    assert appeal.is_open and appeal.operation == later


def test_closing_the_later_operation_gives_its_needs_back_and_stops_none(now):
    appealing.places(now, free=60)
    appealing.looked_at(factories.center(), now)
    crowd(800, now=now)
    first, later = opened(now), second(now - timedelta(minutes=2))
    assert appealing.asked(now)
    appeal = Appeal.objects.get(waves__size__gt=0)
    assert appeal.operation == later
    by, over = factories.administrator(), now + timedelta(minutes=3)
    operations.close(operation=later, by=by, now=over, because="x")
    appealing.planned(over)
    appeal.refresh_from_db()
    assert appeal.is_open and appeal.operation == first


def test_what_closing_stops_keeps_the_reason(now):
    appealing.places(now, free=60)
    appealing.looked_at(factories.center(), now)
    crowd(800, now=now)
    operation = opened(now)
    assert appealing.asked(now)
    by, over = factories.administrator(), now + timedelta(minutes=3)
    operations.close(operation=operation, by=by, now=over, because="All are cared for")
    appealing.planned(over)
    appeal = Appeal.objects.get(waves__size__gt=0)
    assert (appeal.state, appeal.because) == (Appeal.State.STOPPED, "All are cared for")
    operation.refresh_from_db()
    rows = [one for one in log.entries(operation) if one.sentence.startswith("Stopped:")]
    assert rows and {row.because for row in rows} == {"All are cared for"}
