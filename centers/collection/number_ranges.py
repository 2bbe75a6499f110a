"""Donation numbers: handed out to sessions, voided, returned."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import F, Max
from django.utils.translation import gettext as _

from centers.isbt128 import donation_numbers, facilities
from centers.models import Bleeding, Donation, NumberRange, Session, VoidedNumber
from donors.clock.calendar import local_day
from donors.errors import Refused, refusing
from donors.models import User

PREFIX = 7  # five of the facility, two of the year
MOST = 999_999
AT_ONCE = 500


def give_out(
    *,
    session: Session,
    count: int,
    device: str,
    by: User,
    now: datetime,
    first: str = "",
    facility: str = "",
) -> NumberRange:
    """Hand out ``count`` numbers: from the label ``first`` of a printed roll, else the next free
    ones.

    Raises ``Refused`` for numbers that are handed out or used, and for a centre without a facility
    number and without a roll; ``Foreign`` for a roll of another facility, which ``facility``
    confirms.
    """
    if not 1 <= count <= AT_ONCE:
        raise Refused(_("Hand out between 1 and %(most)s numbers.") % {"most": AT_ONCE}, "count")
    with refusing():
        if session.locked().state not in Session.LIVE:
            raise Refused(_("This session is not open."))
        prefix, serial = _begin(session, first, now)
        if first:
            din = f"{prefix}{serial:06d}"
            facilities.ask(session=session, din=din, confirmed=facility, by=by, now=now)
        last = serial + count - 1
        if last > MOST:
            raise Refused(_("The numbers of this year do not suffice for so many."), "count")
        return NumberRange.objects.create(
            session=session,
            device=device.strip(),
            first=f"{prefix}{serial:06d}",
            last=f"{prefix}{last:06d}",
            issued_at=now,
            issued_by=by,
        )


def _begin(session: Session, first: str, now: datetime) -> tuple[str, int]:
    if first:
        din = donation_numbers.parse(first).din
        return din[:PREFIX], int(din[PREFIX:])
    if not session.center.facility:
        sentence = _("Scan the first label of the roll: this centre has no facility number yet.")
        raise Refused(sentence, "first")
    prefix = f"{session.center.facility}{local_day(now):%y}"
    with connection.cursor() as cursor:  # serialises concurrent requests for the next numbers.
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 1))", [prefix])
    found = []
    for rows, field in ((NumberRange, "last"), (Donation, "din"), (Bleeding, "din")):
        of_year = rows.objects.filter(**{f"{field}__startswith": prefix})
        found.append(of_year.aggregate(last=Max(field))["last"])
    used = [int(din[PREFIX:]) for din in found if din]
    return prefix, max(used, default=0) + 1


def device_of(*, session: Session, din: str) -> str:
    """The table or printer to which the number was handed.

    Empty where the session has no open range and labels come with the bags; otherwise a number
    outside of its ranges is refused.
    """
    open_ = list(session.ranges.filter(closed_at=None))
    held = next((held for held in open_ if held.first <= din <= held.last), None)
    if open_ and held is None:
        sentence = _("This number is none of those handed to this session. Check the label.")
        raise Refused(sentence, "number")
    return held.device if held else ""


def against_paper(*, session: Session, din: str) -> str:
    """Why a number on a paper of this session is implausible; empty if plausible."""
    ranges = list(session.ranges.all())
    if ranges and not any(held.first <= din <= (held.kept_last or held.last) for held in ranges):
        if any(held.first <= din <= held.last for held in ranges):
            return _(
                "This number went back with the signed closing sheet. Compare it with the bag."
            )
        return _("This number is none of those handed to this session.")
    used = [rows.objects.filter(din=din).exists() for rows in (Donation, Bleeding)]
    if any(used):
        return _("This donation number was already used. Compare the paper with the bag.")
    if VoidedNumber.objects.filter(din=din).exists():
        return _("This number was voided. If the bag has it, the manager has to look at the bag.")
    return ""


def void(*, session: Session, number: str, because: str, by: User, now: datetime) -> VoidedNumber:
    """Void a number of the session that will not be used; scanned, or typed with its check
    character."""
    din = donation_numbers.parse(number).din
    with refusing():
        if session.locked().is_signed:
            raise Refused(
                _(
                    "The closing sheet of this session is signed: its numbers cannot change any more."
                )
            )
        held = session.ranges.filter(first__lte=din, last__gte=din)
        if not held.exists():
            raise Refused(_("This number is none of those handed to this session."), "number")
        return VoidedNumber.objects.create(din=din, session=session, because=because, at=now, by=by)


@dataclass(frozen=True)
class Account:
    """Numbers of a session: ``issued`` and ``rest`` are counts of its ranges, ``rest`` of neither
    used nor voided ones."""

    issued: int
    used: int
    voided: int

    @property
    def rest(self) -> int:
        return self.issued - self.used - self.voided


def size(held: NumberRange) -> int:
    return int(held.last[PREFIX:]) - int(held.first[PREFIX:]) + 1


def account(session: Session) -> Account:
    """Totals of numbers. Labels that came with the bags, outside every range, count as handed out
    when used."""
    ranges = list(session.ranges.all())
    given = Donation.objects.filter(session=session).values_list("din", flat=True)
    begun = Bleeding.objects.filter(visit__session=session, ended_at=None)
    used = {*given, *begun.values_list("din", flat=True)}
    voided = set(session.voided.values_list("din", flat=True))
    loose_labels = sum(
        not any(held.first <= din <= held.last for held in ranges) for din in used | voided
    )
    issued = sum(map(size, ranges)) + loose_labels
    return Account(issued=issued, used=len(used), voided=len(voided))


def take_back(*, session: Session, now: datetime) -> None:
    """Return unused numbers: each range ends with its last used or voided number; higher ones
    become free."""
    for held in session.ranges.filter(closed_at=None):
        inside = {"din__gte": held.first, "din__lte": held.last}
        last = [
            rows.objects.filter(**inside).aggregate(last=Max("din"))["last"]
            for rows in (Donation, Bleeding, VoidedNumber)
        ]
        kept = max(filter(None, last), default="")
        NumberRange.objects.filter(pk=held.pk).update(closed_at=now, kept_last=kept)


def loose(session: Session) -> list[str]:
    """Numbers below the last used one of their range that are neither used nor voided: at most
    50."""
    used = set(Bleeding.objects.filter(visit__session=session).values_list("din", flat=True))
    used |= set(Donation.objects.filter(session=session).values_list("din", flat=True))
    used |= set(session.voided.values_list("din", flat=True))
    found = []
    for held in session.ranges.order_by(F("first")):
        mine = sorted(din for din in used if held.first <= din <= held.last)
        if not mine:
            continue
        prefix = held.first[:PREFIX]
        run = range(int(held.first[PREFIX:]), int(mine[-1][PREFIX:]))
        found += [f"{prefix}{serial:06d}" for serial in run if f"{prefix}{serial:06d}" not in used]
    return found[:50]
