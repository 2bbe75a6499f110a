"""Many people at once, by one statement: for tests about numbers, not about persons."""

from __future__ import annotations

from datetime import datetime

from django.db import connection

from centers.models import Center

from . import factories

PEOPLE = """
WITH made AS (
    INSERT INTO donors_donor
        (public_id, family_name, given_name, family_name_ar, given_name_ar, name_key, name_key_ar,
         name_keys, sex, birth_date, document_kind, blood_group, province_id, language, registered_at)
    SELECT gen_random_uuid(), 'Alaoui', 'Karim ' || n, '', '', 'alaoui', '', '{}', 'M',
        date '1990-01-01', '', %(group)s, %(province)s, 'ar', %(now)s
    FROM generate_series(1, %(count)s) n RETURNING id
), reached AS (
    INSERT INTO donors_contact
        (donor_id, channel, address, preferred, verified_at, failed_reason, failed_code)
    SELECT id, %(channel)s, CASE %(channel)s WHEN 'sms' THEN '+2126' || lpad(id::text, 8, '0')
        ELSE 'crowd-' || id || '@example.org' END, true, %(now)s, '', '' FROM made
    RETURNING donor_id
)
INSERT INTO donors_consent (donor_id, purpose, text_version, language, given_at)
SELECT donor_id, 'appeals', '1', 'ar', %(now)s FROM reached
"""


def crowd(
    count: int,
    *,
    now: datetime,
    group: str = "O+",
    at: Center | None = None,
    channel: str = "email",
) -> None:
    """So many eligible, consenting, reachable men of the centre's province and one group."""
    with connection.cursor() as cursor:
        cursor.execute(
            PEOPLE,
            {
                "count": count,
                "group": group,
                "province": (at or factories.center()).province_id,
                "channel": channel,
                "now": now,
            },
        )
