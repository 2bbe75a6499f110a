"""Milliseconds of the pages of a tree of two thousand units with many members; the floor of each is
bare SQL for the figures shown on it, which must be equal."""

from __future__ import annotations

import argparse

from . import ground

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
FIGURES = """
WITH shown AS (SELECT path FROM donors_unit WHERE {shown} ORDER BY path LIMIT 50),
cells AS (
    SELECT u.path, count(*) AS members FROM donors_membership m JOIN donors_unit u ON u.id = m.unit_id
    WHERE EXISTS (SELECT FROM shown WHERE starts_with(u.path, shown.path))
        AND m.since <= current_date AND (m.until IS NULL OR m.until > current_date)
    GROUP BY u.path HAVING count(*) >= 5)
SELECT shown.path, sum(members) FROM shown JOIN cells ON starts_with(cells.path, shown.path)
GROUP BY shown.path
"""
CHOICES = """
SELECT id, code, name_ar, name_fr FROM donors_unit
WHERE closed_on IS NULL AND NOT starts_with(path, '/DGSN/PP-MAR/') ORDER BY path
"""
CHILDREN = "parent_id = (SELECT id FROM donors_unit WHERE code = '{}')"
# Page, whether its reader is an administrator, its address, and the units whose figures it shows.
PAGES = (
    ("tops", True, "/ar/units/", "parent_id IS NULL"),
    ("search", True, "/ar/units/?q=scale 17", "code LIKE 'SC-%' AND '17' = ANY(name_keys)"),
    ("wide search", True, "/ar/units/?q=scale", "code LIKE 'SC-%'"),
    ("head of the tree", True, "/ar/units/DGSN/", CHILDREN.format("DGSN")),
    ("a prefecture", True, "/ar/units/PP-MAR/", CHILDREN.format("PP-MAR")),
    ("its officer's list", False, "/ar/units/", "code = 'PP-MAR'"),
    ("its officer's page", False, "/ar/units/PP-MAR/", CHILDREN.format("PP-MAR")),
    ("where to move it", True, "/ar/units/PP-MAR/move/", None),
)


def same(cursor, shown: str) -> None:
    """Assert that the product's figures equal those of the bare SQL."""
    from donors.models import Unit
    from donors.units import headcount

    cursor.execute(FIGURES.format(shown=shown))
    bare = dict(cursor.fetchall())
    cursor.execute(f"SELECT id FROM donors_unit WHERE {shown} ORDER BY path LIMIT 50")
    rows = headcount.of(list(Unit.objects.filter(pk__in=[pk for (pk,) in cursor.fetchall()])))
    shown_figures = {row.unit.path: row.below for row in rows if row.below is not None}
    if shown_figures != bare:
        raise SystemExit(f"other figures where {shown}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--units", type=int, default=2000)
    parser.add_argument("--donors", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args()
    with ground.site(donors=options.donors):
        from django.db import connection
        from django.test import Client

        from donors.models import Membership, Officer, User

        cursor = connection.cursor()
        cursor.execute("SET statement_timeout = 0")
        cursor.execute(UNITS, {"units": options.units})
        cursor.execute(MEMBERS)
        cursor.execute("VACUUM ANALYZE")
        keeper, officer = Client(), Client()
        keeper.force_login(User.objects.get(username="demo-administrator"))
        command = Officer.objects.select_related("user").filter(unit__code="PP-MAR").first()
        officer.force_login(command.user)
        size = {"units": options.units, "members": Membership.objects.count()}
        for page, keeps, path, shown in PAGES:
            sql = FIGURES.format(shown=shown) if shown else CHOICES
            if shown:
                same(cursor, shown)
            client = keeper if keeps else officer
            response = client.get(path)
            if response.status_code != 200:
                raise SystemExit(path)
            acts = (lambda path=path, c=client: c.get(path)), (lambda sql=sql: cursor.execute(sql))
            took, floor = (
                ground.middle([ground.seconds(act) for _n in range(options.rounds)]) * 1000
                for act in acts
            )
            more = {"bytes": len(response.content)}
            ground.report(
                "units", value=took, unit="ms", floor=floor, size={"page": page} | size, more=more
            )


if __name__ == "__main__":
    main()
