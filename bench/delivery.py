"""E-mails a second into a local SMTP sink, against django-post_office and against what the sink itself
takes from bare smtplib: same sink, same bodies, as many processes."""

from __future__ import annotations

import argparse
import contextlib
import os
import pickle
import socket
import subprocess
import sys
import tempfile
import time
from email.utils import parseaddr
from pathlib import Path

os.environ["DJANGO_SETTINGS_MODULE"] = "bench.settings"

from config.machine import embedded  # noqa: E402

from . import ground  # noqa: E402

PROCESSES = 2
# Each prints when it is ready, waits for the start, and exits when nothing is left. As a worker or a
# daemon that has run for a while, each has loaded what it needs for its first mails. Ours renders the
# texts within the time, the peer gets them ready.
OURS = """
import re
import django; django.setup()
from django.utils import timezone
from campaigns.messaging import hindrances, outbox
from campaigns.messaging.catalogue import render
from campaigns.models import Notification
first = list(Notification.objects.filter(state="pending").order_by("pk")[:20])
hindrances.hindrances(first, timezone.now())
for row in first: render(row)
print("ready", flush=True); input()
while outbox.deliver(now=timezone.now(), channels_of=["email"]): pass
print(re.search(r"VmHWM:\\s+(\\d+)", open("/proc/self/status").read())[1])
"""
BARE = """
import os, pickle, smtplib, sys
with open(os.environ["BENCH_BODIES"], "rb") as file: mails = pickle.load(file)
mine = mails[int(os.environ["BENCH_NUMBER"])::int(os.environ["BENCH_OF"])]
print("ready", flush=True); input()
smtp = smtplib.SMTP("127.0.0.1", int(os.environ["BENCH_SMTP_PORT"]))
for recipient, data in mine: smtp.sendmail("no-reply@localhost", recipient, data)
smtp.quit()
"""
PEER = f"""
import django; django.setup()
import logging; logging.disable()
from post_office.mail import send_queued_mail_until_done
from post_office.models import Email
for row in Email.objects.order_by("pk")[:20]: row.prepare_email_message().message()
print("ready", flush=True); input()
send_queued_mail_until_done(processes={PROCESSES})
"""


@contextlib.contextmanager
def sink(port: int, module: str = "bench.sink"):
    command = [sys.executable, "-m", module, str(port)]
    process = subprocess.Popen(command, preexec_fn=embedded.end_with_parent)
    deadline = time.monotonic() + 20
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            break
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
    try:
        yield
    finally:
        process.terminate()
        process.wait(10)


def queue(count: int) -> list:
    """Invitations of several appeals to the demo's donors, due now; every one may leave."""
    from django.utils import timezone

    from campaigns.appeals.appeals import invitation_cause
    from campaigns.messaging import allowance
    from campaigns.models import Appeal, Approval, Notification, Plan, Wave
    from centers.models import Center, Component, Session
    from centers.sessions import advice
    from donors.models import Contact, Donor

    now = timezone.now()
    Appeal.objects.filter(code__startswith="BEN").update(state="ended", settled_at=now)
    Notification.objects.filter(state="pending").update(state="skipped", settled_at=now)
    donors = allowance.may_be_asked(Donor.objects.all(), now)
    contacts = list(
        Contact.objects.reachable()
        .filter(channel="email", donor__in=donors)
        .select_related("donor")
        .order_by("pk")
    )
    against = advice.answered_against([contact.donor for contact in contacts], now)
    contacts = [contact for contact in contacts if contact.donor_id not in against]
    made = []
    begun = Appeal.objects.filter(code__startswith="BEN").count()
    calm = Center.objects.exclude(appeals__state__in=Appeal.OPEN)
    plan = Plan.objects.create(
        made_at=now, changed=True, digest="", solver="", cost=0, bound=0, took_ms=0
    )
    for number, center in enumerate(calm):
        appeal = Appeal.objects.create(
            code=f"BEN{begun + number:03}",
            center=center,
            component=Component.objects.get(code="RBC-SAGM"),
            blood_group="O+",
            needed=1,
            state=Appeal.State.ASKING,
            opened_at=now,
            expires_at=now + timezone.timedelta(days=3),
        )
        wave = Wave.objects.create(
            appeal=appeal,
            session=Session.objects.first(),
            plan=plan,
            number=1,
            state=Wave.State.HELD,
            approval=Approval.NOBODY,
            made_at=now,
            due_at=now,
            size_wanted=count,
        )
        made += Notification.objects.bulk_create(
            Notification(
                kind="appeal_invitation",
                cause=invitation_cause(appeal),
                recipient=f"d:{contact.donor_id}",
                subject_id=appeal.pk,
                donor_id=contact.donor_id,
                contact=contact,
                wave=wave,
                channel="email",
                made_at=now,
                due_at=now,
            )
            for contact in contacts[: count - len(made)]
        )
    if len(made) < count:
        raise SystemExit("too few donors for so many messages")
    return made


def run(code: str, *, processes: int, database: str = "DATABASE_URL") -> tuple[float, list[str]]:
    """Seconds from the common start until the last of them has ended, and what each said."""
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    command = [sys.executable, "-c", code]
    environ = os.environ | {"DATABASE_URL": os.environ[database], "BENCH_OF": str(processes)}
    senders = [
        subprocess.Popen(
            command,
            preexec_fn=embedded.end_with_parent,
            env=environ | {"BENCH_NUMBER": str(number)},
            **pipes,
        )
        for number in range(processes)
    ]
    for sender in senders:
        sender.stdout.readline()

    def whole():
        for sender in senders:
            sender.stdin.write("\n")
            sender.stdin.flush()
        for sender in senders:
            sender.wait()

    taken = ground.seconds(whole)
    if any(sender.returncode for sender in senders):
        raise SystemExit("a sender failed")
    return taken, [sender.stdout.read() for sender in senders]


def ours(count: int) -> tuple[float, float]:
    """Seconds, and the memory of the larger sender in MB."""
    from campaigns.models import Notification

    made = {n.pk for n in queue(count)}
    taken, said = run(OURS, processes=PROCESSES)
    sent = Notification.objects.filter(pk__in=made, state="sent").count()
    if sent != count:
        raise SystemExit(f"only {sent} of {count} left")
    return taken, max(int(kilobytes) for kilobytes in said) / 1024


def messages(count: int) -> list:
    """What was sent just now, for the others."""
    from campaigns.messaging.catalogue import render
    from campaigns.models import Notification

    some = Notification.objects.filter(kind="appeal_invitation", channel="email", state="sent")
    return [render(n) for n in some.select_related("donor", "contact").order_by("-pk")[:count]]


def bare(bodies: list) -> float:
    """The sink's own limit: smtplib in a loop, with everything made before."""
    from campaigns.messaging.transports import mime

    with tempfile.NamedTemporaryFile() as file:
        mails = [(parseaddr(m.address)[1], mime.built(m, eight_bit=True)) for m in bodies]
        Path(file.name).write_bytes(pickle.dumps(mails))
        os.environ["BENCH_BODIES"] = file.name
        return run(BARE, processes=PROCESSES)[0]


def peer(bodies: list) -> float:
    from django.db import models
    from post_office import mail
    from post_office.models import STATUS, Email

    sender = "no-reply@localhost"
    mail.send_many(
        {"recipients": m.address, "sender": sender, "subject": m.subject, "message": m.text,
         "html_message": m.html, "headers": m.headers}
        for m in bodies
    )  # fmt: skip
    taken, _said = run(PEER, processes=1, database="DATABASE_OWNER_URL")
    if Email.objects.filter(status=STATUS.sent).count() < len(bodies):
        states = list(Email.objects.values_list("status").annotate(models.Count("pk")))
        raise SystemExit(f"the peer did not send everything: {states}")
    Email.objects.all().delete()
    return taken


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--donors", type=int, default=3000)
    parser.add_argument("--messages", type=int, default=4000)
    parser.add_argument("--rounds", type=int, default=2)
    options = parser.parse_args()
    port = embedded.free_port(2600)
    os.environ["BENCH_SMTP_PORT"] = str(port)
    with ground.site(donors=options.donors):
        rates, peers, limits, sizes = [], [], [], []
        count = options.messages
        for _round in range(options.rounds):
            with sink(port):
                taken, megabytes = ours(count)
                bodies = messages(count)
                rates.append(count / taken)
                peers.append(count / peer(bodies))
                limits.append(count / bare(bodies))
                sizes.append(megabytes)
            print(
                f"ours {rates[-1]:.0f}/s in {sizes[-1]:.0f} MB, post_office {peers[-1]:.0f}/s, "
                f"the sink alone {limits[-1]:.0f}/s",
                flush=True,
            )
        size = {"messages": count, "rounds": options.rounds, "processes": PROCESSES}
        limit = ground.middle(limits)
        more = {
            "limit": round(limit),
            "of_limit": round(ground.middle(rates) / limit, 3),
            "sender_mb": round(max(sizes)),
        }
        ground.report(
            "delivery",
            value=ground.middle(rates),
            unit="messages/s",
            floor=ground.middle(peers),
            size=size,
            more=more,
        )


if __name__ == "__main__":
    main()
