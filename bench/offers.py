"""Seconds to read the facts of 2,000 units, compute their offers over twelve weeks and keep the rows; the
floor is the database inserting as many finished rows by one statement. The arithmetic alone is beside it."""

from __future__ import annotations

import argparse
import time

from . import ground
from .units import MEMBERS, UNITS

ADDRESS = """
INSERT INTO campaigns_addressee (memo_id, unit_id, sent_at, answer, because)
SELECT m.id, u.id, m.issued_at, '', '' FROM donors_unit u
CROSS JOIN (SELECT id, issued_at FROM campaigns_memo ORDER BY id LIMIT 1) m
WHERE u.closed_on IS NULL ON CONFLICT DO NOTHING
"""
COPY = """
CREATE TEMP TABLE copy_of_offers (LIKE campaigns_offer INCLUDING ALL);
INSERT INTO copy_of_offers SELECT * FROM campaigns_offer WHERE ended_at IS NULL;
DROP TABLE copy_of_offers
"""
END = "UPDATE campaigns_offer SET ended_at = now() WHERE ended_at IS NULL"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--units", type=int, default=2000)
    parser.add_argument("--donors", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    with ground.site(donors=options.donors):
        from django.db import connection
        from django.utils import timezone

        from campaigns.models import Offer
        from campaigns.offers import choices, facts, renewal

        cursor = connection.cursor()
        cursor.execute("SET statement_timeout = 0")
        cursor.execute(UNITS, {"units": options.units})
        cursor.execute(MEMBERS)
        cursor.execute(ADDRESS)
        cursor.execute("VACUUM ANALYZE")
        now = timezone.now()
        took, floor, arithmetic, own = [], [], [], []
        for _round in range(options.rounds):
            cursor.execute(END)
            began = time.process_time()
            took.append(ground.seconds(lambda: renewal.renew(now=now)))
            own.append(time.process_time() - began)
            floor.append(ground.seconds(lambda: cursor.execute(COPY)))
        units = list(renewal.owing().select_related("province"))
        offers = Offer.objects.filter(ended_at=None)
        spread = offers.values("day").distinct().count()
        made = offers.count()
        cursor.execute(END)
        world = facts.world(now)
        bodies = facts.bodies(units, world.today)
        for _round in range(options.rounds):
            arithmetic.append(ground.seconds(lambda: choices.choose(bodies, world)))
        ground.report(
            "offers",
            value=ground.middle(took),
            unit="s",
            floor=ground.middle(floor),
            size={"units": len(units), "centres": len(world.sites), "weeks": choices.WEEKS},
            more={
                "offers": made,
                "days": spread,
                # Without the database's; other work on the machine hardly counts in it.
                "processor_s": round(ground.middle(own), 3),
                "arithmetic_s": round(ground.middle(arithmetic), 3),
            },
        )


if __name__ == "__main__":
    main()
