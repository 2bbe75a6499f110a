"""What a session of the program can do with SQL of its own, logged in as its role and nothing else."""

from __future__ import annotations

import csv
import os
import time
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import psycopg2
import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import IntegrityError, connection

from campaigns.models import Notification
from donors.guards import rights
from donors.models import AccessLog, Officer, User
from donors.people import privacy
from donors.units import officers, tree
from tests.support import appealing, blood, factories
from tests.support.attack import denied
from tests.support.owner import owner

pytestmark = pytest.mark.django_db

SWITCHING_OFF = (
    "SET session_replication_role = replica",
    "ALTER TABLE centers_movement DISABLE TRIGGER ALL",
    "DROP TRIGGER movement_moves_the_bag ON centers_movement",
    "DROP FUNCTION refuse_change() CASCADE",
    "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE sql AS 'SELECT NULL'",
    "ALTER FUNCTION bag_may_go(text, text) OWNER TO bloodcall",
    "TRUNCATE centers_movement",
    "DROP TABLE centers_movement",
    "ALTER TABLE centers_bag DROP CONSTRAINT centers_bag_pkey CASCADE",
    "CREATE TRIGGER mine BEFORE INSERT ON centers_bag FOR EACH ROW EXECUTE FUNCTION refuse_change()",
    "CREATE RULE mine AS ON DELETE TO centers_bag DO INSTEAD NOTHING",
    "CREATE TABLE mine (id int)",
    "CREATE TEMP TABLE centers_recall (id int)",
    "CREATE SCHEMA mine",
    "CREATE FUNCTION mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "SET SESSION AUTHORIZATION postgres",
    "SET ROLE postgres",
    "ALTER ROLE bloodcall SUPERUSER",
    "COPY centers_movement FROM PROGRAM 'true'",
    "SELECT setval('centers_movement_id_seq', 1)",
    "DELETE FROM django_migrations",
    "LOCK TABLE donors_accesslog IN ACCESS EXCLUSIVE MODE",
)


@pytest.mark.parametrize("sql", SWITCHING_OFF)
def test_the_role_switches_nothing_off(sql):
    name = connection.settings_dict["NAME"]
    url = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}").geturl()
    with closing(psycopg2.connect(url)) as own, own.cursor() as cursor:
        cursor.execute("SELECT session_user, pg_backend_pid()")
        role, pid = cursor.fetchone()
        assert role == settings.DATABASE_ROLE
        with pytest.raises(
            psycopg2.Error, match="permission denied|must be owner|Only roles with|must be able to"
        ):
            cursor.execute(sql)
    # The database may be dropped next: its server process must have ended by then.
    with connection.cursor() as cursor:
        for _turn in range(200):
            # Inside a transaction the view shows its first picture for ever unless it is cleared.
            cursor.execute("SELECT pg_stat_clear_snapshot()")
            cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE pid = %s", [pid])
            if cursor.fetchone() == (0,):
                break
            time.sleep(0.05)


@pytest.mark.parametrize(
    "table",
    [
        "donors_accesslog",
        "donors_unitchange",
        "donors_sheet",
        "centers_movement",
        "centers_result",
        "centers_issue",
        "campaigns_memo",
        "campaigns_contactrelease",
    ],
)
def test_what_happened_is_only_added_to(table):
    assert "permission denied" in denied(f"DELETE FROM {table}")
    assert "permission denied" in denied(f"UPDATE {table} SET id = id")


def test_every_table_has_a_line_and_every_line_a_table():
    with connection.cursor() as cursor:
        tables = set(connection.introspection.table_names(cursor, include_views=True))
    assert set(rights.written()) == tables


def test_the_role_has_what_the_lines_say_and_nothing_else():
    lines = {right for line in rights.written().values() for right in line.rights()}
    with connection.cursor() as cursor:
        assert rights._standing(cursor, settings.DATABASE_ROLE) == lines


def test_a_right_given_by_hand_is_taken_back_by_migrate():
    with owner(), connection.cursor() as cursor:
        cursor.execute("GRANT DELETE, TRUNCATE ON centers_movement TO PUBLIC")
        cursor.execute(f"GRANT CREATE ON SCHEMA public TO {settings.DATABASE_ROLE}")
        rights.apply()
    test_the_role_has_what_the_lines_say_and_nothing_else()
    assert "permission denied" in denied("CREATE TABLE mine (id int)")


def test_what_acts_by_itself_finds_our_tables_first():
    """A function with the owner's rights and the caller's search path would write what the caller wants."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT proname, proconfig, prorettype = 'trigger'::regtype FROM pg_proc WHERE prosecdef"
            " AND pronamespace = 'public'::regnamespace"
        )
        found = cursor.fetchall()
    assert found
    for name, config, is_trigger in found:
        assert config == ["search_path=public, pg_temp"], name
        assert is_trigger, f"{name} could be called by anybody"


def test_a_session_that_may_do_anything_does_not_serve():
    rights.require()
    with owner(), pytest.raises(ImproperlyConfigured, match="CREATE ROLE bloodcall"):
        rights.require()


@pytest.mark.parametrize("right", ["TRUNCATE", "TRIGGER"])
def test_a_session_that_may_empty_a_table_does_not_serve(right):
    with owner(), connection.cursor() as cursor:
        cursor.execute(f"GRANT {right} ON centers_bag TO {settings.DATABASE_ROLE}")
    with pytest.raises(ImproperlyConfigured, match="DATABASE_OWNER_URL"):
        rights.require()


def test_the_record_of_who_gave_is_not_made_younger_or_of_another_sex(reference, today):
    donor = blood.give().donor_id
    born = "UPDATE donors_donor SET birth_date = %s WHERE id = %s"
    assert "by a correction" in denied(born, today - timedelta(days=17 * 365), donor)
    assert "by a correction" in denied("UPDATE donors_donor SET sex = 'F' WHERE id = %s", donor)


@pytest.fixture
def message(reference, now) -> Notification:
    appealing.opened(now, people=1)
    return Notification.objects.get(kind="appeal_invitation")


def test_messages_stay_with_whom_they_are_for(message):
    assert "two years" in denied("DELETE FROM campaigns_notification")
    other = factories.donor().pk
    for change in (f"donor_id = {other}", "cause = 'x'", "kind = 'x'"):
        assert "permission denied" in denied(f"UPDATE campaigns_notification SET {change}")
    for change in ("contact_id = NULL", "channel = 'sms'"):  # but for a way that was found closed
        assert "keeps its receiver" in denied(f"UPDATE campaigns_notification SET {change}")
    with pytest.raises(IntegrityError, match="keeps its receiver"), owner():
        Notification.objects.update(donor=other)


def test_no_message_is_written_in_as_sent(message):
    copy = (
        "INSERT INTO campaigns_notification (kind, cause, recipient, subject_id, donor_id, channel, state,"
        " urgent, made_at, due_at, attempts, settled_at, provider_id, error) SELECT kind, 'x', recipient,"
        " subject_id, donor_id, channel, 'sent', urgent, made_at, due_at, 1, now(), '', ''"
        " FROM campaigns_notification"
    )
    assert "begins waiting" in denied(copy)


def test_a_look_is_noted_when_it_happens(reference, now):
    donor, by = factories.donor(), factories.user()
    privacy.log_access(donor=donor, by=by, reason="visit")
    assert abs(AccessLog.objects.get().at - now) < timedelta(minutes=5)
    for at in ("now() - interval '1 hour'", "now() + interval '1 hour'"):
        assert "when it happens" in denied(
            "INSERT INTO donors_accesslog (donor_id, by_id, reason, at)"
            f" SELECT donor_id, by_id, 'visit', {at} FROM donors_accesslog"
        )


def test_a_floor_stands():
    assert "permission denied" in denied("DELETE FROM centers_floor")


@pytest.mark.parametrize(
    "flag", ["is_administrator", "is_auditor", "is_superuser", "is_staff", "is_active"]
)
def test_nobody_becomes_an_administrator_by_a_page(flag):
    person = factories.user()
    User.objects.filter(pk=person.pk).update(is_active=False)
    give = f"UPDATE donors_user SET {flag} = true WHERE id = %s"
    assert "by the operator" in denied(give, person.pk)
    with owner(), connection.cursor() as cursor:
        cursor.execute(give, [person.pk])


def test_nobody_is_made_an_administrator_with_a_new_account():
    with pytest.raises(IntegrityError, match="by the operator"):
        factories.user(is_administrator=True)


def test_jobs_at_a_centre_are_given_by_the_operator(reference):
    person = factories.staff(factories.center(), "stock")
    for sql in (
        "INSERT INTO centers_staff (user_id, center_id, job, since)"
        " SELECT user_id, center_id, 'doctor', since FROM centers_staff",
        "UPDATE centers_staff SET job = 'manager'",
        "DELETE FROM centers_staff",
    ):
        assert "permission denied" in denied(sql)
    assert person.jobs.get().job == "stock"


def test_a_command_needs_its_three_people(reference, today):
    person, unit = factories.user(), factories.unit()
    written = "INSERT INTO donors_officer (user_id, unit_id, since) VALUES (%s, %s, %s)"
    assert "approved by another" in denied(written, person.pk, unit.pk, today)
    asked = (
        "INSERT INTO donors_invitation (public_id, unit_id, name, email, asked_at, asked_by_id, approved_at,"
        " approved_by_id, user_id, expires_at, accepted_at) VALUES (gen_random_uuid(), %s, 'x', 'x@y.ma',"
        " now(), %s, now(), %s, %s, now(), now())"
    )
    one, two = factories.administrator(), factories.administrator()
    assert "without approval" in denied(asked, unit.pk, one.pk, two.pk, person.pk)


def test_a_command_that_has_ended_is_over(reference, now):
    person = factories.officer(factories.unit())
    command = Officer.objects.get(user=person)
    officers.end(command=command, by=factories.administrator(), now=now)
    assert "is over" in denied("UPDATE donors_officer SET until = NULL")
    assert "is over" in denied("UPDATE donors_officer SET until = until + 30")


def test_a_merged_units_officers_go_over_and_stand(reference, now):
    old = factories.unit("DP-ESI")
    person = factories.officer(old)
    into = factories.unit("SR-TAZ")
    by = factories.administrator()
    tree.merge(unit=old, into=into, by=by, because="x", now=now)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    assert Officer.objects.filter(user=person, unit=into, until=None).exists()


def test_the_lines_are_in_order():
    for path in Path(settings.LOCALE_PATHS[0]).parent.glob("*/guards/rights.csv"):
        with path.open(encoding="utf-8", newline="") as file:
            tables = [row["table"] for row in csv.DictReader(file)]
        assert tables == sorted(tables), path
