"""Booked donors, donors at reception now, and the donor that a visitor may enter as."""

from __future__ import annotations

import random
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db.models import QuerySet

from centers.collection import arrivals, number_ranges, phlebotomy
from centers.isbt128 import donation_numbers
from centers.models import Appointment, Arm, Kit, Session, Slot, Visit
from centers.sessions import booking
from donors.clock.calendar import local_day
from donors.contact import consent
from donors.eligibility import questionnaire
from donors.eligibility.criteria import Measures, eligible
from donors.models import Contact, Donor, Membership, Province, Purpose, Unit, User
from donors.people import corrections, identity, record_values

from .places import Calendar
from .staff import Crew

SHARES = {"BS-TAZ": 0.35}  # of the nearby donors; few elsewhere: the appeals will ask the rest
ELSEWHERE = 0.06
MOST = 120
TODAYS = {"haemoglobin": 141, "systolic": 122, "diastolic": 78, "pulse": 72}


def demo_donor(*, user: User, now: datetime, today: date) -> Donor:
    """Gave once, may give again, has given every consent."""
    donor = identity.register(
        family_name="Yahyaoui",
        given_name="Youssef",
        family_name_ar="اليحياوي",
        given_name_ar="يوسف",
        sex="M",
        birth_date=date(today.year - 34, 3, 12),
        document_kind=Donor.Document.CIN,
        document_number="Z909090",
        email="youssef.yahyaoui@example.org",
        province=Province.objects.get(code="MA-TAZ"),
        language="ar",
        by=None,
        now=now - timedelta(days=400),
    )
    Donor.objects.filter(pk=donor.pk).update(user=user, blood_group="O+")
    Contact.objects.filter(donor=donor).update(verified_at=now - timedelta(days=400))
    for purpose in Purpose.values:
        consent.give(donor=donor, purpose=purpose, language="ar", now=now - timedelta(days=400))
    unit = Unit.objects.get(code="SR-TAZ")
    Membership.objects.create(donor=donor, unit=unit, since=date(today.year - 5, 9, 1))
    return donor


def twin(*, of: Donor, now: datetime) -> Donor:
    """A second row of the same man, with his own spelling from a phone booking: to be found and
    joined."""
    return identity.register(
        family_name="Yahiaoui",
        given_name="Yousef",
        sex=of.sex,
        birth_date=of.birth_date,
        phone="+212661909090",
        province=of.province,
        language="fr",
        by=None,
        now=now - timedelta(days=20),
    )


def records_put_right(*, crew: Crew, now: datetime) -> None:
    """Of one person only the year of birth is known, and the name was corrected; of another the sex
    was typed wrongly, and the proposal waits for a second person."""
    clerk = crew["BS-TAZ"]["reception"]
    taza = Province.objects.get(code="MA-TAZ")
    long_ago = now - timedelta(days=12)
    elder = identity.register(
        family_name="Idrisi",
        given_name="Rahma",
        sex="F",
        birth_date=date(1978, 1, 1),
        birth_precision="year",
        province=taza,
        by=clerk,
        now=long_ago,
    )
    names = ("Idrissi", "Rahma", "الإدريسي", "رحمة")
    corrections.correct(
        donor=elder,
        field="names",
        value=dict(zip(record_values.NAMES, names, strict=True)),
        reason="card",
        because="the card of 2024 was shown",
        by=clerk,
        now=now - timedelta(days=2),
    )
    wrong = identity.register(
        family_name="Slimani",
        given_name="Bouchra",
        family_name_ar="السليماني",
        given_name_ar="بشرى",
        sex="M",
        birth_date=date(1991, 5, 17),
        document_kind=Donor.Document.CIN,
        document_number="Z818181",
        province=taza,
        by=clerk,
        now=long_ago,
    )
    corrections.correct(
        donor=wrong,
        field="sex",
        value={"sex": "F"},
        reason="typed",
        because="typed wrongly, seen at the desk",
        by=clerk,
        now=now - timedelta(hours=1),
    )


def near(session: Session, on: date) -> QuerySet[Donor]:
    """People of the session's province who may give and have no other appointment."""
    free = Donor.objects.filter(province=session.province, user=None, appointments=None)
    return eligible(free.exclude(blood_group=""), on).filter(visits=None).order_by("pk")


def fill_slots(*, fixed: Calendar, dice: random.Random, now: datetime) -> None:
    """Book part of the coming days' places, more on the first days."""
    coming: dict[str, list[Session]] = {}
    for (code, _day), session in fixed.items():
        if session.state in Session.LIVE and session.starts_at < now + timedelta(days=6):
            coming.setdefault(code, []).append(session)
    for code, sessions in coming.items():
        places = [
            slot
            for slot in Slot.objects.filter(session__in=sessions, starts_at__gt=now)
            for _place in range(slot.places - 1)
        ]
        dice.shuffle(places)
        people = list(near(sessions[0], local_day(now))[: MOST * 4])
        people = people[: min(MOST, int(len(people) * SHARES.get(code, ELSEWHERE)))]
        Appointment.objects.bulk_create(
            Appointment(slot=slot, donor=donor, made_at=now - timedelta(hours=dice.uniform(2, 90)))
            for slot, donor in zip(places, people, strict=False)
        )


def book_donor(*, donor: Donor, sessions: list[Session], now: datetime) -> Appointment:
    slots = Slot.objects.filter(session__in=sessions, starts_at__gt=now + timedelta(hours=20))
    slot = next(s for s in slots.order_by("starts_at") if s.free)
    return booking.book(slot=slot, donor=donor, now=now - timedelta(hours=6))


def queue(*, session: Session, crew: Crew, dice: random.Random, now: datetime) -> None:
    """Five people at today's session: two just arrived, one measured, one giving, one deferred."""
    staff = crew[session.center.code]
    people = list(near(session, local_day(now))[:5])
    past = list(Slot.objects.filter(session=session, starts_at__lte=now).order_by("-starts_at")[:5])
    for place, donor in enumerate(people):
        at = max(session.starts_at, now - timedelta(minutes=8 + 7 * place))
        if past and place % 2 == 0:
            slot = past[min(place, len(past) - 1)]
            Appointment.objects.create(slot=slot, donor=donor, made_at=now - timedelta(days=1))
        visit = arrivals.arrive(session=session, donor=donor, by=staff["reception"], now=at)
        if place >= 1:
            said = {
                q.code: questionnaire.Answer(False) for q in questionnaire.questions(sex=donor.sex)
            }
            if place == 1:
                said["MEDICINE"] = questionnaire.Answer(True, local_day(now))
            questionnaire.fill(
                donor=donor,
                answers=said,
                language="ar",
                by=staff["reception"],
                by_donor=False,
                now=at,
            )
        if place >= 2:
            values = TODAYS | {"haemoglobin": 98 if place == 4 else TODAYS["haemoglobin"]}
            measures = Measures(weight=Decimal("71.5"), temperature=Decimal("36.7"), **values)
            at += timedelta(minutes=4)
            arrivals.measure_and_decide(
                visit=visit,
                measures=measures,
                by=staff["collection" if place == 2 else "doctor"],  # the doctor accepts the third
                now=min(at, now),
            )
        if place == 3:
            _at_the_chair(visit, staff, now)


def _at_the_chair(visit: Visit, staff: dict[str, User], now: datetime) -> None:
    """Uses the first of the numbers handed to the session."""
    by = staff["collection"]
    held = number_ranges.give_out(session=visit.session, count=60, device="1", by=by, now=now)
    phlebotomy.start(
        visit=visit,
        number=held.first + donation_numbers.check_character(held.first),
        kit=Kit.objects.get(code="triple"),
        lot="26K14",
        arm=Arm.LEFT,
        by=by,
        now=now - timedelta(minutes=6),
    )
