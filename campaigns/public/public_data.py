"""Public facts as plain data for programs: what the pages show, nothing more.

``openapi`` describes the shapes; names are in the three languages, times with their UTC offset.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, TypedDict, cast

from django.db.models import F, Prefetch, Q, Sum, prefetch_related_objects
from django.db.models.functions import Coalesce
from django.utils import timezone

from campaigns.agenda import without_booking
from campaigns.messaging import links
from campaigns.models import Campaign
from campaigns.public.blood_need import Shown
from centers.models import Center, Session
from donors.models import Language
from donors.models.naming import Named

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

    Open = WithAnnotations[Session, "Places"]
    Whole = WithAnnotations[Campaign, "Sessions"]


class Sessions(TypedDict):
    coming: list[Open]


class Places(TypedDict):
    """Over the times to come."""

    places: int
    free: int
    called: bool


def with_sessions(campaigns: Iterable[Campaign], now: datetime) -> list[Whole]:
    """Rows prepared for ``campaign``, with two more queries for any number of them."""
    rows = cast("list[Whole]", list(campaigns))
    ahead = Q(slots__starts_at__gt=now)
    sessions = (
        Session.objects.filter(ends_at__gt=now)
        .select_related("province")
        .annotate(
            places=Coalesce(Sum("slots__places", filter=ahead), 0),
            free=Coalesce(Sum(F("slots__places") - F("slots__taken"), filter=ahead), 0),
            called=without_booking.calls(now),
        )
        .order_by("starts_at", "pk")
    )
    prefetch_related_objects(rows, "operation", Prefetch("sessions", sessions, to_attr="coming"))
    return rows


def campaign(of: Whole) -> dict[str, object]:
    """``row`` is one of ``with_sessions``."""
    return {
        "id": str(of.public_id),
        "state": of.state,
        "name": names(of),
        "page": pages("campaigns:campaign-detail", of.public_id),
        "book": pages("campaigns:booking-when", of.public_id),
        "organiser": {"code": of.unit.code, "name": names(of.unit)},
        "centre": {"code": of.center.code, "name": names(of.center)},
        "operation": names(of.operation) if of.operation else None,
        "donors_hoped_for": of.target,
        "cancelled_because": of.because or None,
        "sessions": [session(one) for one in of.coming],
    }


def session(of: Open) -> dict[str, object]:
    live = of.state in Session.LIVE
    walk_in = without_booking.rule(of, free=of.free, centre_calls=of.called)
    return {
        "id": str(of.public_id),
        "state": of.state,
        "place": names(of),
        "province": of.province.code,
        "latitude": of.latitude,
        "longitude": of.longitude,
        "starts_at": moment(of.starts_at),
        "ends_at": moment(of.ends_at),
        "moved_from": _before(of),
        "cancelled_because": of.cancelled_because or None,
        "walk_ins": walk_in == without_booking.Rule.MAY_COME,
        "places": of.places if live else 0,
        "free": of.free if live else 0,
    }


def _before(of: Session) -> dict[str, object] | None:
    """When and where a moved session was planned before."""
    if of.was_at is None:
        return None
    place = {language: getattr(of, f"was_{language}") for language in Language.values}
    return {"starts_at": moment(of.was_at), "place": place}


def centre(of: Center) -> dict[str, object]:
    return {
        "code": of.code,
        "name": names(of),
        "city": {"ar": of.city_ar, "fr": of.city_fr},
        "province": of.province.code,
        "page": pages("campaigns:center-page", of.code),
        "phone": of.phone or None,
        "latitude": of.latitude,
        "longitude": of.longitude,
    }


def level(of: Shown) -> dict[str, object]:
    """``days_of_cover`` is null where nothing was issued in 90 days."""
    return {
        "group": of.blood_group,
        "days_of_cover": None if of.cover is None else round(of.cover, 1),
        "state": {"bad": "short", "warn": "low", "good": "enough"}.get(of.state, "unknown"),
        "as_of": moment(of.as_of) if of.as_of else None,
    }


def features(places: Iterable[dict[str, object]], key: str) -> dict[str, object]:
    """A FeatureCollection (RFC 7946) of rows with ``latitude`` and ``longitude``."""
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "id": place[key],
                "geometry": {
                    "type": "Point",
                    "coordinates": [place["longitude"], place["latitude"]],
                },
                "properties": {
                    name: value
                    for name, value in place.items()
                    if name not in ("latitude", "longitude")
                },
            }
            for place in places
        ],
    }


def names(of: Named) -> dict[str, object]:
    return {language: getattr(of, f"name_{language}") for language in Language.values}


def pages(name: str, *args: object) -> dict[str, object]:
    return {language: links.page_url(name, language, *args) for language in Language.values}


def moment(at: datetime) -> str:
    return timezone.localtime(at).isoformat(timespec="seconds")
