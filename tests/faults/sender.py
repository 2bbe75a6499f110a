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


def unfenced(outbox):
    """Ignore whether this owner's lease on the row is still valid."""
    guarded = outbox._settle

    def settle(*args, **kwargs):
        guarded(*args, **kwargs)
        return 1

    outbox._settle = settle


def written_before_sent(outbox):
    """Write "sent" first and send afterwards."""
    attempt = outbox._attempt

    def early(notification, owner, hand_over):
        attempt(notification, owner, lambda message: "early")
        hand_over(outbox.render(notification))
        return 1

    outbox._attempt = early


FAULTS = {"unfenced": unfenced, "written-before-sent": written_before_sent}


def main() -> None:
    django.setup()
    from django.conf import settings
    from django.utils import timezone

    from campaigns.messaging import outbox
    from campaigns.models import Notification

    settings.QUIET_HOURS = (24, 0)
    outbox.LEASE = timedelta(seconds=float(sys.argv[1]))
    outbox.BACKOFF = tuple(timedelta(seconds=0.2) for _try in range(9))
    for fault in sys.argv[2:]:
        FAULTS[fault](outbox)
    unsettled = Notification.objects.filter(settled_at=None)
    for notification in unsettled[:1]:
        outbox.render(notification)  # loads templates and catalogues, outside of any lease
    while unsettled.exists():
        outbox.reap(now=timezone.now())
        outbox.deliver(now=timezone.now())
        time.sleep(0.05)


if __name__ == "__main__":
    main()
