"""A past of issues, which nobody can enter today."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import connection

from centers.models import Bag, Movement

from . import blood, supply
from .owner import past_the_guards


def used(now: datetime, *, a_day: int, days: int = 90) -> Bag:
    """So many O+ red cells of Taza issued on each of the last days: one bag, issued again and again."""
    bag = supply.fresh(blood.red_cells())
    supply.issue(bag=bag)
    row = Movement.objects.get(bag=bag, to_state="issued")
    ahead = [day for day in range(1, days + 1) for _number in range(a_day)]
    rows = [Movement.objects.get(pk=row.pk) for _day in ahead]
    for number, (copy, day) in enumerate(zip(rows, ahead, strict=True), 1):
        copy.pk, copy.seq, copy.at = None, row.seq + number, now - timedelta(days=day)
    # The guard of the paper looks at commit, and would find the later movements.
    connection.cursor().execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
    with past_the_guards():
        Movement.objects.bulk_create(rows)
    return bag
