from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from donors import headcount, officers, units
from donors import reference as places
from donors.errors import Refused
from donors.models import Membership, Unit
from tests import factories
from tests.attack import refused

pytestmark = pytest.mark.django_db


def test_subtree_and_chain_of_command(reference):
    marrakech = factories.unit("PP-MAR")
    below = set(Unit.objects.below(marrakech).values_list("code", flat=True))
    assert {"PP-MAR", "DP-ESI", "AR-MAR-24"} <= below
    assert "PP-AGD" not in below
    above = Unit.objects.above(factories.unit("DP-ESI"))
    assert [u.code for u in above] == ["DGSN", "PP-MAR"]


def test_officer_commands_own_subtree_only(reference, today):
    person = factories.officer(factories.unit("PP-MAR"))
    codes = set(Unit.objects.commanded_by(person, today).values_list("code", flat=True))
    assert "DP-ESI" in codes
    assert codes.isdisjoint({"DGSN", "SR-TAZ"})
    assert not Unit.objects.commanded_by(factories.user(), today).exists()


BECAUSE = "decision 7 of 2026"
NAMES = {"name_ar": "وحدة", "name_fr": "Unité", "name_en": "Unit"}


@pytest.fixture
def said(reference, now):
    return {"by": factories.administrator(), "because": BECAUSE, "now": now}


def found(said, parent, code, **called):
    return units.create(
        parent=parent, code=code, called=NAMES | called, kind="district",
        province=parent.province, **said,
    )  # fmt: skip


def member(unit, today, days=10):
    donor = factories.donor()
    return Membership.objects.create(donor=donor, unit=unit, since=today - timedelta(days=days))


def whole(unit=None):
    """Every path is the chain of the codes above it."""
    for one in Unit.objects.select_related("parent"):
        assert one.path == (one.parent.path if one.parent else "/") + one.code + "/"


@pytest.mark.parametrize(
    "text", ["مراكش ولاية", "marrakech prefecture", "PP-MAR", "Marrakesh police", "مراكيش ولاية"]
)
def test_a_unit_is_found_in_either_script(reference, text):
    assert "PP-MAR" in units.find(text, Unit.objects.all()).values_list("code", flat=True)


def test_find_holds_every_word(reference):
    assert not units.find("marrakech nowhere", Unit.objects.all()).exists()


def test_a_move_takes_everything_under_it_along(said):
    unit, to = factories.unit("PP-MAR"), factories.unit("SR-TAZ")
    below = Unit.objects.below(unit).count()
    units.move(unit=unit, to=to, **said)
    assert Unit.objects.below(to).count() >= below + 1
    whole()
    unit.refresh_from_db()
    assert unit.path.startswith(to.path)


def test_a_move_under_itself_is_refused(said):
    marrakech, below = factories.unit("PP-MAR"), factories.unit("DP-ESI")
    for to in (marrakech, below):
        with pytest.raises(Refused, match="cannot stand under itself"):
            units.move(unit=marrakech, to=to, **said)


def test_a_merge_takes_people_and_units_over_and_keeps_the_past(said, today, now):
    unit, into = factories.unit("DP-ESI"), factories.unit("SR-TAZ")
    child = found(said, unit, "CHILD")
    old, fresh = member(unit, today), member(unit, today, days=0)
    officer = factories.officer(unit)
    units.merge(unit=unit, into=into, **said)
    old.refresh_from_db()
    assert old.until == today
    assert not Membership.objects.filter(pk=fresh.pk).exists()
    there = Membership.objects.active(today).filter(unit=into)
    assert set(there.values_list("donor", flat=True)) == {old.donor_id, fresh.donor_id}
    assert officers.of(into, now).filter(user=officer).exists()
    child.refresh_from_db()
    assert child.parent == into
    unit.refresh_from_db()
    assert unit.closed_on == today
    whole()


def test_a_split_makes_a_sister(said):
    marrakech = factories.unit("PP-MAR")
    child = factories.unit("DP-ESI")
    made = units.split(unit=marrakech, code="PP-MAR-2", called=NAMES, children=[child], **said)
    child.refresh_from_db()
    assert (made.parent, child.parent) == (marrakech.parent, made)
    with pytest.raises(Refused, match="directly under it"):
        units.split(unit=made, code="X", called=NAMES, children=[marrakech], **said)
    with pytest.raises(Refused, match="head of the tree"):
        units.split(unit=factories.unit("DGSN"), code="X", called=NAMES, children=[], **said)
    whole()


def test_a_unit_with_open_units_below_is_not_closed(said, today):
    with pytest.raises(Refused, match="Open units stand under"):
        units.close(unit=factories.unit("PP-MAR"), **said)
    leaf = found(said, factories.unit("SR-TAZ"), "LEAF")
    belongs = member(leaf, today)
    units.close(unit=leaf, **said)
    belongs.refresh_from_db()
    assert belongs.until == today
    with pytest.raises(Refused, match="is closed"):
        found(said, leaf, "LOWER")
    units.reopen(unit=leaf, **said)
    assert found(said, leaf, "LOWER").path.endswith("/LEAF/LOWER/")


def test_every_act_needs_its_reason(said):
    said["because"] = "  "
    with pytest.raises(Refused, match="Say why"):
        units.close(unit=factories.unit("AR-MAR-24"), **said)


def test_history_tells_how_it_was_called_and_where_it_stood(said, today, now):
    unit = found(said, factories.unit("SR-TAZ"), "OLD", name_en="First name")
    later = said | {"now": now + timedelta(days=10)}
    units.rename(unit=unit, called=NAMES | {"name_en": "Second name"}, **later)
    units.move(unit=unit, to=factories.unit("PP-MAR"), **later)
    unit.refresh_from_db()
    past = units.as_of(unit, today + timedelta(days=5))
    assert (past.called["name_en"], past.path) == ("First name", "/DGSN/SR-TAZ/OLD/")
    present = units.as_of(unit, today + timedelta(days=10))
    assert (present.called["name_en"], present.path) == ("Second name", unit.path)
    assert not units.as_of(unit, today - timedelta(days=1)).exists


def test_installing_again_keeps_names_and_places(said):
    unit = factories.unit("DP-ESI")
    units.move(unit=unit, to=factories.unit("SR-TAZ"), **said)
    units.rename(unit=unit, called=NAMES, **said)
    places.load()
    unit.refresh_from_db()
    assert (unit.name_en, unit.parent.code) == ("Unit", "SR-TAZ")


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_any_row_of_acts_leaves_a_whole_tree(said, data):
    with transaction.atomic():
        before = set(Unit.objects.values_list("pk", flat=True))
        people = Membership.objects.count()
        for number in range(data.draw(st.integers(1, 6))):
            rows = list(Unit.objects.order_by("pk"))
            one, other = (rows[data.draw(st.integers(0, len(rows) - 1))] for _n in range(2))
            act = data.draw(st.sampled_from(["create", "move", "merge", "close", "split"]))
            try:
                if act == "create":
                    found(said, one, f"NEW-{number}-{len(rows)}")
                elif act == "move":
                    units.move(unit=one, to=other, **said)
                elif act == "merge":
                    units.merge(unit=one, into=other, **said)
                elif act == "close":
                    units.close(unit=one, **said)
                else:
                    units.split(
                        unit=one, code=f"S-{number}-{len(rows)}", called=NAMES, children=[], **said
                    )
            except Refused:
                continue
            whole()
        assert before <= set(Unit.objects.values_list("pk", flat=True))
        assert Membership.objects.count() >= people
        transaction.set_rollback(True)


def test_the_database_keeps_the_tree_whole(said, today):
    marrakech, below = factories.unit("PP-MAR"), factories.unit("DP-ESI")
    chain = "chain above it"
    sql = "UPDATE donors_unit SET parent_id = %s WHERE id = %s"
    assert chain in refused(sql, below.pk, marrakech.pk)
    assert chain in refused(
        "UPDATE donors_unit SET path = '/X/' || code || '/' WHERE id = %s", below.pk
    )
    assert "never deleted" in refused("DELETE FROM donors_unit WHERE id = %s", below.pk)
    leaf = found(said, factories.unit("SR-TAZ"), "LEAF")
    units.close(unit=leaf, **said)
    assert "no new people" in refused(
        "INSERT INTO donors_membership (donor_id, unit_id, since) VALUES (%s, %s, %s)",
        factories.donor().pk, leaf.pk, today,
    )  # fmt: skip
    for sql in ("DELETE FROM donors_unitchange", "UPDATE donors_unitchange SET because = 'x'"):
        assert "append-only" in refused(sql)


def test_headcounts_never_tell_a_small_cell_by_difference(said, today):
    parent = found(said, factories.unit("SR-TAZ"), "TOP")
    big, small = found(said, parent, "BIG"), found(said, parent, "SMALL")
    for unit, count in ((big, 6), (small, 3), (parent, 5)):
        for _one in range(count):
            member(unit, today)
    counts = {row.unit.code: row for row in headcount.of([parent, big, small])}
    assert (counts["SMALL"].own, counts["SMALL"].below) == (None, None)
    assert (counts["BIG"].below, counts["TOP"].own, counts["TOP"].below) == (6, 5, 11)
    before = counts["TOP"].below
    member(small, today)
    assert headcount.of([parent])[0].below == before
