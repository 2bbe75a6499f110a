"""Out through Debian's Kannel and Postfix and back; skipped where they are not installed (bin/peers)."""

import pytest
from django.urls import reverse
from django.utils import timezone

from campaigns.inbound import bounces
from campaigns.messaging import outbox
from campaigns.models import Addressee, Campaign, Notification, Reply
from campaigns.offers import renewal
from centers.models import Appointment
from donors.clock.zones import MOROCCO
from donors.models import Consent, Contact
from tests.support import appealing, asking, factories, peers, texting

YES, STOP, OFFICER = "+212612345601", "+212612345602", "+212655555555"
MAILS = ("donor@centre.test", "nobody@dead.test", "late@gone.test")


@pytest.fixture
def world(committed, settings, live_server):
    settings.DEMO, settings.QUIET_HOURS, settings.SITE_URL = True, (24, 0), live_server.url
    settings.SMS_INBOUND_KEYS = [texting.KEY]
    settings.SMS_GATEWAY_KIND, settings.SMS_GATEWAY_SENDER = "kannel", "Dam"
    settings.SMS_GATEWAY_TOKEN = "blood:secret"
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.DEFAULT_FROM_EMAIL, settings.BOUNCE_ADDRESS = (
        "Blood <no-reply@centre.test>",
        "bounces@centre.test",
    )
    settings.MESSAGE_TRANSPORTS = settings.MESSAGE_TRANSPORTS | {
        channel: f"campaigns.messaging.transports.{channel}" for channel in ("email", "sms")
    }
    page = reverse("sms-reply", args=[texting.KEY])
    with peers.kannel(replies_to=live_server.url + page) as kannel, peers.postfix() as mail:
        settings.SMS_GATEWAY_URL = kannel.address
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", mail.port
        yield kannel, mail


def asked(now) -> dict[str, Notification]:
    appealing.places(now)
    for number in (YES, STOP):
        texting.by_sms(factories.donor(blood_group="O+"), number)
    for address in MAILS:
        factories.donor(blood_group="O+", email=address)
    appealing.alert(now)
    appealing.asked(now)
    rows = Notification.objects.filter(kind="appeal_invitation").select_related("contact")
    return {row.contact.address: row for row in rows}


def test_an_appeal_leaves_and_everything_comes_back(world, client):
    kannel, mail = world
    now = timezone.now()
    sent = asked(now)
    officer = texting.with_phone(factories.officer(factories.unit()), OFFICER, now)
    asking.memo("SR-TAZ")
    days = [offer.day for offer in renewal.current(unit=factories.unit(), now=now)]
    assert outbox.deliver(now=timezone.now()) >= 6

    # Out: Arabic on the telephone and in the mailbox, reported as delivered.
    texts = peers.until(lambda: len(kannel.sent()) >= 3 and dict(kannel.sent()))
    assert "مطلوب" in texts[YES] or "الدم" in texts[YES]
    assert peers.until(mail.mails)
    for number in (YES, STOP):
        reports = sent[number].reports
        peers.until(lambda rows=reports: rows.filter(outcome="delivered").exists())

    # Back: one bounced, one expired; only the first address is dead.
    said: set[str] = set()

    def returned() -> bool:
        said.update(bounces.read(raw, now=timezone.now()) for raw in mail.returned())
        return {"failed 4.4.1", "failed 5.1.1"} <= said

    peers.until(returned, seconds=40)
    assert Contact.objects.get(failed_at__isnull=False).address == "nobody@dead.test"

    # Back: STOP, YES and "2 60".
    kannel.reply(STOP, "قف")
    donor = sent[STOP].donor
    peers.until(lambda: not Consent.objects.live().filter(donor=donor).exists())
    hour = sent[YES].wave.session.slots.first().starts_at.astimezone(MOROCCO).hour
    kannel.reply(YES, f"نعم {hour}")
    peers.until(lambda: Appointment.objects.filter(donor=sent[YES].donor).exists())
    kannel.reply(OFFICER, "2 60")
    peers.until(lambda: Reply.objects.filter(outcome="taken").exists())
    row = Addressee.objects.get(unit__code="SR-TAZ")
    assert (row.planned_on, row.expected_donors, row.answered_by) == (days[1], 60, officer)
    assert Campaign.objects.get().target == 60

    # Each is answered once, and a person sees all of it.
    before = len(kannel.sent())
    outbox.deliver(now=timezone.now())
    peers.until(lambda: len(kannel.sent()) >= before + 3)
    client.force_login(factories.administrator())
    page = client.get("/en/came-back/").text
    for words in ("Delivered", "5.1.1", "4.4.1", "address marked as dead", "Messages stopped"):
        assert words in page
    assert "Place booked" in page and "Day taken for the unit" in page
