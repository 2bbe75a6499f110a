"""Questions to the whole database: each finds what it asks for, and a serious answer stops the start."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.apps import apps
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from campaigns.models import Notification
from centers.models import Bag
from config import opening
from donors import data_checks
from donors.models import DataCheck
from tests.support import blood, factories

pytestmark = pytest.mark.django_db
OFF = ("SET CONSTRAINTS ALL IMMEDIATE", "SET LOCAL session_replication_role = replica")


def by_hand(*statements: str) -> None:
    """What a hand at the console does past the guards."""
    with connection.cursor() as cursor:
        for statement in (*OFF, *statements, "SET LOCAL session_replication_role = origin"):
            cursor.execute(statement)


def found(now) -> dict[str, data_checks.Finding]:
    return {finding.question.name: finding for finding in data_checks.ask(now=now)}


@pytest.fixture
def bag(reference) -> Bag:
    return blood.red_cells()


def test_every_question_has_its_sentence_and_every_sentence_its_question():
    assert (
        data_checks.questions().keys() == data_checks.files().keys() | data_checks.PROGRAMS.keys()
    )
    for app in apps.get_app_configs():
        for path in (Path(app.path) / "data_checks").glob("*.sql"):
            assert path.read_text().startswith("-- "), path


def test_rows_that_the_guards_let_in_are_right(bag, now):
    assert found(now) == {}


@pytest.mark.usefixtures("as_owner")
@pytest.mark.parametrize(
    ("statement", "question"),
    [
        ("UPDATE centers_bag SET state = 'issued'", "bag_and_its_ledger"),
        ("UPDATE centers_bag SET state = 'issued'", "issued_to_somebody"),
        ("UPDATE centers_bag SET state = 'in_transit'", "bag_on_its_way"),
        ("UPDATE centers_bag SET state = 'reserved'", "reserved_for_somebody"),
        ("UPDATE centers_bag SET expires_at = now() - interval '2 hours'", "bag_has_expired"),
        ("UPDATE centers_movement SET from_state = 'issued' WHERE seq = 2", "movements_follow"),
        ("UPDATE centers_movement SET by_id = (SELECT min(entered_by_id) FROM centers_result)"
         " WHERE to_state = 'released'", "releaser_read_nothing"),
        ("UPDATE centers_stocklevel SET available = available + 1", "stock_is_counted"),
        ("UPDATE centers_result SET entered_by_id = (SELECT min(id) FROM donors_user)", "two_readers"),
        ("UPDATE centers_result SET outcome = 'reactive' WHERE marker_id ="
         " (SELECT min(marker_id) FROM centers_result WHERE outcome = 'negative')", "reactive_is_out"),
        ("UPDATE centers_result SET outcome = 'reactive' WHERE marker_id ="
         " (SELECT min(marker_id) FROM centers_result WHERE outcome = 'negative')",
         "bag_may_be_in_stock"),
        ("DELETE FROM centers_labelcheck", "label_was_read"),
        ("UPDATE donors_unit SET path = '/X' || path WHERE code = 'SR-TAZ'", "tree_of_units"),
        ("ALTER TABLE centers_bag DISABLE TRIGGER ALL", "indexes_and_triggers"),
        ("ALTER TABLE centers_bag DISABLE TRIGGER USER", "guards_are_on"),
        ("DROP FUNCTION bag_release_hindrance CASCADE", "guards_are_on"),
        ("UPDATE centers_labelcheck SET id = id + 1000000", "numbers_go_on"),
    ],
    ids=lambda text: text if " " not in text else "",
)  # fmt: skip
def test_what_a_hand_or_a_restore_leaves_is_found(bag, now, statement, question):
    by_hand(statement)
    finding = found(now)[question]
    assert finding.count >= 1
    assert finding.examples


@pytest.mark.usefixtures("as_owner")
def test_messages_that_nobody_settles_are_found(reference, now):
    earlier, user = now - timedelta(days=2), factories.user()
    for number in range(3):
        Notification.objects.create(
            kind="memo_issued",
            cause=f"memo:{number}:issued",
            recipient=f"u{user.pk}",
            subject_id=1,
            user=user,
            channel="email",
            made_at=earlier,
            due_at=earlier,
        )
    change = "UPDATE campaigns_notification SET state = "
    by_hand(
        f"{change} 'unknown', attempts = 1 WHERE cause = 'memo:1:issued'",
        f"{change} 'claimed', owner = gen_random_uuid(), lease_until = made_at"
        " WHERE cause = 'memo:2:issued'",
    )
    assert found(now).keys() == {"messages_in_hand", "messages_in_doubt", "messages_wait"}


@pytest.mark.usefixtures("as_owner")
def test_a_serious_answer_refuses_the_start_until_it_is_mended(bag, capsys):
    by_hand("UPDATE centers_stocklevel SET available = available + 1")
    with pytest.raises(CommandError, match="contradicts itself"):
        call_command("check_data")
    assert "SERIOUS: Stock that is not the count of its bags." in capsys.readouterr().out
    with pytest.raises(ImproperlyConfigured, match="check_data"):
        opening.require()
    by_hand("UPDATE centers_stocklevel SET available = available - 1")
    call_command("check_data")
    opening.require()


def test_it_is_asked_once_a_night(reference):
    night = timezone.localtime().replace(hour=3, minute=10)
    assert data_checks.tonight(now=night)
    assert not data_checks.tonight(now=night + timedelta(hours=20))
    assert data_checks.tonight(now=night + timedelta(hours=24))
    assert DataCheck.objects.count() == 2


def test_the_desk_of_an_administrator_says_what_was_found(reference, client, now, settings):
    settings.DEMO = True
    data_checks.keep(
        [data_checks.Finding(data_checks.questions()["label_was_read"], 7, ["x"])], now=now
    )
    client.force_login(factories.administrator())
    assert "printed and read back once more" in client.get(reverse("campaigns:desk")).text
    client.force_login(factories.staff(factories.center(), "manager"))
    assert "printed and read back once more" not in client.get(reverse("campaigns:desk")).text
