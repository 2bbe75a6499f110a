"""Builds the demonstration in one transaction and checks it."""

from __future__ import annotations

import random
from datetime import datetime

from django.db import connection, transaction
from django.utils import timezone

from centers.inventory import stock_levels
from centers.models import Center
from donors.models import Donor, User

from . import (
    alarms,
    asking,
    blood,
    campaign_life,
    check,
    directing,
    drives,
    equipment,
    lots,
    memo,
    people,
    places,
    plan,
    special_days,
    staff,
    visitors,
    wards,
)
from .copying import unguarded
from .givers import Giver, Givers, assign

USUAL_CROWD = 3000


def is_there() -> bool:
    return User.objects.filter(username="demo-administrator").exists()


@transaction.atomic
def build(*, donors: int, seed: int, now: datetime) -> None:
    """Build everything from ``seed``; rolled back as a whole when the self-check finds a fault."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    dice = random.Random(seed)
    today = timezone.localdate(now)
    centers = _centers()
    crew, officers = staff.load(centers=centers, today=today)
    people.load(count=donors, dice=dice, today=today, now=now)
    stocked = {code: centers[code] for code in plan.DAILY}
    fixed, mobile = places.load(centers=stocked, now=now)
    hero = visitors.demo_donor(user=_user("demo-donor"), now=now, today=today)
    visitors.twin(of=hero, now=now)
    scale = min(1.0, donors / USUAL_CROWD)
    _history(stocked, crew, fixed, hero, dice=dice, scale=scale, now=now)
    wards.load(centers=stocked, crew=crew, now=now)
    equipment.load(centers=stocked, crew=crew, dice=dice, now=now)
    _story(centers, crew, officers, fixed, mobile, dice=dice, now=now)
    visitors.queue(session=fixed["BS-TAZ", today], crew=crew, dice=dice, now=now)
    visitors.records_put_right(crew=crew, now=now)
    coming = [s for (code, day), s in fixed.items() if code == "BS-TAZ" and day > today]
    visitors.book_donor(donor=hero, sessions=coming, now=now)
    visitors.fill_slots(fixed=fixed, dice=dice, now=now)
    special_days.load(now=now)
    lots.load(
        center=centers["BS-TAZ"], by=crew["BS-TAZ"]["laboratory-1"], dice=random.Random(7), now=now
    )
    check.check(now=now)
    alarms.load(center=centers["BS-TAZ"], crew=crew, now=now)
    stock_levels.review_all(now=now)
    asking.load(by=_user("demo-administrator"), dice=dice, now=now)


def _centers() -> dict[str, Center]:
    """The regional centres that a source names, and the blood bank of Taza, with the demo's
    facility number."""
    regional = Center.objects.filter(kind="regional_centre").exclude(verified="no")
    chosen = regional | Center.objects.filter(code="BS-TAZ")
    chosen.update(facility=blood.FACILITY)
    return {c.code: c for c in chosen.select_related("province").order_by("code")}


def _user(username: str) -> User:
    return User.objects.get(username=username)


def _history(
    centers: dict[str, Center],
    crew: staff.Crew,
    fixed: places.Calendar,
    hero: Donor,
    *,
    dice: random.Random,
    scale: float,
    now: datetime,
) -> None:
    drawing = plan.Plan(sessions=fixed, dice=dice, scale=scale, now=now)
    given, shelves = drawing.draw()
    plan.load_floors(centers=centers, shelves=shelves)
    givers = Givers(dice=dice, today=timezone.localdate(now))
    pairs = assign(given=given, centers=centers, givers=givers)
    first = drawing.of_long_ago(center="BS-TAZ", group="O+", donor=hero.pk)
    ledger = blood.Ledger(crew=crew, sessions=fixed, dice=dice, now=now)
    with unguarded():
        ledger.record([(first, Giver(hero.pk, hero.sex)), *pairs])
        ledger.write()
        blood.set_volumes()
        blood.label_bags()
        blood.count_levels(now)


def _story(
    centers: dict[str, Center],
    crew: staff.Crew,
    officers: dict[str, User],
    fixed: places.Calendar,
    mobile: list,
    *,
    dice: random.Random,
    now: datetime,
) -> None:
    today = timezone.localdate(now)
    administrator = _user("demo-administrator")
    operation = memo.open_operation(by=administrator, now=now)
    directing.direct(operation=operation, by=administrator)
    issued = memo.issue(operation=operation, by=administrator, now=now)
    planned = drives.planned(today)
    memo.answer(memo=issued, officers=officers, planned=planned, dice=dice, now=now)
    made = drives.Drives(memo=issued, centers=centers, crew=crew, officers=officers, now=now)
    made.described(fixed=fixed, mobile=mobile)
    made.at_home()
    campaign_life.tell(centers=centers, crew=crew, officers=officers, now=now)
