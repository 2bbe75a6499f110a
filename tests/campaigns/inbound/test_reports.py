"""Delivery reports by HTTP: who may report, what counts once, and what becomes of the message."""

import time
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from campaigns.inbound import reports
from campaigns.messaging import channels, marks, outbox, unclear
from campaigns.messaging.catalogue import Message
from campaigns.messaging.transports import Unclear, sms
from campaigns.models import DeliveryReport, Notification
from donors.models import Consent
from tests.support import factories, gateway, texting
from tests.support.attack import refused
from tests.support.handing import one

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _open(settings):
    settings.QUIET_HOURS = (24, 0)
    settings.SMS_INBOUND_KEYS = [texting.KEY, texting.OLD_KEY]


@pytest.fixture
def sent(reference, now):
    (row,) = texting.invited(now, texting.NUMBER)
    assert row.state == "sent"
    return row


def state(row: Notification) -> str:
    row.refresh_from_db()
    return row.state


def kannel(client, row, kind: int, purpose: str = marks.REPORT):
    page = reverse("sms-report", args=[marks.of(row.pk, purpose)])
    return client.get(page, {"type": kind})


def test_kannel_reports_in_any_order_and_twice(client, sent):
    for kind in (1, 8, 1, 4):
        assert kannel(client, sent, kind).status_code == 200
    assert sorted(DeliveryReport.objects.values_list("outcome", flat=True)) == [
        "accepted",
        "delivered",
    ]
    kannel(client, sent, 2)  # of another part, or a lie: it was delivered
    assert state(sent) == "sent"


def test_report_without_our_mark_is_not_found(client, sent):
    assert kannel(client, sent, 2, marks.ENVELOPE).status_code == 404
    forged = reverse("sms-report", args=[f"{sent.pk}-{'0' * 20}"])
    assert client.get(forged, {"type": 2}).status_code == 404
    assert not DeliveryReport.objects.exists() and state(sent) == "sent"


def test_number_that_fails_on_three_days_is_called_dead(client, sent, now):
    kannel(client, sent, 2)
    assert state(sent) == "failed" and sent.code == "dlr 2" and sent.refusal == "doubtful"
    sent.contact.refresh_from_db()
    assert sent.contact.failed_at is None


def test_network_that_refuses_our_route_marks_nobody(client, sent):
    kannel(client, sent, 16)
    assert state(sent) == "failed" and sent.refusal == "ours"
    sent.contact.refresh_from_db()
    assert sent.contact.failed_at is None


def test_signed_reports_are_fresh_and_may_use_either_key(client, sent):
    body = {
        "event": "message.delivered",
        "data": {"metadata": {"key": marks.of(sent.pk, "report")}},
    }
    now = int(time.time())
    for at, key in ((now - 301, texting.KEY), (now + 301, texting.KEY), (now, "x" * 40)):
        assert texting.signed(client, body, at=at, key=key).status_code == 403
    assert client.post("/inbound/envoisms/", "{}", content_type="text/plain").status_code == 403
    assert not DeliveryReport.objects.exists()
    assert texting.signed(client, body, key=texting.OLD_KEY).status_code == 200
    assert texting.signed(client, body).status_code == 200  # replayed: counts once
    assert DeliveryReport.objects.get().outcome == "delivered"


def test_report_finds_the_message_by_the_gateways_id_and_dead_numbers_are_marked(client, sent):
    body = {"id": sent.provider_id, "status": "failed", "error_code": "UNKNOWN_SUBSCRIBER"}
    texting.signed(client, body)
    sent.contact.refresh_from_db()
    assert state(sent) == "failed" and sent.contact.failed_reason == "unknown"
    outbox.deliver(now=sent.settled_at)
    assert texting.signed(client, body).status_code == 200
    assert DeliveryReport.objects.count() == 1


def test_report_that_overtakes_the_sender_is_applied_after_it(sent, now):
    waiting = DeliveryReport.objects.create(
        notification=sent, outcome="failed", source="mail", code="5.1.1", at=now, key="k",
        refusal="recipient", reason="unknown",
    )  # fmt: skip
    assert reports.apply_waiting(now=now) == 1 and state(sent) == "failed"
    waiting.refresh_from_db()
    assert waiting.applied_at and reports.apply_waiting(now=now) == 0


def test_too_many_dead_addresses_at_once_are_our_fault(reference, now):
    rows = texting.invited(now, *(f"+2126123456{n:02d}" for n in range(22)))
    for row in rows:
        texting.failed(row, now)
    assert channels.stops().get().reason == "suspect"
    assert Notification.objects.filter(state="pending").count() == 21


def test_sent_message_fails_by_a_report_only(sent):
    said = refused("UPDATE campaigns_notification SET state = 'failed' WHERE id = %s", sent.pk)
    assert "does not go from sent to failed" in said


def test_complaint_stops_the_purpose(sent):
    reports.record(message=sent.pk, outcome="complaint", source="mail", now=timezone.now())
    live = Consent.objects.live().filter(donor=sent.donor, purpose="appeals")
    assert state(sent) == "sent" and not live.exists()


@pytest.fixture
def lost(settings, reference, now):
    """An invitation whose hand-over to Kannel broke after all was sent."""
    settings.SMS_GATEWAY_KIND, settings.SMS_GATEWAY_TOKEN = "kannel", "blood:secret"
    settings.MESSAGE_TRANSPORTS = settings.MESSAGE_TRANSPORTS | {
        "sms": "campaigns.messaging.transports.sms",
        "email": "campaigns.messaging.transports.memory",
    }
    with gateway.running(0) as (address, asked):
        settings.SMS_GATEWAY_URL = address
        (row,) = texting.invited(now, texting.NUMBER)
        yield row, asked


def later(minutes: int, row: Notification):
    row.refresh_from_db()
    return row.due_at + timedelta(minutes=minutes)


def test_lost_answer_of_kannel_waits_for_the_report(client, lost):
    row, asked = lost
    assert row.state == "unknown" and len(asked) == 1
    outbox.reap(now=later(9, row))
    assert state(row) == "unknown"
    kannel(client, row, 8)
    assert state(row) == "sent" and len(asked) == 1


def test_lost_appeal_is_given_up_and_a_late_report_still_counts(client, lost):
    row, _asked = lost
    outbox.reap(now=later(11, row))
    assert state(row) == "failed" and row.error == unclear.END
    kannel(client, row, 1)
    assert state(row) == "sent"


def test_lost_message_that_is_waited_for_goes_once_more_and_not_twice(lost, now):
    row, asked = lost
    officer = texting.with_phone(factories.officer(factories.unit()), "+212655555555", now)
    Notification.objects.bulk_create([
        Notification(kind="phone_code", cause="c", recipient="u", subject_id=officer.phone.pk,
                     user=officer, channel="sms", made_at=now, due_at=now)
    ])  # fmt: skip
    row = Notification.objects.get(kind="phone_code")
    Notification.objects.filter(pk=row.pk).update(state="claimed", owner=_owner(), lease_until=now)
    Notification.objects.filter(pk=row.pk).update(state="attempting")
    outbox.reap(now=now)
    assert state(row) == "unknown"
    outbox.reap(now=later(11, row))
    assert state(row) == "pending"
    Notification.objects.filter(pk=row.pk).update(state="claimed", owner=_owner(), lease_until=now)
    Notification.objects.filter(pk=row.pk).update(state="attempting")
    outbox.reap(now=now)
    outbox.reap(now=later(11, row))
    assert state(row) == "failed" and row.error == unclear.END


def _owner():
    return "00000000-0000-0000-0000-000000000001"


def test_gateway_behind_a_proxy_that_lost_the_answer_is_unclear(settings):
    settings.SMS_GATEWAY_KIND, settings.SMS_GATEWAY_TOKEN = "kannel", "blood:secret"
    message = Message("n7", 7, texting.NUMBER, "ar", "", "مطلوب دم")
    with gateway.running((504, "", {})) as (address, _asked):
        settings.SMS_GATEWAY_URL = address
        with pytest.raises(Unclear), sms.open() as hand_over:
            one(hand_over, message)
