"""Many past donations, each with a bag, its movements and the hospital that got it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

DONATIONS = """
INSERT INTO centers_donation (public_id, din, check_character, donor_id, center_id, session_id,
    visit_id, collected_on, volume, mode, device, captured_at, received_at, operator_id,
    submission_id, submission_hash, conflict)
SELECT gen_random_uuid(), n.din, din_check_character(n.din), d.id, s.center_id, s.id, -n.n, n.on_day,
    450, 'online', '', n.on_day, n.on_day, u.id, gen_random_uuid(), '', ''
FROM (SELECT n, on_day, 'A9998' || to_char(on_day, 'YY')
             || lpad((n / 3650 * 366 + extract(doy FROM on_day)::int)::text, 6, '0') AS din
      FROM generate_series(%(first)s, %(count)s) n, LATERAL (SELECT current_date - 50 - n %% 3650) d (on_day)
     ) n
JOIN (SELECT id, row_number() OVER (ORDER BY id) - 1 AS place FROM donors_donor) d
    ON d.place = n.n %% (SELECT count(*) FROM donors_donor)
CROSS JOIN (SELECT id, center_id FROM centers_session
            WHERE center_id = (SELECT id FROM centers_center WHERE code = 'BS-TAZ') LIMIT 1) s
CROSS JOIN (SELECT id FROM donors_user ORDER BY id LIMIT 1) u
ON CONFLICT DO NOTHING
"""
BAGS = """
INSERT INTO centers_bag (public_id, donation_id, component_id, division, center_id, blood_group,
    collected_on, expires_at, state)
SELECT gen_random_uuid(), id, 'RBC-SAGM', '00', center_id, (ARRAY['O+', 'A+', 'B+', 'O-'])[id %% 4 + 1],
    collected_on, collected_on + 43, 'transfused'
FROM centers_donation WHERE id > %(known)s
"""
MOVEMENTS = """
INSERT INTO centers_movement (bag_id, seq, from_state, to_state, center_id, at, reason)
SELECT b.id, m.seq, m.was, m.becomes, b.center_id, b.collected_on + m.days * interval '1 day', ''
FROM centers_bag b JOIN centers_donation d ON d.id = b.donation_id
CROSS JOIN (VALUES (1, '', 'quarantined', 0), (2, 'quarantined', 'available', 2),
    (3, 'available', 'issued', 9), (4, 'issued', 'transfused', 10)) AS m(seq, was, becomes, days)
WHERE d.id > %(known)s
"""
ISSUES = """
INSERT INTO centers_issue (bag_id, hospital, request_reference, recipient_group, issued_at,
    issued_by_id, reserve_because)
SELECT b.id, 'CHP Ibn Baja', '', b.blood_group, b.collected_on + interval '9 days', u.id, ''
FROM centers_bag b JOIN centers_donation d ON d.id = b.donation_id
CROSS JOIN (SELECT id FROM donors_user ORDER BY id LIMIT 1) u WHERE d.id > %(known)s
"""


@contextlib.contextmanager
def past_the_guards(cursor) -> Iterator[None]:
    cursor.execute("SET statement_timeout = 0")
    cursor.execute("SET session_replication_role = replica")
    yield
    cursor.execute("SET session_replication_role = origin")
    cursor.execute("VACUUM ANALYZE")


def fill(cursor, count: int, *, first: int = 1) -> None:
    """Load donations ``first`` to ``count``, spread over the last ten years except the last weeks.
    They fill the tables under the stock that is measured and are never in stock themselves."""
    with past_the_guards(cursor):
        cursor.execute("SELECT coalesce(max(id), 0) FROM centers_donation")
        said = {"first": first, "count": count, "known": cursor.fetchone()[0]}
        for sql in (DONATIONS, BAGS, MOVEMENTS, ISSUES):
            cursor.execute(sql, said)
