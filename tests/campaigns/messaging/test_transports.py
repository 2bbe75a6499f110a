import smtplib
from contextlib import ExitStack
from datetime import timedelta

import pytest

from campaigns.messaging import marks
from campaigns.messaging.catalogue import Message
from campaigns.messaging.transports import (
    Ours,
    RecipientRefused,
    Temporary,
    email,
    sms,
    smtp_replies,
)
from tests.support import gateway, mailbox
from tests.support.handing import one

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
        return one(hand_over, MESSAGE)


def test_sms_is_posted_with_its_key(provider, settings):
    with provider() as (address, asked):
        assert send_sms(settings, address) == "sms-1"
    (request,) = asked
    assert request["to"] == MESSAGE.address and request["text"] == MESSAGE.text
    assert request["headers"]["Idempotency-Key"] == "n7"
    assert request["headers"]["Authorization"] == "Bearer secret"


WRONG = '{"error": "invalid_number"}'


@pytest.mark.parametrize(
    ("answer", "error", "says"),
    [
        (400, Ours, {"code": "http 400", "reason": "form"}),
        (401, Ours, {"code": "http 401", "reason": "rights"}),
        (402, Ours, {"reason": "credit"}),
        (403, Ours, {"reason": "rights"}),
        (404, Ours, {"reason": "place"}),
        (415, Ours, {"reason": "form"}),
        ((302, "", {"Location": "/elsewhere"}), Ours, {"reason": "place"}),
        ((400, '{"error": "bad text"}', {}), Ours, {"reason": "form"}),
        ((400, WRONG, {}), RecipientRefused, {"code": "invalid_number", "reason": "unknown"}),
        ((422, '{"error": {"code": "Number_Closed"}}', {}), RecipientRefused, {"reason": "closed"}),
        ((401, WRONG, {}), Ours, {"reason": "rights"}),
        (429, Temporary, {"away": True, "after": None}),
        ((429, "", {"Retry-After": "120"}), Temporary, {"after": timedelta(minutes=2)}),
        ((503, "", {"Retry-After": "99999"}), Temporary, {"after": timedelta(hours=1)}),
        ((503, "", {"Retry-After": "soon"}), Temporary, {"after": None, "away": True}),
        (408, Temporary, {"away": False}),
        (409, Temporary, {"away": False}),
        (500, Temporary, {"away": True}),
    ],
)
def test_gateway_answers_are_sorted_by_whose_fault_they_are(
    provider, settings, answer, error, says
):
    with provider(answer) as (address, asked), pytest.raises(error) as raised:
        send_sms(settings, address)
    assert len(asked) == 1
    for name, value in says.items():
        assert getattr(raised.value, name) == value, name


@pytest.mark.parametrize(
    ("answer", "gave"),
    [
        ((202, "0: Accepted for delivery", {}), "n7"),
        ((200, "", {}), "n7"),
        ((200, "[1]", {}), "n7"),
        ((201, '{"messageId": 12}', {}), "12"),
        ((200, "OK id: ab-12", {}), "ab-12"),
        ((202, "0: Accepted for delivery: 7e57d004-2b97-0e7a-b45f-5387367791cd", {}),
         "7e57d004-2b97-0e7a-b45f-5387367791cd"),
        ((200, "partly", {"Content-Length": "900"}), "n7"),
        ((204, "", {}), "n7"),
    ],
)  # fmt: skip
def test_any_2xx_has_taken_the_message_whatever_it_says(provider, settings, answer, gave):
    with provider(answer) as (address, _asked):
        assert send_sms(settings, address) == gave


def test_gateway_without_an_address_is_ours(settings):
    settings.SMS_GATEWAY_TOKEN = "x"
    with pytest.raises(Ours) as raised:
        send_sms(settings, "gateway.example/send")
    assert raised.value.reason == "place"


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
    """Start a mailbox and configure the site to send to it."""
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
        name = one(hand_over, MAIL)
        assert one(hand_over, MAIL) == name
    assert len(box.mails) == 2
    mail = box.mails[0]
    assert mail["Message-ID"] == name and name.endswith("@blood.example>")
    assert marks.find(name, marks.MESSAGE_ID) == 7
    assert (mail["Subject"], mail["Content-Language"]) == (MAIL.subject, "ar")
    assert mail["List-Unsubscribe"] == "<http://testserver/x>"
    assert mail.get_content().strip() == MAIL.text


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ("550 5.1.1 no such user", RecipientRefused),
        ("550 5.7.1 not from you", Ours),
        ("451 later", Temporary),
    ],
)
def test_email_refusals_are_sorted_and_the_next_mail_leaves(smtp, answer, error):
    box = smtp(answer)
    with email.open() as hand_over:
        with pytest.raises(error):
            one(hand_over, MAIL)
        one(hand_over, MAIL)
    assert len(box.mails) == 1


DEAD, FULL, DOUBT = ("recipient", "unknown"), ("recipient", None), ("doubtful", None)


@pytest.mark.parametrize(
    ("code", "text", "answering", "says"),
    [
        (550, b"5.1.1 <a@b.example>: Recipient address rejected", "recipient", DEAD),
        (550, b"5.1.1 The account\n5.1.1 does not exist", "recipient", DEAD),
        (550, "#5.1.1 unknown", "recipient", DEAD),
        (553, "5.1.2 no such domain", "recipient", DEAD),
        (553, "5.1.3 no address", "recipient", DEAD),
        (551, "5.1.6 moved", "recipient", ("recipient", "moved")),
        (550, "5.1.10 RESOLVER.ADR.RecipientNotFound", "recipient", DEAD),
        (550, "5.2.1 disabled", "recipient", ("recipient", "closed")),
        (550, "5.1.1 no such user", "other", DEAD),
        (552, "5.2.2 full", "recipient", FULL),
        (552, "storage exceeded", "recipient", FULL),
        (550, "no such user here", "recipient", DOUBT),
        (554, "no", "recipient", DOUBT),
        (550, "5.4.4 no route", "recipient", DOUBT),
        (550, "5.1.100 a hundred", "recipient", DOUBT),
        (550, "4.1.1 of another class", "recipient", DOUBT),
        (550, "see 5.1.1 in our help", "recipient", DOUBT),
        (550, "5.1.0 sender rejected", "recipient", ("ours", "sender")),
        (550, "5.1.7 bad sender", "recipient", ("ours", "sender")),
        (554, "5.7.1 client host rejected", "recipient", ("ours", "rights")),
        (530, "authenticate first", "recipient", ("ours", "form")),
        (550, "5.1.1 unknown sender", "sender", ("ours", "sender")),
        (530, "5.7.0 authenticate first", "sender", ("ours", "rights")),
        (552, "5.3.4 too big", "sender", ("ours", "form")),
        (552, "5.2.3 too long", "other", ("ours", "form")),
        (554, "5.6.1 media not supported", "other", ("ours", "form")),
        (554, "transaction failed", "other", ("ours", "form")),
        (452, "4.3.1 no room", "recipient", ("temporary", False)),
        (450, "4.2.0 greylisted", "recipient", ("temporary", False)),
        (421, "4.7.0 closing", "recipient", ("temporary", True)),
        (452, "4.3.1 no room", "sender", ("temporary", True)),
    ],
)
def test_smtp_replies_are_sorted_by_whose_fault_they_are(code, text, answering, says):
    judged = smtp_replies.judged(code, text, answering=answering)
    match judged:
        case Temporary():
            assert ("temporary", judged.away) == says
        case Ours():
            assert ("ours", judged.reason) == says
        case RecipientRefused():
            assert ("doubtful" if judged.doubtful else "recipient", judged.reason) == says
    assert "@" not in judged.code and len(judged.code) < 12


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (smtplib.SMTPAuthenticationError(535, b"5.7.8 bad credentials"), Ours),
        (smtplib.SMTPAuthenticationError(454, b"4.7.0 later"), Temporary),
        (smtplib.SMTPHeloError(550, b"5.1.1 who are you"), Ours),
        (smtplib.SMTPConnectError(554, b"no service for you"), Ours),
        (smtplib.SMTPConnectError(421, b"busy"), Temporary),
        (smtplib.SMTPServerDisconnected("gone"), Temporary),
        (smtplib.SMTPNotSupportedError("STARTTLS"), Ours),
    ],
)
def test_what_smtplib_raises_is_sorted(error, kind):
    assert isinstance(smtp_replies.of(error), kind)


def test_esmtp_that_is_away_is_temporary(smtp, settings):
    smtp()
    settings.EMAIL_PORT = 1
    with email.open() as hand_over, pytest.raises(Temporary):
        one(hand_over, MAIL)
