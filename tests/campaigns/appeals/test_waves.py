import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from campaigns.appeals import recruiting, waves
from campaigns.models import Appeal, Notification
from tests.support import appealing, factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def appeal(reference, now):
    return appealing.opened(now, people=0)


def send(appeal, now, size=100):
    return waves.send(appeal=appeal, size=size, reasons={"gap": 1}, now=now)


def test_wave_queues_each_person_once(appeal, now):
    people = {factories.donor(blood_group="O+").pk for _number in range(4)}
    assert send(appeal, now).size == 4
    assert send(appeal, now).size == 0
    queued = Notification.objects.values_list("donor", "cause", "state")
    assert {d for d, _cause, _state in queued} == people
    assert {c for _donor, c, _state in queued} == {recruiting.invitation_cause(appeal)}


def test_wave_is_no_larger_than_wanted_and_keeps_its_figures(appeal, now):
    for _number in range(3):
        factories.donor(blood_group="O+")
    wave = send(appeal, now, size=2)
    wave.refresh_from_db()
    assert (wave.size, wave.size_wanted, wave.reasons) == (2, 2, {"gap": 1})


def test_wave_marks_who_was_asked(appeal, now):
    asked, other = factories.donor(blood_group="O+"), factories.donor(blood_group="AB-")
    send(appeal, now)
    asked.refresh_from_db()
    other.refresh_from_db()
    assert (asked.last_asked_at, other.last_asked_at) == (now, None)


def test_wave_writes_to_the_preferred_address(appeal, now):
    donor = factories.donor(blood_group="O+", phone="0612345678")
    donor.contacts.update(verified_at=now, preferred=False)
    donor.contacts.filter(channel="sms").update(preferred=True)
    send(appeal, now)
    assert Notification.objects.get().contact.channel == "sms"


def test_two_appeals_ask_one_person_once(appeal, now):
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
    assert send(appeal, now).size == 1
    assert send(other, now).size == 0


def test_wave_costs_the_same_statements_for_any_number(appeal, now):
    counts = []
    for number in (1, 6):
        for _person in range(number):
            factories.donor(blood_group="O+")
        with CaptureQueriesContext(connection) as queries:
            assert send(appeal, now).size == number
        counts.append(len(queries))
    assert counts[1] <= counts[0]
