"""Waves, their parts and plans against SQL of the program's own role."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from campaigns.appeals import waves
from campaigns.models import Appeal, Plan, Wave
from tests.support import appealing, factories
from tests.support.attack import denied, refused
from tests.support.crowd import crowd

pytestmark = pytest.mark.django_db
State = Wave.State


@pytest.fixture(scope="module")
def built(shared_rows) -> int:
    made = appealing.shared(people=0)
    crowd(3, now=timezone.now())
    return made


@pytest.fixture
def appeal(built, reference) -> Appeal:
    return Appeal.objects.get(pk=built)


@pytest.fixture
def by(reference) -> int:
    return factories.administrator().pk


# What the columns of each state have to be, so that only the way there is refused.
FIELDS = {
    State.PROPOSED: "due_at = NULL, ended_at = NULL, ended_by_id = NULL, size = 0",
    State.HELD: "due_at = now(), decided_at = now(), decided_by_id = {by}, ended_at = NULL,"
    " ended_by_id = NULL, size = 0",
    State.SENT: "due_at = now(), decided_at = now(), decided_by_id = {by}, ended_at = now(),"
    " ended_by_id = NULL",
    State.UNDONE: "ended_at = now(), ended_by_id = {by}, size = 0",
    State.REFUSED: "ended_at = now(), ended_by_id = {by}, size = 0",
    State.DROPPED: "ended_at = now(), ended_by_id = NULL, size = 0",
}
WAYS = {
    State.PROPOSED: {State.HELD, State.REFUSED, State.DROPPED},
    State.HELD: {State.SENT, State.UNDONE, State.DROPPED},
}
FORBIDDEN = [(a, b) for a in State for b in State if a != b and b not in WAYS.get(a, set())]


def change(wave: Wave, to: str, by: int) -> str:
    fields = FIELDS[State(to)].format(by=by)
    return f"UPDATE campaigns_wave SET state = '{to}', {fields} WHERE id = {wave.pk}"


def brought(appeal, now, state: str, by: int) -> Wave:
    """A wave in a state, on one of the ways that lead there."""
    wave = appealing.proposed(appeal, now, approval="manager")
    first = {State.SENT: State.HELD, State.UNDONE: State.HELD}.get(State(state))
    for step in (first, state):
        if step and step != State.PROPOSED:
            with connection.cursor() as cursor:
                cursor.execute(change(wave, step, by))
    return wave


@pytest.mark.parametrize("before", State.values)
def test_a_wave_goes_no_other_way(appeal, now, by, before):
    wave = brought(appeal, now, before, by)
    for start, end in FORBIDDEN:
        if start == before:
            assert "does not go from" in refused(change(wave, end, by)), end


COPY = (
    "INSERT INTO campaigns_wave (public_id, appeal_id, session_id, plan_id, number, state, approval,"
    " made_at, due_at, decided_at, decided_by_id, because, ended_at, ended_by_id, size_wanted, size,"
    " yeses, donations, reasons) SELECT gen_random_uuid(), appeal_id, session_id, plan_id, number + 1,"
    " '{state}', '{approval}', now(), {due}, NULL, NULL, '', {ended}, {by}, size_wanted, {size}, yeses,"
    " donations, reasons FROM campaigns_wave WHERE id = {wave}"
)


def copy(wave: Wave, **changed) -> str:
    usual = {"approval": "nobody", "due": "now()", "ended": "NULL", "by": "NULL", "size": 0}
    return COPY.format(wave=wave.pk, **usual | changed)


def test_a_wave_begins_as_a_proposal_or_held(appeal, now, by):
    wave = appealing.wave(appeal, now)
    for state, fields in (
        ("sent", {"ended": "now()"}),
        ("dropped", {"ended": "now()"}),
        ("undone", {"ended": "now()", "by": by}),
        ("refused", {"ended": "now()", "by": by}),
        ("held", {"size": 1}),
    ):
        assert "begins as a proposal or held" in refused(copy(wave, state=state, **fields)), state
    with connection.cursor() as cursor:
        cursor.execute(copy(wave, state="held"))


def test_a_wave_is_held_by_somebody_until_a_time(appeal, now):
    wave = appealing.wave(appeal, now)
    assert "approved_wave_is_held_until_a_time" in refused(copy(wave, state="held", due="NULL"))
    assert "approved_wave_is_held_until_a_time" in refused(
        copy(wave, state="proposed", approval="manager")
    )
    for approval in ("manager", "administrator"):
        assert "wave_is_approved_by_somebody" in refused(
            copy(wave, state="held", approval=approval)
        )
    assert "wave_ends_at_a_time" in refused(copy(wave, state="held", ended="now()"))


def test_what_waits_is_one_wave_of_an_appeal_and_session(appeal, now):
    wave = appealing.proposed(appeal, now)
    assert "one_wave_waits_an_appeal_and_session" in refused(copy(wave, state="held"))
    same = copy(wave, state="held").replace("number + 1", "number")
    waves.drop(waves=[wave], now=now)
    assert "wave_has_one_number" in refused(same)


def test_an_end_needs_its_time_and_its_person(appeal, now, by):
    wave = appealing.proposed(appeal, now)
    end = "UPDATE campaigns_wave SET state = %s, ended_at = {}, ended_by_id = {} WHERE id = %s"
    for state, at, whose in (
        ("dropped", "NULL", "NULL"),
        ("dropped", "now()", by),
        ("undone", "now()", "NULL"),
        ("undone", "NULL", by),
        ("sent", "now()", by),
    ):
        assert "wave_ends_at_a_time" in refused(end.format(at, whose), state, wave.pk), state
    assert "only_a_sent_wave_has_people" in refused(
        "UPDATE campaigns_wave SET size = 1 WHERE id = %s", wave.pk
    )


def test_what_is_held_does_not_grow_and_what_is_over_stands(appeal, now, by):
    held = appealing.proposed(appeal, now, people=10)
    grow = "UPDATE campaigns_wave SET size_wanted = size_wanted + 1 WHERE id = %s"
    assert "wave_goes_its_way" in refused(grow, held.pk)
    with connection.cursor() as cursor:
        cursor.execute(grow.replace("+ 1", "- 1"), [held.pk])
    for state in (State.SENT, State.UNDONE, State.REFUSED, State.DROPPED):
        waves.drop(waves=Wave.objects.filter(state__in=Wave.OPEN), now=now)
        over = brought(appeal, now, state, by)
        for written in ("size_wanted = size_wanted - 1", "because = 'x'"):
            sql = f"UPDATE campaigns_wave SET {written} WHERE id = %s"
            assert "wave_goes_its_way" in refused(sql, over.pk), (state, written)


PART = (
    "INSERT INTO campaigns_wavepart (wave_id, province_id, blood_group, channel, wanted, size, rate,"
    " show, usable) SELECT wave_id, province_id, 'AB-', channel, wanted, 0, rate, show, usable"
    " FROM campaigns_wavepart WHERE wave_id = %s"
)


@pytest.mark.parametrize("state", [State.SENT, State.UNDONE, State.REFUSED, State.DROPPED])
def test_the_parts_of_a_wave_that_is_over_are_kept(appeal, now, by, state):
    wave = brought(appeal, now, state, by)
    for sql in (PART, "DELETE FROM campaigns_wavepart WHERE wave_id = %s"):
        assert "parts of a wave that is over are kept" in refused(sql, wave.pk)


def test_a_cohort_is_once_in_a_wave(appeal, now):
    wave = appealing.proposed(appeal, now)
    assert "wave_has_a_cohort_once" in refused(PART.replace("'AB-'", "blood_group"), wave.pk)
    with connection.cursor() as cursor:
        cursor.execute(PART, [wave.pk])


def test_the_role_rewrites_no_wave(appeal, now):
    appealing.proposed(appeal, now)
    for what in (
        "approval = 'nobody'",
        "appeal_id = appeal_id",
        "session_id = session_id",
        "number = 9",
    ):
        assert "permission denied" in denied(f"UPDATE campaigns_wave SET {what}")
    for what in ("wanted = 1", "rate = 1", "wave_id = wave_id"):
        assert "permission denied" in denied(f"UPDATE campaigns_wavepart SET {what}")
    assert "permission denied" in denied("DELETE FROM campaigns_wave")


def test_a_plan_that_changed_something_is_kept(appeal):
    plan = Plan.objects.latest("made_at")
    assert plan.changed
    for sql in (
        "DELETE FROM campaigns_plan WHERE id = %s",
        "UPDATE campaigns_plan SET changed = false WHERE id = %s",
    ):
        assert "plan_that_changed_something_is_kept" in refused(sql, plan.pk)
    for what in ("decisions = '[]'", "made_at = now()", "forecasts = '[]'", "digest = ''"):
        assert "permission denied" in denied(f"UPDATE campaigns_plan SET {what}")


def test_a_plan_that_changed_nothing_is_forgotten(reference, now):
    appealing.opened(now, people=0)
    idle = appealing.planned(now + timedelta(minutes=1))
    assert not idle.changed
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM campaigns_plan WHERE id = %s", [idle.pk])
