"""SMS a second into a local gateway, against ``http.client`` in a loop on a kept connection: same
gateway, same bodies, as many processes."""

from __future__ import annotations

import argparse
import os
import pickle
import tempfile
from pathlib import Path

from config.machine import embedded

from . import delivery, ground

PROCESSES = delivery.PROCESSES
OURS = delivery.OURS.replace('["email"]', '["sms"]')
BARE = """
import http.client, os, pickle
with open(os.environ["BENCH_BODIES"], "rb") as file: asked = pickle.load(file)
mine = asked[int(os.environ["BENCH_NUMBER"])::int(os.environ["BENCH_OF"])]
print("ready", flush=True); input()
line = http.client.HTTPConnection("127.0.0.1", int(os.environ["BENCH_SMS_PORT"]))
for data, headers in mine:
    line.request("POST", "/send", body=data, headers=headers)
    line.getresponse().read()
"""


def by_sms(count: int) -> set[int]:
    """The queue of the mail bench, to mobile numbers."""
    from django.db import connection

    made = [n.pk for n in delivery.queue(count)]
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE donors_contact c SET channel = 'sms', address = '+2126' || lpad(c.id::text, 8, '0')"
            " FROM campaigns_notification n WHERE n.id = ANY(%s) AND c.id = n.contact_id",
            [made],
        )
        cursor.execute("ALTER TABLE campaigns_notification DISABLE TRIGGER USER")
        cursor.execute(
            "UPDATE campaigns_notification SET channel = 'sms' WHERE id = ANY(%s)", [made]
        )
        cursor.execute("ALTER TABLE campaigns_notification ENABLE TRIGGER USER")
    return set(made)


def bare(made: set[int]) -> float:
    from campaigns.messaging.catalogue import render
    from campaigns.messaging.transports.gateways import GATEWAYS
    from campaigns.models import Notification

    rows = Notification.objects.filter(pk__in=made).select_related("donor", "contact")
    asked = [GATEWAYS["json"].asked(render(row)) for row in rows]
    with tempfile.NamedTemporaryFile() as file:
        Path(file.name).write_bytes(pickle.dumps(asked))
        os.environ["BENCH_BODIES"] = file.name
        return delivery.run(BARE, processes=PROCESSES)[0]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--donors", type=int, default=3000)
    parser.add_argument("--messages", type=int, default=2000)
    options = parser.parse_args()
    port = embedded.free_port(2700)
    with ground.site(donors=options.donors), delivery.sink(port, "bench.gateway"):
        os.environ["BENCH_SMS_PORT"] = str(port)  # for the senders
        from campaigns.models import Notification

        made = by_sms(options.messages)
        taken, said = delivery.run(OURS, processes=PROCESSES)
        sent = Notification.objects.filter(pk__in=made, state="sent").count()
        if sent != options.messages:
            raise SystemExit(f"only {sent} of {options.messages} left")
        floor = options.messages / bare(made)
        ground.report(
            "delivery_sms",
            value=options.messages / taken,
            unit="messages/s",
            floor=floor,
            size={"messages": options.messages, "processes": PROCESSES},
            more={"sender_mb": round(max(int(size) for size in said) / 1024)},
        )


if __name__ == "__main__":
    main()
