"""Sessions near enough for a person to come, with the kilometres from their province."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from centers.models import Session
from donors.models import Province

from .distances import KM_PER_DEGREE, NEAR_KM, SHRINK, kilometres


@dataclass(frozen=True)
class Near:
    """``km`` is from the chief town of the province; 0 within it."""

    session: Session
    km: int


def sessions(*, province: Province | None, now: datetime) -> list[Near]:
    """Sessions to come within 100 km, nearest first, then soonest; none where no province is known."""
    if province is None:
        return []
    north, east = NEAR_KM / KM_PER_DEGREE, NEAR_KM / KM_PER_DEGREE / SHRINK
    around = Session.objects.upcoming(now).filter(
        latitude__range=(province.latitude - north, province.latitude + north),
        longitude__range=(province.longitude - east, province.longitude + east),
    )
    inside = Session.objects.upcoming(now).filter(province=province)
    found = []
    for session in (around | inside).select_related("center"):
        away = 0 if session.province_id == province.pk else round(kilometres(province, session))
        if away <= NEAR_KM:
            found.append(Near(session, away))
    return sorted(found, key=lambda near: (near.km, near.session.starts_at, near.session.pk))
