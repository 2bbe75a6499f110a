"""Temperatures of storage and transport: by hand or out of a data logger's file, and their alarms."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from centers.models import AlarmBag, Bag, Equipment, Temperature, TemperatureAlarm
from donors.errors import Refused, refusing, retried_on_conflict
from donors.models import User
from donors.units import roster_files

from . import stock, stock_levels

MOST_LINES = 20_000
LEAST_REASON = 10  # characters
SHOWN = timedelta(days=3)
AHEAD = timedelta(minutes=5)  # how far a logger's clock may be ahead of ours
DAY_FIRST = re.compile(r"^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})\s+(\d{1,2}):(\d{2})(?::(\d{2}))?")
YEAR_FIRST = re.compile(r"^(\d{4})-(\d{1,2})-(\d{1,2})[T ](\d{1,2}):(\d{2})(?::(\d{2}))?(.*)$")
TIMES = ("time", "date", "heure", "horodat", "وقت", "تاريخ")
DEGREES = ("temp", "°c", "celsius", "حرارة")


@dataclass(frozen=True)
class Point:
    at: datetime
    celsius: Decimal


def note(*, equipment: Equipment, celsius: Decimal, at: datetime, by: User, now: datetime) -> None:
    """Record one measurement; outside the range it opens an alarm."""
    _keep(equipment, [Point(at, celsius)], by=by, now=now, file_name="")


def hand_in(
    *, equipment: Equipment, file_name: str, content: bytes, by: User, now: datetime
) -> int:
    """Record a data logger's file; how many measurements were new. The same ones count once."""
    try:
        table = roster_files.read(content)
    except Refused as refused:
        raise Refused(str(refused), "file") from refused
    if len(table) > MOST_LINES:
        raise Refused(
            _("The file has more than 20,000 lines. Hand in fewer days at a time."), "file"
        )
    return _keep(equipment, points(table), by=by, now=now, file_name=file_name[:200])


def points(table: list[list[str]]) -> list[Point]:
    """The measurements of a table whose headings name a time and a temperature. Lines above the
    headings are passed over, as loggers write their own number and settings there."""
    for place, row in enumerate(table[:40]):
        words = [cell.casefold() for cell in row]
        at = next((n for n, word in enumerate(words) if any(t in word for t in TIMES)), None)
        degrees = next((n for n, word in enumerate(words) if any(t in word for t in DEGREES)), None)
        if at is not None and degrees is not None and at != degrees:
            return [
                _point(number, row, at, degrees)
                for number, row in enumerate(table[place + 1 :], place + 2)
                if row
            ]
    raise Refused(_("No columns of time and temperature were found."), "file")


def _point(number: int, row: list[str], at: int, degrees: int) -> Point:
    try:
        text = row[degrees].replace("−", "-").replace(",", ".").replace("°C", "").strip()
        return Point(_moment(row[at].strip()), Decimal(text).quantize(Decimal("0.1")))
    except (IndexError, ValueError, InvalidOperation) as error:
        sentence = _("Line %(number)s is not understood. Nothing of the file was recorded.")
        raise Refused(sentence % {"number": number}, "file") from error


def _moment(text: str) -> datetime:
    """A local time unless it names its offset; raises ValueError."""
    if said := YEAR_FIRST.match(text):
        year, month, day, hour, minute, second = (int(part or 0) for part in said.groups()[:6])
        zone = said[7].strip()
        if zone:
            return datetime.fromisoformat(text.replace(" ", "T", 1)).astimezone(UTC)
    elif said := DAY_FIRST.match(text):
        day, month, year, hour, minute, second = (int(part or 0) for part in said.groups())
    else:
        raise ValueError(text)
    return timezone.make_aware(datetime(year, month, day, hour, minute, second))


@retried_on_conflict
def _keep(
    equipment: Equipment, said: list[Point], *, by: User, now: datetime, file_name: str
) -> int:
    if not said:
        raise Refused(_("There is no measurement in it."), "file")
    if any(point.at > now + AHEAD for point in said):
        raise Refused(_("A measurement is in the future. Check the clock of the logger."))
    with refusing():
        Equipment.objects.select_for_update(of=("self",)).get(pk=equipment.pk)
        before = equipment.temperatures.count()
        Temperature.objects.bulk_create(
            [
                Temperature(
                    equipment=equipment,
                    at=point.at,
                    celsius=point.celsius,
                    by=by,
                    noted_at=now,
                    file_name=file_name,
                )
                for point in sorted(said, key=lambda point: point.at)
            ],
            ignore_conflicts=True,
        )
        _review(equipment, now)
        return equipment.temperatures.count() - before


def _review(equipment: Equipment, now: datetime) -> None:
    """Floors of what an alarm has just blocked."""
    bags = Bag.objects.filter(alarms__alarm__equipment=equipment, alarms__alarm__decided_at=None)
    rows = bags.exclude(blood_group="").select_related("center", "component").order_by("pk")
    levels = {(b.center_id, b.component_id, b.blood_group): b for b in rows}
    for _key, bag in sorted(levels.items()):
        stock_levels.review(
            center=bag.center, component=bag.component, blood_group=bag.blood_group, now=now
        )


def held_by(alarm: TemperatureAlarm) -> QuerySet[AlarmBag]:
    rows = alarm.bags.select_related("bag__donation", "bag__component", "bag__center")
    return rows.order_by("bag__donation__din", "bag")


def decide(*, alarm: TemperatureAlarm, verdict: str, because: str, by: User, now: datetime) -> None:
    """Use: a second person may release the bags again. Discard: they are discarded at once."""
    if len(because.strip()) < LEAST_REASON:
        raise Refused(_("Say why in a sentence."), "because")
    with refusing():
        rows = TemperatureAlarm.objects.filter(pk=alarm.pk, decided_at=None)
        if not rows.update(decided_at=now, decided_by=by, verdict=verdict, because=because.strip()):
            raise Refused(_("Somebody has decided this already."))
        if verdict == TemperatureAlarm.Verdict.DISCARD:
            inside = Bag.objects.filter(alarms__alarm=alarm, state=Bag.State.BLOCKED)
            for bag in inside.select_for_update(of=("self",)).order_by("pk"):
                stock.move(bag=bag, to=Bag.State.DISCARDED, by=by, reason="cold_chain")


@dataclass(frozen=True)
class Curve:
    """The last days as a picture of 600 by 200: ``line`` are its points, ``low`` and ``high`` the
    lines of the range; ``points`` the table beside it, the latest first."""

    line: str
    low: float | None
    high: float
    top: Decimal
    bottom: Decimal
    points: list[Temperature]


WIDTH, HEIGHT, MARGIN, TABLE = 600, 200, Decimal(2), 40


def curve(equipment: Equipment, *, now: datetime) -> Curve | None:
    """None where nothing was measured."""
    last = equipment.temperatures.order_by("-at").first()
    if last is None or equipment.max_c is None:
        return None
    since = last.at - SHOWN
    rows = list(equipment.temperatures.filter(at__gte=since).order_by("at", "pk"))
    values = [row.celsius for row in rows] + [equipment.max_c, equipment.min_c or equipment.max_c]
    top, bottom = max(values) + MARGIN, min(values) - MARGIN
    span = max((rows[-1].at - rows[0].at).total_seconds(), 1)

    def height(celsius: Decimal) -> float:
        return round(float((top - celsius) / (top - bottom)) * HEIGHT, 1)

    dots = [
        (round((row.at - rows[0].at).total_seconds() / span * WIDTH, 1), height(row.celsius))
        for row in rows
    ]
    shown = rows if len(rows) <= TABLE else _thinned(rows, equipment)
    return Curve(
        line=" ".join(f"{x},{y}" for x, y in dots),
        low=None if equipment.min_c is None else height(equipment.min_c),
        high=height(equipment.max_c),
        top=top,
        bottom=bottom,
        points=list(reversed(shown)),
    )


def is_outside(equipment: Equipment, celsius: Decimal) -> bool:
    low, high = equipment.min_c, equipment.max_c
    return (low is not None and celsius < low) or (high is not None and celsius > high)


def _thinned(rows: list[Temperature], equipment: Equipment) -> list[Temperature]:
    """Every one outside the range, and of the others so many that the table can be read."""
    step = len(rows) // TABLE + 1
    return [
        row for n, row in enumerate(rows) if n % step == 0 or is_outside(equipment, row.celsius)
    ]
