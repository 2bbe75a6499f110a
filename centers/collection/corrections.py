"""Corrections of wrong entries by a further row; the first entry is never changed."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from centers.inventory import recalls, stock, stock_levels
from centers.isbt128 import lots
from centers.models import Arm, Bag, Correction, Recall, Visit
from donors.clock.calendar import local_day
from donors.clock.zones import MOROCCO
from donors.errors import Refused, refusing, retried_on_conflict
from donors.models import User

from . import arrivals, donations, times

Field = Correction.Field
MEASURES = (
    Field.HAEMOGLOBIN,
    Field.SYSTOLIC,
    Field.DIASTOLIC,
    Field.PULSE,
    Field.WEIGHT,
    Field.TEMPERATURE,
)
CHAIR = (Field.ARM, Field.LOT, Field.STARTED, Field.ENDED)
TIMED = (Field.STARTED, Field.ENDED, Field.VOLUME)
UNDERWEIGHT = "underweight"
# A bleeding longer than this gives neither plasma nor platelets (general knowledge, unverified).
SLOW = timedelta(minutes=15)
LONGEST = timedelta(hours=3)
HELD = (
    Bag.State.QUARANTINED,
    Bag.State.RELEASED,
    Bag.State.AVAILABLE,
    Bag.State.RESERVED,
    Bag.State.IN_TRANSIT,
)


def values(visit: Visit) -> dict[str, str]:
    """The valid values of a visit by field: as first recorded, or as last corrected."""
    found = {field: _text(getattr(visit, field)) for field in MEASURES}
    if hasattr(visit, "bleeding"):
        found |= {field: _text(getattr(visit.bleeding, field)) for field in CHAIR}
    if hasattr(visit, "donation"):
        found[Field.VOLUME] = _text(visit.donation.volume)
    for line in visit.corrections.order_by("pk"):
        found[Field(line.field)] = line.now
    return {field: value for field, value in found.items() if value}


def _text(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat(timespec="minutes")
    return f"{value.normalize():f}" if isinstance(value, Decimal) else str(value or "")


def shown(name: str, value: str) -> str:
    """A value as displayed: the arm in words, a time in local time."""
    if name == Field.ARM:
        return str(dict(Arm.choices).get(value, value))
    if name in (Field.STARTED, Field.ENDED):
        return f"{datetime.fromisoformat(value).astimezone(MOROCCO):%H:%M}"
    return number_format(value) if name in (Field.WEIGHT, Field.TEMPERATURE) else value


def counting(visit: Visit) -> dict[str, str]:
    """``values`` as displayed."""
    return {field: shown(field, value) for field, value in values(visit).items()}


def lines(visit: Visit) -> list[tuple[Correction, str, str]]:
    """Corrections so far, with the values before and after as displayed."""
    rows = visit.corrections.select_related("by").order_by("pk")
    return [(row, shown(row.field, row.was), shown(row.field, row.now)) for row in rows]


@retried_on_conflict
def correct(
    *,
    visit: Visit,
    field: str,
    value: object,
    because: str,
    by: User,
    now: datetime,
    times_sure: bool = False,
) -> Correction:
    """Add a correction. A volume corrected to less than the minimum for a bag blocks the bags.

    A measure corrected out of bounds takes an acceptance back, before the needle. Raises ``Refused`` for
    ``times_sure`` where the corrected times can hardly be, until they are confirmed.
    """
    if not because.strip():
        raise Refused(_("Say why it is corrected."), "because")
    with refusing():
        visit = arrivals.held(visit)
        known = values(visit)
        if field not in known:
            raise Refused(_("There is nothing of this kind to correct."), "field")
        written = _text(value)
        if field == Field.LOT:
            written = lots.read(written, din=visit.bleeding.din, field="value")
        if written == known[field]:
            raise Refused(_("This is what is recorded already."), "value")
        _possible(known | {field: written}, now)
        if field in TIMED and not times_sure:
            _ask_about(visit, known | {field: written})
        line = Correction.objects.create(
            visit=visit,
            field=field,
            was=known[field],
            now=written,
            because=because.strip(),
            at=now,
            by=by,
        )
        if field == Field.VOLUME and int(written) < donations.LEAST_VOLUME:
            _block(visit, by, now)
        if field in MEASURES:
            arrivals.decide_again(visit=visit, by=by, now=now)
            _afterwards(visit, by, now)
    return line


def _afterwards(visit: Visit, by: User, now: datetime) -> None:
    """A corrected fever recalls the donation; a corrected low haemoglobin defers from tomorrow
    on."""
    if not hasattr(visit, "donation"):
        return
    broken = [reason.code for reason in arrivals.measured_reasons(visit)]
    if any("TEMPERATURE" in code for code in broken):
        _call_back(visit, _("A value taken at the session was corrected."), by, now)
    arrivals.defer_lasting(visit, broken, by, now, starts_on=local_day(now) + timedelta(days=1))


def _possible(said: dict[str, str], now: datetime) -> None:
    """Refuses the impossible: a lower pressure above the higher one, an end before its start."""
    if Field.SYSTOLIC in said and int(said[Field.DIASTOLIC]) >= int(said[Field.SYSTOLIC]):
        raise Refused(_("The higher pressure comes first: it is above the lower one."), "value")
    times = [datetime.fromisoformat(said[f]) for f in (Field.STARTED, Field.ENDED) if f in said]
    if times != sorted(times):
        raise Refused(_("The needle came out after it went in. Compare both times."), "value")
    if times and (times[-1] > now or times[-1] - times[0] > LONGEST):
        raise Refused(_("At this time the needle was not in. Compare both times."), "value")


def _ask_about(visit: Visit, said: dict[str, str]) -> None:
    if Field.ENDED in said:
        started, ended = (datetime.fromisoformat(said[f]) for f in (Field.STARTED, Field.ENDED))
        volume = int(said.get(Field.VOLUME, 0))
        times.ask_about(visit.arrived_at, started, ended, volume=volume)


def is_slow(visit: Visit) -> bool:
    """Whether the bleeding took too long for plasma and platelets, by the valid times."""
    said = values(visit)
    if Field.ENDED not in said:
        return False
    started, ended = (datetime.fromisoformat(said[f]) for f in (Field.STARTED, Field.ENDED))
    return ended - started > SLOW


def _block(visit: Visit, by: User, now: datetime) -> None:
    bags = Bag.objects.select_for_update(of=("self",)).filter(
        donation=visit.donation, state__in=HELD
    )
    for bag in bags.select_related("center", "component").order_by("pk"):
        stock.move(bag=bag, to=Bag.State.BLOCKED, by=by, reason=UNDERWEIGHT)
        stock_levels.review(
            center=bag.center, component=bag.component, blood_group=bag.blood_group, now=now
        )
    away = Bag.objects.filter(donation=visit.donation, state=Bag.State.ISSUED)
    if away.exists():
        _call_back(visit, _("The bag holds less than was recorded."), by, now)


def _call_back(visit: Visit, why: str, by: User, now: datetime) -> None:
    donation = visit.donation
    if not recalls.is_recalled(donation):
        recalls.begin(donation=donation, cause=Recall.Cause.OTHER, because=why, by=by, now=now)
