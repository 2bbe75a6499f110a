"""What messages about a place, a wait or a session say."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from campaigns.models import Notification
from centers.models import Appointment, BookingRequest, Session, Waiting
from centers.sessions import advice, booking_requests
from donors.clock.calendar import local_day
from donors.eligibility.criteria import INTERVAL
from donors.models import Deferral

from . import links, sms_names


def code(notification: Notification, language: str) -> dict[str, object]:
    rows = BookingRequest.objects.select_related("slot__session", "waits_for")
    asked = rows.get(pk=notification.subject_id)
    session = asked.waits_for or (asked.slot and asked.slot.session)
    return {"code": booking_requests.code_of(asked), "slot": asked.slot, "session": session}


def place(notification: Notification, language: str) -> dict[str, Any]:
    return cancelled(notification, language) | {"advice": _advice(notification)}


def _appointment(notification: Notification) -> Appointment:
    rows = Appointment.objects.select_related("slot__session__center", "donor__merged_into")
    return rows.get(pk=notification.subject_id)


def _advice(notification: Notification) -> advice.Advice:
    return advice.of(_appointment(notification), timezone.now())


def cancelled(notification: Notification, language: str) -> dict[str, Any]:
    """Without ``advice``, by which a mail shows where to come."""
    appointment = _appointment(notification)
    slot = appointment.slot
    name = sms_names.short(slot.session.name)
    return {
        "appointment": appointment,
        "slot": slot,
        "session": slot.session,
        "head": sms_names.head(name, sms_names.day(slot.starts_at, hour=True)),
        "head_day": sms_names.head(name, sms_names.day(slot.starts_at)),
        "page": links.page_url("campaigns:visit", language, appointment.public_id),
    }


def reminder(notification: Notification, language: str) -> dict[str, object]:
    stop_link = links.unsubscribe_url(notification)
    return place(notification, language) | {"stop_link": stop_link}


def released(notification: Notification, language: str) -> dict[str, object]:
    """``fit``: from when the person may give; no ``advice``, as in ``cancelled``."""
    fit = _advice(notification)
    facts = cancelled(notification, language)
    return facts | why_released(facts["appointment"], fit)


def why_released(appointment: Appointment, fit: advice.Advice) -> dict[str, object]:
    """Why a place ended without its donor's doing. Of what is recorded only a donation is named: it is
    nothing confidential."""
    session = appointment.slot.session
    given = Deferral.objects.filter(donor=appointment.donor.person, ended_at=None)
    given = given.filter(reason__code=INTERVAL, ends_on__gt=fit.day).order_by("-starts_on")
    last = given.filter(recorded_at__gt=appointment.made_at).first()
    return {
        "appointment": appointment,
        "fit": fit,
        "gave_on": last and last.starts_on,
        "has_moved": session.moved_at and session.moved_at > appointment.made_at,
        "asks_doctor": appointment.released == Appointment.Released.UNABLE and fit.first is None,
    }


def waiting(notification: Notification, language: str) -> dict[str, object]:
    rows = Waiting.objects.select_related("session__center", "donor__merged_into")
    row = rows.get(pk=notification.subject_id)
    session = row.session
    return {
        "waiting": row,
        "session": session,
        "fit": advice.on(donor=row.donor, day=local_day(session.ends_at), now=timezone.now()),
        "head": sms_names.head(sms_names.short(session.name), sms_names.day(session.starts_at)),
        "page": links.page_url("campaigns:waiting", language, row.public_id),
        "list_link": links.page_url("campaigns:campaign-list", language),
    }


def day_changed(notification: Notification, language: str) -> dict[str, object]:
    """A session of a campaign, moved or cancelled, for those who organise it."""
    session = Session.objects.select_related("center").get(pk=notification.subject_id)
    campaign = session.campaigns.order_by("pk")[0]
    on = sms_names.day(session.starts_at, hour=True)
    return {
        "campaign": campaign,
        "session": session,
        "head": sms_names.head(sms_names.short(session.name), on),
        "link": links.page_url("campaigns:drive-detail", language, campaign.public_id),
    }
