"""Checks that the loaded history obeys the rules that its guards would have enforced: the questions
asked of every database (``donors.data_checks``), and what holds for the demonstration alone."""

from __future__ import annotations

from datetime import datetime

from django.db import connection

from donors import data_checks

RULES = {
    "a bag has its group from the second reading on": """
        SELECT count(*) FROM centers_bag b WHERE (blood_group <> '') <> EXISTS (
            SELECT FROM centers_result r WHERE r.donation_id = b.donation_id AND r.entry = 2)
    """,
    "no bag in stock has expired": """
        SELECT count(*) FROM centers_bag
        WHERE state IN ('available', 'reserved') AND expires_at <= %(now)s
    """,
    "an issued bag suited its patient": """
        SELECT count(*) FROM centers_issue i JOIN centers_bag b ON b.id = i.bag_id
            JOIN centers_component c ON c.code = b.component_id
            LEFT JOIN centers_compatibility v ON v.family = c.family AND v.donor = b.blood_group
                AND v.recipient = i.recipient_group AND v.verdict = 'compatible'
        WHERE v.id IS NULL
    """,
    "a component was made of the whole blood that was used up for it": """
        SELECT count(*) FROM centers_bag b LEFT JOIN centers_bag w ON w.id = b.made_from_id
        WHERE (b.made_from_id IS NULL) <> (b.component_id LIKE 'WB-%%')
            OR b.made_from_id IS NOT NULL AND (w.state, w.donation_id) <> ('separated', b.donation_id)
    """,
    "donation numbers are the demonstration facility's, of the year": """
        SELECT count(*) FROM centers_donation
        WHERE left(din, 5) <> 'A9999' OR substr(din, 6, 2) <> to_char(collected_on, 'YY')
            OR check_character <> din_check_character(din)
    """,
    "nobody gave before the interval was over or while deferred": """
        SELECT count(*) FROM centers_donation d JOIN donors_deferral f USING (donor_id)
        WHERE f.starts_on < d.collected_on AND (f.ends_on IS NULL OR f.ends_on > d.collected_on)
            AND f.ended_at IS NULL
    """,
    "a donation belongs to an accepted visit of its session": """
        SELECT count(*) FROM centers_donation d JOIN centers_visit v ON v.id = d.visit_id
            JOIN centers_session s ON s.id = d.session_id
        WHERE v.outcome <> 'accepted' OR v.donor_id <> d.donor_id OR v.session_id <> d.session_id
            OR s.center_id <> d.center_id OR d.received_at NOT BETWEEN s.starts_at AND s.ends_at
    """,
}


class Broken(Exception):  # noqa: N818 - named after what happened
    """Loaded rows break a rule; the transaction is rolled back."""


def check(*, now: datetime) -> None:
    broken = [
        f"{found.question.name}: {found.count} ({', '.join(found.examples)})"
        for found in data_checks.ask(now=now)
        if not found.question.name.startswith("messages_")  # they leave once the workers start
    ]
    with connection.cursor() as cursor:
        for rule, sql in RULES.items():
            cursor.execute(sql, {"now": now})
            (count,) = cursor.fetchone()
            if count:
                broken.append(f"{rule}: {count} rows do not")
    if broken:
        raise Broken("; ".join(broken))
