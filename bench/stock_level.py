"""Milliseconds to show a centre's stock with ten thousand and with a million bags in the ledger,
the same ones in stock; the floor is the bare SQL of its eight levels, with the million."""

from __future__ import annotations

import argparse

from . import ground

LEVELS = """
SELECT l.blood_group, l.quarantined, l.available, l.reserved, l.in_transit, l.changed_at, f.routine, f.relief, f.ceiling
FROM centers_stocklevel l JOIN centers_center c ON c.id = l.center_id
LEFT JOIN centers_floor f USING (center_id, component_id, blood_group)
WHERE c.code = 'BS-TAZ' AND l.component_id = 'RBC-SAGM'
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--few", type=int, default=10_000)
    parser.add_argument("--many", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=15)
    options = parser.parse_args()
    took = {}
    with ground.site(donors=2000):
        from django.db import connection
        from django.test import Client

        from centers.models import Bag
        from donors.models import User

        from . import history

        cursor = connection.cursor()
        client = Client()
        client.force_login(User.objects.get(username="demo-manager-taza"))

        def shelf() -> None:
            if client.get("/ar/centre/at/BS-TAZ/stock/").status_code != 200:
                raise SystemExit("the shelf did not open")

        def milliseconds(act) -> float:
            return ground.middle([ground.seconds(act) for _n in range(options.rounds)]) * 1000

        first = 1
        for bags in (options.few, options.many):
            history.fill(cursor, bags, first=first)
            first = bags + 1
            shelf()
            took[bags] = milliseconds(shelf)
        floor = milliseconds(lambda: cursor.execute(LEVELS))
        size = {"bags": Bag.objects.count()}
    ground.report(
        "stock_level",
        value=took[options.many],
        unit="ms",
        floor=floor,
        size=size,
        more={
            "few": round(took[options.few], 2),
            "many_to_few": round(took[options.many] / took[options.few], 2),
        },
    )


if __name__ == "__main__":
    main()
