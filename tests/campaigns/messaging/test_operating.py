"""Pace, budget, expensive numbers, and what an operator does."""

import uuid
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from campaigns.messaging import channels, destinations, outbox, sending
from campaigns.models import Appeal, Notification
from donors.models import Contact
from tests.support import appealing, factories

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _by_day(settings, reference):
    settings.QUIET_HOURS = (24, 0)


@pytest.fixture
def texts(now) -> list[int]:
    """Six appeals by SMS, due now; the first is a code."""
    appeal = appealing.opened(now, people=0)
    for number in range(6):
        factories.donor(blood_group="O+", phone=f"06{number:08}")
    Contact.objects.exclude(channel="sms").update(removed_at=now, preferred=False)
    Contact.objects.filter(channel="sms").update(verified_at=now, preferred=True)
    assert appealing.wave(appeal, now, people=6, channels=("sms",)).size == 6
    return list(Notification.objects.filter(channel="sms").values_list("pk", flat=True))


def sent() -> int:
    return Notification.objects.filter(state="sent").count()


def say(*words, **options) -> str:
    out = StringIO()
    call_command("outbox", *words, stdout=out, **options)
    return out.getvalue()


def test_pace_holds_over_senders_and_what_is_in_hand_counts(texts, settings):
    settings.PACE = {"sms": (4, "h")}
    in_hand = sending.claim(uuid.uuid4(), 3, channel="sms")
    assert len(in_hand) == 3
    assert len(sending.claim(uuid.uuid4(), 3, channel="sms")) == 1
    assert sending.claim(uuid.uuid4(), 3, channel="sms") == []
    assert "takes 4 messages" in say()


def test_pace_of_an_hour_goes_on_in_the_next(texts, settings, now):
    settings.PACE = {"sms": (4, "h")}
    outbox.deliver(now=now)
    assert sent() == 4
    hour = timedelta(hours=1)
    settled = Notification.objects.filter(state="sent")
    settled.update(settled_at=timezone.now() - hour)
    outbox.deliver(now=now)
    assert sent() == 6


def test_budget_of_a_day_keeps_the_others_and_lets_codes_leave(texts, settings, now):
    settings.SMS_A_DAY = 2
    outbox.deliver(now=now)
    assert sent() == 2
    assert Notification.objects.filter(state="pending", channel="sms").count() == 4
    assert "messages of today are spent" in say(channel="sms")
    user = factories.officer(factories.unit("SR-TAZ"))
    code = Notification.objects.create(
        kind="phone_code", cause="x", recipient=f"u:{user.pk}", subject_id=1, user=user,
        channel="sms", made_at=now, due_at=now,
    )  # fmt: skip
    (claimed,) = sending.claim(uuid.uuid4(), 40, channel="sms")
    assert claimed.pk == code.pk and claimed.lane == Notification.Lane.CODE


def test_budget_of_an_operation_keeps_its_own_waves(texts, settings, now):
    from tests.support import asking

    operation = asking.operation(factories.administrator())
    settings.SMS_AN_OPERATION = 0
    Appeal.objects.update(operation=operation)
    outbox.deliver(now=now)
    assert sent() == 0 and "operation may cost" in say()
    Appeal.objects.update(operation=None)
    outbox.deliver(now=now)
    assert sent() == 6


@pytest.mark.parametrize(
    ("number", "dear"),
    [
        ("+212661123456", False),
        ("+212890123456", True),  # premium
        ("+881621234567", True),  # satellite
        ("+882161234567", True),
        ("+33612345678", True),
        ("+12025550123", True),
        ("nonsense", True),
    ],
)
def test_expensive_numbers_are_refused_by_default(number, dear):
    assert destinations.is_dear(number) is dear


def test_other_countries_by_setting_but_no_satellite(settings):
    settings.SMS_COUNTRIES = ["MA", "FR", "001"]
    assert not destinations.is_dear("+33612345678")
    assert destinations.is_dear("+881621234567")
    assert destinations.is_dear("+33899123456")


def test_an_sms_to_an_expensive_number_is_skipped_with_its_reason(texts, settings, now):
    settings.SMS_COUNTRIES = ["FR"]
    outbox.deliver(now=now)
    errors = Notification.objects.filter(channel="sms").values_list("state", "error").distinct()
    assert list(errors) == [("skipped", "expensive destination")]


def test_codes_and_officers_leave_before_a_wave(texts, now):
    user = factories.user()
    Notification.objects.create(
        kind="memo_issued", cause="m", recipient="u:1", subject_id=1, user=user, channel="sms",
        made_at=now, due_at=now,
    )  # fmt: skip
    Notification.objects.create(
        kind="phone_code", cause="c", recipient="u:1", subject_id=1, user=user, channel="sms",
        made_at=now, due_at=now,
    )  # fmt: skip
    kinds = [n.kind for n in sending.claim(uuid.uuid4(), 4, channel="sms")]
    assert kinds == ["phone_code", "memo_issued", "appeal_invitation", "appeal_invitation"]
    assert sending.claim(uuid.uuid4(), 9, channel="sms", lane=Notification.Lane.PERSON) == []


def test_a_paused_channel_keeps_all_and_is_not_probed(texts, now):
    by = factories.administrator()
    assert "paused" in say("pause", channel="sms", by=by.username)
    outbox.deliver(now=now)
    assert sent() == 0 and channels.stops().get().probes == 0
    assert "stopped: paused" in say()
    with pytest.raises(CommandError, match="stopped already"):
        say("pause", channel="sms", by=by.username)
    say("resume", channel="sms", by=by.username)
    outbox.deliver(now=now)
    assert sent() == 6


def test_pause_needs_an_administrator(texts):
    with pytest.raises(CommandError, match="administrator"):
        say("pause", channel="sms", by=factories.user().username)


def test_retry_queues_what_failed_through_no_fault_of_its_recipient(texts, now):
    mine, theirs = texts[:2]
    owner = uuid.uuid4()
    for pk, refusal in ((mine, "ours"), (theirs, "recipient")):
        row = Notification.objects.filter(pk=pk)
        row.update(state="claimed", owner=owner, lease_until=now)
        row.update(state="attempting")
        row.update(
            state="failed", owner=None, lease_until=None, settled_at=now, refusal=refusal, code="x"
        )
    assert say("retry", channel="sms") == "1 messages are queued again.\n"
    assert Notification.objects.get(pk=mine).state == "pending"
    assert Notification.objects.get(pk=theirs).state == "failed"


def test_figures_and_pause_are_on_the_page(client, settings, texts, now):
    settings.DEMO = True
    client.force_login(factories.administrator())
    text = client.get("/en/channels/").text
    assert "Due now" in text and "Pause" in text
    answer = client.post("/en/channels/pause/", {"channel": "sms"}, follow=True)
    assert "its messages are kept" in answer.text and "Try one message now" not in answer.text
