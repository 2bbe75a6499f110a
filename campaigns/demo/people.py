"""Donors: names, addresses, consents, last donation."""

from __future__ import annotations

import random
from collections import defaultdict
from datetime import date, datetime, timedelta

from donors.clock.calendar import add_years
from donors.contact import consent
from donors.eligibility.criteria import INTERVAL, criteria
from donors.models import DeferralReason, Donor, Province, Unit
from donors.people import identity
from donors.reference import group_frequencies

from .copying import array, copy_lines, line, reserve
from .names import Name, Names

CHUNK = 20_000
Tables = dict[tuple[str, str], list[str]]  # (table, columns) to lines
CITIES = {
    "MA-CAS": 14, "MA-MAR": 13, "MA-AGD": 10, "MA-TAZ": 8, "MA-FES": 8, "MA-RAB": 7, "MA-TNG": 6,
    "MA-MEK": 5, "MA-SAL": 5, "MA-OUJ": 4, "MA-KEN": 3, "MA-TET": 3,
}  # fmt: skip
REST = 14
PREFIXES = (
    "A AA AB AD AE B BA BB BE BH BJ BK BL BW C CB CD CN D DA DN E EA EB EC EE F FA FB FC FD FL G "
    "GA GB GI GK GM GN H HA HH I IA IB ID IE J JA JB JC JE JF JH JK JM JT K KA KB L LA LB LC M MA"
)
LETTERS = tuple(PREFIXES.split())
PURPOSES = (("appeals", 0.7), ("reminders", 0.8), ("follow_up", 0.5), ("news", 0.2))
PASSING = ("WHO-LOW_HB", "WHO-TATTOO", "MA-MEDICATION", "FR-DENTAL", "MA-SURGERY")
LASTING = ("MA-DIABETES", "MA-ASTHMA", "MA-ULCER", "MA-ANGINA")
DONOR = (
    "id, public_id, family_name, given_name, family_name_ar, given_name_ar, name_key, name_key_ar, "
    "name_keys, sex, birth_date, document_kind, document_sealed, document_key, blood_group, province_id, "
    "language, registered_at"
)
CONTACT = "donor_id, channel, address, verified_at, failed_at, preferred"
CONSENT = "donor_id, purpose, text_version, language, given_at"
MEMBERSHIP = "donor_id, unit_id, since"
DEFERRAL = "donor_id, reason_id, permanent, starts_on, ends_on, recorded_at, ended_because"


def load(*, count: int, dice: random.Random, today: date, now: datetime) -> None:
    """``count`` donors by COPY, a few thousand at a time."""
    crowd = Crowd(count=count, dice=dice, today=today, now=now)
    for start in range(0, count, CHUNK):
        tables = crowd.draw(start, min(CHUNK, count - start))
        for (table, columns), lines in tables.items():
            copy_lines(table, columns, "".join(lines))


class Crowd:
    """The rows to draw from, read once."""

    def __init__(self, *, count: int, dice: random.Random, today: date, now: datetime) -> None:
        self.dice, self.today, self.now = dice, today, now
        self.first = reserve(Donor, count)
        self.offset = Donor.objects.count()
        self.names = {kind: Names(kind) for kind in ("family", "male", "female")}
        spelled = [n for of in self.names.values() for one in of.spellings for n in one]
        identity.learn(name for n in spelled for name in (n.latin, n.arabic))
        groups = group_frequencies()
        self.groups, self.group_weights = list(groups), [float(p) for p in groups.values()]
        codes = list(Province.objects.order_by("code").values_list("code", flat=True))
        self.provinces = codes
        others = REST / (len(codes) - len(CITIES))
        self.province_weights = [CITIES.get(code, others) for code in codes]
        self.units = defaultdict(list)
        for pk, province in Unit.objects.order_by("path").values_list("pk", "province_id"):
            self.units[province].append(pk)
        reasons = DeferralReason.objects.in_force(today)
        self.reasons = {r.code: r for r in reasons.filter(code__in=[*PASSING, *LASTING, INTERVAL])}
        self.interval = {
            sex: {c.criterion: int(c.value) for c in criteria(on=today, sex=sex)}["INTERVAL"]
            for sex in "FM"
        }

    def draw(self, start: int, size: int) -> Tables:
        """The lines of each table for the donors ``start`` to ``start + size``."""
        dice = self.dice
        sexes = dice.choices("MF", weights=(60, 40), k=size)
        men = self.names["male"].draw(dice, size)
        women = self.names["female"].draw(dice, size)
        families = self.names["family"].draw(dice, size)
        groups = dice.choices(self.groups, self.group_weights, k=size)
        provinces = dice.choices(self.provinces, self.province_weights, k=size)
        languages = dice.choices(("ar", "fr", "en"), (78, 20, 2), k=size)
        tables: Tables = defaultdict(list)
        for i in range(size):
            given = men[i] if sexes[i] == "M" else women[i]
            pk, serial = self.first + start + i, self.offset + start + i
            age = min(60, max(18, round(dice.triangular(18, 60, 30))))
            born = self.today - timedelta(days=round(age * 365.25) + dice.randrange(1, 340))
            history = self._history(pk, born, sexes[i])
            registered = self.now - timedelta(days=dice.randrange(30, 1800))
            person = self._person(families[i], given)
            number = document_number(serial)
            self._add(tables, "donors_donor", DONOR, (
                pk, f"{dice.getrandbits(128) | 1:032x}", *person, sexes[i], born, "cin",
                identity.seal(number), identity.document_key(number),
                groups[i] if history else "", provinces[i], languages[i], registered,
            ))  # fmt: skip
            for row in self._contacts(pk, serial, given, families[i], registered):
                self._add(tables, "donors_contact", CONTACT, row)
            for purpose, share in PURPOSES:
                if dice.random() < share:
                    self._add(tables, "donors_consent", CONSENT, (
                        pk, purpose, consent.TEXT_VERSION, languages[i], registered,
                    ))  # fmt: skip
            if dice.random() < 1 / 3 and self.units[provinces[i]]:
                since = self.today - timedelta(days=dice.randrange(200, 3600))
                unit = dice.choice(self.units[provinces[i]])
                self._add(tables, "donors_membership", MEMBERSHIP, (pk, unit, since))
            for row in history or self._other(pk, born):
                self._add(tables, "donors_deferral", DEFERRAL, row)
        return tables

    def _add(self, tables: Tables, table: str, columns: str, row: tuple) -> None:
        tables[table, columns].append(line(row))

    def _person(self, family: Name, given: Name) -> tuple[str, ...]:
        """Cards show both scripts; some people were registered in one only."""
        scripts = self.dice.random()
        latin, arabic = scripts < 0.93, scripts > 0.08
        return (
            family.latin if latin else "",
            given.latin if latin else "",
            family.arabic if arabic else "",
            given.arabic if arabic else "",
            f"{family.key} {given.key}" if latin else "",
            f"{family.key_ar} {given.key_ar}" if arabic else "",
            array((*family.keys, *given.keys) * latin + (*family.keys_ar, *given.keys_ar) * arabic),
        )

    def _contacts(
        self, pk: int, serial: int, given: Name, family: Name, registered: datetime
    ) -> list[tuple]:
        dice, rows = self.dice, []
        mail = dice.random() < 0.65
        verified = registered + timedelta(days=1) if dice.random() < 0.92 else None
        failed = self.now - timedelta(days=20) if dice.random() < 0.01 else None
        if mail:
            name = f"{given.key}.{family.key}".replace(" ", "")
            domain = ("example.org", "example.com", "example.net")[serial % 3]
            rows.append((pk, "email", f"{name}{serial}@{domain}", verified, failed, True))
        if not mail or dice.random() < 0.85:
            rows.append((pk, "sms", phone_number(serial), verified, None, not mail))
        return rows

    def _history(self, pk: int, born: date, sex: str) -> list[tuple]:
        """Three in four gave before: interval deferrals of their last one to three donations."""
        dice = self.dice
        rows: list[tuple] = []
        day = self.today - timedelta(days=dice.randrange(1, 900))
        if dice.random() < 0.25:
            return rows
        for _time in range(dice.choices((1, 2, 3), (60, 25, 15))[0]):
            if add_years(born, 18) > day:
                break
            rows.append(self._deferral(pk, INTERVAL, day, day + timedelta(self.interval[sex])))
            day -= timedelta(days=dice.randrange(130, 400))
        return rows

    def _other(self, pk: int, born: date) -> list[tuple]:
        dice = self.dice
        chance = dice.random()
        if chance > 0.12:
            return []
        if chance < 0.02:
            return [self._deferral(pk, dice.choice(LASTING), self.today - timedelta(days=90), None)]
        reason = dice.choice(PASSING)
        day = self.today - timedelta(days=dice.randrange(1, 120))
        return [self._deferral(pk, reason, day, day + timedelta(self.reasons[reason].days or 14))]

    def _deferral(self, pk: int, code: str, starts_on: date, ends_on: date | None) -> tuple:
        reason = self.reasons[code]
        recorded = self.now - (self.today - starts_on)
        return (pk, reason.pk, reason.kind == "permanent", starts_on, ends_on, recorded, "")


def document_number(serial: int) -> str:
    """Unique letters and digits in the shape of an identity card's number."""
    block, letters = divmod(serial, len(LETTERS))
    return f"{LETTERS[letters]}{100_000 + block * 7_919 % 900_000}"


def phone_number(serial: int) -> str:
    """A unique Moroccan mobile number, +212 60… to +212 67…."""
    return f"+2126{serial * 7_654_321 % 80_000_000:08d}"
