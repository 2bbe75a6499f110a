"""A gateway that answers slowly holds up no mail."""

import threading

import pytest
from django.db import connection
from django.utils import timezone

from campaigns.messaging import outbox
from campaigns.models import Notification
from tests.support import appealing, gateway, mail_server
from tests.support.peers import until
from tests.support.queueing import queued

pytestmark = pytest.mark.faults


def test_mail_leaves_while_the_gateway_keeps_its_sender_waiting(committed, settings):
    settings.QUIET_HOURS = (24, 0)
    settings.MESSAGE_TRANSPORTS = settings.MESSAGE_TRANSPORTS | {
        name: f"campaigns.messaging.transports.{name}" for name in ("email", "sms")
    }
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.SMS_GATEWAY_TOKEN = "127.0.0.1", "secret"
    now = timezone.now()
    appealing.opened(now, people=0)
    texts = {row.pk for row in queued(now, 3, channel="sms")}
    Notification.objects.exclude(pk__in=texts).update(due_at=now)
    mails = len(queued(now, 5)) - len(texts)

    def by_sms():
        outbox.deliver(now=timezone.now(), channels_of=["sms"])
        connection.close()

    answer = threading.Event()
    with gateway.running(answer) as (settings.SMS_GATEWAY_URL, asked), mail_server.running() as box:
        settings.EMAIL_PORT = box.server_address[1]
        sender = threading.Thread(target=by_sms)
        sender.start()
        try:
            until(lambda: asked)
            outbox.deliver(now=timezone.now(), channels_of=["email"])
            assert len(box.mails) == mails == 5
            assert Notification.objects.filter(pk__in=texts, state="sent").count() == 0
        finally:
            answer.set()
            sender.join(30)
        assert Notification.objects.filter(pk__in=texts, state="sent").count() == 3
