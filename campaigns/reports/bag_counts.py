"""What became of bags in a period, from the ledger of movements.

At each centre: in hand at the beginning, plus what came in, less what went out, is in hand at the
end. In hand is what is neither on the way, at a hospital, separated nor discarded: also a bag that is
blocked, or past its date.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Any

from django.db import connection
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from centers.models import Bag

from .periods import Period
from .tables import Cell

IN = {
    "collected": pgettext_lazy("bags", "Collected"),
    "made": _("Made by separation"),
    "received": _("Received from another centre"),
    "returned": _("Returned by a hospital"),
    "restored": _("Again whole: a separation undone"),
}
OUT = {
    "issued": _("Issued"),
    "separated": _("Separated into others"),
    "sent": _("Sent to another centre"),
    "discarded": pgettext_lazy("bags", "Discarded"),
    "undone": _("Not made after all"),
}
BESIDE = {
    "expired": _("Past their date"),
    "transfused": _("Transfused, as hospitals report"),
    "unused": _("Discarded by a hospital"),
    "lost": _("Lost on the way"),
}
AWAY = {
    Bag.State.IN_TRANSIT,
    Bag.State.ISSUED,
    Bag.State.TRANSFUSED,
    Bag.State.SEPARATED,
    Bag.State.DISCARDED,
    Bag.State.UNDONE,
}
HELD = [state.value for state in Bag.State if state not in AWAY]

# By the reasons of the WHO's Global Database on Blood Safety; confidential ones tell of a donor.
DISCARDS = {
    "incomplete": _("Not enough blood in it"),
    "reactive": _("A test was reactive"),
    "donor": _("The donor, a recall or a look-back"),
    "outdated": _("Past its date"),
    "storage": _("Storage or transport"),
    "processing": _("Processing"),
    "other": _("Another reason"),
}
TELLS_OF_DONORS = ("reactive", "donor")
GROUPS = {
    "underweight": "incomplete",
    "screening": "reactive",
    "expired": "outdated",
    "cold_chain": "storage",
    "returned_late": "storage",
    "broken": "storage",
    "clotted": "processing",
    "haemolysed": "processing",
    "label_error": "processing",
    "group": "processing",
    "recall": "donor",
    "look_back": "donor",
    "deferral": "donor",
    "donor_call_back": "donor",
    "donor_under_18": "donor",
    "donor_deferred": "donor",
    "interval_not_over": "donor",
    "yearly_limit_reached": "donor",
    "visit_not_accepted": "donor",
}

# A movement says where the bag is after it; where it was before stands in the one before.
STEPS = """
WITH moved AS (
    SELECT m.*, lag(m.center_id) OVER (PARTITION BY m.bag_id ORDER BY m.seq) AS before
    FROM centers_movement m
    WHERE m.bag_id IN (SELECT bag_id FROM centers_movement WHERE at >= %(since)s AND at < %(until)s)
), step AS (
    SELECT *, from_state = ANY (%(held)s) AS was_here, to_state = ANY (%(held)s) AS is_here
    FROM moved WHERE at >= %(since)s AND at < %(until)s
)
"""
FLOWS = (
    STEPS
    + """
SELECT c.code, flow.kind, count(*) FROM (
    SELECT s.center_id, CASE
        WHEN from_state = '' AND b.made_from_id IS NOT NULL THEN 'made'
        WHEN from_state = '' THEN 'collected'
        WHEN from_state = 'in_transit' THEN 'received'
        WHEN from_state = 'separated' THEN 'restored'
        WHEN NOT was_here THEN 'returned'
        WHEN before <> s.center_id THEN 'received' END AS kind
    FROM step s JOIN centers_bag b ON b.id = s.bag_id
    WHERE is_here AND (NOT was_here OR before <> s.center_id)
    UNION ALL
    SELECT CASE WHEN was_here THEN before ELSE center_id END, CASE
        WHEN to_state = 'issued' THEN 'issued'
        WHEN to_state = 'separated' THEN 'separated'
        WHEN to_state = 'in_transit' THEN 'sent'
        WHEN to_state = 'discarded' THEN 'discarded'
        WHEN is_here THEN 'sent' ELSE to_state END
    FROM step WHERE was_here AND (NOT is_here OR before <> center_id)
    UNION ALL
    SELECT center_id, CASE
        WHEN to_state <> 'discarded' THEN to_state
        WHEN from_state = 'in_transit' THEN 'lost' ELSE 'unused' END
    FROM step WHERE from_state <> to_state
        AND (to_state IN ('expired', 'transfused') OR to_state = 'discarded' AND NOT was_here)
) flow JOIN centers_center c ON c.id = flow.center_id GROUP BY 1, 2
"""
)
DISCARDED = (
    STEPS
    + """
SELECT c.code, s.reason, count(*), count(DISTINCT b.donation_id)
FROM step s JOIN centers_bag b ON b.id = s.bag_id JOIN centers_center c ON c.id = s.center_id
WHERE s.to_state = 'discarded' AND s.was_here GROUP BY 1, 2
"""
)
HELD_AT = """
SELECT c.code, count(*) FROM (
    SELECT DISTINCT ON (bag_id) to_state, center_id FROM centers_movement
    WHERE at < %(at)s ORDER BY bag_id, seq DESC
) last JOIN centers_center c ON c.id = last.center_id
WHERE to_state = ANY (%(held)s) GROUP BY 1
"""
ISSUED = """
SELECT c.code, p.family, count(*) FROM centers_movement m
    JOIN centers_bag b ON b.id = m.bag_id JOIN centers_component p ON p.code = b.component_id
    JOIN centers_center c ON c.id = m.center_id
WHERE m.to_state = 'issued' AND m.at >= %(since)s AND m.at < %(until)s GROUP BY 1, 2
"""


def _asked(sql: str, **values: datetime) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        parameters: dict[str, Any] = {"held": HELD}
        cursor.execute(sql, parameters | values)
        return list(cursor.fetchall())


def flows(period: Period) -> Counter[Cell]:
    """By centre's code and the keys of ``IN``, ``OUT`` and ``BESIDE``."""
    since, until = period.instants
    return Counter({(c, kind): n for c, kind, n in _asked(FLOWS, since=since, until=until)})


def in_hand(at: datetime) -> Counter[str]:
    """Bags in hand by centre's code, read from the ledger itself."""
    return Counter(dict(_asked(HELD_AT, at=at)))


def issued(period: Period) -> Counter[Cell]:
    """By centre's code and family of product."""
    since, until = period.instants
    return Counter({(c, kind): n for c, kind, n in _asked(ISSUED, since=since, until=until)})


def discards(period: Period) -> tuple[Counter[Cell], Counter[Cell]]:
    """Bags by centre's code and reason, and of how many donations those of a donor's reasons are."""
    bags: Counter[Cell] = Counter()
    donations: Counter[Cell] = Counter()
    since, until = period.instants
    for code, reason, count, given in _asked(DISCARDED, since=since, until=until):
        column = GROUPS.get(reason, "other")
        bags[code, column] += count
        if column in TELLS_OF_DONORS:
            donations[code, column] += given
    return bags, donations
