from contextlib import ExitStack

import pytest

from campaigns.messages import Message
from campaigns.transports import Permanent, Temporary, email, sms
from tests import gateway, mailbox

MESSAGE = Message(
    key="n7",
    notification_id=7,
    address="+212612345678",
    language="ar",
    subject="مطلوب دم",
    text="مطلوب دم في مركز تازة",
    headers={"List-Unsubscribe": "<http://testserver/x>"},
)
MAIL = Message(**(MESSAGE.__dict__ | {"address": "someone@example.org"}))


@pytest.fixture
def provider(settings):
    def answering(*statuses):
        return gateway.running(*statuses)

    settings.SMS_GATEWAY_TOKEN = "secret"
    return answering


def send_sms(settings, address):
    settings.SMS_GATEWAY_URL = address
    with sms.open() as hand_over:
        return hand_over(MESSAGE)


def test_sms_is_posted_with_its_key(provider, settings):
    with provider() as (address, asked):
        assert send_sms(settings, address) == "sms-1"
    (request,) = asked
    assert request["to"] == MESSAGE.address and request["text"] == MESSAGE.text
    assert request["headers"]["Idempotency-Key"] == "n7"
    assert request["headers"]["Authorization"] == "Bearer secret"


@pytest.mark.parametrize(
    ("status", "error"),
    [(400, Permanent), (404, Permanent), (429, Temporary), (408, Temporary), (503, Temporary)],
)
def test_sms_gateway_refusals_are_sorted(provider, settings, status, error):
    with provider(status) as (address, _asked), pytest.raises(error):
        send_sms(settings, address)


def test_sms_whose_answer_was_lost_goes_again_with_the_same_key(provider, settings):
    with provider(0) as (address, asked):
        with pytest.raises(Temporary):
            send_sms(settings, address)
        send_sms(settings, address)
    assert {r["headers"]["Idempotency-Key"] for r in asked} == {"n7"} and len(asked) == 2


def test_sms_gateway_that_is_away_is_temporary(settings):
    with gateway.running() as (address, _asked):
        pass
    with pytest.raises(Temporary):
        send_sms(settings, address)


@pytest.fixture
def smtp(settings):
    """Start a mailbox and point the site at it."""
    with ExitStack() as stack:

        def start(*refusals):
            box = stack.enter_context(mailbox.running(*refusals))
            settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", box.port
            return box

        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.DEFAULT_FROM_EMAIL = "Blood <no-reply@blood.example>"
        yield start


def test_email_keeps_its_id_its_language_and_the_way_out(smtp):
    box = smtp()
    with email.open() as hand_over:
        assert hand_over(MAIL) == hand_over(MAIL) == "<n7@blood.example>"
    assert len(box.mails) == 2
    mail = box.mails[0]
    assert mail["Message-ID"] == "<n7@blood.example>"
    assert (mail["Subject"], mail["Content-Language"]) == (MAIL.subject, "ar")
    assert mail["List-Unsubscribe"] == "<http://testserver/x>"
    assert mail.get_content().strip() == MAIL.text


@pytest.mark.parametrize(
    ("answer", "error"), [("550 no such user", Permanent), ("451 later", Temporary)]
)
def test_email_refusals_are_sorted_and_the_next_mail_leaves(smtp, answer, error):
    box = smtp(answer)
    with email.open() as hand_over:
        with pytest.raises(error):
            hand_over(MAIL)
        hand_over(MAIL)
    assert len(box.mails) == 1


def test_esmtp_that_is_away_is_temporary(smtp, settings):
    smtp()
    settings.EMAIL_PORT = 1
    with email.open() as hand_over, pytest.raises(Temporary):
        hand_over(MAIL)
