"""Donations per second, entered by the whole POST at the end of a bleeding.

The floor does the same in raw SQL: it reads the user and the visit of their centre, then writes the
rows. ``rows_alone`` only writes, with every key known in advance.
"""

from __future__ import annotations

import argparse
import uuid

from . import ground

SESSION = (
    "SELECT session_data FROM django_session WHERE session_key = %(key)s AND expire_date > now()"
)
READER = "SELECT * FROM donors_user WHERE id = %(by)s"
POSTS = """
SELECT center_id, job FROM centers_staff
WHERE user_id = %(by)s AND since <= current_date AND (until IS NULL OR until > current_date)
"""
VISIT = """
SELECT v.*, s.*, z.*, g.*, k.*, c.* FROM centers_visit v
JOIN centers_session s ON s.id = v.session_id JOIN centers_center z ON z.id = s.center_id
JOIN centers_bleeding g ON g.visit_id = v.id JOIN centers_kit k ON k.code = g.kit_id
JOIN centers_component c ON c.code = k.component_id
WHERE v.public_id = %(visit)s AND s.center_id = ANY(%(centers)s)
"""
DONATION = """
INSERT INTO centers_donation (public_id, din, check_character, donor_id, center_id, session_id,
    visit_id, collected_on, volume, mode, device, captured_at, received_at, operator_id,
    submission_id, submission_hash, conflict)
SELECT gen_random_uuid(), %(din)s, %(check)s, v.donor_id, s.center_id, s.id, v.id, %(today)s,
    450, 'online', '', now(), now(), %(by)s, gen_random_uuid(), %(digest)s, ''
FROM centers_visit v JOIN centers_session s ON s.id = v.session_id WHERE v.id = %(visit)s
RETURNING id, center_id, donor_id
"""
BAGS = """
INSERT INTO centers_bag (public_id, donation_id, component_id, division, center_id, blood_group,
    collected_on, expires_at, state)
SELECT gen_random_uuid(), %(donation)s, code, '00', %(center)s, '', %(today)s,
    morocco_midnight(%(today)s::date + shelf_life_days + 1) - interval '1 minute', ''
FROM centers_component WHERE code = 'WB-CPD' RETURNING id
"""
NEEDLE = """
UPDATE centers_bleeding SET ended_at = now(), ended_by_id = %(by)s, times_sure = true
WHERE visit_id = %(visit)s
"""
MOVEMENTS = """
INSERT INTO centers_movement (bag_id, seq, from_state, to_state, center_id, at, by_id, reason)
SELECT bag, 0, '', 'quarantined', %(center)s, now(), %(by)s, '' FROM unnest(%(bags)s) bag
"""
INTERVAL = """
INSERT INTO donors_deferral (donor_id, reason_id, permanent, starts_on, ends_on, recorded_at,
    recorded_by_id, ended_because)
SELECT %(donor)s, id, false, %(today)s, %(today)s::date + 60, now(), %(by)s, ''
FROM donors_deferralreason WHERE code = %(code)s AND valid_until IS NULL LIMIT 1
"""


def asked(visit, by, key) -> None:
    """Reads for the floor: the user of the session key, their centre, and the visit if it belongs
    to that centre."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(SESSION, {"key": key})
        cursor.fetchone()
        cursor.execute(READER, {"by": by.pk})
        cursor.fetchone()
        cursor.execute(POSTS, {"by": by.pk})
        centers = [center for center, _job in cursor.fetchall()]
        cursor.execute(VISIT, {"visit": visit.public_id, "centers": centers})
        cursor.fetchone()


def written(visit, number, by) -> None:
    """Writes for the floor: one transaction, one statement per table."""
    from django.db import connection, transaction
    from django.utils import timezone

    from donors.eligibility.deferrals import INTERVAL as CODE

    din, check = number
    said = {"din": din, "check": check, "visit": visit.pk, "by": by.pk, "digest": "0" * 64}
    said["today"] = timezone.localdate()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(NEEDLE, said)
        cursor.execute(DONATION, said)
        donation, center, donor = cursor.fetchone()
        said |= {"donation": donation, "center": center, "donor": donor, "code": CODE}
        cursor.execute(BAGS, said)
        said["bags"] = [row[0] for row in cursor.fetchall()]
        cursor.execute(MOVEMENTS, said)
        cursor.execute(INTERVAL, said)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--donors", type=int, default=3000)
    parser.add_argument("--entries", type=int, default=200, help="of each kind, in five rounds")
    options = parser.parse_args()
    with ground.site(donors=options.donors):
        from django.db import connection
        from django.test import Client
        from django.urls import reverse
        from django.utils import timezone

        from centers.collection import phlebotomy
        from centers.models import Donation, Kit
        from tests.support import factories

        session = factories.session()
        by = factories.staff(session.center, "collection", "doctor")
        triple = Kit.objects.get(code="triple")
        client = Client(SERVER_NAME="localhost")
        client.force_login(by)
        key = client.session.session_key

        def visits(count):
            made = [factories.visit(session, factories.donor(), by) for _number in range(count)]
            return [(visit, begun(visit, factories.din())) for visit in made]

        def begun(visit, number):
            phlebotomy.start(
                visit=visit,
                number="".join(number),
                kit=triple,
                lot="L",
                arm="left",
                by=by,
                now=timezone.now(),
            )
            return number

        def post(visit, number, by):
            said = {"submission_id": str(uuid.uuid4()), "number": "".join(number), "volume": "450"}
            said["times_sure"] = "on"  # in and out within a second
            url = reverse("centers:bleeding-end", args=[visit.public_id])
            answer = client.post(url, said)
            if answer.status_code != 302:
                raise SystemExit(f"the entry was refused: {answer.status_code}")

        def raw(visit, number, by):
            asked(visit, by, key)
            written(visit, number, by)

        visit, number = visits(1)[0]
        queries = []

        def noted(execute, sql, *rest):
            queries.append(sql)
            return execute(sql, *rest)

        with connection.execute_wrapper(noted):
            post(visit, number, by)
        before = Donation.objects.count()
        share = max(1, options.entries // 5)
        ours, floor, alone = [], [], []
        for _round in range(5):
            for kind, times in ((post, ours), (raw, floor), (written, alone)):
                todo = visits(share)
                taken = ground.seconds(lambda todo=todo, kind=kind: [kind(*v, by) for v in todo])
                times.append(share / taken)
        if Donation.objects.count() != before + 15 * share:
            raise SystemExit("some entries were not written")
        print(f"{len(queries)} queries a POST; five rounds of {share}", flush=True)
        ground.report(
            "donation_entry",
            value=ground.middle(ours),
            unit="donations/s",
            floor=ground.middle(floor),
            size={"entries": 5 * share, "queries": len(queries)},
            more={"rows_alone": round(ground.middle(alone), 3)},
        )


if __name__ == "__main__":
    main()
