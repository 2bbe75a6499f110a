"""The laboratory's machines and the cold chain of one centre: checks, a curve, a run that waits."""

from __future__ import annotations

import math
import random
from datetime import datetime, timedelta
from decimal import Decimal

from django.utils import timezone

from centers.inventory import equipment, temperatures
from centers.laboratory import analysers
from centers.models import Analyser, Bag, Center, Equipment, EquipmentCheck, Placement, Temperature
from donors.models import User

from .staff import Crew

CENTER = "BS-TAZ"
EVERY = timedelta(minutes=30)
DAYS = 2
MOST_BAGS = 60
# Kind, name, range in °C, days between two checks, days since the last one.
MACHINES: list[tuple[str, str, str | None, str | None, int, int]] = [
    ("refrigerator", "R-01", "2", "6", 180, 40),
    ("refrigerator", "R-02", "2", "6", 180, 175),
    ("freezer", "C-01", None, "-25", 180, 60),
    ("agitator", "A-01", "20", "24", 90, 30),
    ("box", "B-07", "2", "10", 365, 200),
    ("scale", "P-03", None, None, 30, 33),
    ("analyser", "Alinity s", None, None, 90, 12),
]
TESTS = {"HIV Ag/Ab": "HIV", "HBsAg": "HBSAG", "Anti-HCV": "HCV"}
WORDS = {"NR": "negative", "R": "reactive", "NEG": "negative", "REAC": "reactive"}


def load(*, centers: dict[str, Center], crew: Crew, dice: random.Random, now: datetime) -> None:
    center, team = centers[CENTER], crew[CENTER]
    machine = analysers.save(
        analyser=None,
        center=center,
        name="Alinity s",
        format=Analyser.Format.HL7,
        sender="ALINITY",
        tests=TESTS,
        words=WORDS,
    )
    rows = {}
    for kind, name, low, high, every, ago in MACHINES:
        row = equipment.save(
            equipment=None,
            center=center,
            kind=kind,
            name=name,
            analyser=machine if kind == Equipment.Kind.ANALYSER else None,
            min_c=Decimal(low) if low else None,
            max_c=Decimal(high) if high else None,
            check_every_days=every,
        )
        today = timezone.localdate(now)
        equipment.check(
            equipment=row,
            kind=EquipmentCheck.Kind.CHECK,
            done_on=today - timedelta(days=ago),
            passed=True,
            note="",
            by=team["manager"],
            now=now,
            today=today,
        )
        rows[name] = row
    for name in ("R-01", "C-01", "A-01"):
        _shelve(rows[name], team, now)
    _measure(rows["R-01"], Decimal(4), team, dice, now)
    _measure(rows["C-01"], Decimal(-34), team, dice, now)
    # A door that stood open: nothing lay in it yet.
    _measure(rows["R-02"], Decimal(4), team, dice, now, warm=Decimal(6))
    _run(center, now)


def _shelve(row: Equipment, team: dict[str, User], now: datetime) -> None:
    """The bags of the centre that keep at its temperature, the first to expire before others."""
    inside = [Bag.State.AVAILABLE, Bag.State.RESERVED, Bag.State.QUARANTINED]
    keeps = Bag.objects.filter(
        center=row.center, state__in=inside, component__storage_max_c=int(row.max_c or 0)
    )
    if row.min_c is not None:
        keeps = keeps.filter(component__storage_min_c=int(row.min_c))
    Placement.objects.bulk_create(
        Placement(equipment=row, bag=bag, since=now - timedelta(days=1), by=team["stock"])
        for bag in keeps.order_by("expires_at", "pk")[:MOST_BAGS]
    )


def _measure(
    row: Equipment,
    middle: Decimal,
    team: dict[str, User],
    dice: random.Random,
    now: datetime,
    *,
    warm: Decimal = Decimal(0),
) -> None:
    """Two days of a data logger; ``warm``: degrees more for an hour of the first day."""
    steps = int(timedelta(days=DAYS) / EVERY)
    said = []
    for step in range(steps):
        swing = Decimal(str(round(0.7 * math.sin(step / 3) + dice.uniform(-0.3, 0.3), 1)))
        door = warm if steps // 4 <= step < steps // 4 + 2 else Decimal(0)
        said.append(
            Temperature(
                equipment=row,
                at=now - EVERY * (steps - step),
                celsius=middle + swing + door,
                by=team["stock"],
                noted_at=now,
                file_name=f"{row.name}.csv",
            )
        )
    Temperature.objects.bulk_create(said)
    for alarm in row.alarms.filter(decided_at=None):
        because = "بقي الباب مفتوحا ساعة، ولم يكن فيها أي كيس."
        by = team["manager"]
        temperatures.decide(alarm=alarm, verdict="use", because=because, by=by, now=now)


def _run(center: Center, now: datetime) -> None:
    """Results that the analyser sent by itself and nobody has taken up yet."""
    waiting = center.donations.filter(results=None, bags__state=Bag.State.QUARANTINED)
    numbers = waiting.order_by("-pk").values_list("din", flat=True).distinct()[:8]
    at = f"{timezone.localtime(now):%Y%m%d%H%M%S}"
    lines = [rf"MSH|^~\&|ALINITY|LAB|BDC|{CENTER}|{at}||ORU^R01^ORU_R01|1042|P|2.5.1"]
    for din in numbers:
        lines.append(f"OBR|1||{din}|SERO")
        lines += [
            f"OBX|{place}|NM|{test}^L||0.{place}2|S/CO|<1.00|NR|||F|||{at}"
            for place, test in enumerate(TESTS, 1)
        ]
    if len(lines) > 1:
        analysers.receive(content="\r".join(lines).encode(), now=now)
