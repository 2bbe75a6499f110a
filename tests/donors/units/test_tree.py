from datetime import timedelta

import pytest
from django.db import connection, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from donors import reference as places
from donors.errors import Refused
from donors.models import Membership, Unit
from donors.units import headcount, officers, tree
from tests.support import factories
from tests.support.owner import owner

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
    return tree.create(
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
    assert "PP-MAR" in tree.find(text, Unit.objects.all()).values_list("code", flat=True)


def test_find_holds_every_word(reference):
    assert not tree.find("marrakech nowhere", Unit.objects.all()).exists()


def test_a_move_takes_everything_under_it_along(said):
    unit, to = factories.unit("PP-MAR"), factories.unit("SR-TAZ")
    below = Unit.objects.below(unit).count()
    tree.move(unit=unit, to=to, **said)
    assert Unit.objects.below(to).count() >= below + 1
    whole()
    unit.refresh_from_db()
    assert unit.path.startswith(to.path)


def test_a_move_under_itself_is_refused(said):
    marrakech, below = factories.unit("PP-MAR"), factories.unit("DP-ESI")
    for to in (marrakech, below):
        with pytest.raises(Refused, match="cannot be under itself"):
            tree.move(unit=marrakech, to=to, **said)


def test_a_merge_takes_people_and_units_over_and_keeps_the_past(said, today, now):
    unit, into = factories.unit("DP-ESI"), factories.unit("SR-TAZ")
    child = found(said, unit, "CHILD")
    old, fresh = member(unit, today), member(unit, today, days=0)
    officer = factories.officer(unit)
    tree.merge(unit=unit, into=into, **said)
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
    made = tree.split(unit=marrakech, code="PP-MAR-2", called=NAMES, children=[child], **said)
    child.refresh_from_db()
    assert (made.parent, child.parent) == (marrakech.parent, made)
    with pytest.raises(Refused, match="directly under it"):
        tree.split(unit=made, code="X", called=NAMES, children=[marrakech], **said)
    with pytest.raises(Refused, match="head of the tree"):
        tree.split(unit=factories.unit("DGSN"), code="X", called=NAMES, children=[], **said)
    whole()


def test_a_unit_with_open_units_below_is_not_closed(said, today):
    with pytest.raises(Refused, match="open units under"):
        tree.close(unit=factories.unit("PP-MAR"), **said)
    leaf = found(said, factories.unit("SR-TAZ"), "LEAF")
    belongs = member(leaf, today)
    tree.close(unit=leaf, **said)
    belongs.refresh_from_db()
    assert belongs.until == today
    with pytest.raises(Refused, match="is closed"):
        found(said, leaf, "LOWER")
    tree.reopen(unit=leaf, **said)
    assert found(said, leaf, "LOWER").path.endswith("/LEAF/LOWER/")


def test_every_act_needs_its_reason(said):
    said["because"] = "  "
    with pytest.raises(Refused, match="Say why"):
        tree.close(unit=factories.unit("AR-MAR-24"), **said)


def test_history_tells_how_it_was_called_and_where_it_stood(said, today, now):
    unit = found(said, factories.unit("SR-TAZ"), "OLD", name_en="First name")
    later = said | {"now": now + timedelta(days=10)}
    tree.rename(unit=unit, called=NAMES | {"name_en": "Second name"}, **later)
    tree.move(unit=unit, to=factories.unit("PP-MAR"), **later)
    unit.refresh_from_db()
    past = tree.as_of(unit, today + timedelta(days=5))
    assert (past.called["name_en"], past.path) == ("First name", "/DGSN/SR-TAZ/OLD/")
    present = tree.as_of(unit, today + timedelta(days=10))
    assert (present.called["name_en"], present.path) == ("Second name", unit.path)
    assert not tree.as_of(unit, today - timedelta(days=1)).exists


def test_installing_again_keeps_names_and_places(said):
    unit = factories.unit("DP-ESI")
    tree.move(unit=unit, to=factories.unit("SR-TAZ"), **said)
    tree.rename(unit=unit, called=NAMES, **said)
    with owner():
        places.load()
    unit.refresh_from_db()
    assert (unit.name_en, unit.parent.code) == ("Unit", "SR-TAZ")


def sound(crew, ended):
    """No member is lost, none is in a closed unit, and the database agrees."""
    whole()
    assert not Unit.objects.open().filter(parent__closed_on__isnull=False).exists()
    living = Membership.objects.filter(until=None)
    assert not living.exclude(unit__closed_on=None).exists()
    assert set(living.values_list("donor", flat=True)) == crew - ended
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def acted(said, act, one, other, code):
    if act == "create":
        found(said, one, code)
    elif act == "rename":
        tree.rename(unit=one, called=NAMES | {"name_en": code}, **said)
    elif act == "move":
        tree.move(unit=one, to=other, **said)
    elif act == "merge":
        tree.merge(unit=one, into=other, **said)
    elif act == "split":
        children = Unit.objects.open().filter(parent=one)[:2]
        tree.split(unit=one, code=code, called=NAMES, children=children, **said)
    elif act == "close":
        tree.close(unit=one, **said)
    else:
        tree.reopen(unit=one, **said)


ACTS = ("create", "rename", "move", "merge", "split", "close", "reopen")


@settings(max_examples=10)
@given(data=st.data())
def test_any_row_of_acts_leaves_a_whole_tree(said, today, data):
    with transaction.atomic():
        # A small tree, so that random acts affect the same units.
        top = found(said, factories.unit("DGSN"), "TOP")
        nodes = [top, *(found(said, top, f"N-{n}") for n in range(3))]
        nodes += [found(said, nodes[1], "N-11"), found(said, nodes[2], "N-21")]
        crew = {member(unit, today, days=n % 3).donor_id for n, unit in enumerate(nodes)}
        before, ended = set(Unit.objects.values_list("pk", flat=True)), set()
        for number in range(data.draw(st.integers(1, 8))):
            rows = list(Unit.objects.below(top).order_by("pk"))
            one, other = (data.draw(st.sampled_from(rows)) for _n in range(2))
            act = data.draw(st.sampled_from(ACTS))
            here = set(Membership.objects.filter(unit=one, until=None).values_list("donor"))
            later = said | {"now": said["now"] + timedelta(days=number // 2)}
            try:
                with transaction.atomic():
                    acted(later, act, one, other, f"A-{number}")
            except Refused:
                continue
            if act == "close":
                ended |= {donor for (donor,) in here}
            sound(crew, ended)
        assert before <= set(Unit.objects.values_list("pk", flat=True))
        last = today + timedelta(days=9)
        for unit in Unit.objects.below(top):
            now_is = tree.as_of(unit, last)
            assert (now_is.path, now_is.called["name_en"]) == (unit.path, unit.name_en)
            assert now_is.closed == bool(unit.closed_on)
        for unit in Unit.objects.filter(pk__in=before):
            past = tree.as_of(unit, today - timedelta(days=1))
            assert past.exists == (not unit.changes.filter(kind="created").exists())
        transaction.set_rollback(True)


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
