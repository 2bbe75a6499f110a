"""Each kind of gateway gets what it expects, and a text is counted before it leaves."""

from urllib.parse import parse_qs

import pytest

from campaigns.messaging import marks
from campaigns.messaging.catalogue import Message
from campaigns.messaging.sms_parts import sms_parts
from campaigns.messaging.transports import Ours, RecipientRefused, sms
from tests.support import envoisms, gateway, handing

ARABIC = "مطلوب دم في تازة"


def message(text: str = ARABIC, *, to: str = "+212 6 12-34-56-78", key: str = "n7") -> Message:
    return Message(key, 7, to, "ar", "", text)


def send(one: Message) -> str:
    with sms.open() as hand_over:
        return handing.one(hand_over, one)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("a" * 160, 1), ("a" * 161, 2), ("a" * 306, 2), ("a" * 307, 3),
        ("a" * 159 + "€", 2),  # two septets
        ("a" * 152 + "€" + "a" * 153, 3),  # is not cut in two: one letter moves on
        ("م" * 70, 1), ("م" * 71, 2), ("م" * 134, 2), ("م" * 135, 3),
        ("œ" + "a" * 70, 2),  # one letter outside the seven bits
        ("😀" * 35, 1), ("😀" * 66, 2), ("😀" * 67, 3),  # 33 to a part, never half of one
        ("", 1),
    ],
)  # fmt: skip
def test_parts_of_a_text(text, parts):
    assert sms_parts(text) == parts


def test_text_that_a_gateway_would_cut_does_not_leave(settings):
    settings.SMS_GATEWAY_KIND, settings.SMS_GATEWAY_TOKEN = "kannel", "blood:secret"
    settings.SMS_MOST_PARTS = 2
    with gateway.running() as (settings.SMS_GATEWAY_URL, asked):
        send(message("م" * 134))
        with pytest.raises(RecipientRefused) as refused:
            send(message("م" * 135))
    assert refused.value.reason is None and not refused.value.doubtful and len(asked) == 1


def test_kannel_is_told_where_to_report_and_that_it_is_arabic(settings):
    settings.SMS_GATEWAY_KIND, settings.SMS_GATEWAY_TOKEN = "kannel", "blood:secret"
    with gateway.running((202, "3: Queued for later delivery", {})) as (address, asked):
        settings.SMS_GATEWAY_URL = address
        assert send(message()) == "n7"
    headers = asked[0]["headers"]
    assert headers["X-Kannel-To"] == "+212612345678"
    assert (headers["X-Kannel-Coding"], headers["X-Kannel-Charset"]) == ("2", "UTF-8")
    url, _sep, query = headers["X-Kannel-DLR-Url"].partition("?")
    assert query == "type=%d" and headers["X-Kannel-DLR-Mask"] == "31"
    assert marks.read(url.rstrip("/").rpartition("/")[2], marks.REPORT) == 7
    assert "612345678" not in url


def test_form_gateway_gets_its_own_names(settings):
    settings.SMS_GATEWAY_KIND, settings.SMS_GATEWAY_TOKEN = "form", "secret"
    settings.SMS_GATEWAY_FIELDS = "to=msisdn&text=body&key=ref&report=callback&token=api_key"
    settings.SMS_GATEWAY_EXTRA = "type=unicode"
    with gateway.running((200, "OK id: 12", {})) as (address, asked):
        settings.SMS_GATEWAY_URL = address
        assert send(message()) == "12"
    form = parse_qs(asked[0]["body"])
    assert form["msisdn"] == ["+212612345678"] and form["body"] == [ARABIC]
    assert (form["ref"], form["api_key"], form["type"]) == (["n7"], ["secret"], ["unicode"])
    assert "/inbound/reports/" in form["callback"][0]
    assert "Authorization" not in asked[0]["headers"]


def test_envoisms_takes_a_message_once_and_says_whose_fault_a_refusal_is(settings):
    settings.SMS_GATEWAY_KIND, settings.SMS_GATEWAY_TOKEN = "envoisms", envoisms.LIVE
    settings.SMS_GATEWAY_SENDER = "Dam"
    with envoisms.running() as (address, service):
        settings.SMS_GATEWAY_URL = address
        assert send(message()) == send(message()) == "msg_1"
        (queued,) = service.queued
        assert (queued["to"], queued["message"], queued["from"]) == ("+212612345678", ARABIC, "Dam")
        assert marks.read(queued["metadata"]["key"], marks.REPORT) == 7
        with pytest.raises(RecipientRefused) as wrong:
            send(message(to="+33612345678", key="n8"))
        service.stopped.add("+212612345678")
        with pytest.raises(RecipientRefused) as stopped:
            send(message(key="n9"))
        settings.SMS_GATEWAY_TOKEN = "old"
        with pytest.raises(Ours) as ours:
            send(message())
    assert wrong.value.reason == "unknown"
    assert stopped.value.reason is None and not stopped.value.doubtful
    assert ours.value.reason == "rights"
