"""Several people with one telephone or one e-mail are invited by one message."""

import pytest
from django.utils import timezone

from campaigns.messaging import outbox
from campaigns.models import Appeal, Notification
from donors.models import Contact
from tests.support import appealing, factories

pytestmark = pytest.mark.django_db
PHONE = "0612345678"


@pytest.fixture(scope="module")
def built(shared_rows) -> int:
    return appealing.shared(people=0)


@pytest.fixture
def appeal(built, reference, settings) -> Appeal:
    settings.QUIET_HOURS = (24, 0)
    return Appeal.objects.get(pk=built)


def family(now, *phones: str) -> None:
    for phone in phones:
        factories.donor(blood_group="O+", phone=phone)
    Contact.objects.exclude(channel="sms").update(removed_at=now, preferred=False)
    Contact.objects.filter(channel="sms").update(verified_at=now, preferred=True)


def ends() -> list[tuple[str, str]]:
    rows = Notification.objects.filter(kind="appeal_invitation").order_by("pk")
    return list(rows.values_list("state", "error"))


def delivered(now) -> int:
    """Two rounds: whoever shares an address with somebody who waits comes a minute later."""
    left = outbox.deliver(now=now)
    Notification.objects.filter(state="pending").update(due_at=now)
    return left + outbox.deliver(now=now)


TOLD = ("skipped", "told at a shared address")


def test_a_family_with_one_phone_gets_one_message(appeal, now):
    family(now, PHONE, PHONE, "0612345679")
    assert appealing.wave(appeal, now, people=3, channels=("sms",)).size == 3
    assert delivered(now) == 2
    assert sorted(ends()) == [("sent", ""), ("sent", ""), TOLD]


def test_a_later_wave_does_not_ask_the_same_phone_again(appeal, now):
    family(now, PHONE)
    appealing.wave(appeal, now, people=1, channels=("sms",))
    outbox.deliver(now=now)
    family(now, PHONE)
    appealing.wave(appeal, now, people=1, channels=("sms",))
    assert delivered(now) == 0
    assert ends() == [("sent", ""), TOLD]


def test_when_the_first_may_not_be_asked_the_other_is(appeal, now):
    family(now, PHONE, PHONE)
    appealing.wave(appeal, now, people=2, channels=("sms",))
    first = Notification.objects.filter(kind="appeal_invitation").order_by("pk").first()
    first.donor.consents.update(withdrawn_at=timezone.now())
    assert delivered(now) == 1
    assert ends() == [("skipped", "consent withdrawn"), ("sent", "")]
