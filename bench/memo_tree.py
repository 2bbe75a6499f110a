"""Milliseconds to issue a memo to two thousand units and show their tree; the floor is the same rows
inserted and read in bare SQL. The page has to ask for as many queries as that of a small memo."""

from __future__ import annotations

import argparse
from datetime import timedelta

from . import ground
from .units import UNITS

INSERT = """
WITH memo AS (
    INSERT INTO campaigns_memo (public_id, operation_id, kind, reference, issuer_id, urgency, subject_ar,
        subject_fr, subject_en, body_ar, body_fr, body_en, slogan, reports, must_be_read, version,
        issued_at, issued_by_id, deadline_at)
    VALUES (gen_random_uuid(), %(operation)s, 'campaign', %(reference)s, %(issuer)s, 'urgent', 'x',
        '', '', 'x', '', '', '', '{}', false, 1, %(now)s, %(by)s, %(deadline)s) RETURNING id)
INSERT INTO campaigns_addressee (memo_id, unit_id, sent_at, answer, because)
SELECT memo.id, u.id, %(now)s, '', '' FROM memo, donors_unit u
WHERE u.closed_on IS NULL AND u.id <> %(issuer)s
"""
READ = """
SELECT u.code, u.path, u.name_ar, u.name_fr, u.name_en, u.kind, p.name_ar, a.sent_at, a.seen_at,
    a.acknowledged_at, a.answered_at, a.escalated_at, a.answer, a.planned_on, a.expected_donors,
    a.because, c.public_id, c.state
FROM campaigns_addressee a JOIN donors_unit u ON u.id = a.unit_id
JOIN donors_province p ON p.code = u.province_id
LEFT JOIN campaigns_campaign c ON c.addressee_id = a.id
WHERE a.memo_id = (SELECT id FROM campaigns_memo WHERE reference = %s) ORDER BY u.path
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--units", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args()
    with ground.site(donors=300):
        from django.db import connection
        from django.test import Client
        from django.utils import timezone

        from campaigns.models import Memo, Operation
        from campaigns.organising import memos
        from donors.models import Unit, User

        cursor = connection.cursor()
        cursor.execute(UNITS, {"units": options.units})
        cursor.execute("VACUUM ANALYZE")
        by = User.objects.get(username="demo-administrator")
        client = Client()
        client.force_login(by)
        now = timezone.now()
        issuer = Unit.objects.get(code="DGSN")
        operation = Operation.objects.filter(closed_at=None).first()
        issued: list[Memo] = []

        def issue() -> None:
            memo = memos.issue(
                operation=operation,
                reference=f"bench {len(issued)}",
                issuer=issuer,
                subject_ar="x",
                body_ar="x",
                deadline_at=now + timedelta(days=2),
                addressed=Unit.objects.all(),
                by=by,
                now=timezone.now(),
            )
            issued.append(memo)

        def show(more: str = "") -> None:
            path = f"/ar/memos/{issued[-1].public_id}/answers/{more}"
            if client.get(path, headers={"If-None-Match": tag}).status_code not in (200, 304):
                raise SystemExit(path)

        bare_issued: list[str] = []

        def bare_issue() -> None:
            bare_issued.append(f"bare {len(bare_issued)}")
            said = {"operation": operation.pk, "issuer": issuer.pk, "by": by.pk}
            said |= {"now": now, "deadline": now + timedelta(days=2), "reference": bare_issued[-1]}
            cursor.execute(INSERT, said)

        def bare_show() -> None:
            cursor.execute(READ, [bare_issued[-1]])
            if len(cursor.fetchall()) != issued[-1].addressees.count():
                raise SystemExit("other rows")

        tag = ""
        acts = issue, bare_issue, show, bare_show
        took = {
            act.__name__: ground.middle([ground.seconds(act) for _n in range(options.rounds)])
            * 1000
            for act in acts
        }
        tag = client.get(f"/ar/memos/{issued[-1].public_id}/answers/live/")["ETag"]
        unchanged = [ground.seconds(lambda: show("live/")) for _n in range(options.rounds)]
        more = {name: round(value, 1) for name, value in took.items()}
        more["unchanged"] = round(ground.middle(unchanged) * 1000, 1)
        ground.report(
            "memo_tree",
            value=took["issue"] + took["show"],
            unit="ms",
            floor=took["bare_issue"] + took["bare_show"],
            size={"units": issued[-1].addressees.count()},
            more=more,
        )


if __name__ == "__main__":
    main()
