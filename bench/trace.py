"""Milliseconds to trace a donor to every hospital and a bag back to its donor, over a million
donations; the floor is the bare SQL of the same joins."""

from __future__ import annotations

import argparse
import random

from . import ground

FORWARD = """
SELECT d.din, d.collected_on, b.component_id, b.state, i.hospital, i.issued_at, r.at
FROM centers_donation d JOIN centers_bag b ON b.donation_id = d.id
LEFT JOIN centers_issue i ON i.bag_id = b.id LEFT JOIN centers_return r ON r.issue_id = i.id
WHERE d.donor_id IN (SELECT id FROM donors_donor WHERE id = %(donor)s OR merged_into_id = %(donor)s)
ORDER BY d.collected_on DESC
"""
BACK = """
SELECT p.family_name, p.given_name FROM centers_bag b JOIN centers_donation d ON d.id = b.donation_id
JOIN donors_donor p ON p.id = d.donor_id WHERE b.public_id = %(bag)s
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--donations", type=int, default=1_000_000)
    parser.add_argument("--donors", type=int, default=50_000)
    parser.add_argument("--rounds", type=int, default=40)
    options = parser.parse_args()
    with ground.site(donors=options.donors):
        from django.db import connection
        from django.test import Client

        from centers.models import Bag, Donation, Visit
        from donors.models import User

        from . import history

        cursor = connection.cursor()
        history.fill(cursor, options.donations)
        client = Client()
        client.force_login(User.objects.get(username="demo-doctor-taza"))
        dice = random.Random(8)
        visits = list(
            Visit.objects.filter(session__center__code="BS-TAZ").values_list("public_id", "donor")
        )
        bags = list(
            Bag.objects.filter(center__code="BS-TAZ").values_list("public_id", flat=True)[:5000]
        )
        visits = dice.sample(visits, min(len(visits), options.rounds))
        bags = dice.sample(bags, min(len(bags), options.rounds))
        size = {"donations": Donation.objects.count(), "bags": Bag.objects.count()}
        ways = {
            "donor to hospitals": (
                [f"/ar/centre/visits/{visit}/trace/" for visit, _donor in visits],
                (FORWARD, [{"donor": donor} for _visit, donor in visits]),
            ),
            "bag to donor": (
                [f"/ar/centre/bags/{bag}/trace/" for bag in bags],
                (BACK, [{"bag": bag} for bag in bags]),
            ),
        }
        for way, (paths, (sql, said)) in ways.items():
            _open(client, paths[0])
            took = sorted(ground.seconds(lambda p=path: _open(client, p)) for path in paths)
            bare = [ground.seconds(lambda v=v, q=sql: cursor.execute(q, v)) for v in said]
            ground.report(
                "trace",
                value=ground.middle(took) * 1000,
                unit="ms",
                floor=ground.middle(bare) * 1000,
                size={"way": way} | size,
                more={"p95": round(took[int(len(took) * 0.95)] * 1000, 1)},
            )


def _open(client, path: str) -> None:
    if client.get(path).status_code != 200:
        raise SystemExit(path)


if __name__ == "__main__":
    main()
