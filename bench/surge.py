"""Traffic after a disaster: many readers, and many people booking the last places.

No time limit is checked; an error or an overbooked slot ends with code 1.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import threading
import time
import uuid
from collections import Counter
from datetime import timedelta
from pathlib import Path

from config import env
from config.machine import embedded

from . import ground, tools
from .booker import Tally, keep_booking
from .public_page import SITE, served, wait_for

SLOTS, PLACES = 4, 3
PHONE = "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 Chrome/130.0.0.0 Mobile"


class Rush:
    """A campaign with few places; when it is full the bookers turn to the next one."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.campaigns: list[uuid.UUID] = []
        self._next()

    def current(self) -> uuid.UUID:
        return self.campaigns[-1]

    def full(self, campaign: uuid.UUID) -> None:
        with self.lock:
            if campaign == self.campaigns[-1]:
                self._next()

    def _next(self) -> None:
        from django.db import transaction
        from django.utils import timezone

        from campaigns.models import Campaign
        from centers.models import Session, Slot

        campaign = Campaign.objects.filter(state__in=Campaign.OPEN).earliest("pk")
        session = Session.objects.filter(campaigns=campaign).earliest("pk")
        now = timezone.now()
        campaign.pk = campaign.addressee = session.pk = None
        campaign.public_id, session.public_id = uuid.uuid4(), uuid.uuid4()
        session.state, session.starts_at = "planned", now + timedelta(days=3)
        session.ends_at = session.starts_at + timedelta(hours=6)
        with transaction.atomic():
            campaign.save(force_insert=True)
            session.save(force_insert=True)
            campaign.sessions.add(session)
            for number in range(SLOTS):
                starts_at = session.starts_at + timedelta(hours=number)
                Slot.objects.create(session=session, starts_at=starts_at, places=PLACES)
        self.campaigns.append(campaign.public_id)

    def counts(self) -> dict[str, int]:
        """Of the rush by SQL: places, those the slots count, those people hold, slots over
        theirs."""
        from django.db import connection

        held = "SELECT count(*) FROM centers_appointment a WHERE a.slot_id = s.id AND a.state IN ('offered', 'booked', 'arrived')"
        with connection.cursor() as cursor:
            cursor.execute(
                f"""SELECT count(*), sum(places), sum(taken), sum(held),
                        count(*) FILTER (WHERE taken > places OR held > places OR held <> taken)
                    FROM (SELECT s.places, s.taken, ({held}) AS held FROM centers_slot s
                        JOIN campaigns_campaign_sessions USING (session_id)
                        JOIN campaigns_campaign c ON c.id = campaign_id
                        WHERE c.public_id = ANY(%s)) AS slots""",
                [self.campaigns],
            )
            names = ("slots", "places", "taken", "appointments", "wrong")
            return dict(zip(names, map(int, cursor.fetchone()), strict=True))


def pages() -> list[str]:
    """The pages that the crowd reads; the most popular are listed more than once."""
    from campaigns.models import Campaign

    campaign = Campaign.objects.filter(state__in=Campaign.OPEN).earliest("pk")
    paths = ["", "", "campaigns/", "campaigns/?free=on", "campaigns/map/", "stock/"]
    paths += ["?province=MA-TAZ", *2 * [f"campaigns/{campaign.public_id}/"]]
    return [f"/{language}/{path}" for path in paths for language in ("ar", "fr")]


def crowd(site: str, paths: list[str], options, duration: int) -> dict:
    """autocannon's figures; every reader requests all the pages."""
    headers = {"accept-encoding": "gzip, deflate, br", "user-agent": PHONE, "accept": "text/html"}
    entries = [
        {
            "request": {
                "method": "GET",
                "url": f"{site}{path}",
                "headers": [
                    {"name": name, "value": value}
                    for name, value in {**headers, "accept-language": path[1:3]}.items()
                ],
            }
        }
        for path in paths
    ]
    har = env.VAR / "bench-surge.har"
    har.write_text(json.dumps({"log": {"entries": entries}}))
    command = [
        str(tools.program("autocannon")),
        "-c",
        str(options.readers),
        "-d",
        str(duration),
        "-j",
    ]
    command += ["--har", str(har), site]
    path = f"{Path('.venv/bin').resolve()}:{os.environ['PATH']}"
    run = subprocess.run(
        command, capture_output=True, check=True, env=os.environ | {"PATH": path}, text=True
    )
    return json.loads(run.stdout)


def bad_answers(read: dict) -> Counter[str]:
    found = {f"page {code}": n["count"] for code, n in read["statusCodeStats"].items()}
    found = Counter({code: n for code, n in found.items() if code != "page 200"})
    found["page without answer"] = read["errors"]
    return +found


def booked_beside(site: str, rush: Rush, options) -> tuple[list[threading.Thread], list[Tally]]:
    from django.db import connections

    until, tallies = time.monotonic() + options.seconds, []

    def run(name: str, tally: Tally) -> None:
        try:
            keep_booking(site, rush, until, name, tally)
        finally:
            connections.close_all()

    threads = []
    for number in range(options.bookers):
        tallies.append(Tally())
        arguments = (f"{uuid.uuid4().hex[:6]}-{number}", tallies[-1])
        threads.append(threading.Thread(target=run, args=arguments))
        threads[-1].start()
    return threads, tallies


def surge(site: str, rush: Rush, options) -> tuple[dict, list[Tally]]:
    for path in set(pages()):
        wait_for(f"{site}{path}")
    threads, tallies = booked_beside(site, rush, options)
    read = crowd(site, pages(), options, options.seconds)
    for thread in threads:
        thread.join()
    return read, tallies


def summary(read: dict, tallies: list[Tally], counts: dict) -> dict:
    took = sorted(second for tally in tallies for second in tally.took)
    errors = sum((tally.errors for tally in tallies), bad_answers(read))
    cuts = statistics.quantiles(took, n=100) if len(took) > 1 else [0.0] * 99
    return {
        "pages_ms": {name: read["latency"][name] for name in ("p50", "p99", "max")},
        "bookings_ms": {"p50": round(cuts[49] * 1000), "p99": round(cuts[98] * 1000)},
        "booked": sum(tally.booked for tally in tallies),
        "refused_full": sum(tally.full for tally in tallies),
        "errors": dict(errors),
        "rush": counts,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--donors", type=int, default=3000)
    parser.add_argument("--seconds", type=int, default=120)
    parser.add_argument("--readers", type=int, default=64)
    parser.add_argument("--bookers", type=int, default=8)
    options = parser.parse_args()
    with ground.site(donors=options.donors):
        rush = Rush()
        with served(SITE, embedded.free_port(8400)) as site:
            read, tallies = surge(site, rush, options)
        with served("bench.bare:application", embedded.free_port(8500)) as bare:
            wait_for(f"{bare}/")
            floor = crowd(bare, pages(), options, max(2, options.seconds // 4))
        found = summary(read, tallies, rush.counts())
        ground.report(
            "surge",
            value=read["requests"]["average"],
            unit="requests/s",
            floor=floor["requests"]["average"],
            size={name: getattr(options, name) for name in ("seconds", "readers", "bookers")},
            more=found,
        )
    counts = found["rush"]
    sound = counts["wrong"] == 0 and counts["appointments"] == found["booked"]
    sys.exit(1 if found["errors"] or not sound else 0)


if __name__ == "__main__":
    main()
