"""Files in each app's ``guards/`` and the database agree, and `migrate` ensures it."""

from __future__ import annotations

import dataclasses

import pytest
from django.apps import apps
from django.core.exceptions import ImproperlyConfigured
from django.db import connection

from donors import guards
from donors.guards import Guard

OWN = """
SELECT proname::text, '', pg_get_functiondef(p.oid) FROM pg_proc p
    WHERE pronamespace = current_schema()::regnamespace
        AND prolang IN (SELECT oid FROM pg_language WHERE lanname IN ('sql', 'plpgsql'))
UNION ALL
SELECT tgname::text, tgrelid::regclass::text, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal
"""
BAG = Guard("", "bag_may_go")
MOVEMENT = Guard("centers_movement", "movement_moves_the_bag")


def standing() -> dict[Guard, str]:
    with connection.cursor() as cursor:
        cursor.execute(OWN)
        return {Guard(table, name): text for name, table, text in cursor}


def run(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)


def migrated() -> None:
    """The guards in the database after another `migrate`."""
    for app in apps.get_app_configs():
        guards.after_migrating(sender=app, using="default")


@pytest.mark.usefixtures("as_owner")
def test_files_and_database_say_the_same():
    before = standing()
    assert before.keys() == guards.written().keys()
    guards.load(list(guards.written()), [])
    assert standing() == before
    guards.require()


@pytest.mark.usefixtures("as_owner")
@pytest.mark.parametrize(
    "change",
    [
        "DROP TRIGGER movement_moves_the_bag ON centers_movement",
        "ALTER TABLE centers_movement DISABLE TRIGGER movement_moves_the_bag",
        "CREATE OR REPLACE FUNCTION bag_may_go(was text, will text) RETURNS boolean LANGUAGE sql"
        " IMMUTABLE AS 'SELECT true'",
        "DROP FUNCTION refuse_change() CASCADE",
    ],
)
def test_what_was_changed_by_hand_keeps_the_program_from_starting_until_it_migrates(change):
    before = standing()
    run(change)
    with pytest.raises(ImproperlyConfigured, match="bin/manage migrate"):
        guards.require()
    migrated()
    guards.require()
    assert standing() == before


@pytest.mark.usefixtures("as_owner")
def test_a_changed_file_is_loaded_and_a_deleted_one_dropped(monkeypatch):
    changed = guards.written() | {}
    text = changed[BAG].text.replace("('', 'released'),\n", "")
    assert text != changed[BAG].text
    body = text.split("$$")[1]
    changed[BAG] = dataclasses.replace(changed[BAG], text=text, body=body)
    del changed[MOVEMENT]
    monkeypatch.setattr(guards, "written", lambda: changed)
    assert guards.differences() == ([BAG], [MOVEMENT])
    migrated()
    after = standing()
    assert "('', 'released')" not in after[BAG]
    assert MOVEMENT not in after


@pytest.mark.usefixtures("as_owner")
def test_what_others_made_in_the_database_is_left_alone():
    run("CREATE FUNCTION counted_by_somebody() RETURNS int LANGUAGE sql AS 'SELECT 1'")
    migrated()
    assert Guard("", "counted_by_somebody") in standing()


def test_each_file_says_what_would_break_without_it():
    for folder in guards.folders():
        for path in folder.glob("*.sql"):
            first = path.read_text().splitlines()[0]
            assert first.startswith("-- ") and len(first) > 20, path
