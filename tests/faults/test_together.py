"""The same act twice at once: two beats, two waves, two people and one place."""

import threading

import pytest
from django.db import connection, transaction
from django.utils import timezone

from campaigns.appeals import appeals, responses, waves
from campaigns.models import Appeal, Notification, Plan, Pledge, Wave
from campaigns.planning import ticks
from centers.models import Slot
from donors.errors import Refused
from tests.support import appealing, factories

pytestmark = pytest.mark.faults


def together(*acts) -> list:
    """Run the acts at the same moment, each with its own connection; returns their results."""
    barrier, given = threading.Barrier(len(acts)), []

    def run(act):
        try:
            barrier.wait(10)
            given.append(act())
        except Exception as error:  # noqa: BLE001 - the test examines it
            given.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return given


def test_beats_at_once_make_one_plan_and_open_one_appeal(committed):
    now = timezone.now()
    appealing.places(now)
    for _number in range(10):
        factories.donor(blood_group="O+")
    appealing.alert(now)
    plans = together(*[lambda: ticks.tick(now=now)] * 4)
    assert sum(isinstance(plan, Plan) for plan in plans) == Plan.objects.count() == 1
    assert plans.count(None) == 3
    assert Appeal.objects.count() == Wave.objects.count() == 1


def test_beats_at_once_send_a_held_wave_once(committed):
    now = timezone.now()
    appeal = appealing.opened(now, people=0)
    for _number in range(10):
        factories.donor(blood_group="O+")
    wave = appealing.proposed(appeal, now)
    sent = together(*[lambda: waves.send_due(now=now)] * 4)
    assert sorted(sent) == [0, 0, 0, 10]
    wave.refresh_from_db()
    assert wave.size == Notification.objects.values("donor").distinct().count() == 10


def test_two_waves_at_once_ask_nobody_twice(committed):
    now = timezone.now()
    appeal = appealing.opened(now, people=0)
    for _number in range(10):
        factories.donor(blood_group="O+")
    with transaction.atomic():
        other = appeals.open_for(
            center=appeal.center,
            component=appeal.component,
            blood_group="A+",
            needed=1,
            reasons={},
            alert=None,
            now=now,
        )
    held = [appealing.proposed(one, now, people=9).pk for one in (appeal, other)]
    made = together(*[lambda pk=pk: waves.send(pk=pk, now=now) for pk in held])
    assert sorted(made) == [1, 9]
    assert Notification.objects.values("donor").distinct().count() == 10


def test_a_wave_undone_as_it_leaves_is_either_sent_or_undone(committed):
    now = timezone.now()
    appeal = appealing.opened(now, people=0)
    for _number in range(10):
        factories.donor(blood_group="O+")
    wave, by = appealing.proposed(appeal, now), factories.administrator()
    said = together(
        lambda: waves.send(pk=wave.pk, now=now),
        lambda: waves.undo(wave=wave, by=by, because="a mistake", until=now, now=now),
    )
    wave.refresh_from_db()
    asked = Notification.objects.count()
    if wave.state == Wave.State.UNDONE:
        assert asked == 0 and 0 in said
    else:
        assert wave.state == Wave.State.SENT and asked == 10
        assert any(isinstance(answer, Refused) for answer in said)


def test_two_people_get_one_last_place_once(committed):
    now = timezone.now()
    appeal = appealing.opened(now, people=0, free=1)
    for _number in range(4):
        factories.donor(blood_group="O+")
    assert appealing.wave(appeal, now).size == 4
    slot = responses.slots(appeal, now).get()
    donors = [n.donor for n in Notification.objects.filter(kind="appeal_invitation")]
    said = together(
        *[
            lambda donor=donor: responses.accept(appeal=appeal, donor=donor, slot=slot, now=now)
            for donor in donors
        ]
    )
    assert sum(isinstance(answer, Refused) for answer in said) == 3
    assert Slot.objects.get().taken == Pledge.objects.count() == 1


def test_one_no_pressed_twice_is_one_no(committed):
    now = timezone.now()
    appeal = appealing.opened(now, people=1)
    donor = appealing.invitation(appeal).donor
    said = together(*[lambda: responses.decline(appeal=appeal, donor=donor, now=now)] * 4)
    assert said == [None] * 4
    assert Pledge.objects.count() == 1
