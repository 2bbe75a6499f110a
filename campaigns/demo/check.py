"""Checks that the loaded history obeys the rules that its guards would have enforced."""

from __future__ import annotations

from datetime import datetime

from django.db import connection

IN_STOCK = "('available', 'reserved', 'issued', 'in_transit')"
RULES = {
    "a bag's state and place are its last movement's": """
        SELECT count(*) FROM centers_bag b LEFT JOIN LATERAL (
            SELECT to_state, center_id FROM centers_movement WHERE bag_id = b.id
            ORDER BY seq DESC LIMIT 1) m ON true
        WHERE (b.state, b.center_id) IS DISTINCT FROM (m.to_state, m.center_id)
    """,
    "movements follow each other without a gap": """
        SELECT count(*) FROM (
            SELECT seq, at, from_state, row_number() OVER w AS n, lag(at) OVER w AS earlier,
                coalesce(lag(to_state) OVER w, '') AS before
            FROM centers_movement WINDOW w AS (PARTITION BY bag_id ORDER BY seq)) m
        WHERE seq <> n OR from_state <> before OR at < earlier OR at > %(now)s
    """,
    "stock is the count of bags": """
        SELECT count(*) FROM centers_stocklevel l FULL JOIN (
            SELECT center_id, component_id, blood_group,
                count(*) FILTER (WHERE state = 'quarantined') AS quarantined,
                count(*) FILTER (WHERE state = 'available') AS available,
                count(*) FILTER (WHERE state = 'reserved') AS reserved,
                count(*) FILTER (WHERE state = 'in_transit') AS in_transit
            FROM centers_bag GROUP BY 1, 2, 3) b USING (center_id, component_id, blood_group)
        WHERE (l.quarantined, l.available, l.reserved, l.in_transit) IS DISTINCT FROM
            (coalesce(b.quarantined, 0)::int, coalesce(b.available, 0)::int,
             coalesce(b.reserved, 0)::int, coalesce(b.in_transit, 0)::int)
    """,
    "nothing hinders the release of a bag in stock": f"""
        SELECT count(*) FROM centers_bag
        WHERE state IN {IN_STOCK} AND bag_release_hindrance(id) <> ''
    """,
    "a bag has its group from the second reading on": """
        SELECT count(*) FROM centers_bag b WHERE (blood_group <> '') <> EXISTS (
            SELECT FROM centers_result r WHERE r.donation_id = b.donation_id AND r.entry = 2)
    """,
    "both readings of a bag in stock are by two people": f"""
        SELECT count(*) FROM centers_bag b JOIN centers_result r USING (donation_id)
            LEFT JOIN centers_result o ON o.donation_id = r.donation_id
                AND o.marker_id = r.marker_id AND o.entry = 3 - r.entry
                AND o.entered_by_id <> r.entered_by_id
        WHERE b.state IN {IN_STOCK} AND o.id IS NULL
    """,
    "nobody released a bag whose tests they read": """
        SELECT count(*) FROM centers_movement m JOIN centers_bag b ON b.id = m.bag_id
            JOIN centers_result r ON r.donation_id = b.donation_id
        WHERE m.to_state = 'released' AND (m.by_id IS NULL OR m.by_id = r.entered_by_id)
    """,
    "a bag in stock has its label, read back": f"""
        SELECT count(*) FROM centers_bag b
        WHERE state IN {IN_STOCK} AND NOT label_is_read_back(b, false)
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
    "a reserved bag has one live reservation": """
        SELECT count(*) FROM centers_bag b WHERE (state = 'reserved') <> EXISTS (
            SELECT FROM centers_reservation r WHERE r.bag_id = b.id AND r.ended_at IS NULL)
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
    "places taken are the appointments that hold them": """
        SELECT count(*) FROM centers_slot s WHERE taken <> (
            SELECT count(*) FROM centers_appointment
            WHERE slot_id = s.id AND state IN ('booked', 'arrived'))
    """,
    "the guards are on again": """
        SELECT count(*) FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'O'
    """,
}


class Broken(Exception):  # noqa: N818 - named after what happened
    """Loaded rows break a rule; the transaction is rolled back."""


def check(*, now: datetime) -> None:
    broken = []
    with connection.cursor() as cursor:
        for rule, sql in RULES.items():
            cursor.execute(sql, {"now": now})
            (count,) = cursor.fetchone()
            if count:
                broken.append(f"{rule}: {count} rows do not")
    if broken:
        raise Broken("; ".join(broken))
