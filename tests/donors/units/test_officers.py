"""Commands begin with two people's consent and end at once, on a day, or with the unit."""

from datetime import timedelta

import pytest

from donors import access
from donors.errors import Refused
from donors.models import Officer
from donors.units import officers, tree
from tests.support import factories

pytestmark = pytest.mark.django_db
PASSWORD = "a long quiet river"


@pytest.fixture
def unit(reference):
    return factories.unit("DP-ESI")


def command(unit):
    return Officer.objects.get(unit=unit, user=factories.officer(unit))


def taken_up(unit, now, **fields):
    by, other = factories.administrator(), factories.administrator()
    person = {"name": "Nadia", "email": "nadia@example.org"} | fields
    row = officers.invite(unit=unit, by=by, now=now, **person)
    officers.approve(invitation=row, by=other, now=now)
    return officers.accept(invitation=row, now=now, password=PASSWORD)


def test_the_invited_do_not_approve_themselves(unit, now):
    person = factories.with_national_rights(email="Self@Example.org", is_administrator=True)
    row = officers.invite(
        unit=unit, name="Self", email="self@example.org", by=factories.administrator(), now=now
    )
    with pytest.raises(Refused, match="is for you"):
        officers.approve(invitation=row, by=person, now=now)


def test_an_administrator_does_not_approve_what_they_asked_for(unit, now):
    by = factories.administrator()
    row = officers.invite(unit=unit, name="A", email="a@example.org", by=by, now=now)
    with pytest.raises(Refused, match="somebody else has to approve"):
        officers.approve(invitation=row, by=by, now=now)


def test_a_command_of_today_ends_at_once_and_stays_on_record(unit, now):
    begun, by = taken_up(unit, now), factories.administrator()
    assert access.is_officer(begun.user)
    officers.end(command=begun, by=by, now=now)
    assert not access.is_officer(begun.user)
    (once,) = officers.before(unit, now)
    assert (once.user, once.ended_by, once.since) == (begun.user, by, once.until)


def test_a_command_ends_on_the_day_that_was_said(unit, now, today):
    row, by = command(unit), factories.administrator()
    day = today + timedelta(days=5)
    officers.end(command=row, by=by, now=now, on=day)
    assert officers.of(unit, now).filter(pk=row.pk).exists()
    assert not officers.of(unit, now + timedelta(days=5)).filter(pk=row.pk).exists()
    officers.end(command=row, by=by, now=now)
    assert not officers.of(unit, now).exists()
    with pytest.raises(Refused, match="ended already"):
        officers.end(command=row, by=by, now=now, on=day)


def test_the_past_of_a_command_is_not_rewritten(unit, now, today):
    with pytest.raises(Refused, match="today or later"):
        officers.end(
            command=command(unit), by=factories.administrator(), now=now,
            on=today - timedelta(days=1),
        )  # fmt: skip


def test_a_successor_takes_over_from_somebody_who_leaves_anyway(unit, now, today):
    old, by = command(unit), factories.administrator()
    row = officers.invite(
        unit=unit, name="B", email="b@example.org", by=by, now=now, replaces=old.user
    )
    officers.approve(invitation=row, by=factories.administrator(), now=now)
    officers.end(command=old, by=by, now=now, on=today + timedelta(days=3))
    begun = officers.accept(invitation=row, now=now, password=PASSWORD)
    assert {one.user for one in officers.of(unit, now)} == {begun.user, old.user}


def test_the_replaced_officer_gives_up_by_the_word_of_the_approver(unit, now):
    old = command(unit)
    taken_up(unit, now, replaces=old.user)
    (once,) = officers.before(unit, now)
    assert once.user == old.user and once.ended_by.is_administrator


@pytest.mark.parametrize("act", ["close", "merge"])
def test_a_closed_unit_keeps_no_command_until_tomorrow(unit, now, today, act):
    by = factories.administrator()
    leaving, fresh, staying = command(unit), taken_up(unit, now), command(unit)
    officers.end(command=leaving, by=by, now=now, on=today + timedelta(days=30))
    said = {"unit": unit, "by": by, "because": "decision 7", "now": now}
    into = factories.unit("SR-TAZ")
    if act == "merge":
        tree.merge(into=into, **said)
    else:
        tree.close(**said)
    assert not Officer.objects.active(today).filter(unit=unit).exists()
    assert officers.before(unit, now).count() == 3, "also a command of one day is on record"
    over = {one.user for one in officers.of(into, now)}
    assert over == ({fresh.user, staying.user} if act == "merge" else set())


def test_an_invitation_to_a_closed_unit_is_dead(unit, now):
    by = factories.administrator()
    row = officers.invite(unit=unit, name="A", email="a@example.org", by=by, now=now)
    officers.approve(invitation=row, by=factories.administrator(), now=now)
    tree.close(unit=unit, by=by, because="decision 7", now=now)
    with pytest.raises(Refused, match="used up"):
        officers.accept(invitation=row, now=now, password=PASSWORD)
    with pytest.raises(Refused, match="is closed"):
        unit.refresh_from_db()
        officers.invite(unit=unit, name="C", email="c@example.org", by=by, now=now)
    officers.drop(invitation=row, by=by, now=now)
    row.refresh_from_db()
    assert row.dropped_by == by
