from datetime import timedelta

import pytest
from django.db import connection

from campaigns.models import Operation, OperationPhase
from campaigns.operations import operations
from donors.errors import Refused
from tests.support import asking, attack, factories

pytestmark = pytest.mark.django_db
ADD = (
    "INSERT INTO campaigns_operationphase (operation_id, number, phase, at, by_id, because)"
    " VALUES (%s, %s, %s, now() + interval '1 hour', %s, %s)"
)


@pytest.fixture
def operation(reference):
    return asking.operation()


def enter(operation, *phases, because="", after=timedelta()):
    for phase in phases:
        now = asking.now() + after
        operations.enter(
            operation=operation, phase=phase, by=operation.opened_by, now=now, because=because
        )


def test_operation_begins_in_alert_whoever_writes_it(operation):
    first = operation.phases.get()
    assert (first.phase, first.number, first.at) == ("alert", 1, operation.opened_at)
    assert first.by == operation.opened_by and operation.phase == "alert"


def test_phases_go_forward_and_back_for_a_second_shock_alone(operation):
    enter(operation, "response", "recovery")
    with pytest.raises(Refused, match="Write why the operation goes back"):
        enter(operation, "response", because="  ")
    enter(operation, "response", because="A second shock at 05:12")
    assert operation.phase == "response" and operation.current.number == 4
    enter(operation, "recovery")
    with pytest.raises(Refused, match="Say why the operation is closed"):
        enter(operation, "closed", because=" ")
    enter(operation, "closed", because="All are cared for")
    with pytest.raises(Refused, match="closed already"):
        enter(operation, "response", because="Once more")


@pytest.mark.parametrize(
    ("before", "phase"),
    [([], "alert"), ([], "recovery"), (["response"], "alert"), (["response"], "response")],
)
def test_phase_is_not_skipped_repeated_or_taken_back(operation, before, phase):
    enter(operation, *before)
    with pytest.raises(Refused, match="in another phase by now"):
        enter(operation, phase, because="Because")


@pytest.mark.parametrize("before", [[], ["response"], ["response", "recovery"]])
def test_operation_is_closed_from_any_phase_for_good(operation, before):
    enter(operation, *before)
    by, now = factories.administrator(), asking.now()
    operations.close(operation=operation, by=by, now=now, because="x")
    operation.refresh_from_db()
    assert (operation.closed_at, operation.closed_by) == (now, by)
    with pytest.raises(Refused, match="closed already"):
        operations.close(operation=operation, by=by, now=now, because="x")


def test_phase_does_not_begin_before_the_last(operation):
    with pytest.raises(Refused, match="cannot begin before the last"):
        enter(operation, "response", after=-timedelta(hours=1))


def test_database_refuses_what_the_rules_would(operation):
    by = operation.opened_by_id
    assert "operation_goes_its_way" in attack.refused(ADD, operation.pk, 2, "recovery", by, "x")
    enter(operation, "response", "recovery")
    assert "operation_goes_its_way" in attack.refused(ADD, operation.pk, 9, "alert", by, "x")
    assert "second_shock_has_a_reason" in attack.refused(ADD, operation.pk, 9, "response", by, "")
    for change in (
        "UPDATE campaigns_operationphase SET phase = 'alert' WHERE number = 2",
        "UPDATE campaigns_operationphase SET because = 'x'",
        "DELETE FROM campaigns_operationphase",
    ):
        assert "row_is_append_only" in attack.refused(change)


def test_number_that_a_program_writes_does_not_count(operation):
    with connection.cursor() as cursor:
        cursor.execute(ADD, [operation.pk, 77, "response", operation.opened_by_id, ""])
    assert OperationPhase.objects.get(phase="response").number == 2


def test_program_cannot_close_an_operation_past_its_phases(operation):
    closing = "UPDATE campaigns_operation SET closed_at = now(), closed_by_id = opened_by_id"
    assert "permission denied" in attack.denied(closing)


def test_operation_is_not_written_in_as_closed(operation):
    fields = {f.attname: getattr(operation, f.attname) for f in Operation._meta.concrete_fields}
    closed = fields | {
        "id": None,
        "closed_at": asking.now(),
        "closed_by_id": operation.opened_by_id,
    }
    del closed["public_id"]
    names = [name for name in closed if name != "id"]
    sql = (
        f"INSERT INTO campaigns_operation (public_id, {', '.join(names)})"
        f" VALUES (gen_random_uuid(), {', '.join(['%s'] * len(names))})"
    )
    assert "operation_begins_in_alert" in attack.refused(sql, *(closed[name] for name in names))
