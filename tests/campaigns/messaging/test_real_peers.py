"""Classification of refusals by real servers; skipped where they are not installed."""

import pytest

from campaigns.messaging import channels, outbox
from campaigns.messaging.catalogue import Message
from campaigns.messaging.transports import Ours, RecipientRefused, sms
from campaigns.models import Notification
from donors.models import Contact
from tests.support import appealing, peers
from tests.support.handing import one

pytestmark = pytest.mark.django_db
ARABIC = "مطلوب دم في مركز تازة، الفصيلة O+. الرد: https://example.org/a/x"
FRENCH = "Du sang est demandé à Taza: 2 € @ [1]"


@pytest.fixture
def kannel(settings):
    settings.SMS_GATEWAY_KIND, settings.SMS_GATEWAY_SENDER = "kannel", "Dam"
    settings.SMS_GATEWAY_TOKEN = "blood:secret"
    with peers.kannel() as running:
        settings.SMS_GATEWAY_URL = running.address
        yield running


def send(text: str, number: str = "+212612345678") -> str:
    message = Message(
        key="n7", notification_id=7, address=number, language="ar", subject="", text=text
    )
    with sms.open() as hand_over:
        return one(hand_over, message)


def test_kannel_takes_a_message_once_in_its_own_letters(kannel):
    assert send(ARABIC) == send(FRENCH) == "n7"
    peers.until(lambda: len(kannel.sent()) == 2)
    assert kannel.sent() == [("+212612345678", ARABIC), ("+212612345678", FRENCH)]


def test_what_kannel_says_of_us_is_ours(kannel, settings):
    good = settings.SMS_GATEWAY_URL
    settings.SMS_GATEWAY_TOKEN = "blood:old"
    with pytest.raises(Ours) as refused:
        send(ARABIC)
    assert (refused.value.code, refused.value.reason) == ("http 403", "rights")
    settings.SMS_GATEWAY_TOKEN = "blood:secret"
    settings.SMS_GATEWAY_URL = good.replace("sendsms", "send")
    with pytest.raises(Ours) as refused:
        send(ARABIC)
    assert (refused.value.code, refused.value.reason) == ("http 404", "place")
    settings.SMS_GATEWAY_URL, settings.SMS_GATEWAY_SENDER = good, ""
    with pytest.raises(Ours) as refused:
        send(ARABIC)
    assert (refused.value.code, refused.value.reason) == ("http 400", "form")
    settings.SMS_GATEWAY_KIND = "json"
    with pytest.raises(Ours) as refused:
        send(ARABIC)
    assert (refused.value.code, refused.value.reason) == ("http 400", "form")
    assert kannel.sent() == []


def test_what_kannel_says_of_a_number_is_of_the_recipient_and_doubtful(kannel):
    with pytest.raises(RecipientRefused) as refused:
        send(ARABIC, "abc")
    assert refused.value.doubtful and refused.value.reason is None


@pytest.fixture
def mail(settings, reference, now):
    """One invitation to an existing mailbox, one to an address that does not exist."""
    settings.QUIET_HOURS = (24, 0)
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    own = {"email": "campaigns.messaging.transports.email"}
    settings.MESSAGE_TRANSPORTS = settings.MESSAGE_TRANSPORTS | own
    settings.DEFAULT_FROM_EMAIL = "Blood <no-reply@centre.test>"
    appealing.opened(now, people=2)
    rows = list(Notification.objects.filter(kind="appeal_invitation").order_by("pk"))
    for row, name in zip(rows, ("donor", "nobody"), strict=True):
        Contact.objects.filter(pk=row.contact_id).update(address=f"{name}@centre.test")

    def through(server):
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        outbox.deliver(now=now)

    return through


def states() -> set[str]:
    return set(Notification.objects.values_list("state", flat=True))


def test_postfix_that_refuses_us_marks_nobody(mail):
    with peers.postfix(restrictions="reject") as server:
        mail(server)
    assert channels.stops().get().code == "5.7.1"
    assert states() == {"pending"}
    assert not Contact.objects.filter(failed_at__isnull=False).exists()


def test_postfix_that_knows_no_such_mailbox_marks_that_one(mail):
    with peers.postfix() as server:
        mail(server)
        (text,) = peers.until(server.mails)
    assert "Content-Language" in text
    dead = Contact.objects.get(failed_at__isnull=False)
    assert (dead.address, dead.failed_code) == ("nobody@centre.test", "5.1.1")
    assert dead.failed_reason == "unknown" and not channels.stops().exists()
    assert states() == {"sent", "failed"}
