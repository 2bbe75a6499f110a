"""The same act twice at once: two beats, two waves, two people and one place."""

import threading

import pytest
from django.db import connection
from django.utils import timezone

from campaigns.appeals import appeals, responses, waves
from campaigns.models import Appeal, Notification, Pledge
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


def test_two_beats_open_one_appeal_and_ask_each_person_once(committed):
    now = timezone.now()
    appealing.places(now)
    for _number in range(10):
        factories.donor(blood_group="O+")
    appealing.alert(now)
    opened = together(*[lambda: appeals.open_for_alerts(now=now)] * 4)
    assert sorted(opened) == [0, 0, 0, 1]
    assert Appeal.objects.count() == 1
    assert Notification.objects.count() == 10


def test_two_beats_send_one_next_wave(committed):
    now = timezone.now()
    appeal = appealing.opened(now, people=1, free=50, ceiling=30)
    later = appealing.later(now, minutes=21)
    together(*[lambda: appeals.advance(now=later)] * 4)
    assert appeal.waves.count() == 2


def test_two_waves_at_once_ask_nobody_twice(committed):
    now = timezone.now()
    appeal = appealing.opened(now, people=0)
    for _number in range(10):
        factories.donor(blood_group="O+")
    other = Appeal.objects.create(
        code="ZZZZZZ",
        center=appeal.center,
        component=appeal.component,
        blood_group="A+",
        needed=1,
        pledges_wanted=1,
        opened_at=now,
        expires_at=appeal.expires_at,
    )
    made = together(
        lambda: waves.send(appeal=appeal, size=9, reasons={}, now=now).size,
        lambda: waves.send(appeal=other, size=9, reasons={}, now=now).size,
    )
    assert sorted(made) == [1, 9]
    assert Notification.objects.values("donor").distinct().count() == 10


def test_two_people_get_one_last_place_once(committed):
    now = timezone.now()
    appeal = appealing.opened(now, people=4, free=1)
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
