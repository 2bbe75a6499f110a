"""Milliseconds of the account of a memo with five hundred campaigns and two hundred thousand
donations; the floor is bare SQL for the same sums by session and day, which must be equal."""

from __future__ import annotations

import argparse
from datetime import timedelta

from . import ground, history
from .units import UNITS

CAMPAIGNS = """
INSERT INTO campaigns_campaign (public_id, name_ar, name_fr, name_en, addressee_id, unit_id, center_id,
    story_ar, story_fr, story_en, afterword_ar, afterword_fr, afterword_en, partners_ar, partners_fr,
    partners_en, planned_on, target, cap, state, drafted_at, drafted_by_id, decided_at, decided_by_id,
    because, operation_id)
SELECT gen_random_uuid(), 'x', 'x', 'x', a.id, a.unit_id, c.id, '', '', '', '', '', '', '', '', '',
    morocco_day(now()) - 90 + (a.n %% 84)::int, 400, 500, 'closed', now(), %(by)s, now(), %(by)s, '',
    %(operation)s
FROM (SELECT id, unit_id, row_number() OVER (ORDER BY id) AS n FROM campaigns_addressee
      WHERE memo_id = %(memo)s) a
CROSS JOIN (SELECT id FROM centers_center WHERE code = 'BS-TAZ') c WHERE a.n <= %(campaigns)s
"""
SESSIONS = """
INSERT INTO centers_session (public_id, name_ar, name_fr, name_en, center_id, kind, state, province_id,
    latitude, longitude, starts_at, ends_at, beds, room, walk_ins, cancelled_because, moves, was_ar,
    was_fr, was_en)
SELECT gen_random_uuid(), 'bench', p.id, '', p.center_id, 'mobile', 'closed', c.province_id, 34, -4,
    p.planned_on + interval '9 hours', p.planned_on + interval '17 hours', 10, '', true, '', 0, '', '', ''
FROM (SELECT id::text, center_id, planned_on FROM campaigns_campaign WHERE name_ar = 'x') p
JOIN centers_center c ON c.id = p.center_id
"""
LINKS = """
INSERT INTO campaigns_campaign_sessions (campaign_id, session_id)
SELECT name_fr::bigint, id FROM centers_session WHERE name_ar = 'bench'
"""
VISITS = """
INSERT INTO centers_visit (public_id, session_id, donor_id, arrived_at, arrived_by_id, outcome, warned,
    decided_at, decided_by_id, cleared_because, haemoglobin, systolic, diastolic, weight, temperature)
SELECT gen_random_uuid(), s.id, n, s.starts_at, %(by)s, CASE n %% 11 WHEN 0 THEN 'deferred' ELSE 'accepted' END, false,
    s.starts_at, %(by)s, '', 145, 120, 80, 72, 36.6
FROM centers_session s, generate_series(1, %(each)s) n WHERE s.name_ar = 'bench'
"""
DONATIONS = """
INSERT INTO centers_donation (public_id, din, check_character, donor_id, center_id, session_id,
    visit_id, collected_on, volume, mode, device, captured_at, received_at, operator_id,
    submission_id, submission_hash, conflict)
SELECT gen_random_uuid(), v.din, din_check_character(v.din), v.donor_id, s.center_id, s.id, v.id,
    morocco_day(s.starts_at), 450, 'online', '', s.starts_at, s.starts_at, %(by)s, gen_random_uuid(), '', ''
FROM (SELECT *, 'A999825' || lpad(id::text, 6, '0') AS din FROM centers_visit) v
JOIN centers_session s ON s.id = v.session_id
WHERE s.name_ar = 'bench' AND v.outcome = 'accepted'
"""
BAGS = """
INSERT INTO centers_bag (public_id, donation_id, component_id, division, center_id, blood_group,
    collected_on, expires_at, state)
SELECT gen_random_uuid(), d.id, 'RBC-SAGM', '00', d.center_id, 'O+', d.collected_on,
    d.collected_on + 43, (ARRAY['transfused', 'issued', 'available', 'expired'])[d.id %% 4 + 1]
FROM centers_donation d JOIN centers_session s ON s.id = d.session_id WHERE s.name_ar = 'bench'
"""
FILL = CAMPAIGNS, SESSIONS, LINKS, VISITS, DONATIONS, BAGS
MINE = """
WITH mine AS (SELECT l.session_id FROM campaigns_campaign_sessions l
    JOIN campaigns_campaign c ON c.id = l.campaign_id
    JOIN campaigns_addressee a ON a.id = c.addressee_id WHERE a.memo_id = %(memo)s)
"""
BARE = (
    MINE + """SELECT session_id, outcome, count(*) FROM centers_visit
        WHERE session_id IN (SELECT session_id FROM mine) GROUP BY 1, 2""",
    MINE + """SELECT session_id, collected_on, count(*) FROM centers_donation
        WHERE session_id IN (SELECT session_id FROM mine) GROUP BY 1, 2""",
    MINE + """SELECT d.session_id, d.collected_on, b.state, count(*) FROM centers_donation d
        JOIN centers_bag b ON b.donation_id = d.id
        WHERE d.session_id IN (SELECT session_id FROM mine) GROUP BY 1, 2, 3""",
)  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--campaigns", type=int, default=500)
    parser.add_argument("--donations", type=int, default=200_000)
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args()
    with ground.site(donors=300):
        from django.db import connection
        from django.test import Client
        from django.utils import timezone

        from campaigns.models import Operation
        from campaigns.organising import memo_results, memos
        from donors.models import Unit, User

        cursor = connection.cursor()
        cursor.execute(UNITS, {"units": 2000})
        by = User.objects.get(username="demo-administrator")
        now = timezone.now()
        memo = memos.issue(
            operation=Operation.objects.filter(closed_at=None).first(),
            reference="bench",
            issuer=Unit.objects.get(code="DGSN"),
            subject_ar="x",
            body_ar="x",
            deadline_at=now + timedelta(days=2),
            addressed=Unit.objects.all(),
            by=by,
            now=now,
        )
        each = round(options.donations / options.campaigns * 1.1)
        said = {"by": by.pk, "memo": memo.pk, "operation": memo.operation_id}
        said |= {"campaigns": options.campaigns, "each": each}
        with history.past_the_guards(cursor):
            for sql in FILL:
                cursor.execute(sql, said)
        client = Client()
        client.force_login(by)
        path = f"/ar/memos/{memo.public_id}/account/"

        def bare() -> int:
            for sql in BARE:
                cursor.execute(sql, said)
                rows = cursor.fetchall()
            return sum(row[-1] for row in rows)

        total = memo_results.of(memo).total
        if total.donations != bare():
            raise SystemExit("other sums")

        def page() -> None:
            if client.get(path).status_code != 200:
                raise SystemExit(path)

        def sums() -> None:
            memo_results.of(memo)

        took = {
            act.__name__: ground.middle([ground.seconds(act) for _n in range(options.rounds)])
            * 1000
            for act in (sums, page, bare)
        }
        ground.report(
            "account",
            value=took["sums"],
            unit="ms",
            floor=took["bare"],
            size={"campaigns": total.campaigns, "donations": total.donations},
            more={"page": round(took["page"], 1)},
        )


if __name__ == "__main__":
    main()
