"""Refusals about us stop a channel and mark no address; refusals about an address mark it."""

import logging
from datetime import timedelta

import pytest
from django.utils import timezone

from campaigns.messaging import channels, outbox
from campaigns.messaging.transports import Ours, RecipientRefused, Temporary, memory
from campaigns.models import ChannelStop, Notification
from donors.errors import Refused
from donors.models import Contact
from tests.support import appealing, factories, gateway
from tests.support.attack import refused
from tests.support.owner import owner, past_the_guards
from tests.support.queueing import minutes_pass, queued, states

pytestmark = pytest.mark.django_db
Failure, Reason = Contact.Failure, ChannelStop.Reason


@pytest.fixture(autouse=True)
def _by_day(settings, reference):
    settings.QUIET_HOURS = (24, 0)


@pytest.fixture(scope="module", autouse=True)
def built(shared_rows) -> int:
    return appealing.shared(people=0)


def hand_over(monkeypatch, judge):
    """Deliver; ``judge`` returns the error to raise per message. Returns the accepted messages."""
    taken, works = [], memory.deliver

    def deliver(message):
        if error := judge(message):
            raise error
        taken.append(message.notification_id)
        return works(message)

    monkeypatch.setattr(memory, "deliver", deliver)
    return taken


def test_an_expired_token_condemns_nobody_and_once_mended_all_leave_once(now, settings, caplog):
    own = {"sms": "campaigns.messaging.transports.sms"}
    settings.MESSAGE_TRANSPORTS = settings.MESSAGE_TRANSPORTS | own
    settings.SMS_GATEWAY_TOKEN = "old"
    queued(now, 60, channel="sms")
    always = [401]
    with gateway.running(always=always) as (address, asked):
        settings.SMS_GATEWAY_URL = address
        with caplog.at_level(logging.ERROR):
            for _round in range(3):
                outbox.deliver(now=now)
        assert not Contact.objects.filter(failed_at__isnull=False).exists()
        assert states() == {"pending": 60} and len(asked) == 2
        assert set(Notification.objects.values_list("attempts", flat=True)) == {0}
        stop = ChannelStop.objects.get()
        assert (stop.reason, stop.code, stop.ended_at) == (Reason.RIGHTS, "http 401", None)
        assert channels.with_waiting(channels.stops()).get().waiting == 60
        assert [r.getMessage() for r in caplog.records] == ["channel sms stopped: rights, http 401"]
        always[0] = 200
        asked.clear()
        minutes_pass(2)
        outbox.deliver(now=now)
        assert states() == {"sent": 60}
        keys = [request["headers"]["Idempotency-Key"] for request in asked]
        assert len(keys) == len(set(keys)) == 60
    stop.refresh_from_db()
    assert stop.ended_at and stop.ended_by is None


def test_a_stopped_channel_is_tried_ever_more_rarely(now, monkeypatch):
    queued(now, 3)
    tried = []
    hand_over(monkeypatch, lambda m: tried.append(m) or Ours("5.7.1", Reason.RIGHTS))
    waits = []
    for _try in range(7):
        outbox.deliver(now=now)
        stop = ChannelStop.objects.get()
        waits.append(round((stop.next_probe_at - timezone.now()).total_seconds() / 60))
        minutes_pass(waits[-1])
    assert waits == [1, 2, 4, 8, 10, 10, 10]
    assert len(tried) == 8  # the one whose refusal showed it, and one probe at a time


def test_the_other_channel_goes_on(now, monkeypatch):
    rows = queued(now, 4)
    with past_the_guards():
        Notification.objects.filter(pk=rows[0].pk).update(channel="sms")
        mine = Contact.objects.filter(pk=rows[0].contact_id)
        mine.update(channel="sms", address="+212661123456")
    hand_over(monkeypatch, lambda m: None if not m.subject else Ours("5.7.1", Reason.RIGHTS))
    outbox.deliver(now=now)
    assert states() == {"sent": 1, "pending": 3}
    assert [s.channel for s in channels.stops()] == ["email"]


def test_one_bad_message_fails_alone_and_holds_nobody_up(now, monkeypatch):
    bad, *others = [row.pk for row in queued(now, 4)]
    Notification.objects.exclude(pk=bad).update(due_at=now + timedelta(days=1))
    taken = hand_over(
        monkeypatch,
        lambda m: Ours("5.3.4", Reason.FORM) if m.notification_id == bad else None,
    )
    for other in others:
        Notification.objects.filter(pk__in=[bad, other], state="pending").update(due_at=now)
        outbox.deliver(now=now)
        assert not channels.stops().exists()
    assert taken == others
    row = Notification.objects.get(pk=bad)
    assert (row.state, row.refusal, row.code) == ("failed", "ours", "5.3.4")
    assert not Contact.objects.filter(failed_at__isnull=False).exists()


def test_too_many_wrong_addresses_in_a_row_are_our_fault(now, monkeypatch):
    queued(now, 30)
    hand_over(monkeypatch, lambda m: RecipientRefused("5.1.1", Failure.UNKNOWN))
    for _round in range(3):
        outbox.deliver(now=now)
    assert states() == {"pending": 30}
    assert not Contact.objects.filter(failed_at__isnull=False).exists()
    stop = channels.stops().get()
    assert (stop.reason, stop.code) == (Reason.SUSPECT, "5.1.1")


def test_a_person_who_knows_better_lets_them_be_marked(now, monkeypatch):
    queued(now, 30)
    hand_over(monkeypatch, lambda m: RecipientRefused("5.1.1", Failure.UNKNOWN))
    outbox.deliver(now=now)
    by = factories.with_national_rights(is_administrator=True)
    channels.let_leave(channel="email", by=by, now=timezone.now())
    outbox.deliver(now=now)
    assert states() == {"failed": 30} and not channels.stops().exists()
    assert Contact.objects.filter(failed_reason="unknown", failed_code="5.1.1").count() == 30
    assert ChannelStop.objects.get().ended_by == by


def test_twenty_wrong_addresses_among_many_good_ones_are_wrong(now, monkeypatch):
    wrong = {row.pk for row in queued(now, 45)[::2][:20]}
    hand_over(
        monkeypatch,
        lambda m: (
            RecipientRefused("5.1.1", Failure.UNKNOWN) if m.notification_id in wrong else None
        ),
    )
    outbox.deliver(now=now)
    assert states() == {"sent": 25, "failed": 20}
    assert Contact.objects.filter(failed_at__isnull=False).count() == 20


def test_a_full_mailbox_fails_the_message_and_marks_nobody(now, monkeypatch):
    queued(now, 1)
    hand_over(monkeypatch, lambda m: RecipientRefused("5.2.2"))
    outbox.deliver(now=now)
    row = Notification.objects.get(kind="appeal_invitation")
    assert (row.state, row.refusal, row.code) == ("failed", "message", "5.2.2")
    assert not Contact.objects.filter(failed_at__isnull=False).exists()


@pytest.mark.parametrize(("days", "arrived", "dead"), [(3, 0, 1), (2, 0, 0), (3, 1, 0)])
def test_a_no_without_a_reason_counts_on_the_third_day(now, monkeypatch, days, arrived, dead):
    row = queued(now, 1)[0]
    hand_over(monkeypatch, lambda m: RecipientRefused("smtp 550", doubtful=True))
    for ago in range(1, days):
        past(row, now - timedelta(days=2 * ago), state="failed", refusal="doubtful")
    if arrived:
        past(row, now - timedelta(days=1), state="sent")
    outbox.deliver(now=now)
    assert Contact.objects.filter(failed_reason="repeated", failed_code="smtp 550").count() == dead
    row.refresh_from_db()
    assert (row.state, row.refusal) == ("failed", "doubtful")


@owner()  # nothing begins as sent
def past(row, at, **fields):
    Notification.objects.create(
        kind="visit_reminder", cause=f"then:{at}", recipient=row.recipient, subject_id=1,
        donor=row.donor, contact=row.contact, channel=row.channel, made_at=at, due_at=at,
        settled_at=at, **fields,
    )  # fmt: skip


def test_a_provider_that_is_away_for_hours_loses_no_message(now, monkeypatch):
    queued(now, 5)
    hand_over(monkeypatch, lambda m: Temporary("ConnectionRefusedError", away=True))
    for _round in range(12):
        outbox.deliver(now=now)
        minutes_pass(200)
    assert states() == {"pending": 5}
    assert channels.stops().get().reason == Reason.AWAY


def test_retry_after_is_kept_and_the_others_wait_with_it(now, monkeypatch):
    queued(now, 5)
    tried = []
    wait = timedelta(minutes=20)
    hand_over(monkeypatch, lambda m: tried.append(m) or Temporary("http 429", after=wait))
    outbox.deliver(now=now)
    assert len(tried) == 1
    assert all(row.due_at >= now + wait for row in Notification.objects.filter(state="pending"))


def test_try_now_asks_the_provider_at_once(now, monkeypatch):
    queued(now, 3)
    broken = [True]
    taken = hand_over(monkeypatch, lambda m: Ours("5.7.1", Reason.RIGHTS) if broken else None)
    outbox.deliver(now=now)
    broken.clear()
    outbox.deliver(now=now)
    assert not taken
    by = factories.with_national_rights(is_administrator=True)
    channels.try_now(channel="email", by=by, now=timezone.now())
    outbox.deliver(now=now)
    assert len(taken) == 3
    with pytest.raises(Refused, match="not stopped"):
        channels.try_now(channel="email", by=by, now=timezone.now())


def test_a_probe_with_nothing_to_try_waits_for_the_next_message(now, monkeypatch):
    row = queued(now, 1)[0]
    taken = hand_over(monkeypatch, lambda m: None)
    channels.stop(opener=row, reason=Reason.RIGHTS, code="5.7.1", now=timezone.now())
    Notification.objects.update(due_at=now + timedelta(hours=1))
    outbox.deliver(now=now)
    assert channels.stops().get().probes == 0
    Notification.objects.update(due_at=now)
    outbox.deliver(now=now)
    assert taken == [row.pk] and not channels.stops().exists()


def test_a_stopped_channel_is_not_called_stuck(now, monkeypatch):
    row = queued(now, 1)[0]
    channels.stop(opener=row, reason=Reason.RIGHTS, code="5.7.1", now=timezone.now())
    assert outbox.health(now=now + timedelta(minutes=2))["stuck"] == 0


def test_health_address_tells_of_a_stop_without_a_person(client, now):
    assert client.get("/healthz").json()["messages"] == "running"
    row = queued(now, 1)[0]
    channels.stop(opener=row, reason=Reason.RIGHTS, code="5.7.1", now=timezone.now())
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()["messages"]) == (200, "stopped")
    assert set(answer.json()) == {"database", "clock", "keys", "redis", "messages"}


def test_database_keeps_one_stop_a_channel_and_what_happened(now):
    row = queued(now, 1)[0]
    channels.stop(opener=row, reason=Reason.RIGHTS, code="5.7.1", now=timezone.now())
    copy = "channel, reason, code, since, probes, next_probe_at"
    said = refused(
        f"INSERT INTO campaigns_channelstop ({copy}) SELECT {copy} FROM campaigns_channelstop"
    )
    assert "channel_is_stopped_once" in said
    assert "never deleted" in refused("DELETE FROM campaigns_channelstop")
    assert "never changed" in refused("UPDATE campaigns_channelstop SET code = 'x'")
    by = factories.user()
    assert "stop_ends_after_it_began" in refused(
        "UPDATE campaigns_channelstop SET ended_by_id = %s", by.pk
    )
    channels.let_leave(channel="email", by=by, now=timezone.now())
    assert "never changed" in refused("UPDATE campaigns_channelstop SET ended_at = NULL")
