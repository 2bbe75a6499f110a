"""Milliseconds to render each public page with few and with very many upcoming campaigns.

The floor of a page is the same page with few; printed beside it is the list's own query as bare
SQL.
"""

from __future__ import annotations

import argparse

from . import ground

SLOTS = 6
SESSIONS = """
WITH numbers AS (SELECT generate_series(%(first)s, %(last)s) AS n),
centres AS (SELECT id, row_number() OVER (ORDER BY id) - 1 AS place, count(*) OVER () AS total
            FROM centers_center),
provinces AS (SELECT code, latitude, longitude, row_number() OVER (ORDER BY code) - 1 AS place,
              count(*) OVER () AS total FROM donors_province)
INSERT INTO centers_session (public_id, center_id, kind, state, province_id, latitude, longitude,
    room, starts_at, ends_at, beds, walk_ins, cancelled_because, moves, was_ar, was_fr, was_en, name_ar, name_fr, name_en)
SELECT gen_random_uuid(), c.id, 'mobile', 'planned', p.code, p.latitude, p.longitude,
    '', at, at + interval '6 hours', 2, true, '', 0, '', '', '', 'قاعة ' || n, 'Salle ' || n, 'Scale ' || n
FROM numbers
JOIN centres c ON c.place = n %% c.total JOIN provinces p ON p.place = n %% p.total
CROSS JOIN LATERAL (SELECT date_trunc('day', now()) + interval '1 day' * (1 + n / 7 %% 60)
                    + interval '1 hour' * (7 + n %% 7)) AS times(at)
"""
CAMPAIGNS = """
INSERT INTO campaigns_campaign (public_id, unit_id, center_id, story_ar, story_fr, story_en,
    afterword_ar, afterword_fr, afterword_en, partners_ar, partners_fr, partners_en,
    planned_on, target, cap, state, drafted_at, drafted_by_id, decided_at, decided_by_id, because,
    name_ar, name_fr, name_en)
SELECT gen_random_uuid(), u.id, s.center_id, repeat('قصة ', 40), '', '', '', '', '', '', '', '',
    morocco_day(s.starts_at), 60, 80, 'confirmed', now(), o.id, now(), o.id, '', 'حملة ' || n,
    'Campagne ' || n, s.name_en
FROM (SELECT *, substring(name_en FROM 7)::int AS n FROM centers_session
      WHERE name_en LIKE 'Scale %%') s
CROSS JOIN LATERAL (SELECT id FROM donors_unit ORDER BY id OFFSET s.n %% 40 LIMIT 1) u
CROSS JOIN (SELECT min(id) AS id FROM donors_user) o
WHERE n BETWEEN %(first)s AND %(last)s
"""
STOPS = """
INSERT INTO campaigns_campaign_sessions (campaign_id, session_id)
SELECT c.id, s.id FROM campaigns_campaign c JOIN centers_session s USING (name_en)
WHERE name_en LIKE 'Scale %%' AND substring(name_en FROM 7)::int BETWEEN %(first)s AND %(last)s
"""
SLOT = """
INSERT INTO centers_slot (session_id, starts_at, places, taken)
SELECT s.id, s.starts_at + interval '1 hour' * k, 2, 0
FROM centers_session s, generate_series(0, %(slots)s - 1) k
WHERE name_en LIKE 'Scale %%' AND substring(name_en FROM 7)::int BETWEEN %(first)s AND %(last)s
"""


def grow(first: int, last: int) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        for statement in (SESSIONS, CAMPAIGNS, STOPS, SLOT):
            cursor.execute(statement, {"first": first, "last": last, "slots": SLOTS})
        cursor.execute("VACUUM ANALYZE")
        cursor.execute("RESET statement_timeout")


def paths() -> dict[str, str]:
    from django.utils import timezone

    from campaigns.models import Campaign
    from centers.models import Center

    campaign = Campaign.objects.filter(name_en="Scale 1").get()
    center = Center.objects.collecting().order_by("code").first()
    day = timezone.localdate() + timezone.timedelta(days=9)
    return {
        "home": "/ar/",
        "home, province": "/ar/?province=MA-TAZ",
        "list": "/ar/campaigns/",
        "list, page 40": "/ar/campaigns/?page=40",
        "list, province": "/ar/campaigns/?province=MA-TAZ",
        "list, day": f"/ar/campaigns/?on={day}",
        "list, province and day": f"/ar/campaigns/?province=MA-TAZ&on={day}",
        "list, free": "/ar/campaigns/?free=on",
        "map": "/ar/campaigns/map/",
        "map, free": "/ar/campaigns/map/?free=on",
        "campaign": f"/ar/campaigns/{campaign.public_id}/",
        "centre": f"/ar/centres/{center.code}/",
        "stock": "/ar/stock/",
        "sitemap": "/sitemap.xml",
        "sitemap, a section": "/sitemap-campaigns.xml",
    }


def measure(rounds: int) -> dict[str, float]:
    """Milliseconds of each page through all of Django, without the page cache."""
    from django.test import Client

    client, found = Client(), {}
    for name, path in paths().items():
        took = []
        for number in range(rounds + 1):
            took.append(ground.seconds(lambda path=path: _get(client, path)))
            if number == 0:
                took.clear()  # the first loads templates and catalogues
        found[name] = ground.middle(took) * 1000
    found["the query"] = _query(rounds) * 1000
    return found


def _get(client, path: str) -> None:
    status = client.get(path).status_code
    if status != 200:
        raise SystemExit(f"{path}: {status}")


def _query(rounds: int) -> float:
    from django.db import connection
    from django.utils import timezone

    from campaigns.agenda import listing, upcoming

    rows = listing.coming(timezone.now()).stops.order_by(*upcoming.IN_TIME)
    statement, values = rows.values("pk")[:24].query.sql_with_params()
    with connection.cursor() as cursor:
        return ground.middle(
            [ground.seconds(lambda: cursor.execute(statement, values)) for _n in range(rounds)]
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--donors", type=int, default=300)
    parser.add_argument("--few", type=int, default=1000)
    parser.add_argument("--many", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args()
    with ground.site(donors=options.donors):
        from django.conf import settings

        settings.MIDDLEWARE.remove("config.page_cache.middleware.SharedPages")
        grow(1, options.few)
        few = measure(options.rounds)
        grow(options.few + 1, options.many)
        many = measure(options.rounds)
        for page, took in many.items():
            size = {"page": page, "few": options.few, "many": options.many}
            ground.report("scale", value=took, unit="ms", floor=few[page], size=size)


if __name__ == "__main__":
    main()
