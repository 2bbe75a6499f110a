"""Rows for tests, created through the product's own rules wherever there is one."""

from __future__ import annotations

import itertools
import uuid
from datetime import date, timedelta

from django.utils import timezone

from centers.models import Center, Donation, Session, Slot, Staff, Visit
from donors.clock.calendar import local_day
from donors.contact import consent
from donors.eligibility import questionnaire
from donors.models import Contact, Donor, Officer, Sheet, Unit, User
from donors.people import identity

from .owner import owner

numbers = itertools.count(1)
MEASURES = {
    "haemoglobin": 145,
    "systolic": 120,
    "diastolic": 80,
    "pulse": 70,
    "weight": 72,
    "temperature": "36.6",
}


def user(**fields) -> User:
    number = next(numbers)
    fields.setdefault("username", f"user-{number}")
    fields.setdefault("email", f"user-{number}@example.org")
    return User.objects.create_user(**fields)


def with_national_rights(**fields) -> User:
    """An administrator or auditor, as the operator makes one."""
    with owner():
        return user(**fields)


def acts(**more) -> dict:
    """Who acts, and when: anybody, now."""
    return {"by": user(), "now": timezone.now()} | more


def staff(center: Center, *jobs: str) -> User:
    person = user()
    since = timezone.localdate() - timedelta(days=30)
    with owner():
        for job in jobs:
            Staff.objects.create(user=person, center=center, job=job, since=since)
    return person


def officer(unit: Unit) -> User:
    person = user()
    since = timezone.localdate() - timedelta(days=30)
    with owner():
        Officer.objects.create(user=person, unit=unit, since=since)
    return person


def give_facility(code: str, *centers: Center) -> None:
    """What the operator enters: the facility with which these centres, or all, number donations."""
    with owner():
        chosen = (
            Center.objects.filter(pk__in=[one.pk for one in centers]) if centers else Center.objects
        )
        chosen.update(facility=code)


def administrator() -> User:
    return with_national_rights(is_administrator=True)


def center(code: str = "BS-TAZ") -> Center:
    return Center.objects.get(code=code)


def unit(code: str = "SR-TAZ") -> Unit:
    return Unit.objects.get(code=code)


def donor(**fields) -> Donor:
    """A man of thirty, reachable by e-mail, with consent to appeals."""
    number = next(numbers)
    now = timezone.now()
    group = fields.pop("blood_group", "")
    last = {"province": center().province} | fields
    last.setdefault("sex", "M")
    last.setdefault("birth_date", date(now.year - 30, 1, 1))
    last.setdefault("family_name", "Alaoui")
    last.setdefault("given_name", f"Karim {number}")
    last.setdefault("email", f"donor-{number}@example.org")
    last.setdefault("document_number", f"TA{number:06d}")
    person = identity.register(document_kind="cin", by=None, now=now, **last)
    Contact.objects.filter(donor=person).update(verified_at=now)
    consent.give(donor=person, purpose="appeals", language="ar", now=now)
    if group:
        Donor.objects.filter(pk=person.pk).update(blood_group=group)
        person.refresh_from_db()
    return person


def session(at: Center | None = None, *, places: int = 10, days: int = 0) -> Session:
    """A session today (or in some days) with one slot of so many places an hour from now.

    Its centre has the demonstration's facility number, which ``din`` uses too.
    """
    at = at or center()
    if not at.facility:
        give_facility("A9999", at)
        at.refresh_from_db()
    now = timezone.now()
    starts_at = now + timedelta(days=days) - (timedelta(hours=1) if not days else timedelta())
    made = Session.objects.create(
        center=at,
        kind="fixed",
        state="open" if not days else "planned",
        name_ar="قاعة التبرع",
        name_fr="Salle de don",
        name_en="Donation room",
        province=at.province,
        latitude=at.latitude,
        longitude=at.longitude,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=6),
        beds=4,
    )
    Slot.objects.create(session=made, starts_at=starts_at + timedelta(hours=2), places=places)
    return made


def sheet(person: Donor, by: User | None = None, **yes) -> Sheet:
    """Today's answers: no to everything but ``yes``, by question code with a day or None."""
    codes = [question.code for question in questionnaire.questions(sex=person.sex)]
    said = {code: questionnaire.Answer(code in yes, yes.get(code)) for code in codes}
    return questionnaire.fill(
        donor=person,
        answers=said,
        language="ar",
        by=by or user(),
        by_donor=not by,
        now=timezone.now(),
    )


def visit(at: Session, person: Donor, by: User, *, accepted: bool = True) -> Visit:
    now, arrived = timezone.now(), timezone.now() - timedelta(minutes=20)
    if accepted:
        sheet(person, by)
    fields = MEASURES | {"measured_at": now, "measured_by": by}
    fields |= {"outcome": "accepted", "decided_at": now, "decided_by": by}
    return Visit.objects.create(
        session=at, donor=person, arrived_at=arrived, arrived_by=by, **(fields if accepted else {})
    )


def din(serial: int | None = None) -> tuple[str, str]:
    """A demonstration number of this year and its check character."""
    from stdnum.iso7064 import mod_37_2

    year = timezone.localdate().year % 100
    number = f"A9999{year:02d}{serial or next(numbers) + 500_000:06d}"
    return number, mod_37_2.calc_check_digit(number)


def donation(of: Visit, by: User, **fields) -> Donation:
    """Only the row, without bags: for attacks on the row's own guards."""
    number, check = din()
    now = timezone.now()
    values = {
        "din": number,
        "check_character": check,
        "donor": of.donor,
        "center": of.session.center,
        "session": of.session,
        "visit": of,
        "collected_on": local_day(now),
        "volume": 450,
        "captured_at": now,
        "received_at": now,
        "operator": by,
        "submission_id": uuid.uuid4(),
        "submission_hash": "0" * 64,
    }
    return Donation.objects.create(**values | fields)


def another_version(table: str, code: str, **values) -> None:
    """A version dated long ago, as two administrators would have made it: the guard forbids past
    days."""
    from django.db import connection

    from donors.eligibility import policy

    version = policy.last(table, code)
    columns = ", ".join(f"{name} = %s" for name in values)
    with owner(), connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {version._meta.db_table} DISABLE TRIGGER USER")
        cursor.execute(
            f"UPDATE {version._meta.db_table} SET {columns} WHERE id = %s",
            [*values.values(), version.pk],
        )
        cursor.execute(f"ALTER TABLE {version._meta.db_table} ENABLE TRIGGER USER")
