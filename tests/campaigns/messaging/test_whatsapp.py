"""WhatsApp Business against a stand-in of Meta's Cloud API: one message arrives, never two."""

import hashlib
import hmac
import json
from datetime import timedelta

import pytest
from django.urls import reverse

from campaigns.messaging import marks, outbox
from campaigns.models import ChannelStop, DeliveryReport, Notification, Reply
from donors.contact import consent
from tests.support import appealing, factories, gateway, texting

pytestmark = [pytest.mark.django_db, pytest.mark.enable_socket]
SECRET, VERIFY, PHONE = "s" * 32, "v" * 32, "10987654321"
TAKEN = (200, json.dumps({"messages": [{"id": "wamid.HBgM"}]}), {})


@pytest.fixture(autouse=True)
def _on(settings, reference):
    settings.WHATSAPP_PHONE_ID, settings.WHATSAPP_TOKEN = PHONE, "token"
    settings.WHATSAPP_APP_SECRET, settings.WHATSAPP_VERIFY_TOKEN = SECRET, VERIFY


def refusal(code, status=400):
    return (status, json.dumps({"error": {"code": code, "message": "x"}}), {})


def asked(now, *, agrees=True):
    """An appeal to one donor, by a number; returns the invitation."""
    donor = texting.by_sms(factories.donor(blood_group="O+"), texting.NUMBER)
    if agrees:
        consent.give(donor=donor, purpose="whatsapp", language="ar", now=now)
    appealing.places(now)
    appealing.alert(now)
    appealing.asked(now)
    return Notification.objects.get(kind="appeal_invitation", donor=donor)


def leaves(settings, now, *answers):
    """What the stand-in was asked by two runs of the senders."""
    with gateway.running(*answers) as (address, posts):
        settings.WHATSAPP_URL = address.removesuffix("/send")
        outbox.deliver(now=now)
        outbox.deliver(now=now)
    return posts


def state(row):
    row.refresh_from_db()
    return row.state, row.channel


def post(client, value, secret=SECRET):
    value |= {"metadata": {"phone_number_id": PHONE}}
    raw = json.dumps({"entry": [{"changes": [{"value": value}]}]})
    signature = hmac.new(secret.encode(), raw.encode(), hashlib.sha256).hexdigest()
    return client.post(
        reverse("whatsapp"),
        raw,
        content_type="application/json",
        headers={"X-Hub-Signature-256": f"sha256={signature}"},
    )


def told(client, row, status, *codes, **more):
    errors = [{"code": code} for code in codes]
    one = {"id": "wamid.HBgM", "status": status, "errors": errors}
    one["biz_opaque_callback_data"] = marks.of(row.pk, marks.REPORT)
    return post(client, {"statuses": [one]}, **more)


def wrote(client, text, number="x", key="wamid.in1"):
    said = {"from": "212612345678", "id": key, "type": "text", "text": {"body": text}}
    return post(client, {"messages": [said]})


def test_appeal_leaves_as_the_approved_template_with_place_and_link(settings, now):
    row = asked(now)
    assert row.channel == "whatsapp" and row.contact.channel == "sms"
    (said,) = leaves(settings, now, TAKEN)
    assert state(row) == ("sent", "whatsapp") and row.provider_id == "wamid.HBgM"
    assert said["to"] == "212612345678" and said["type"] == "template"
    template = said["template"]
    assert template["name"] == "blood_appeal" and template["language"] == {"code": "ar"}
    place, link = (p["text"] for p in template["components"][0]["parameters"])
    assert place and link.startswith("http://testserver/ar/")
    assert said["headers"]["Authorization"] == "Bearer token"


def test_without_consent_of_its_own_or_switched_off_it_is_an_sms(settings, now):
    assert asked(now, agrees=False).channel == "sms"


def test_switched_off_it_is_an_sms(settings, now):
    settings.WHATSAPP_TOKEN = ""
    assert asked(now).channel == "sms"


@pytest.mark.parametrize("code", [131026, 131047, 131049, 132001])
def test_refusal_goes_by_sms_once_and_leaves_the_number_alone(settings, now, code):
    row = asked(now)
    posts = leaves(settings, now, refusal(code))
    assert len(posts) == 1 and state(row) == ("sent", "sms")
    assert Notification.objects.filter(kind="appeal_invitation").count() == 1
    assert row.contact.failed_at is None and row.contact.address == texting.NUMBER
    assert not ChannelStop.objects.exists()


def test_pacing_waits_and_a_bad_token_stops_the_channel(settings, now):
    row = asked(now)
    leaves(settings, now, refusal(130429, 429))
    assert state(row) == ("pending", "whatsapp") and row.error == "130429"
    Notification.objects.update(due_at=now)
    leaves(settings, now, refusal(190, 401), refusal(190, 401))
    assert state(row) == ("pending", "whatsapp")
    assert ChannelStop.objects.get().channel == "whatsapp"


def test_lost_answer_is_not_posted_again(settings, now):
    row = asked(now)
    assert len(leaves(settings, now, 0)) == 1
    assert state(row) == ("unknown", "whatsapp")


def test_consent_taken_back_meanwhile_sends_an_sms(settings, now):
    row = asked(now)
    consent.withdraw(donor=row.donor, purpose="whatsapp", now=now)
    assert leaves(settings, now) == [] and state(row) == ("sent", "sms")


def test_report_of_failure_sends_one_sms_and_delivered_none(client, settings, now):
    row = asked(now)
    leaves(settings, now, TAKEN)
    assert told(client, row, "delivered", secret="x" * 32).status_code == 403
    assert not DeliveryReport.objects.exists()
    assert told(client, row, "failed", 131026).status_code == 200
    assert state(row) == ("pending", "sms") and row.contact.failed_at is None
    told(client, row, "failed", 131026)  # Meta posts again what it thinks was not heard
    outbox.deliver(now=now)
    assert state(row) == ("sent", "sms")
    told(client, row, "failed", 131026)
    assert state(row) == ("sent", "sms")


def test_read_counts_as_delivered_found_by_the_id_too(client, settings, now):
    row = asked(now)
    leaves(settings, now, TAKEN)
    post(client, {"statuses": [{"id": "wamid.HBgM", "status": "read"}]})
    report = DeliveryReport.objects.get()
    assert (report.notification_id, report.outcome, report.source) == (
        row.pk,
        "delivered",
        "whatsapp",
    )


def test_no_is_noted_once_and_answered_in_free_text(client, settings, now):
    row = asked(now)
    leaves(settings, now, TAKEN)
    assert wrote(client, "NO").status_code == 200
    wrote(client, "NO")
    reply = Reply.objects.get()
    assert (reply.outcome, reply.channel, reply.notification) == ("declined", "whatsapp", row)
    (said,) = leaves(settings, now, TAKEN)
    assert said["type"] == "text" and said["text"]["body"]


def test_stop_ends_every_consent(client, settings, now):
    row = asked(now)
    leaves(settings, now, TAKEN)
    wrote(client, "قف")
    assert consent.purposes(row.donor) == set()
    (said,) = leaves(settings, now, TAKEN)
    assert said["type"] == "text"


def test_only_within_a_day_of_the_own_message_words_are_free(settings, now):
    row = asked(now)
    Reply.objects.create(
        key="k",
        number=texting.NUMBER,
        channel="whatsapp",
        meaning="other",
        outcome="person",
        received_at=now - timedelta(hours=24, minutes=1),
    )
    (said,) = leaves(settings, now, TAKEN)
    assert said["type"] == "template" and row


def test_address_is_verified_by_its_token_alone(client):
    asks = {"hub.mode": "subscribe", "hub.challenge": "1158201444"}
    url = reverse("whatsapp")
    assert client.get(url, asks | {"hub.verify_token": VERIFY}).text == "1158201444"
    assert client.get(url, asks | {"hub.verify_token": "no"}).status_code == 403
    assert client.get(url, asks).status_code == 403


def test_without_a_secret_nothing_is_believed(client, settings, now):
    settings.WHATSAPP_APP_SECRET = ""
    assert post(client, {"statuses": []}, secret="").status_code == 403
