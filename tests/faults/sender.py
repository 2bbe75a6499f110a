"""A sender in its own process: reaps and delivers until nothing is left or it is killed.

``python -m tests.faults.sender LEASE_SECONDS [FAULT]``; a fault breaks one rule on purpose, so that
the tests show that they would notice.
"""

import os
import sys
import time
from datetime import timedelta

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
django.setup()

from django.conf import settings  # noqa: E402
from django.utils import timezone  # noqa: E402

from campaigns.messaging import outbox, sending, settling  # noqa: E402
from campaigns.messaging.catalogue import render  # noqa: E402
from campaigns.messaging.transports import one_by_one  # noqa: E402
from campaigns.models import Notification  # noqa: E402


def unfenced(sending, settling):
    """Ignore whether this owner's lease on the rows is still valid."""
    guarded = settling.attempting

    def attempting(rows, owner, accepted):
        _mine, until = guarded(rows, owner, accepted)
        return {row.pk for row in rows}, until

    class Endless(sending.Turn):
        left, over = 3600.0, False

    settling.attempting, sending.Turn, sending.TURN = attempting, Endless, 3600.0


def written_before_sent(sending, settling):
    """Write "sent" first and send afterwards."""
    attempt = sending._attempt

    def early(sender, few, texts, *, most):
        really = sender.hand_over
        sender.hand_over = one_by_one(lambda message, seconds: "early")
        written = attempt(sender, few, texts, most=most)
        sender.note()
        sender.hand_over = really
        turn = sending.Turn(timezone.now() + settling.LEASE)
        list(really([texts.render(notification) for notification in few], turn))
        return written

    sending._attempt = early


FAULTS = {"unfenced": unfenced, "written-before-sent": written_before_sent}


def main() -> None:
    settings.QUIET_HOURS = (24, 0)
    settling.LEASE = timedelta(seconds=float(sys.argv[1]))
    settling.BACKOFF = tuple(timedelta(seconds=0.2) for _try in range(9))
    for fault in sys.argv[2:]:
        FAULTS[fault](sending, settling)
    unsettled = Notification.objects.filter(settled_at=None)
    for notification in unsettled[:1]:
        render(notification)  # loads templates and catalogues, outside of any lease
    while unsettled.exists():
        outbox.reap(now=timezone.now())
        outbox.deliver(now=timezone.now())
        time.sleep(0.05)


if __name__ == "__main__":
    main()
