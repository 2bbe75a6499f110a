"""The register of people who might be asked, counted by cohort.

Looking at a million people takes seconds, so it is done every few minutes and not at each plan.
What may have changed meanwhile is looked at again when a message leaves (``messaging.hindrances``).
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, transaction
from django.db.models import OuterRef, Subquery

from campaigns.messaging.allowance import ALLOWANCE_WINDOW, QUIET_SINCE_ASKED, may_be_asked
from centers.models import GroupDoubt
from donors.clock.calendar import local_day
from donors.models import Contact, Donor

LEAST = timedelta(seconds=60)
# The register may take one part in so many of a worker's time.
SHARE = 50

RENEW = """
WITH asked AS MATERIALIZED (
    SELECT donor_id, max(at) AS last, count(*) FILTER (WHERE at > %(window)s) AS lately,
        min(at) FILTER (WHERE at > %(window)s) AS first
    FROM campaigns_asked GROUP BY donor_id
), wish AS MATERIALIZED (
    -- Of the person, also where the record that carried it was joined to another.
    SELECT DISTINCT ON (1) coalesce(d.merged_into_id, d.id) AS donor_id, w.from_on
    FROM campaigns_wish w JOIN donors_donor d ON d.id = w.donor_id
    WHERE w.ended_at IS NULL AND w.from_on > %(today)s - 7
    ORDER BY 1, w.made_at DESC, w.id DESC
), fresh AS MATERIALIZED (
    SELECT c.id AS donor_id, c.province_id, c.blood_group, contact.channel, contact.id AS contact_id,
        -- Who wished for these days is asked first, then the one asked longest ago.
        CASE WHEN wish.from_on <= %(today)s THEN -(1::bigint << 60)
            ELSE coalesce(extract(epoch FROM asked.last)::bigint / 3600, 0) << 28 END
            + ('x' || left(md5(c.id::text), 7))::bit(28)::bigint AS turn,
        greatest(asked.last + %(rest)s,
            CASE WHEN asked.lately >= %(most)s THEN asked.first + %(span)s END,
            CASE WHEN wish.from_on > %(today)s THEN morocco_midnight(wish.from_on) END) AS rests_until
    FROM ({candidates}) c
    JOIN donors_contact contact ON contact.id = c.contact
    LEFT JOIN asked ON asked.donor_id = c.id
    LEFT JOIN wish ON wish.donor_id = c.id
), gone AS (
    DELETE FROM campaigns_askable a
    WHERE NOT EXISTS (SELECT FROM fresh WHERE fresh.donor_id = a.donor_id)
)
INSERT INTO campaigns_askable AS a
    (donor_id, province_id, blood_group, channel, contact_id, turn, rests_until)
SELECT donor_id, province_id, blood_group, channel, contact_id, turn, rests_until FROM fresh
ON CONFLICT (donor_id) DO UPDATE SET province_id = excluded.province_id,
    blood_group = excluded.blood_group, channel = excluded.channel,
    contact_id = excluded.contact_id, turn = excluded.turn, rests_until = excluded.rests_until
WHERE (a.province_id, a.blood_group, a.channel, a.contact_id, a.turn, a.rests_until)
    IS DISTINCT FROM (excluded.province_id, excluded.blood_group, excluded.channel,
        excluded.contact_id, excluded.turn, excluded.rests_until)
"""

COUNT = """
INSERT INTO campaigns_cohort (province_id, blood_group, channel, members, askable)
SELECT province_id, blood_group, channel, count(*),
    count(*) FILTER (WHERE rests_until IS NULL OR rests_until <= %s)
FROM campaigns_askable GROUP BY 1, 2, 3
"""


@transaction.atomic
def renew(*, now: datetime) -> None:
    """Bring the register to the facts, and count it."""
    contact = Contact.objects.reachable().filter(donor=OuterRef("pk")).order_by("-preferred", "pk")
    people = may_be_asked(Donor.objects.exclude(province=None), now)
    people = people.exclude(pk__in=GroupDoubt.objects.people())
    rows = people.annotate(contact=Subquery(contact.values("pk")[:1]))
    sql, values = rows.values("id", "province_id", "blood_group", "contact").query.sql_with_params()
    with connection.cursor() as cursor:
        # JIT compilation costs more than it saves, hashes need memory, and the planner of Postgres
        # takes what it has not counted for one row, and then loops over a million.
        cursor.execute(
            "SET LOCAL jit = off; SET LOCAL work_mem = '128MB'; SET LOCAL enable_nestloop = off"
        )
        named = {f"p{place}": value for place, value in enumerate(values)}
        sql = sql % tuple(f"%({name})s" for name in named)
        cursor.execute(
            RENEW.replace("{candidates}", sql),
            named
            | {
                "window": now - ALLOWANCE_WINDOW,
                "rest": QUIET_SINCE_ASKED,
                "span": ALLOWANCE_WINDOW,
                "most": settings.MONTHLY_ALLOWANCE,
                "today": local_day(now),
            },
        )
        cursor.execute("SET LOCAL work_mem TO DEFAULT; SET LOCAL enable_nestloop TO DEFAULT")
    count(now=now)


@transaction.atomic
def count(*, now: datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM campaigns_cohort")
        cursor.execute(COUNT, [now])
