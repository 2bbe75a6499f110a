"""How long a code waits while a wave of many thousand messages leaves: seconds from its queueing until
the mail server has it, the worst of several, against the five seconds that somebody at a form bears."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time

from config.machine import embedded

from . import delivery, ground

BEARABLE = 5.0
# As the tasks of Celery: a wave's senders, and one for what goes first, woken every second.
WAVE = """
import time
import django; django.setup()
from django.utils import timezone
from campaigns.messaging import outbox
print("ready", flush=True)
while True:
    outbox.deliver(now=timezone.now(), channels_of=["email"])
    time.sleep(0.5)
"""
FIRST = """
import time
import django; django.setup()
from django.utils import timezone
from campaigns.messaging import outbox
from campaigns.models import Notification
print("ready", flush=True)
while True:
    outbox.deliver(now=timezone.now(), channels_of=["email"], lane=Notification.Lane.PERSON)
    time.sleep(1)
"""


def code(number: int):
    """A code to sign in, queued as somebody asks for it."""
    from django.utils import timezone

    from campaigns.account import sign_in
    from campaigns.models import Notification
    from donors.models import Contact

    known = Contact.objects.reachable().filter(channel="email").select_related("donor")
    contact = known.order_by("pk")[number]
    sign_in.ask(
        address=contact.address,
        born=contact.donor.born,
        sender=f"10.0.0.{number}",
        now=timezone.now(),
    )
    return Notification.objects.filter(kind="proof_code").latest("pk")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--donors", type=int, default=3000)
    parser.add_argument("--wave", type=int, default=100_000)
    parser.add_argument("--codes", type=int, default=10)
    options = parser.parse_args()
    port = embedded.free_port(2600)
    os.environ["BENCH_SMTP_PORT"] = str(port)
    with ground.site(donors=options.donors), delivery.sink(port):
        from campaigns.models import Notification

        made = delivery.queue(options.wave)
        senders = [
            subprocess.Popen(
                [sys.executable, "-c", script],
                preexec_fn=embedded.end_with_parent,
                stdout=subprocess.PIPE,
            )
            for script in (WAVE, WAVE, FIRST)
        ]
        try:
            for sender in senders:
                sender.stdout.readline()
            waits: list[float] = []
            wave = Notification.objects.filter(pk__in=[n.pk for n in made], settled_at=None)
            # A code that has no wave beside it says nothing.
            while len(waits) < options.codes and wave.exists():
                row = code(len(waits))
                began = time.perf_counter()
                rows = Notification.objects.filter(pk=row.pk, state="sent")
                while not rows.exists() and time.perf_counter() - began < 10 * BEARABLE:
                    time.sleep(0.02)
                waits.append(time.perf_counter() - began)
                time.sleep(0.3)
        finally:
            for sender in senders:
                sender.terminate()
                sender.wait(10)
        if not waits:
            raise SystemExit("the wave was over before the first code: take a larger one")
        size = {"wave": options.wave, "codes": len(waits)}
        ground.report(
            "code_beside_wave",
            value=max(waits),
            unit="s",
            floor=BEARABLE,
            size=size,
            more={"middle": round(ground.middle(waits), 3)},
        )
        if max(waits) > BEARABLE:
            raise SystemExit("a code waited too long")


if __name__ == "__main__":
    main()
