"""The database's refusals about units, attacked with raw SQL."""

from datetime import timedelta

import pytest
from django.db import transaction

from donors.models import Invitation, Membership, Officer, Unit
from donors.units import officers, tree
from tests.support import factories
from tests.support.attack import refused

pytestmark = pytest.mark.django_db
NAMES = {"name_ar": "وحدة", "name_fr": "Unité", "name_en": "Unit"}


@pytest.fixture
def said(reference, now):
    return {"by": factories.administrator(), "because": "decision 7", "now": now}


@pytest.fixture
def leaf(said):
    parent = factories.unit("SR-TAZ")
    return tree.create(
        parent=parent, code="LEAF", called=NAMES, kind="district", province=parent.province, **said
    )


@pytest.fixture
def closed(said, leaf):
    tree.close(unit=leaf, **said)
    return leaf


INTO_MEMBERS = "INSERT INTO donors_membership (donor_id, unit_id, since) VALUES (%s, %s, %s)"
INTO_OFFICERS = "INSERT INTO donors_officer (user_id, unit_id, since) VALUES (%s, %s, %s)"


def test_a_path_is_the_chain_of_codes_above(reference):
    marrakech, below = factories.unit("PP-MAR"), factories.unit("DP-ESI")
    chain = "chain above it"
    under = "UPDATE donors_unit SET parent_id = %s WHERE id = %s"
    assert chain in refused(under, below.pk, marrakech.pk)
    assert chain in refused(under, marrakech.pk, marrakech.pk)
    assert chain in refused(under, None, below.pk)
    astray = "UPDATE donors_unit SET path = '/X/' || code || '/' WHERE id = %s"
    assert chain in refused(astray, below.pk)
    assert chain in refused(astray, marrakech.pk), "units below may not be left behind"


def test_a_code_is_one_step_of_a_path(reference):
    sql = "UPDATE donors_unit SET code = %s, path = '/' || %s || '/' WHERE code = 'DGSN'"
    for code in ("", "A/B"):
        assert "unit_code_is_one_step_of_a_path" in refused(sql, code, code)


def test_a_unit_is_never_deleted_and_its_history_never_changed(leaf):
    assert "never deleted" in refused("DELETE FROM donors_unit WHERE id = %s", leaf.pk)
    for sql in (
        "DELETE FROM donors_unitchange",
        "UPDATE donors_unitchange SET because = 'x'",
        "TRUNCATE donors_unitchange",
    ):
        assert "append-only" in refused(sql)


def test_a_closed_unit_gets_no_new_people(closed, today):
    assert "no new people" in refused(INTO_MEMBERS, factories.donor().pk, closed.pk, today)
    assert "no new people" in refused(INTO_OFFICERS, factories.user().pk, closed.pk, today)


@pytest.mark.parametrize("table", ["donors_membership", "donors_officer"])
def test_nobody_is_carried_into_a_closed_unit(said, leaf, today, table):
    since = today - timedelta(days=9)
    there = Membership.objects.create(donor=factories.donor(), unit=leaf, since=since)
    other = Membership.objects.create(
        donor=factories.donor(), unit=factories.unit("PP-MAR"), since=since
    )
    if table == "donors_officer":
        there = Officer.objects.get(user=factories.officer(leaf))
        other = Officer.objects.get(user=factories.officer(factories.unit("PP-MAR")))
    tree.close(unit=leaf, **said)
    sentence = "no new people" if table == "donors_membership" else "is over"
    assert sentence in refused(f"UPDATE {table} SET unit_id = %s WHERE id = %s", leaf.pk, other.pk)
    assert sentence in refused(f"UPDATE {table} SET until = NULL WHERE id = %s", there.pk)
    later = f"UPDATE {table} SET until = until + 30 WHERE id = %s"
    assert sentence in refused(later, there.pk)


@pytest.mark.parametrize("who", ["members", "officers", "children"])
def test_a_unit_does_not_close_over_anybody(said, leaf, today, who):
    if who == "members":
        Membership.objects.create(donor=factories.donor(), unit=leaf, since=today)
    elif who == "officers":
        factories.officer(leaf)
    else:
        tree.create(
            parent=leaf, code="LOWER", called=NAMES, kind="district", province=leaf.province, **said
        )
    sql = "UPDATE donors_unit SET closed_on = %s WHERE id = %s"
    assert "closed unit is empty" in refused(sql, today, leaf.pk)


def test_no_open_unit_comes_under_a_closed_one(said, closed):
    esi = factories.unit("AR-MAR-24")
    assert not Unit.objects.filter(parent=esi).exists()
    sql = "UPDATE donors_unit SET parent_id = %s, path = %s || code || '/' WHERE id = %s"
    assert "under a closed one" in refused(sql, closed.pk, closed.path, esi.pk)


def invited(said, **fields):
    person = {"unit": factories.unit("DP-ESI"), "name": "A", "email": "a@example.org"} | fields
    return officers.invite(by=said["by"], now=said["now"], **person)


def test_an_approved_invitation_is_for_nobody_else(said):
    row = invited(said)
    officers.approve(invitation=row, by=factories.administrator(), now=said["now"])
    other = factories.user().pk
    for column, value in {
        "user_id": other,
        "unit_id": factories.unit("DGSN").pk,
        "email": "b@example.org",
        "asked_by_id": other,
        "approved_by_id": other,
        "expires_at": "2099-01-01",
    }.items():
        sql = f"UPDATE donors_invitation SET {column} = %s WHERE id = %s"
        assert "approved invitation" in refused(sql, value, row.pk), column
    assert "never deleted" in refused("DELETE FROM donors_invitation WHERE id = %s", row.pk)


def test_an_invitation_is_answered_once(said):
    row = invited(said)
    officers.approve(invitation=row, by=factories.administrator(), now=said["now"])
    officers.accept(invitation=row, now=said["now"], password="a long quiet river")
    again = "UPDATE donors_invitation SET accepted_at = NULL WHERE id = %s"
    assert "approved invitation" in refused(again, row.pk)


def test_nobody_approves_their_own_command(said):
    person = factories.user(email="self@example.org")
    row = invited(said, email=person.email)
    sql = """UPDATE donors_invitation SET approved_at = now(), expires_at = now(),
             user_id = %s, approved_by_id = %s WHERE id = %s"""
    assert "own command" in refused(sql, person.pk, person.pk, row.pk)
    with transaction.atomic():
        assert Invitation.objects.get(pk=row.pk).approved_at is None
