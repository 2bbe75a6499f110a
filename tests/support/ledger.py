"""Random acts on a small stock, legal and not, and the invariants after each."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

from django.db import connection
from django.utils import timezone

from centers.distribution import bags_away, requests, transfers
from centers.inventory import recalls, stock
from centers.laboratory import separation
from centers.models import Bag, Issue, Recall, Reservation, Transfer

from . import blood, factories, supply

ACTS = (
    "release", "reserve", "give_back", "lapse", "issue", "take_back", "report", "discard", "pack",
    "send", "unpack", "recall", "close_recall", "irradiate", "open", "label",
)  # fmt: skip
# Each counts rows that violate it. A recall may close against a bag long after it was given, and
# bags that expire when their reservation lapses are left to the expiry task.
HOLDS = {
    "a level is the sum of the movements": """
        WITH steps AS (
            SELECT m.bag_id, m.from_state, m.to_state, m.center_id,
                lag(m.center_id, 1, m.center_id) OVER (PARTITION BY m.bag_id ORDER BY m.seq) AS before
            FROM centers_movement m
        ), signed AS (
            SELECT bag_id, center_id, to_state AS state, 1 AS step FROM steps
            UNION ALL SELECT bag_id, before, from_state, -1 FROM steps
        ), summed AS (
            SELECT s.center_id, b.component_id, b.blood_group,
                sum(step) FILTER (WHERE s.state = 'quarantined') AS quarantined,
                sum(step) FILTER (WHERE s.state = 'available') AS available,
                sum(step) FILTER (WHERE s.state = 'reserved') AS reserved,
                sum(step) FILTER (WHERE s.state = 'in_transit') AS in_transit
            FROM signed s JOIN centers_bag b ON b.id = s.bag_id GROUP BY 1, 2, 3
        )
        SELECT count(*) FROM summed m
            FULL JOIN centers_stocklevel l USING (center_id, component_id, blood_group)
        WHERE coalesce(m.quarantined, 0) <> coalesce(l.quarantined, 0)
            OR coalesce(m.available, 0) <> coalesce(l.available, 0)
            OR coalesce(m.reserved, 0) <> coalesce(l.reserved, 0)
            OR coalesce(m.in_transit, 0) <> coalesce(l.in_transit, 0)
    """,
    "a bag is where its last movement took it": """
        SELECT count(*) FROM centers_bag b JOIN LATERAL (
            SELECT to_state, center_id FROM centers_movement WHERE bag_id = b.id
            ORDER BY seq DESC LIMIT 1) m ON true
        WHERE (b.state, b.center_id) <> (m.to_state, m.center_id)
    """,
    "a reserved bag has one live reservation": """
        SELECT count(*) FROM centers_bag b
        WHERE b.state = 'reserved' AND b.expires_at > now() + interval '25 hours' AND 1 <> (SELECT count(*) FROM centers_reservation r
            WHERE r.bag_id = b.id AND r.ended_at IS NULL)
    """,
    "a bag has one holder": """
        SELECT count(*) FROM (
            SELECT i.bag_id FROM centers_issue i LEFT JOIN centers_return r ON r.issue_id = i.id
            WHERE r.id IS NULL GROUP BY 1 HAVING count(*) > 1) twice
    """,
    "nothing left but what was released and in date": """
        SELECT count(*) FROM centers_movement m JOIN centers_bag b ON b.id = m.bag_id
        WHERE m.to_state = 'issued' AND (m.from_state NOT IN ('available', 'reserved')
            OR b.expires_at <= m.at
            OR bag_release_hindrance(b.id) NOT IN ('', 'recall_ended_against_using_it'))
    """,
    "nothing is in stock but with its right label": """
        SELECT count(*) FROM centers_bag b WHERE b.state IN ('available', 'reserved', 'in_transit')
            AND NOT label_is_read_back(b, false)
    """,
    "nothing moves out of a final state": """
        SELECT count(*) FROM centers_movement
        WHERE from_state IN ('discarded', 'transfused', 'undone')
    """,
    "what was shipped arrived, is on its way or was lost": """
        SELECT count(*) FROM centers_transferbag tb JOIN centers_bag b ON b.id = tb.bag_id
        WHERE tb.arrived IS NULL AND b.state NOT IN ('in_transit', 'blocked', 'discarded')
    """,
}


def broken() -> dict[str, int]:
    found = {}
    with connection.cursor() as cursor:
        for words, sql in HOLDS.items():
            cursor.execute(sql)
            count = cursor.fetchone()[0]
            if count:
                found[words] = count
    return found


class Shelf:
    """Nine bags in stock, three in quarantine, two requests and a box to another centre."""

    def __init__(self) -> None:
        self.center = factories.center()
        self.by = factories.staff(self.center, "stock", "manager", "doctor")
        for _donation in range(3):
            blood.released()
        self.waiting = blood.tested()
        self.bags = list(Bag.objects.order_by("pk").values_list("pk", flat=True))
        self.requests = [supply.request(self.center), supply.request(self.center, group="A+")]
        self.box = supply.transfer(self.center, factories.center("CRTS-FES"))

    def bag(self, number: int) -> Bag:
        rows = Bag.objects.select_related("component", "center", "donation")
        return rows.get(pk=self.bags[number % len(self.bags)])

    def acts(self) -> dict[str, Callable[[int], object]]:
        """Each takes a number that selects bags and records; most are refused at times."""
        return {name: getattr(self, name) for name in ACTS}

    def release(self, _number: int) -> object:
        return blood.shelve(donation=self.waiting, by=self.by, now=timezone.now())

    def _request(self, number: int):
        return self.requests[number % len(self.requests)]

    def reserve(self, number: int) -> object:
        said = {"by": self.by, "now": timezone.now()}
        return requests.reserve(request=self._request(number), bags=[self.bag(number)], **said)

    def give_back(self, number: int) -> object:
        held = Reservation.objects.order_by("pk")
        if not held:
            return None
        chosen = held[number % len(held)]
        return requests.give_back(reservation=chosen, by=self.by, now=timezone.now())

    def lapse(self, _number: int) -> object:
        return requests.lapse(now=timezone.now() + timedelta(hours=25))

    def issue(self, number: int) -> object:
        said = {"by": self.by, "now": timezone.now()}
        return supply.issue(request=self._request(number // 2), bag=self.bag(number), **said)

    def take_back(self, number: int) -> object:
        gone = Issue.objects.order_by("pk")
        if not gone:
            return None
        return bags_away.take_back(
            issued=gone[number % len(gone)],
            minutes_out=10,
            cold_chain_kept=number % 3 > 0,
            by=self.by,
            now=timezone.now(),
        )

    def report(self, number: int) -> object:
        said = {"transfused": number % 2 == 0, "by": self.by, "now": timezone.now()}
        return bags_away.report(bag=self.bag(number), **said)

    def discard(self, number: int) -> object:
        said = {"reason": "broken", "by": self.by, "now": timezone.now()}
        return stock.discard(bag=self.bag(number), **said)

    def _box(self) -> Transfer:
        return Transfer.objects.select_related("receiver").get(pk=self.box.pk)

    def pack(self, number: int) -> object:
        said = {"by": self.by, "now": timezone.now()}
        return transfers.put_in(transfer=self._box(), bag=self.bag(number), **said)

    def send(self, _number: int) -> object:
        said = {"box": "B1", "celsius": Decimal("4.0"), "by": self.by, "now": timezone.now()}
        return transfers.send(transfer=self._box(), **said)

    def unpack(self, number: int) -> object:
        said = {"by": self.by, "now": timezone.now()}
        return transfers.take_out(transfer=self._box(), bag=self.bag(number), **said)

    def irradiate(self, number: int) -> object:
        said = {"recipe": "IRRADIATE", "by": self.by, "now": timezone.now()}
        return separation.make(bag=self.bag(number), **said)

    def open(self, number: int) -> object:
        return separation.open_bag(bag=self.bag(number), by=self.by, now=timezone.now())

    def label(self, number: int) -> object:
        waiting = Bag.objects.filter(state="released").select_related("component", "donation")
        again = "damaged" if number % 2 else ""
        return blood.label(list(waiting.order_by("pk")), by=self.by, reason=again)

    def recall(self, number: int) -> object:
        said = {"cause": "call", "because": "x", "by": self.by, "now": timezone.now()}
        return recalls.begin(donation=self.bag(number).donation, **said)

    def close_recall(self, number: int) -> object:
        opened = Recall.objects.filter(closed_at=None).order_by("pk")
        if not opened:
            return None
        said = {"outcome": "checked", "by": self.by, "now": timezone.now()}
        said["verdict"] = "use" if number % 2 else "discard"
        return recalls.close(recall=opened[number % len(opened)], **said)
