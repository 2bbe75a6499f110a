"""Donations of the last weeks, written as the ledger would contain them."""

from __future__ import annotations

import hashlib
import random
import uuid
from datetime import datetime, timedelta

from django.db import connection

from centers.isbt128.donation_numbers import check_character
from centers.models import Bag, Compatibility, Component, Donation, Marker, Visit
from donors.clock.calendar import local_day
from donors.eligibility.criteria import INTERVAL, criteria
from donors.models import DeferralReason

from .bags import Pouch, fill, read_at
from .copying import copy, reserve
from .givers import Giver
from .places import Calendar
from .plan import Given
from .staff import Crew
from .wards import HOSPITALS

FACILITY = "A9999"  # the demonstration facility of ISBT 128; no other may be used here
SERIAL = 100_001
VISIT = (
    "id, public_id, session_id, donor_id, arrived_at, arrived_by_id, haemoglobin, systolic, "
    "diastolic, pulse, weight, temperature, measured_at, measured_by_id, outcome, decided_at, "
    "decided_by_id, "
    "cleared_because"
)
DONATION = (
    "id, public_id, din, check_character, donor_id, center_id, session_id, visit_id, collected_on, "
    "volume, mode, device, captured_at, received_at, operator_id, submission_id, submission_hash, "
    "conflict"
)
RESULT = (
    "donation_id, marker_id, version, entry, outcome, technique, lot, entered_by_id, entered_at"
)
BAG = (
    "id, public_id, donation_id, component_id, division, center_id, blood_group, collected_on, "
    "expires_at, state, made_from_id, made_at"
)
MOVEMENT = "bag_id, seq, from_state, to_state, center_id, at, by_id, reason"
ISSUE = (
    "bag_id, hospital, request_reference, recipient_group, issued_at, issued_by_id, reserve_because"
)
DEFERRAL = (
    "donor_id, reason_id, permanent, starts_on, ends_on, recorded_at, recorded_by_id, ended_because"
)
LOOK_BACK = "donation_id, marker_id, opened_at"


class Ledger:
    """Rows by table, in the order in which they are written."""

    def __init__(self, *, crew: Crew, sessions: Calendar, dice: random.Random, now: datetime):
        self.crew, self.sessions, self.dice, self.now = crew, sessions, dice, now
        self.markers = list(Marker.objects.in_force(local_day(now)))
        self.lives = dict(Component.objects.values_list("code", "shelf_life_days"))
        self.families = dict(Component.objects.values_list("code", "family"))
        codes = [INTERVAL, *(m.deferral_code for m in self.markers if m.deferral_code)]
        reasons = DeferralReason.objects.in_force(local_day(now)).filter(code__in=codes)
        self.reasons = {r.code: r for r in reasons}
        self.recipients: dict[tuple[str, str], list[str]] = {}
        pairs = Compatibility.objects.filter(verdict="compatible").order_by("pk")
        for family, donor, recipient in pairs.values_list("family", "donor", "recipient"):
            self.recipients.setdefault((family, donor), []).append(recipient)
        self.tables: dict[str, list[tuple]] = {}

    def record(self, pairs: list[tuple[Given, Giver]]) -> None:
        """Visit, donation, readings, bags, movements, issues and the interval deferral."""
        visit, donation = reserve(Visit, len(pairs)), reserve(Donation, len(pairs))
        numbers = donation_numbers([given for given, _giver in pairs])
        filled = [self._filled(given) for given, _giver in pairs]
        bag = reserve(Bag, sum(map(len, filled)))
        self.interval = {
            sex: {c.criterion: int(c.value) for c in criteria(on=local_day(self.now), sex=sex)}
            for sex in "FM"
        }
        for i, (given, giver) in enumerate(pairs):
            self._visit(visit + i, given, giver)
            self._donation(donation + i, visit + i, given, *numbers[i])
            self._readings(donation + i, given)
            self._deferral(donation + i, given, giver)
            for place, pouch in enumerate(filled[i]):
                self._bag(bag + place, donation + i, given, pouch, whole=bag)
            bag += len(filled[i])

    def write(self) -> None:
        for key, rows in self.tables.items():
            table, columns = key.split(": ")
            copy(table, columns, rows)

    def _add(self, table: str, columns: str, *row: object) -> None:
        self.tables.setdefault(f"{table}: {columns}", []).append(row)

    def _filled(self, given: Given) -> list[Pouch]:
        crew = self.crew[given.center]
        return fill(given, crew=crew, lives=self.lives, dice=self.dice, now=self.now)

    def _uuid(self) -> uuid.UUID:
        return uuid.UUID(int=self.dice.getrandbits(128), version=4)

    def _visit(self, pk: int, given: Given, giver: Giver) -> None:
        dice, crew = self.dice, self.crew[given.center]
        haemoglobin = dice.randrange(132, 172) if giver.sex == "M" else dice.randrange(121, 152)
        self._add(
            "centers_visit", VISIT, pk, self._uuid(), self.sessions[given.center, given.day].pk,
            given.donor, given.at - timedelta(minutes=25), crew["reception"].pk, haemoglobin,
            dice.randrange(105, 141), dice.randrange(62, 90), dice.randrange(60, 96),
            f"{dice.uniform(54, 96):.1f}", f"{dice.uniform(36.2, 37.2):.1f}",
            given.at - timedelta(minutes=15), crew["collection"].pk, "accepted",
            given.at - timedelta(minutes=12), crew["doctor"].pk, "",
        )  # fmt: skip

    def _donation(self, pk: int, visit: int, given: Given, din: str, check: str) -> None:
        session = self.sessions[given.center, given.day]
        submission = self._uuid()
        self._add(
            "centers_donation", DONATION, pk, self._uuid(), din, check, given.donor,
            session.center_id, session.pk, visit, given.day, self.dice.randrange(440, 461),
            "online", "", given.at, given.at, self.crew[given.center]["collection"].pk,
            submission, hashlib.sha256(submission.bytes).hexdigest(), "",
        )  # fmt: skip

    def _readings(self, donation: int, given: Given) -> None:
        for marker in self.markers:
            if marker.rh_negative_only and not given.group.endswith("-"):
                continue
            if marker.kind == "mark" and not given.group.startswith("O"):
                continue
            for reading in range(1, given.readings + 1):
                at = read_at(given, reading, self.now)
                self._add(
                    "centers_result", RESULT, donation, marker.pk, 1, reading,
                    outcome(marker, given), ("", "gel", "microplate")[reading],
                    f"{marker.code}-{given.day:%y%m}-{reading}",
                    self.crew[given.center][f"laboratory-{reading}"].pk, at,
                )  # fmt: skip

    def _deferral(self, donation: int, given: Given, giver: Giver) -> None:
        doctor = self.crew[given.center]["doctor"].pk
        ends_on = given.day + timedelta(days=self.interval[giver.sex]["INTERVAL"])
        interval = self.reasons[INTERVAL]
        self._add(
            "donors_deferral", DEFERRAL, given.donor, interval.pk, False, given.day, ends_on,
            given.at, doctor, "",
        )  # fmt: skip
        if given.fate == "reactive":
            marker = next(m for m in self.markers if m.code == "HBSAG")
            reason, at = self.reasons[marker.deferral_code], read_at(given, 2, self.now)
            reader = self.crew[given.center]["laboratory-2"].pk
            self._add(
                "donors_deferral", DEFERRAL, given.donor, reason.pk, reason.kind == "permanent",
                given.day, None, at, reader, "",
            )  # fmt: skip
            self._add("centers_lookback", LOOK_BACK, donation, marker.pk, at)

    def _bag(self, pk: int, donation: int, given: Given, pouch: Pouch, *, whole: int) -> None:
        center = self.sessions[given.center, given.day].center_id
        self._add(
            "centers_bag", BAG, pk, self._uuid(), donation, pouch.component, "00", center,
            given.group if given.readings == 2 else "", given.day, pouch.expires_at,
            pouch.steps[-1].state, whole if pouch.made_at else None, pouch.made_at,
        )  # fmt: skip
        before = ""
        for seq, step in enumerate(pouch.steps, 1):
            by = step.by.pk if step.by else None
            row = (pk, seq, before, step.state, center, step.at, by, step.reason)
            self._add("centers_movement", MOVEMENT, *row)
            before = step.state
        if pouch.issued:
            self._add(
                "centers_issue", ISSUE, pk, HOSPITALS[given.center][1],
                f"{pouch.issued.at:%y%m%d}-{pk}", self._recipient(pouch.component, given.group),
                pouch.issued.at, pouch.issued.by and pouch.issued.by.pk, "",
            )  # fmt: skip

    def _recipient(self, component: str, group: str) -> str:
        """A recipient's group; mostly the same as the donor's."""
        others = self.recipients[self.families[component], group]
        return group if self.dice.random() < 0.85 else self.dice.choice(others)


def outcome(marker: Marker, given: Given) -> str:
    if marker.code == "ABO":
        return given.group[:-1]
    if marker.kind == Marker.Kind.GROUP:
        return "positive" if given.group.endswith("+") else "negative"
    return "reactive" if given.fate == "reactive" and marker.code == "HBSAG" else "negative"


def donation_numbers(given: list[Given]) -> list[tuple[str, str]]:
    """Numbers of the donation's year, each with its check character."""
    numbers = [f"{FACILITY}{g.day:%y}{SERIAL + i:06d}" for i, g in enumerate(given)]
    return [(number, check_character(number)) for number in numbers]


def set_volumes() -> None:
    """What the bags hold, in mL."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE centers_bag SET volume = CASE component_id WHEN 'RBC-SAGM' THEN 270 + id % 30
                WHEN 'FFP' THEN 210 + id % 25 ELSE 50 + id % 12 END
            WHERE made_from_id IS NOT NULL
            """
        )


def label_bags() -> None:
    """A label for each bag that came into stock, printed and read back just before."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO centers_label (bag_id, blood_group, product, division, expires_at, volume,
                not_fully_tested, reason, because, at, by_id)
            SELECT b.id, b.blood_group, c.local_code, b.division, b.expires_at, b.volume, false, '', '',
                m.at - interval '10 minutes', m.by_id
            FROM centers_bag b JOIN centers_component c ON c.code = b.component_id
                JOIN centers_movement m ON m.bag_id = b.id
                    AND (m.from_state, m.to_state) = ('released', 'available')
            """
        )
        cursor.execute(
            """
            INSERT INTO centers_labelcheck (label_id, number, din, blood_group, product, division,
                expires_at, differs, at, by_id)
            SELECT l.id, d.din, d.din, l.blood_group, l.product, l.division, l.expires_at, '',
                l.at + interval '10 minutes', l.by_id
            FROM centers_label l JOIN centers_bag b ON b.id = l.bag_id
                JOIN centers_donation d ON d.id = b.donation_id
            """
        )


def count_levels(now: datetime) -> None:
    """Stock levels from the bags: a row for every relevant centre, product and group."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO centers_stocklevel (center_id, component_id, blood_group, quarantined,
                available, reserved, in_transit, changed_at, checked_at)
            SELECT b.center_id, b.component_id, b.blood_group,
                count(*) FILTER (WHERE b.state = 'quarantined'),
                count(*) FILTER (WHERE b.state = 'available'),
                count(*) FILTER (WHERE b.state = 'reserved'),
                count(*) FILTER (WHERE b.state = 'in_transit'),
                (SELECT max(m.at) FROM centers_movement m WHERE m.bag_id = max(b.id)), %s
            FROM centers_bag b GROUP BY 1, 2, 3
            """,
            [now - timedelta(minutes=40)],
        )
        cursor.execute(
            """
            INSERT INTO centers_stocklevel (center_id, component_id, blood_group, quarantined,
                available, reserved, in_transit, changed_at)
            SELECT f.center_id, f.component_id, f.blood_group, 0, 0, 0, 0, %s
            FROM centers_floor f ON CONFLICT DO NOTHING
            """,
            [now - timedelta(hours=3)],
        )
