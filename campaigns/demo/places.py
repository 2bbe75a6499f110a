"""Sessions of the centres with stock: past weeks, today's open one, days to book."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from django.utils import timezone

from centers.models import Center, Session, Slot

DAYS_BACK, DAYS_AHEAD = 45, 14
LONG_AGO = 100  # days since the donor of the demo gave
BEDS = {"BS-TAZ": 4}
Calendar = dict[tuple[str, date], Session]  # (centre code, day) to session
# centre, days from today, place (ar, fr, en), province, latitude, longitude
MOBILE = [
    ("CRTS-MAR", 1, ("ساحة الحارثي، جيليز", "Place El Harti, Guéliz", "El Harti square, Gueliz"),
     "MA-MAR", 31.6342, -7.9999),
    ("CRTS-MAR", 3, ("ابن جرير، مقر المنطقة الإقليمية للأمن", "Ben Guerir, district provincial",
     "Ben Guerir, provincial district"), "MA-REH", 32.2359, -7.9538),
    ("CRTS-AGD", 2, ("ساحة الأمل، أكادير", "Place Al Amal, Agadir", "Al Amal square, Agadir"),
     "MA-AGD", 30.4202, -9.5982),
]  # fmt: skip


def load(*, centers: dict[str, Center], now: datetime) -> tuple[Calendar, list[Session]]:
    """The fixed sessions by centre and day, and the mobile ones in the order of ``MOBILE``."""
    today = timezone.localdate(now)
    fixed: Calendar = {}
    for code, center in centers.items():
        for offset in (-LONG_AGO, *range(-DAYS_BACK, DAYS_AHEAD + 1)):
            day = today + timedelta(days=offset)
            if day.weekday() != 6 or offset == 0 or code == "BS-TAZ":
                fixed[code, day] = fixed_session(center, day, now)
    mobile = [_mobile(centers[row[0]], today, *row[1:]) for row in MOBILE]
    Session.objects.bulk_create([*fixed.values(), *mobile])
    bookable = [s for s in [*fixed.values(), *mobile] if s.state in Session.LIVE]
    Slot.objects.bulk_create(slot for s in bookable for slot in slots(s))
    return fixed, mobile


def moment(day: date, hour: float) -> datetime:
    """The given hour of a day in Morocco."""
    at = datetime.combine(day, time(), tzinfo=timezone.get_default_timezone())
    return at + timedelta(hours=hour)


def opening(day: date, now: datetime, *, closes: float = 16.5) -> tuple[datetime, datetime, str]:
    """Hours and state of a session: today's is open whenever the demo is loaded."""
    starts, ends = moment(day, 8.5), moment(day, closes)
    if day < timezone.localdate(now):
        return starts, ends, Session.State.CLOSED
    if day > timezone.localdate(now):
        return starts, ends, Session.State.PLANNED
    starts = max(moment(day, 0), min(starts, _half_hour(now - timedelta(hours=2))))
    ends = min(moment(day, 24), max(moment(day, 21), now + timedelta(hours=3)))
    return starts, ends, Session.State.OPEN


def fixed_session(center: Center, day: date, now: datetime) -> Session:
    closes = 19 if center.code == "BS-TAZ" else 16.5
    starts, ends, state = opening(day, now, closes=closes)
    return Session(
        center=center,
        kind=Session.Kind.FIXED,
        state=state,
        name_ar=center.name_ar,
        name_fr=center.name_fr,
        name_en=center.name_en,
        province_id=center.province_id,
        latitude=center.latitude,
        longitude=center.longitude,
        starts_at=starts,
        ends_at=ends,
        beds=BEDS.get(center.code, 6),
    )


def _mobile(
    center: Center,
    today: date,
    offset: int,
    place: tuple[str, str, str],
    province: str,
    latitude: float,
    longitude: float,
) -> Session:
    day = today + timedelta(days=offset)
    return Session(
        center=center,
        kind=Session.Kind.MOBILE,
        name_ar=place[0],
        name_fr=place[1],
        name_en=place[2],
        province_id=province,
        latitude=latitude,
        longitude=longitude,
        starts_at=moment(day, 9),
        ends_at=moment(day, 17),
        beds=8,
    )


def slots(session: Session) -> list[Slot]:
    """A slot every half hour, with one place per bed."""
    made, at = [], session.starts_at
    while at < session.ends_at - timedelta(minutes=29):
        made.append(Slot(session=session, starts_at=at, places=session.beds))
        at += timedelta(minutes=30)
    return made


def _half_hour(at: datetime) -> datetime:
    return at.replace(minute=at.minute // 30 * 30, second=0, microsecond=0)
