"""Answers to an appeal through the link in the message."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models.query import QuerySet
from django.utils.translation import gettext as _

from campaigns.account import own_record
from campaigns.agenda import bookable
from campaigns.agenda.distances import kilometres
from campaigns.agenda.nearby import Near, sessions
from campaigns.booking import pledges
from campaigns.models import Appeal, Notification, Pledge, Wish
from centers.models import Appointment, Session, Slot, Visit
from centers.sessions import booking
from donors.clock.calendar import local_day
from donors.contact import consent
from donors.errors import Refused
from donors.models import Donor, Purpose

from . import later

PAUSE = timedelta(weeks=8)
# Times of one session on the page: more than a morning of quarter hours.
MOST_A_SESSION = 24
OVER = (Appointment.State.MISSED, Appointment.State.CANCELLED)
LEADING = 3  # sessions of which the soonest time is one tap away


def appeal_of(notification: Notification) -> Appeal:
    """The appeal that a message with such a link is about: its ``subject_id``."""
    rows = Appeal.objects.select_related("center", "component")
    return rows.get(pk=notification.subject_id)


def slots(appeal: Appeal, now: datetime) -> QuerySet[Slot]:
    """Slots with a free place at the appeal's centre, soonest first."""
    return bookable.open_slots(now).filter(session__center=appeal.center)


def near(notification: Notification, now: datetime) -> list[Near]:
    """Where the person may come: the session they were asked to, then those within 100 km."""
    donor = notification.donor
    province = donor.person.province if donor else None
    found = sessions(province=province, now=now)
    own = notification.wave.session_id if notification.wave else None
    first = [one for one in found if one.session.pk == own]
    if own and not first:
        away = Session.objects.upcoming(now).filter(pk=own).select_related("center").first()
        first = [Near(away, round(kilometres(province, away)) if province else 0)] if away else []
    return first + [one for one in found if one.session.pk != own]


def times(
    *,
    appeal: Appeal,
    near: Iterable[Near],
    first: date | None,
    weeks: Iterable[later.Week],
    now: datetime,
) -> list[Slot]:
    """Free times from the ``first`` day on: the nearest session leads. While the appeal does not ask,
    the ``weeks`` in which a gift is worth most come before the others.

    Where nothing near is planned, those at the appeal's centre.
    """
    order = {one.session.pk: place for place, one in enumerate(near)}
    free = bookable.open_slots(now).filter(session__in=order)
    if not order:
        free = slots(appeal, now)
    found: dict[int, list[Slot]] = {}
    for slot in bookable.from_day(free, first):
        of_session = found.setdefault(slot.session_id, [])
        if len(of_session) < MOST_A_SESSION:
            of_session.append(slot)
    ranked = sorted(found.values(), key=lambda of: order.get(of[0].session_id, len(order)))
    if not asks(appeal):
        wanted = list(weeks)
        ranked.sort(key=lambda of: _later(local_day(of[0].starts_at), wanted))
    return [slot for of_session in ranked for slot in of_session]


def _later(day: date, weeks: list[later.Week]) -> bool:
    return not any(week.begins <= day <= week.last for week in weeks)


@dataclass(frozen=True)
class Leading:
    """The soonest time of a session; ``km`` is 0 within the person's province."""

    slot: Slot
    km: int


def leading(slots: Iterable[Slot], near: Iterable[Near]) -> list[Leading]:
    """The soonest time of each of the first sessions."""
    away = {one.session.pk: one.km for one in near}
    soonest: dict[int, Leading] = {}
    for slot in slots:
        soonest.setdefault(slot.session_id, Leading(slot, away.get(slot.session_id, 0)))
    return list(soonest.values())[:LEADING]


def asks(appeal: Appeal) -> bool:
    """Whether somebody who comes for it soon is of use: it is open, and promises do not cover it."""
    return appeal.is_open and appeal.state != Appeal.State.COVERED


def given(appeal: Appeal, donor: Donor) -> Pledge | None:
    """The person's answer so far."""
    return (
        Pledge.objects.filter(appeal=appeal, donor=donor)
        .exclude(state=Pledge.State.WITHDRAWN)
        .select_related("appointment__slot__session")
        .first()
    )


@dataclass(frozen=True)
class Happened:
    """What became of a yes: the person ``came``, with a place or without, or their ``missed`` place."""

    came: bool = False
    missed: Appointment | None = None
    cancelled: Appointment | None = None


def happened(notification: Notification, said: Pledge | None) -> Happened:
    place = said.appointment if said else None
    since = Visit.objects.filter(
        donor__in=notification.donor.linked_rows() if notification.donor else [],
        arrived_at__gt=notification.made_at,
    )
    if since.exists():
        return Happened(came=True)
    if place and place.state == Appointment.State.MISSED:
        return Happened(missed=place)
    if place and place.state == Appointment.State.CANCELLED:
        return Happened(cancelled=place)
    return Happened()


@transaction.atomic
def accept(*, appeal: Appeal, donor: Donor, slot: Slot, now: datetime) -> Appointment:
    """Book a place and withdraw an earlier no. After the appeal's end the place does not count for
    it."""
    appointment = booking.book(slot=slot, donor=donor, now=now)
    consent.offer(donor=donor, purpose=Purpose.REMINDERS, language=donor.language, now=now)
    if appeal.is_open:
        pledges.pledge(appeal=appeal, appointment=appointment, now=now)
    own_record.unkeep(donor=donor, now=now)
    pledges.confirm_by_message(appointment=appointment, donor=donor, now=now)
    return appointment


@transaction.atomic
def decline(*, appeal: Appeal, donor: Donor, now: datetime) -> None:
    """Decline, without a reason. A place booked for this appeal is cancelled."""
    said = given(appeal, donor)
    if said and said.state == Pledge.State.DECLINED:
        return
    if said and said.appointment:  # a constraint: a yes has an appointment
        if said.appointment.state not in OVER:
            booking.cancel(appointment=said.appointment, now=now)
        Pledge.objects.filter(pk=said.pk).update(state=Pledge.State.WITHDRAWN, answered_at=now)
    no = Pledge(appeal=appeal, donor=donor, state=Pledge.State.DECLINED, answered_at=now)
    Pledge.objects.bulk_create([no], ignore_conflicts=True)  # pressed twice at once


@transaction.atomic
def keep_for_later(
    *, appeal: Appeal, donor: Donor, week: date, offered: Iterable[later.Week], now: datetime
) -> Wish:
    """Not now, but in that week: a no to an open appeal, and a wish.

    Raises ``Refused`` for somebody with a place, and for a week that is not offered.
    """
    said = given(appeal, donor)
    booked = Appointment.objects.live().filter(donor__in=donor.linked_rows())
    if booked.exists():
        raise Refused(_("You have a place booked already. Give it back first."))
    came = said and said.appointment and said.appointment.state == Appointment.State.ARRIVED
    if appeal.is_open and not came:
        decline(appeal=appeal, donor=donor, now=now)
    return later.keep(donor=donor, appeal=appeal, week=week, offered=offered, now=now)


def pause(*, donor: Donor, now: datetime) -> None:
    """Pause appeals for eight weeks."""
    consent.pause(donor=donor, until=local_day(now + PAUSE))
