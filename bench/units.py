"""Milliseconds of the pages of a tree of two thousand units with many members; the floor is the same
counts as bare SQL."""

from __future__ import annotations

import argparse

from bench import ground

UNITS = """
INSERT INTO donors_unit (name_ar, name_fr, name_en, code, parent_id, path, kind, province_id,
    verified, parent_verified, source, name_keys)
SELECT 'وحدة ' || n, 'Unite ' || n, 'Scale ' || n, 'SC-' || n, p.id, p.path || 'SC-' || n || '/',
    'district', p.province_id, 'no', 'no', '', ARRAY['unt', 'skl', n::text]
FROM generate_series(1, %(units)s) n
JOIN (SELECT id, path, province_id, row_number() OVER (ORDER BY path) - 1 AS place,
             count(*) OVER () AS total FROM donors_unit) p ON p.place = n %% p.total
"""
MEMBERS = """
INSERT INTO donors_membership (donor_id, unit_id, since)
SELECT d.id, u.id, current_date - 100
FROM (SELECT id, row_number() OVER (ORDER BY id) AS n FROM donors_donor
      WHERE id NOT IN (SELECT donor_id FROM donors_membership)) d
JOIN (SELECT id, row_number() OVER (ORDER BY id) - 1 AS place, count(*) OVER () AS total
      FROM donors_unit) u ON u.place = d.n % u.total
"""
FLOOR = """
SELECT u.path, count(DISTINCT m.donor_id) FROM donors_membership m
JOIN donors_unit u ON u.id = m.unit_id
WHERE starts_with(u.path, '/DGSN/') AND m.since <= current_date
    AND (m.until IS NULL OR m.until > current_date)
GROUP BY u.path
"""
PAGES = {
    "tops": "/ar/units/",
    "search": "/ar/units/?q=scale 17",
    "head of the tree": "/ar/units/DGSN/",
    "a prefecture": "/ar/units/PP-MAR/",
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--units", type=int, default=2000)
    parser.add_argument("--donors", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args()
    with ground.site(donors=options.donors):
        from django.db import connection
        from django.test import Client

        from donors.models import Membership, User

        with connection.cursor() as cursor:
            cursor.execute("SET statement_timeout = 0")
            cursor.execute(UNITS, {"units": options.units})
            cursor.execute(MEMBERS)
            cursor.execute("VACUUM ANALYZE")
            floor = ground.middle(
                [ground.seconds(lambda: cursor.execute(FLOOR)) for _n in range(options.rounds)]
            )
        client = Client()
        client.force_login(User.objects.get(username="demo-administrator"))
        for page, path in PAGES.items():
            took = []
            for _round in range(options.rounds + 1):
                took.append(ground.seconds(lambda path=path: client.get(path)))
            if client.get(path).status_code != 200:
                raise SystemExit(path)
            size = {"page": page, "units": options.units, "members": Membership.objects.count()}
            value = ground.middle(took[1:]) * 1000
            ground.report("units", value=value, unit="ms", floor=floor * 1000, size=size)


if __name__ == "__main__":
    main()
