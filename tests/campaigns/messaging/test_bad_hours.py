"""Mail servers and gateways in their bad hours: how many messages are lost, arrive twice, or end
unknown. The table in docs/gateways.md gives these numbers."""

import threading

import pytest
from django.utils import timezone

from campaigns.messaging import channels, outbox
from campaigns.messaging.transports import sms
from campaigns.models import ChannelStop, Notification
from donors.models import Contact
from tests.support import appealing, gateway, mail_server
from tests.support.queueing import minutes_pass, queued, states

pytestmark = pytest.mark.django_db
MANY = 8
GREY, GREY_TOO = ("rcpt", "450 4.2.0 greylisted"), ("rcpt", "451 4.7.1 come back later")
CLOSING, FULL = ("mail", "421 4.3.2 closing"), ("text", "452 4.3.1 disk full")
SILENT = ("silent", "")


@pytest.fixture(autouse=True)
def _by_day(settings, reference):
    settings.QUIET_HOURS = (24, 0)
    settings.MESSAGE_TRANSPORTS = settings.MESSAGE_TRANSPORTS | {
        name: f"campaigns.messaging.transports.{name}" for name in ("email", "sms")
    }
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.SMS_GATEWAY_TOKEN = "127.0.0.1", "blood:secret"


@pytest.fixture(scope="module", autouse=True)
def built(shared_rows) -> int:
    return appealing.shared(people=0)


def deliver(channel: str) -> dict[str, int]:
    outbox.deliver(now=timezone.now(), channels_of=[channel])
    return states()


def until_settled(channel: str) -> dict[str, int]:
    """Hours pass in which all is well."""
    for _hour in range(3):
        minutes_pass(60)
        outbox.reap(now=timezone.now())
        deliver(channel)
    return states()


@pytest.mark.parametrize(
    ("faults", "always", "at_first", "stopped", "doubled"),
    [
        ({"n1": GREY, "n3": GREY, "n4": GREY}, None, {"sent": 5, "pending": 3}, "", 0),
        ({"n1": GREY_TOO, "n8": GREY_TOO}, None, {"sent": 6, "pending": 2}, "", 0),
        ({"n4": CLOSING}, None, {"sent": 8}, "", 0),  # on a new connection
        ({"n1": ("", ""), "n2": ("", "")}, CLOSING, {"sent": 2, "pending": 6}, "away", 0),
        ({"n3": FULL}, None, {"sent": 7, "pending": 1}, "", 0),
        ({"n1": ("", "")}, FULL, {"sent": 1, "pending": 7}, "away", 0),
        ({"n4": SILENT}, None, {"sent": 7, "pending": 1}, "", 1),
        ({"n1": ("", "")}, SILENT, {"sent": 1, "pending": 7}, "away", 4),
    ],
    ids=["450", "451", "421", "421 on", "452", "452 on", "closed after the dot", "and on"],
)  # fmt: skip
def test_mail(settings, now, faults, always, at_first, stopped, doubled):
    queued(now, MANY)
    with mail_server.running(**faults) as server:
        settings.EMAIL_PORT = server.server_address[1]
        server.always = always or server.always
        assert deliver("email") == at_first
        assert [stop.reason for stop in channels.stops()] == ([stopped] if stopped else [])
        server.always = ("", "")
        assert until_settled("email") == {"sent": MANY}
        counts = server.counts()
    assert len(counts) == MANY and sum(counts.values()) == MANY + doubled
    assert not channels.stops().exists()
    assert not Contact.objects.filter(failed_at__isnull=False).exists()


def texted(asked) -> dict[str, int]:
    """How often the gateway was handed each message."""
    keys = [request["headers"]["Idempotency-Key"] for request in asked]
    return {key: keys.count(key) for key in keys}


@pytest.mark.parametrize(
    ("answers", "always", "at_first", "stopped", "repeated"),
    [
        ((200, 500), 200, {"sent": 7, "pending": 1}, "", 1),
        ((200,), 500, {"sent": 1, "pending": 7}, "away", 4),
        ((200, (429, "", {"Retry-After": "1200"})), 200, {"sent": 1, "pending": 7}, "", 1),
        ((200, 0), 200, {"sent": 7, "pending": 1}, "", 1),
        ((200,), 0, {"sent": 1, "pending": 7}, "away", 4),
    ],
    ids=["500", "500 on", "429", "no answer", "no answer on"],
)
def test_gateway_that_knows_a_repeat(settings, now, answers, always, at_first, stopped, repeated):
    """Repeats bear the key by which the gateway drops them: nobody gets two."""
    queued(now, MANY, channel="sms")
    turn = [always]
    with gateway.running(*answers, always=turn) as (settings.SMS_GATEWAY_URL, asked):
        assert deliver("sms") == at_first
        assert [stop.reason for stop in channels.stops()] == ([stopped] if stopped else [])
        turn[0] = 200
        assert until_settled("sms") == {"sent": MANY}
    assert len(texted(asked)) == MANY and len(asked) == MANY + repeated


def test_retry_after_holds_all_until_then_and_no_longer(settings, now):
    queued(now, MANY, channel="sms")
    busy = (429, "", {"Retry-After": "1200"})
    with gateway.running(200, busy) as (settings.SMS_GATEWAY_URL, asked):
        deliver("sms")
        minutes_pass(19)
        assert deliver("sms") == {"sent": 1, "pending": 7} and len(asked) == 2
        minutes_pass(2)
        assert deliver("sms") == {"sent": MANY}


@pytest.mark.parametrize(
    ("kind", "at_first", "at_last", "handed_over"),
    [
        ("json", {"sent": 7, "pending": 1}, {"sent": 8}, MANY + 1),
        ("kannel", {"sent": 7, "unknown": 1}, {"sent": 7, "failed": 1}, MANY),
    ],
)
def test_time_out_after_the_gateway_took_it(
    settings, now, monkeypatch, kind, at_first, at_last, handed_over
):
    """Where a repeat would reach the person twice, an appeal is not repeated."""
    monkeypatch.setattr(sms, "TIMEOUT_SECONDS", 0.3)
    settings.SMS_GATEWAY_KIND = kind
    queued(now, MANY, channel="sms")
    late = threading.Event()
    with gateway.running(200, late) as (settings.SMS_GATEWAY_URL, asked):
        assert deliver("sms") == at_first
        late.set()
        assert until_settled("sms") == at_last
    assert len(asked) == handed_over
    ends = set(Notification.objects.filter(state="failed").values_list("error", flat=True))
    assert ends == ({"unknown end"} if "failed" in at_last else set())
    assert not ChannelStop.objects.exists()
