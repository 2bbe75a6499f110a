"""Reasons against sending a message about a visit: the place or the wait is over, the session moved
once more, or the person may not give that day, of which another message tells."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Q

from campaigns.models import Notification
from centers.models import Appointment, Waiting
from centers.sessions import expected

BOOKED, OFFERED = Appointment.State.BOOKED, Appointment.State.OFFERED
OF_STATE = {
    "booking_confirmed": BOOKED,
    "visit_reminder": BOOKED,
    "session_moved": BOOKED,
    "place_offered": OFFERED,
}
OF_LINE = ("waiting_joined", "waiting_moved")
REMINDED = timedelta(hours=26)  # before the visit; a reminder that waited longer is out of date
CHANGED, UNABLE = "visit changed", "may not give that day"


def cause_of_move(prefix: str, moves: int) -> str:
    """Names one move of the session, so that each is told once, and only the last one."""
    return f"{prefix}-{moves}"


def found(batch: list[Notification], now: datetime) -> dict[int, str]:
    """Reasons by message key."""
    why: dict[int, str] = {}
    visits = [n for n in batch if n.kind in OF_STATE]
    keys = {n.subject_id for n in visits}
    if visits:
        places = expected.ahead(now).filter(~Q(state=OFFERED) | Q(offered_until__gt=now))
        rows = places.in_bulk(keys)
        unable = {place.pk for place in expected.unable(places.filter(pk__in=keys), now)}
        for n in visits:
            place = rows.get(n.subject_id)
            if place is None or not _stands(n, place, now):
                why[n.pk] = CHANGED
            elif place.pk in unable:
                why[n.pk] = UNABLE
    waits = [n for n in batch if n.kind in OF_LINE]
    if waits:
        lines = Waiting.objects.live().select_related("session")
        standing = lines.in_bulk({n.subject_id for n in waits})
        gone = (n for n in waits if not _waits(n, standing.get(n.subject_id)))
        why |= {n.pk: CHANGED for n in gone}
    return why


def _stands(n: Notification, place: Appointment, now: datetime) -> bool:
    if place.state != OF_STATE[n.kind]:
        return False
    if n.kind == "visit_reminder":
        return place.slot.starts_at <= now + REMINDED
    return n.kind != "session_moved" or _of_last_move(n, place.slot.session.moves)


def _waits(n: Notification, row: Waiting | None) -> bool:
    if row is None:
        return False
    return n.kind != "waiting_moved" or _of_last_move(n, row.session.moves)


def _of_last_move(n: Notification, moves: int) -> bool:
    return n.cause.endswith(cause_of_move("moved", moves))
