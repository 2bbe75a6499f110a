"""Lots of bags and reagents at Taza: most of them entered, one past its date, one that nobody entered."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

from centers.inventory import lots
from centers.models import Center
from donors.clock.calendar import local_day
from donors.models import User

BAGS = (("TRI-2611", "Poche triple CPD-SAGM", 400), ("TRI-2409", "Poche triple CPD-SAGM", -12))


def load(*, center: Center, by: User, dice: random.Random, now: datetime) -> None:
    today = local_day(now)

    def keep(kind: str, number: str, what: str, days: int) -> None:
        until = today + timedelta(days=days)
        lots.keep(
            center=center, kind=kind, number=number, what=what, expires_on=until, by=by, now=now
        )

    for number, what, days in BAGS:
        keep("bags", number, what, days)
    read = [number for kind, number in lots.unknown(center=center, now=now) if kind == "reagent"]
    for number in read[1:]:
        keep("reagent", number, f"Réactif {number.split('-')[0]}", dice.randrange(12, 300))
