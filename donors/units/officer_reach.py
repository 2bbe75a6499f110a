"""How an officer is reached: a mobile number proved by a code, and the days of an absence."""

from __future__ import annotations

import uuid
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from donors.clock.calendar import local_day
from donors.contact import codes
from donors.errors import Refused
from donors.models import Absence, OfficerPhone, Unit, User
from donors.people import identity

BETWEEN_CODES = timedelta(minutes=2)


@transaction.atomic
def enter_phone(*, user: User, typed: str, now: datetime) -> OfficerPhone:
    """Enter or replace the number; until it is proved it receives nothing but its code."""
    number = identity.mobile(typed)
    row = OfficerPhone.objects.select_for_update().filter(user=user).first()
    if row and row.number == number and row.verified_at:
        raise Refused(_("This number is proved already."), "number")
    if row and row.asked_at > now - BETWEEN_CODES:
        raise Refused(_("A code was sent a moment ago. Wait two minutes for a new one."), "number")
    fresh = {"number": number, "key": uuid.uuid4(), "asked_at": now, "attempts": 0}
    return OfficerPhone.objects.update_or_create(user=user, defaults=fresh | {"verified_at": None})[
        0
    ]


def phone_of(user: User) -> OfficerPhone | None:
    return OfficerPhone.objects.filter(user=user).first()


def code_of(phone: OfficerPhone) -> str:
    return codes.code("officer-phone", phone.key)


def prove_phone(*, user: User, code: str, now: datetime) -> None:
    """The caller's transaction must commit after a refusal too, or the attempt is not counted."""
    live = OfficerPhone.objects.filter(user=user, verified_at=None, asked_at__gt=now - codes.LIVES)
    if not live.filter(attempts__lt=codes.MOST_ATTEMPTS).update(attempts=F("attempts") + 1):
        raise Refused(_("This code is used up or too old. Have a new one sent."), "code")
    if not codes.same(code, code_of(live.get())):
        raise Refused(_("This is not the code of the message. Look again."), "code")
    live.update(verified_at=now)


def remove_phone(*, user: User) -> None:
    OfficerPhone.objects.filter(user=user).delete()


@transaction.atomic
def be_away(*, user: User, since: date, until: date, now: datetime) -> Absence:
    """Enter an absence; ``until`` is the first day back."""
    if until <= max(since, local_day(now)):
        raise Refused(_("The first day back has to lie ahead, after the first day away."), "until")
    User.objects.select_for_update().get(pk=user.pk)
    if Absence.objects.filter(user=user, since__lt=until, until__gt=since).exists():
        raise Refused(_("These days overlap with an absence entered already."), "since")
    return Absence.objects.create(user=user, since=since, until=until, entered_at=now)


def be_back(*, absence: Absence, now: datetime) -> None:
    """End an absence today, or drop one that has not begun."""
    today = local_day(now)
    end = max(absence.since, today)
    if not Absence.objects.filter(pk=absence.pk, until__gt=today).update(until=end):
        raise Refused(_("This absence is over already."))


def enter_unit_phone(*, unit: Unit, typed: str) -> None:
    """The number under which the unit itself is called; empty removes it."""
    number = identity.normalise_phone(typed) if typed.strip() else ""
    Unit.objects.filter(pk=unit.pk).update(phone=number)


def absences(user: User, now: datetime) -> list[Absence]:
    """Present and coming ones."""
    rows = Absence.objects.filter(user=user, until__gt=local_day(now)).exclude(until=F("since"))
    return list(rows.order_by("since"))
