"""Two people edit one tree at once: real threads, each with its own connection to a real
Postgres."""

from __future__ import annotations

import threading
from datetime import date

from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from donors.errors import Refused
from donors.models import Membership, Unit
from donors.units import tree
from tests.support import factories
from tests.support.locks import until_waiting

from .test_blood import together

MOVE = "UPDATE donors_unit SET parent_id = %s, path = %s || code || '/' WHERE id = %s"
NAMES = {"name_ar": "وحدة", "name_fr": "Unité", "name_en": "Unit"}


def leaf(code: str) -> Unit:
    parent = factories.unit("SR-TAZ")
    return tree.create(
        parent=parent, code=code, called=NAMES, kind="district", province=parent.province,
        by=factories.administrator(), because="x", now=timezone.now(),
    )  # fmt: skip


def whole() -> None:
    for one in Unit.objects.select_related("parent"):
        assert one.path == (one.parent.path if one.parent else "/") + one.code + "/"


def in_step(*acts) -> list:
    """Each act does its first half, waits for the others to have done theirs, and commits."""
    gate = threading.Barrier(len(acts))

    def run(act):
        try:
            with transaction.atomic():
                act()
                gate.wait(timeout=20)
            return None
        except DatabaseError as error:
            return str(error)

    return together(*[lambda act=act: run(act) for act in acts])


def raw(sql: str, *values):
    def act():
        with connection.cursor() as cursor:
            cursor.execute(sql, values)

    return act


def test_two_half_moves_make_no_circle(committed):
    one, other = leaf("ONE"), leaf("OTHER")
    answers = in_step(
        raw(MOVE, other.pk, other.path, one.pk), raw(MOVE, one.pk, one.path, other.pk)
    )
    assert any(answers), "at least one is refused"
    whole()


CHILD = """INSERT INTO donors_unit (name_ar, name_fr, name_en, code, parent_id, path, kind,
    province_id, verified, parent_verified, source, name_keys)
    VALUES ('x', 'x', 'x', 'CHILD', %s, %s || 'CHILD/', 'district', %s, 'no', 'no', '', '{}')"""


def test_a_unit_founded_while_its_parent_moves_is_not_left_behind(committed):
    parent, to = leaf("PARENT"), factories.unit("PP-MAR")
    answers = in_step(
        raw(MOVE, to.pk, to.path, parent.pk),
        raw(CHILD, parent.pk, parent.path, parent.province_id),
    )
    assert any(answers)
    whole()


def test_a_unit_founded_while_its_parent_closes_is_not_left_open(committed):
    parent = leaf("PARENT")
    in_step(
        raw("UPDATE donors_unit SET closed_on = current_date WHERE id = %s", parent.pk),
        raw(CHILD, parent.pk, parent.path, parent.province_id),
    )
    assert not Unit.objects.open().filter(parent__closed_on__isnull=False).exists()


def test_nobody_comes_in_while_the_unit_closes(committed):
    unit, by, donor = leaf("LEAF"), factories.administrator(), factories.donor()
    held = threading.Event()

    def come():
        with transaction.atomic():
            Membership.objects.create(donor=donor, unit=unit, since=date(2026, 1, 1))
            held.set()
            until_waiting(1)

    def close():
        held.wait(timeout=20)
        tree.close(unit=unit, by=by, because="x", now=timezone.now())

    together(come, close)
    unit.refresh_from_db()
    assert unit.closed_on
    assert not Membership.objects.filter(unit=unit, until=None).exists()


def test_a_crowd_of_moves_leaves_a_whole_tree(committed):
    made = [leaf(f"M-{number}") for number in range(6)]
    by = factories.administrator()

    def move(number: int) -> None:
        try:
            to = made[(number + 1) % len(made)]
            tree.move(unit=made[number], to=to, by=by, because="x", now=timezone.now())
        except Refused:
            return

    together(*[lambda number=number: move(number) for number in range(len(made))])
    whole()
    assert Unit.objects.filter(code__startswith="M-").count() == 6
