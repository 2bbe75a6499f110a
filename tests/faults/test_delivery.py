"""Real senders, a real mail server, SIGKILL during sending: nothing is lost, and nothing is sent
twice except the few in flight at that moment, under the same Message-ID."""

import os
import signal
import subprocess
import sys
from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone

from campaigns.messaging import marks
from campaigns.messaging.transports import email
from campaigns.models import Notification
from tests.support import appealing, factories, mailbox
from tests.support.peers import until

pytestmark = pytest.mark.faults
LEASE = 4.0  # lease of a sender that dies or stops: the next one waits so long
LONG = 30.0  # lease of a sender that continues, long enough for a slow machine


@pytest.fixture
def box():
    with mailbox.running() as running:
        yield running


@pytest.fixture
def ids(committed):
    """The Message-IDs that have to arrive."""
    now = timezone.now()
    appeal = appealing.opened(now, people=0)
    for _number in range(90):
        factories.donor(blood_group="O+")
    assert appealing.wave(appeal, now).size == 90
    keys = Notification.objects.values_list("pk", flat=True)
    return {f"<n{marks.of(pk, marks.MESSAGE_ID)}@localhost>" for pk in keys}


@contextmanager
def sender(box, *faults: str, lease: float = LEASE):
    name = connection.settings_dict["NAME"]
    database = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}").geturl()
    environment = os.environ | {
        "DATABASE_URL": database,
        "EMAIL_URL": f"smtp://127.0.0.1:{box.port}",
        "DEFAULT_FROM_EMAIL": "no-reply@localhost",
        "DEMO": "0",
    }
    command = [sys.executable, "-m", "tests.faults.sender", str(lease), *faults]
    process = subprocess.Popen(command, env=environment, cwd=settings.NODE.parent)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def finish(box, *faults: str):
    with sender(box, *faults, lease=LONG) as process:
        process.wait(60)


def states() -> set[str]:
    return set(Notification.objects.values_list("state", flat=True))


def killed_at(box, number: int, *faults: str, keep: bool) -> None:
    """A sender is killed while the server holds its n-th mail, accepted or not."""
    box.hold(number, keep=keep)
    with sender(box, *faults) as process:
        assert box.reached.wait(30)
        process.send_signal(signal.SIGKILL)
        process.wait()
    box.released.set()


def doubled(box) -> int:
    """How many mails arrived more than once."""
    return sum(count - 1 for count in box.counts().values())


def test_killed_before_the_server_took_any_nothing_is_lost_or_doubled(ids, box):
    for number in (1, 31, 61):  # each the first of those in flight
        killed_at(box, number, keep=False)
    assert Notification.objects.filter(state="attempting").count() == email.in_flight()
    finish(box)
    assert set(box.counts()) == ids and doubled(box) == 0
    assert states() == {"sent"}


def test_killed_at_any_mail_only_those_in_flight_go_again(ids, box):
    killed_at(box, 17, keep=False)
    killed_at(box, 25, keep=True)
    finish(box)
    assert set(box.counts()) == ids
    assert 1 <= doubled(box) <= 2 * email.in_flight() < len(ids)
    assert states() == {"sent"}


def test_a_server_that_pauses_leaves_one_mail_in_doubt(ids, box):
    """What was accepted before is noted while the server is silent."""
    box.hold(7, keep=True)
    with sender(box, lease=LONG) as process:
        assert box.reached.wait(30)
        until(lambda: Notification.objects.filter(state="sent").count() == 6)
        process.send_signal(signal.SIGKILL)
        process.wait()
    box.released.set()
    Notification.objects.filter(state="attempting").update(lease_until=timezone.now())
    finish(box)
    assert set(box.counts()) == ids and doubled(box) == 1


def test_the_test_notices_a_result_written_before_the_hand_over(ids, box):
    killed_at(box, 17, "written-before-sent", keep=False)
    finish(box, "written-before-sent")
    assert len(ids - set(box.counts())) >= 1 and states() == {"sent"}


def test_two_senders_at_once_double_nothing(ids, box):
    with sender(box, lease=LONG) as one, sender(box, lease=LONG) as two:
        one.wait(60)
        two.wait(60)
    assert set(box.counts()) == ids and set(box.counts().values()) == {1}


def frozen_past_its_lease(box, *faults: str) -> None:
    """One sender is stopped while sending, another does its work, the first continues."""
    box.hold(5, keep=True)
    with sender(box, *faults) as slow:
        assert box.reached.wait(30)
        slow.send_signal(signal.SIGSTOP)
        finish(box)
        box.released.set()
        slow.send_signal(signal.SIGCONT)
        slow.wait(60)


def test_a_sender_that_wakes_after_its_lease_sends_nothing_more(ids, box):
    frozen_past_its_lease(box)
    assert set(box.counts()) == ids
    assert 1 <= doubled(box) <= email.in_flight()
    assert states() == {"sent"}


def test_the_test_notices_a_missing_fence(ids, box):
    frozen_past_its_lease(box, "unfenced")
    assert sum(box.counts().values()) > len(ids) + 20
