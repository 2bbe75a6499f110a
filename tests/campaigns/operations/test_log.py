from datetime import timedelta

import pytest

from campaigns.operations import log, operations, orders
from tests.support import asking, operating

pytestmark = pytest.mark.django_db


def test_log_tells_who_decided_what_and_why_the_latest_first(reference, now):
    operation = asking.operation()
    operation.opened_by.first_name = "Salma"
    operation.opened_by.save(update_fields=["first_name"])
    by = operation.opened_by
    later = [asking.now() + timedelta(minutes=minute) for minute in range(1, 5)]
    operations.enter(operation=operation, phase="response", by=by, now=later[0], because="Toll")
    operating.estimate(operation, later[1])
    given = operating.order(operation, later[2], approval="nobody")
    orders.confirm(order=given, by=operating.another(), now=later[3])
    entries = log.entries(operation)
    assert [entry.at for entry in entries] == [*reversed(later), operation.opened_at]
    assert [entry.sentence.split(":")[0].split(";")[0] for entry in entries] == [
        "Order 1 was confirmed and is in force.",
        "Order",
        "Estimate 1",
        "The response began.",
        "The operation was opened",
    ]
    assert entries[3].who == "Salma" and entries[3].because == "Toll"
    assert "120 seconds" in entries[1].sentence and "100 admissions" in entries[2].sentence


def test_second_shock_is_told_as_one(reference, now):
    operation = asking.operation()
    for phase in ("response", "recovery", "response"):
        operations.enter(
            operation=operation, phase=phase, by=operation.opened_by, now=asking.now(), because="x"
        )
    assert "second shock" in log.entries(operation)[0].sentence


def test_room_above_adds_its_decisions(reference, now, monkeypatch):
    monkeypatch.setattr(log, "_more", [])
    operation = asking.operation()
    log.add(lambda one: [log.Entry(now - timedelta(days=1), "", f"Plan of {one.kind}")])
    assert log.entries(operation)[-1].sentence == "Plan of earthquake"
