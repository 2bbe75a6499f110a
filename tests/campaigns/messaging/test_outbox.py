import uuid
from datetime import datetime, timedelta

import pytest
from django.db import connections, transaction
from django.utils import timezone

from campaigns.messaging import outbox, sending, settling
from campaigns.messaging.catalogue import render
from campaigns.messaging.transports import RecipientRefused, Temporary, memory, one_by_one
from campaigns.models import DeliveredCopy, Notification
from centers.models import Appointment
from donors.clock.calendar import quiet_until
from donors.contact import consent
from donors.models import Contact, Deferral, DeferralReason
from tests.support import appealing, factories, supply
from tests.support.attack import refused

pytestmark = pytest.mark.django_db
State = Notification.State


@pytest.fixture(autouse=True)
def _by_day(settings, reference):
    settings.QUIET_HOURS = (24, 0)


@pytest.fixture
def asked(now):
    return appealing.invitation(appealing.opened(now, people=1))


def state(notification):
    notification.refresh_from_db()
    return notification.state, notification.error


def hand_over_raises(monkeypatch, *errors):
    """The memory transport fails with these, in order, and works afterwards."""
    left, works = list(errors), memory.deliver

    def deliver(message):
        if left:
            raise left.pop(0)
        return works(message)

    monkeypatch.setattr(memory, "deliver", deliver)


def put(now, **fields):
    values = {"kind": "memo_issued", "cause": "memo:1", "subject_id": 1} | fields
    outbox.enqueue(now=now, **values)


def test_enqueue_refuses_outside_a_transaction(now, monkeypatch):
    user = factories.user()
    with monkeypatch.context() as patch, pytest.raises(RuntimeError, match="transaction"):
        patch.setattr(connections["default"], "in_atomic_block", False)
        put(now, user=user)
    assert not Notification.objects.exists()


def test_enqueue_twice_writes_one_row(now):
    user = factories.user()
    put(now, user=user)
    put(now, user=user)
    assert Notification.objects.count() == 1


def test_enqueue_prefers_the_address_that_the_donor_prefers(now):
    donor = factories.donor(phone="0612345678")
    Contact.objects.filter(donor=donor).update(verified_at=now, preferred=False)
    Contact.objects.filter(donor=donor, channel="sms").update(preferred=True)
    put(now, kind="booking_confirmed", donor=donor)
    assert Notification.objects.get().channel == "sms"


def test_enqueue_writes_nothing_to_a_donor_without_a_working_address(now):
    donor = factories.donor()
    Contact.objects.filter(donor=donor).update(failed_at=now)
    put(now, kind="booking_confirmed", donor=donor)
    assert not Notification.objects.exists()


def test_deliver_hands_over_and_settles(asked, now):
    assert outbox.deliver(now=now) == 1
    assert state(asked) == ("sent", "")
    assert asked.settled_at and asked.owner is None
    assert asked.provider_id == f"copy-{DeliveredCopy.objects.get().pk}"
    assert outbox.deliver(now=now) == 0


def withdraw(asked, now):
    consent.withdraw(donor=asked.donor, purpose="appeals", now=timezone.now())


def defer(asked, now):
    Deferral.objects.create(
        donor=asked.donor,
        reason=DeferralReason.objects.first(),
        permanent=True,
        starts_on=timezone.localdate(now),
        recorded_at=now,
    )


def pause(asked, now):
    consent.pause(donor=asked.donor, until=timezone.localdate(now) + timedelta(days=9))


def book_elsewhere(asked, now):
    slot = factories.session(days=2).slots.get()
    Appointment.objects.create(slot=slot, donor=asked.donor, made_at=now)


def doubt_the_group(asked, now):
    supply.group_doubt(asked.donor)


def lose_address(asked, now):
    Contact.objects.filter(pk=asked.contact_id).update(failed_at=now)


def end_appeal(asked, now):
    asked.wave.appeal.__class__.objects.update(state="ended", settled_at=now)


@pytest.mark.parametrize(
    ("event", "why"),
    [
        (withdraw, "consent withdrawn"),
        (defer, "not to be asked now"),
        (pause, "not to be asked now"),
        (book_elsewhere, "not to be asked now"),
        (doubt_the_group, "not to be asked now"),
        (lose_address, "address gone"),
        (end_appeal, "appeal over"),
    ],
)
def test_deliver_asks_again_at_the_last_moment(asked, now, event, why):
    event(asked, now)
    assert outbox.deliver(now=now) == 0
    assert state(asked) == ("skipped", why)
    assert not DeliveredCopy.objects.exists()


def test_deliver_waits_for_the_morning(asked, now, settings):
    hour = timezone.localtime(now).hour
    settings.QUIET_HOURS = (hour, (hour + 2) % 24)
    assert outbox.deliver(now=now) == 0
    assert state(asked) == ("pending", "")
    assert asked.due_at == quiet_until(timezone.now())


@pytest.mark.parametrize(
    ("utc", "until"),
    [
        ("2026-07-01T19:59", None),  # an hour before UTC, while that was the law
        ("2026-07-01T20:00", "2026-07-02T07:00"),
        ("2026-07-01T23:30", "2026-07-02T07:00"),
        ("2026-07-02T07:00", None),
        ("2026-09-19T23:30", "2026-09-20T08:00"),  # over the last change of the UTC offset
        ("2026-11-27T20:59", None),
        ("2026-11-27T21:00", "2026-11-28T08:00"),
        ("2026-11-28T07:59", "2026-11-28T08:00"),
        ("2026-11-28T08:00", None),
    ],
)
def test_quiet_hours_are_moroccan(settings, utc, until):
    settings.QUIET_HOURS = (21, 8)
    moment = datetime.fromisoformat(f"{utc}Z")
    assert quiet_until(moment) == (until and datetime.fromisoformat(f"{until}Z"))


def test_temporary_failure_waits_longer_each_time_and_ends(asked, now, monkeypatch):
    hand_over_raises(monkeypatch, *[Temporary("busy")] * 9)
    waits = []
    for _attempt in range(9):
        outbox.deliver(now=now)
        if state(asked)[0] == State.FAILED:
            break
        waits.append(asked.due_at - timezone.now())
        Notification.objects.update(due_at=now)
    assert state(asked) == ("failed", "busy")
    assert waits == sorted(waits) and len(waits) == len(settling.BACKOFF)
    assert asked.contact.failed_at is None


def test_word_on_the_recipient_marks_the_address_with_its_reason(asked, now, monkeypatch):
    hand_over_raises(monkeypatch, RecipientRefused("5.1.1", Contact.Failure.UNKNOWN))
    outbox.deliver(now=now)
    assert state(asked) == ("failed", "5.1.1")
    asked.contact.refresh_from_db()
    assert asked.contact.failed_at is not None
    assert (asked.contact.failed_reason, asked.contact.failed_code) == ("unknown", "5.1.1")


def test_one_poison_row_stops_no_other(now, monkeypatch):
    appealing.opened(now, people=4)
    hand_over_raises(monkeypatch, ValueError("no such thing"))
    assert outbox.deliver(now=now) == 3
    bad = Notification.objects.get(state="pending")
    assert bad.error == "ValueError" and bad.due_at > now


def attempt(notification, owner, deliver) -> int:
    hand_over = one_by_one(lambda message, _seconds: deliver(message))
    sender = sending.Sender("email", hand_over, 10, owner)
    left = sending._attempt(sender, [notification], sending.Texts())
    sender.note()
    return left


def test_claim_gives_a_row_to_one_owner(now):
    appealing.opened(now, people=3)
    first = sending.claim(uuid.uuid4(), 2, channel="email")
    second = sending.claim(uuid.uuid4(), 2, channel="email")
    assert len(first) == 2 and len(second) == 1
    assert not {n.pk for n in first} & {n.pk for n in second}


def test_a_late_owner_changes_nothing(asked, now):
    late, swift = uuid.uuid4(), uuid.uuid4()
    (mine,) = sending.claim(late, 1, channel="email")
    Notification.objects.update(lease_until=now - timedelta(seconds=1))
    outbox.reap(now=timezone.now())
    (theirs,) = sending.claim(swift, 1, channel="email")
    handed = []
    assert attempt(mine, late, handed.append) == 0
    assert handed == []
    assert attempt(theirs, swift, lambda message: "id") == 1


def test_an_expired_lease_alone_stops_its_owner(asked, now):
    owner = uuid.uuid4()
    (mine,) = sending.claim(owner, 1, channel="email")
    Notification.objects.update(lease_until=now - timedelta(seconds=1))
    assert attempt(mine, owner, lambda message: "id") == 0


def test_reap_gives_back_what_was_claimed_only(asked, now):
    sending.claim(uuid.uuid4(), 1, channel="email")
    outbox.reap(now=timezone.now())
    assert state(asked)[0] == State.CLAIMED
    outbox.reap(now=timezone.now() + settling.LEASE)
    assert state(asked)[0] == State.PENDING


def test_reap_calls_a_lost_attempt_unknown_before_it_is_tried_again(asked, now):
    owner = uuid.uuid4()
    sending.claim(owner, 1, channel="email")
    Notification.objects.update(state="attempting", attempts=1)
    over = timezone.now() + settling.LEASE
    outbox.reap(now=over)
    assert state(asked)[0] == State.UNKNOWN
    assert outbox.health(now=now)["unknown"] == 1
    outbox.reap(now=over)
    assert state(asked)[0] == State.PENDING
    outbox.deliver(now=now)
    assert state(asked)[0] == State.SENT


def test_reap_gives_up_after_too_many_unknown_ends(asked, now):
    Notification.objects.update(state="claimed", owner=uuid.uuid4(), lease_until=now)
    Notification.objects.update(state="attempting", attempts=9)
    outbox.reap(now=now)
    outbox.reap(now=now)
    assert state(asked) == ("failed", "unknown end, too many tries")


def test_handing_over_again_keeps_one_copy_in_the_demo(asked, now):
    message = render(asked)
    assert memory.deliver(message) == memory.deliver(message)
    assert DeliveredCopy.objects.count() == 1


def test_health_cries_when_nothing_moves(asked, now):
    assert outbox.health(now=now)["stuck"] == 0
    assert outbox.health(now=now + timedelta(minutes=2))["stuck"] == 1
    outbox.deliver(now=now)
    assert outbox.health(now=now + timedelta(minutes=2))["stuck"] == 0


def test_database_refuses_an_attempt_without_owner_and_lease(asked):
    said = refused("UPDATE campaigns_notification SET state = 'claimed' WHERE id = %s", asked.pk)
    assert "message_in_hand_has_an_owner_and_a_lease" in said


def test_database_refuses_to_send_what_was_sent(asked, now):
    outbox.deliver(now=now)
    said = refused(
        "UPDATE campaigns_notification SET state = 'pending', settled_at = NULL WHERE id = %s",
        asked.pk,
    )
    assert "does not go from sent to pending" in said


def test_database_keeps_one_row_a_person_and_cause(asked, now):
    said = refused(
        "INSERT INTO campaigns_notification (kind, cause, recipient, subject_id, donor_id, channel,"
        " state, urgent, made_at, due_at, attempts, provider_id, error) SELECT kind, cause,"
        " recipient, subject_id, donor_id, 'sms', 'pending', false, made_at, due_at, 0, '', ''"
        " FROM campaigns_notification WHERE id = %s",
        asked.pk,
    )
    assert "one_message_a_person_and_cause" in said


def test_enqueue_falls_with_the_transaction_of_its_cause(now):
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        put(now, user=factories.user())
        raise ZeroDivisionError
    assert not Notification.objects.exists()
