import re

import pytest
from django.urls import reverse
from django.utils import timezone

from campaigns.messaging import channels
from campaigns.models import ChannelStop, Notification
from donors.models import Contact
from tests.support import appealing, factories

pytestmark = pytest.mark.django_db
PAGE, DESK = "/en/channels/", "/en/desk/"


@pytest.fixture(autouse=True)
def _demo(settings, reference):
    settings.DEMO = True  # a second factor is asked for otherwise


@pytest.fixture
def stopped(now):
    row = appealing.invitation(appealing.opened(now, people=2))
    channels.stop(opener=row, reason="rights", code="5.7.8", now=now)
    return channels.stops().get()


@pytest.mark.parametrize("page", [DESK, "/en/appeals/", PAGE])
def test_alarm_stands_where_an_administrator_looks(client, stopped, page):
    client.force_login(factories.administrator())
    text = client.get(page).text
    assert "The provider refuses our account" in text and "5.7.8" in text
    assert "2 messages wait; no address was marked for this." in text
    channels.accepted(stopped, now=timezone.now())
    assert 'role="alert"' not in client.get(page).text


@pytest.mark.parametrize("reason", ChannelStop.Reason.values)
@pytest.mark.parametrize("channel", ["sms", "email"])
def test_every_reason_says_what_to_do(client, now, reason, channel):
    row = appealing.invitation(appealing.opened(now, people=1))
    row.channel = channel
    channels.stop(opener=row, reason=reason, code="x", now=now)
    client.force_login(factories.administrator())
    text = client.get(PAGE).text
    advice = re.search(r"<dt>What to do</dt>\s*<dd>(.*?)</dd>", text, re.S)
    assert advice and len(advice[1].strip()) > 40


def test_administrator_has_it_tried_and_lets_messages_leave(client, stopped):
    by = factories.administrator()
    client.force_login(by)
    channels.take_probe(stopped, now=timezone.now())
    answer = client.post("/en/channels/try/", {"channel": "email"}, follow=True)
    assert "One message is tried within seconds." in answer.text
    stopped.refresh_from_db()
    assert stopped.next_probe_at <= timezone.now() and stopped.asked_by == by
    answer = client.post("/en/channels/leave/", {"channel": "email"}, follow=True)
    assert "its messages leave now" in answer.text and by.display_name in answer.text
    stopped.refresh_from_db()
    assert stopped.ended_by == by
    answer = client.post("/en/channels/leave/", {"channel": "email"}, follow=True)
    assert "not stopped" in answer.text
    assert "not stopped" in client.post("/en/channels/try/", {"channel": "x"}, follow=True).text


def test_auditor_reads_and_presses_nothing(client, stopped):
    client.force_login(factories.with_national_rights(is_auditor=True))
    text = client.get(PAGE).text
    assert "5.7.8" in text and "Try one message now" not in text
    for act in ("try", "leave"):
        assert client.post(f"/en/channels/{act}/", {"channel": "email"}).status_code == 403
    assert channels.stops().exists()


def test_nobody_else_reads_it(client, stopped):
    client.force_login(factories.staff(factories.center(), "manager"))
    assert client.get(PAGE).status_code == 403
    assert "5.7.8" not in client.get(DESK).text + client.get("/en/appeals/").text


def test_donor_reads_why_an_address_is_dead_and_proves_it_anew(client, now):
    from campaigns.messaging import outbox
    from donors.contact import verification

    donor = factories.donor(email="karim@example.org")
    Contact.objects.filter(donor=donor).update(
        failed_at=now, failed_reason="closed", failed_code="5.2.1"
    )
    client.force_login(verification.account_of(donor=donor))
    text = client.get(reverse("campaigns:me-wishes")).text
    assert "the provider has closed it" in text and "Have a code sent there" in text
    client.post(reverse("campaigns:me-add-address"), {"address": "karim@example.org"})
    outbox.deliver(now=timezone.now())
    sent = Notification.objects.get(kind="proof_code")
    assert sent.state == "sent"
    proof = sent.contact.proofs.get()
    verification.prove(proof=proof, code=verification.code_of(proof), now=timezone.now())
    assert Contact.objects.reachable().filter(donor=donor, failed_reason="").exists()


def test_a_channel_without_a_provider_is_not_said_to_run(client, settings):
    client.force_login(factories.administrator())
    page = reverse("campaigns:channels")
    assert "WhatsApp" not in client.get(page).text
    settings.WHATSAPP_PHONE_ID = settings.WHATSAPP_TOKEN = "x"
    assert "WhatsApp" in client.get(page).text
