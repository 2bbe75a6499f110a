"""A wave from the proposal to the message: who decides, who is chosen, and who never is."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from campaigns.appeals import appeals, waves
from campaigns.models import Appeal, Askable, Cohort, Notification, Plan, Wave
from donors.errors import Refused
from tests.support import appealing, factories
from tests.support.crowd import crowd

pytestmark = pytest.mark.django_db
State = Wave.State
HOLD = timedelta(seconds=90)


@pytest.fixture(scope="module")
def built(shared_rows) -> int:
    return appealing.shared(people=0)


@pytest.fixture
def appeal(built, reference) -> Appeal:
    return Appeal.objects.get(pk=built)


@pytest.fixture
def other(appeal, now):
    """Another need of the same centre."""
    return appeals.open_for(
        center=appeal.center,
        component=appeal.component,
        blood_group="A+",
        needed=1,
        reasons={},
        alert=None,
        now=now,
    )


def no(act, wave, now, because="a mistaken scan"):
    act(wave=wave, by=factories.administrator(), because=because, until=now + HOLD, now=now)


def test_a_wave_queues_each_person_once(appeal, now):
    people = {factories.donor(blood_group="O+").pk for _number in range(4)}
    assert appealing.wave(appeal, now).size == 4
    assert appealing.wave(appeal, now).size == 0
    queued = Notification.objects.values_list("donor", "cause", "state")
    assert {d for d, _cause, _state in queued} == people
    assert {c for _donor, c, _state in queued} == {appeals.invitation_cause(appeal)}


def test_a_wave_is_no_larger_than_each_part_wants(appeal, now):
    crowd(3, now=now)
    crowd(2, now=now, channel="sms")
    wave = appealing.wave(appeal, now, people=2, channels=("email", "sms"))
    assert (wave.size, wave.size_wanted) == (4, 4)
    parts = wave.parts.values_list("channel", "wanted", "size")
    assert set(parts) == {("email", 2, 2), ("sms", 2, 2)}
    by_part = Notification.objects.values_list("channel", "part__channel")
    assert sorted(by_part) == [("email", "email")] * 2 + [("sms", "sms")] * 2


def test_a_wave_takes_only_its_cohort_in_turn(appeal, now):
    crowd(5, now=now)
    crowd(5, now=now, group="AB-")
    crowd(5, now=now, at=factories.center("CRTS-FES"))
    wave = appealing.proposed(appeal, now, people=3)
    cohort = {"blood_group": "O+", "province": appeal.center.province}
    first = Askable.objects.filter(**cohort).order_by("turn").values_list("donor", flat=True)[:3]
    expected = set(first)
    assert waves.send(pk=wave.pk, now=now) == 3
    assert set(Notification.objects.values_list("donor", flat=True)) == expected


def test_who_was_asked_rests_and_is_counted_no_more(appeal, now):
    crowd(5, now=now)
    crowd(2, now=now, group="AB-")
    wave = appealing.wave(appeal, now, people=3)
    resting = Askable.objects.filter(rests_until=now + timedelta(days=14))
    asked = Notification.objects.filter(wave=wave).values_list("donor", flat=True)
    assert set(resting.values_list("donor", flat=True)) == set(asked)
    counts = Cohort.objects.values_list("blood_group", "members", "askable")
    assert set(counts) == {("O+", 5, 2), ("AB-", 2, 2)}


def test_a_wave_writes_to_the_preferred_address(appeal, now):
    donor = factories.donor(blood_group="O+", phone="0612345678")
    donor.contacts.update(verified_at=now, preferred=False)
    donor.contacts.filter(channel="sms").update(preferred=True)
    assert appealing.wave(appeal, now).size == 0
    assert appealing.wave(appeal, now, channels=("sms",)).size == 1
    assert Notification.objects.get().contact.channel == "sms"


def test_two_appeals_ask_one_person_once(appeal, other, now):
    factories.donor(blood_group="O+")
    assert appealing.wave(appeal, now).size == 1
    assert appealing.wave(other, now).size == 0


def test_a_message_that_was_dropped_stands_in_nobodys_way(appeal, now):
    """After their messages were dropped people may be asked again, but not for the same appeal: the
    turn is another's."""
    crowd(6, now=now)
    appealing.wave(appeal, now, people=3)
    appeals.turn(appeal=appeal, to=Appeal.State.COVERED, now=now)
    assert set(Notification.objects.values_list("state", flat=True)) == {"skipped"}
    assert appealing.wave(appeal, now, people=3).size == 3
    assert appealing.wave(appeal, now, people=3).size == 0
    assert Notification.objects.values("donor").distinct().count() == 6


def test_a_wave_costs_the_same_statements_for_any_number(appeal, now):
    counts = []
    for number in (1, 40):
        crowd(number, now=now)
        wave = appealing.proposed(appeal, now)
        with CaptureQueriesContext(connection) as queries:
            assert waves.send(pk=wave.pk, now=now) == number
        counts.append(len(queries))
    assert counts[1] <= counts[0]


def test_a_held_wave_leaves_when_its_hold_is_over_and_once(appeal, now):
    crowd(3, now=now)
    wave = appealing.proposed(appeal, now, hold=HOLD)
    assert (wave.state, wave.due_at) == (State.HELD, now + HOLD)
    early = now + HOLD - timedelta(seconds=1)
    assert waves.send_due(now=early) == waves.send(pk=wave.pk, now=early) == 0
    assert waves.send_due(now=now + HOLD) == 3
    assert waves.send_due(now=now + HOLD) == waves.send(pk=wave.pk, now=now + HOLD) == 0
    wave.refresh_from_db()
    appeal.refresh_from_db()
    assert (wave.state, wave.ended_at) == (State.SENT, now + HOLD)
    assert appeal.state == Appeal.State.ASKING


def test_a_proposal_waits_for_a_person_and_is_held_after_the_yes(appeal, now):
    crowd(3, now=now)
    wave = appealing.proposed(appeal, now, approval="manager")
    assert wave.state == State.PROPOSED and waves.send_due(now=now + 9 * HOLD) == 0
    by = factories.administrator()
    waves.approve(wave=wave, by=by, hold=HOLD, now=now)
    assert waves.send_due(now=now) == 0
    assert waves.send_due(now=now + HOLD) == 3
    wave.refresh_from_db()
    assert (wave.decided_by, wave.decided_at) == (by, now)
    with pytest.raises(Refused, match="decided or has left"):
        waves.approve(wave=wave, by=by, hold=HOLD, now=now)


@pytest.mark.parametrize(
    ("approval", "act", "end"),
    [("nobody", waves.undo, State.UNDONE), ("manager", waves.refuse, State.REFUSED)],
)
def test_after_a_no_nobody_is_written_to(appeal, other, now, approval, act, end):
    crowd(3, now=now)
    wave = appealing.proposed(appeal, now, approval=approval, hold=HOLD)
    beside = appealing.proposed(other, now, group="AB-", hold=HOLD)
    with pytest.raises(Refused, match="Say why") as refused:
        no(act, wave, now, because="  ")
    assert refused.value.field == "because"
    no(act, wave, now)
    wave.refresh_from_db()
    appeal.refresh_from_db()
    beside.refresh_from_db()
    assert (wave.state, wave.ended_at, wave.because) == (end, now, "a mistaken scan")
    assert appeal.resumes_at == now + HOLD and beside.state == State.HELD
    assert [key[2] for key in appeals.barred(now)] == ["O+"]
    assert waves.send(pk=wave.pk, now=now + 2 * HOLD) == 0
    assert not Notification.objects.exists()
    assert not Askable.objects.exclude(rests_until=None).exists()
    with pytest.raises(Refused, match="decided or has left"):
        no(act, wave, now)


def test_a_wave_that_left_is_undone_no_more(appeal, now):
    crowd(1, now=now)
    wave = appealing.wave(appeal, now)
    with pytest.raises(Refused, match="decided or has left"):
        no(waves.undo, wave, now)
    appeal.refresh_from_db()
    assert appeal.resumes_at is None and Notification.objects.get().state == "pending"


def test_a_dropped_wave_is_never_sent(appeal, now):
    crowd(3, now=now)
    wave = appealing.proposed(appeal, now, hold=HOLD)
    assert waves.drop(waves=[wave], now=now) == 1
    assert waves.drop(waves=[wave], now=now) == 0
    assert waves.send_due(now=now + HOLD) == waves.send(pk=wave.pk, now=now + HOLD) == 0


@pytest.mark.parametrize("end", [Appeal.State.MET, Appeal.State.ENDED, Appeal.State.STOPPED])
def test_the_wave_of_an_appeal_that_is_over_is_not_sent(appeal, now, end):
    crowd(3, now=now)
    wave = appealing.proposed(appeal, now, hold=HOLD)
    by = factories.administrator() if end == Appeal.State.STOPPED else None
    appeals.end(appeal=appeal, to=end, by=by, because=by and "x" or "", now=now)
    wave.refresh_from_db()
    assert wave.state == State.DROPPED
    assert waves.send(pk=wave.pk, now=now + HOLD) == 0 and not Notification.objects.exists()


def again(wave, now, people, approval="manager"):
    """The next plan wants so many people of the same appeal and session."""
    return waves.propose(
        appeal=wave.appeal,
        session=wave.session,
        parts=[waves.Part(wave.appeal.center.province_id, "O+", "email", people, 0.1, 0.8, 0.9)],
        plan=Plan.objects.create(
            made_at=now, changed=True, solver="highs", cost=0, bound=0, took_ms=1, digest="x"
        ),
        approval=approval,
        hold=HOLD,
        donations=1,
        reasons={},
        now=now,
    )


def test_a_proposal_follows_the_plan(appeal, now):
    wave = appealing.proposed(appeal, now, people=10, approval="manager")
    assert again(wave, now, 30) == wave
    wave.refresh_from_db()
    assert (wave.size_wanted, wave.yeses, wave.number) == (30, pytest.approx(3), 1)
    assert wave.parts.get().wanted == 30


def test_what_is_held_shrinks_with_the_plan_and_never_grows(appeal, now):
    wave = appealing.proposed(appeal, now, people=10, approval="manager")
    waves.approve(wave=wave, by=factories.administrator(), hold=HOLD, now=now)
    assert again(wave, now, 11) is None
    wave.refresh_from_db()
    assert wave.size_wanted == wave.parts.get().wanted == 10
    assert again(wave, now, 4, approval="administrator") == wave
    wave.refresh_from_db()
    assert wave.size_wanted == wave.parts.get().wanted == 4 and wave.state == State.HELD


@pytest.mark.parametrize(
    ("before", "after", "state"),
    [
        ("manager", "administrator", State.PROPOSED),
        ("administrator", "manager", State.PROPOSED),
        ("manager", "nobody", State.HELD),
    ],
)
def test_a_proposal_that_another_person_has_to_approve_is_a_new_one(
    appeal, now, before, after, state
):
    """Grown over the limit of a manager, it must not go by a manager's yes."""
    wave = appealing.proposed(appeal, now, people=10, approval=before)
    new = again(wave, now, 3000, approval=after)
    wave.refresh_from_db()
    assert wave.state == State.DROPPED and new.pk != wave.pk
    assert (new.approval, new.state, new.size_wanted) == (after, state, 3000)
