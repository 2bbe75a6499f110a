"""People asked by the planner: a past operation with its account, and this morning's decisions."""

from __future__ import annotations

import random
from datetime import datetime, time, timedelta

from django.db.models import F

from campaigns.appeals import appeals, responses, waves
from campaigns.messaging import allowance
from campaigns.models import (
    Appeal,
    Approval,
    Notification,
    Operation,
    Plan,
    Pledge,
    Wave,
    WavePart,
)
from campaigns.operations import operations
from campaigns.planning import ticks
from centers.models import Appointment, Center, Component, Session, Slot, Visit
from donors.clock.calendar import local_day
from donors.clock.zones import MOROCCO
from donors.errors import Refused
from donors.models import Contact, Donor, Province, User

from .copying import unguarded

MORNING = time(10)
PAST, OVER = timedelta(days=22), timedelta(days=9)
CENTER, GROUP = "CRTS-FES", "O+"
# Of those asked in the past operation; the others stayed silent.
MOST_ASKED = 160
GAVE = 0.06  # of those asked
RATES = {"rate": 0.085, "show": 0.7, "usable": 0.85}
# Centres whose proposals an administrator approved this morning, and the share of the expected
# yeses that have come in since; the other proposals wait for somebody.
APPROVED = {"CRTS-AGD": 1.6, "CRTS-CAS": 0.4, "CRTS-RAB": 0.0}


def load(*, by: User, dice: random.Random, now: datetime) -> None:
    _past(by=by, dice=dice, now=now)
    _this_morning(by=by, dice=dice, now=now)


def _this_morning(*, by: User, dice: random.Random, now: datetime) -> None:
    """A plan at ten in the morning, some of it approved and answered, and the plan of now."""
    then = datetime.combine(local_day(now), MORNING, MOROCCO)
    if then > now - timedelta(minutes=30):
        then -= timedelta(days=1)
    ticks.make(now=then)
    proposed = Wave.objects.filter(
        state=Wave.State.PROPOSED, appeal__center__code__in=APPROVED, session__starts_at__gt=now
    )
    for wave in proposed.order_by("pk"):
        waves.approve(wave=wave, by=by, hold=timedelta(0), now=then)
    waves.send_due(now=then)
    _delivered(then + timedelta(minutes=1))
    for wave in Wave.objects.filter(state=Wave.State.SENT, made_at=then).order_by("pk"):
        _answered(wave, dice, then, now)
    ticks.make(now=now)


def _delivered(at: datetime) -> None:
    """Handed over to a gateway that keeps no copy."""
    waiting = Notification.objects.filter(
        kind="appeal_invitation", state=Notification.State.PENDING
    )
    with unguarded("campaigns_notification"):
        waiting.update(state=Notification.State.SENT, settled_at=at, attempts=1, provider_id="demo")


def _answered(wave: Wave, dice: random.Random, then: datetime, now: datetime) -> None:
    rows = Notification.objects.filter(wave=wave, kind="appeal_invitation").order_by("pk")
    asked = [row.donor for row in rows.select_related("donor") if row.donor]
    dice.shuffle(asked)
    yes = round(wave.yeses * APPROVED[wave.appeal.center.code] + 0.4)
    appeal = wave.appeal
    for place, donor in enumerate(asked[: 2 * yes]):
        at = then + (now - then) * dice.uniform(0.02, 0.9)
        if place % 2:
            responses.decline(appeal=appeal, donor=donor, now=at)
            continue
        slot = Slot.objects.filter(
            session=wave.session, starts_at__gt=now, taken__lt=F("places")
        ).first()
        if slot:
            try:
                responses.accept(appeal=appeal, donor=donor, slot=slot, now=at)
            except Refused:
                continue  # may not give that day


def _past(*, by: User, dice: random.Random, now: datetime) -> None:
    """An operation that is over: those of its centre who gave meanwhile had been asked."""
    center = Center.objects.get(code=CENTER)
    began, over = now - PAST, now - OVER
    operation = operations.begin(
        name_ar="فيضانات سبو (حدث مفترض للعرض)",
        name_fr="Crues du Sebou (événement supposé, pour la démonstration)",
        name_en="Floods of the Sebou (invented for the demonstration)",
        kind=Operation.Kind.FLOOD,
        began_on=local_day(began),
        provinces=Province.objects.filter(pk=center.province_id),
        by=by,
        now=began,
    )
    session = (
        Session.objects.filter(center=center, starts_at__gt=began + timedelta(days=1))
        .order_by("starts_at")
        .first()
    )
    assert session  # of a centre that collects on working days
    visits = Visit.objects.filter(
        session__center=center, arrived_at__range=(began + timedelta(days=1), over)
    )
    askable = allowance.may_be_asked(Donor.objects.filter(province=center.province_id), began)
    most = min(MOST_ASKED, askable.count())
    gave = list(visits.filter(appointment=None).order_by("pk")[: max(round(GAVE * most), 6)])
    wave = _sent(operation, center, session, most, len(gave), by, began + timedelta(hours=2))
    _asked(wave, gave, began + timedelta(hours=2))
    _came(wave, gave)
    appeal = wave.appeal
    Appeal.objects.filter(pk=appeal.pk).update(
        state=Appeal.State.MET, settled_at=over - timedelta(hours=6)
    )
    operations.enter(
        operation=operation,
        phase=Operation.Phase.RESPONSE,
        by=by,
        now=began + timedelta(hours=3),
    )
    operations.close(operation=operation, by=by, now=over, because="انتهت الاستجابة")


def _sent(
    operation: Operation,
    center: Center,
    session: Session,
    most: int,
    gave: int,
    by: User,
    at: datetime,
) -> Wave:
    appeal = Appeal.objects.create(
        code="SEB2FE",
        operation=operation,
        center=center,
        component=Component.objects.get(code="RBC-SAGM"),
        blood_group=GROUP,
        needed=gave,
        state=Appeal.State.ASKING,
        reasons={"missing": gave, "pledges_wanted": gave},
        opened_at=at,
        expires_at=at + appeals.LIVES,
    )
    plan = Plan.objects.create(
        made_at=at, changed=True, digest="", solver="highs", cost=0, bound=0, took_ms=0
    )
    wave = Wave.objects.create(
        appeal=appeal,
        session=session,
        plan=plan,
        number=1,
        state=Wave.State.HELD,
        approval=Approval.ADMINISTRATOR,
        made_at=at,
        due_at=at,
        decided_at=at,
        decided_by=by,
        size_wanted=most,
        yeses=most * RATES["rate"],
        donations=most * RATES["rate"] * RATES["show"] * RATES["usable"],
    )
    WavePart.objects.create(
        wave=wave,
        province_id=center.province_id,
        blood_group=GROUP,
        channel="email",
        wanted=most,
        **RATES,
    )
    return wave


def _asked(wave: Wave, gave: list[Visit], at: datetime) -> None:
    """Those who gave, and people of the province who stayed silent."""
    askable = allowance.may_be_asked(
        Donor.objects.filter(province=wave.appeal.center.province_id), at
    )
    silent = askable.exclude(pk__in=[visit.donor_id for visit in gave]).order_by("pk")
    people = [visit.donor_id for visit in gave]
    people += list(silent.values_list("pk", flat=True)[: wave.size_wanted - len(people)])
    part = wave.parts.get()
    contacts = dict(Contact.objects.filter(donor__in=people).values_list("donor", "pk"))
    with unguarded("campaigns_notification"):
        Notification.objects.bulk_create(
            Notification(
                kind="appeal_invitation",
                cause=appeals.invitation_cause(wave.appeal),
                recipient=f"d:{donor}",
                subject_id=wave.appeal_id,
                donor_id=donor,
                contact_id=contacts.get(donor),
                wave=wave,
                part=part,
                channel="email",
                state=Notification.State.SENT,
                made_at=at,
                due_at=at,
                settled_at=at + timedelta(minutes=1),
                attempts=1,
                provider_id="demo",
            )
            for donor in people
        )
    Wave.objects.filter(pk=wave.pk).update(state=Wave.State.SENT, size=len(people), ended_at=at)
    part.size = len(people)
    part.save(update_fields=["size"])


def _came(wave: Wave, gave: list[Visit]) -> None:
    """Two of three who gave had booked; the third came without a place."""
    booked = [visit for place, visit in enumerate(gave) if place % 3]
    slots: dict[int, Slot] = {}
    with unguarded("centers_appointment", "centers_visit", "centers_slot"):
        for visit in booked:
            if visit.session_id not in slots:
                mine = sum(one.session_id == visit.session_id for one in booked)
                slots[visit.session_id] = Slot.objects.create(
                    session_id=visit.session_id,
                    starts_at=visit.session.starts_at,
                    places=mine + 4,
                    taken=mine,
                )
            place = Appointment.objects.create(
                slot=slots[visit.session_id],
                donor_id=visit.donor_id,
                state=Appointment.State.ARRIVED,
                made_at=wave.made_at + timedelta(hours=4),
                settled_at=visit.arrived_at,
            )
            Visit.objects.filter(pk=visit.pk).update(appointment=place)
            Pledge.objects.create(
                appeal=wave.appeal,
                donor_id=visit.donor_id,
                state=Pledge.State.BOOKED,
                appointment=place,
                answered_at=place.made_at,
            )
