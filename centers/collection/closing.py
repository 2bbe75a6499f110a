"""Closing sheet of a session: donors, numbers and bags must balance."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q
from django.utils.translation import gettext as _

from centers.models import Bag, Closing, Session, Visit
from donors.errors import Refused, refusing
from donors.models import User

from . import number_ranges

RECORDED = (
    "arrived",
    "deferred",
    "left",
    "given",
    "failed",
    "issued",
    "used",
    "voided",
    "recorded_bags",
)


@dataclass(frozen=True)
class Figures:
    """Sums of a session's records. ``waiting`` are people without a decision or with the needle in;
    ``accepted`` were accepted and not bled."""

    arrived: int
    deferred: int
    left: int
    given: int
    failed: int
    waiting: int
    accepted: int
    issued: int
    used: int
    voided: int
    recorded_bags: int


def figures(session: Session) -> Figures:
    outcome = Visit.Outcome
    bled = Q(bleeding__ended_at__isnull=False, donation=None)
    counted = Visit.objects.filter(session=session).aggregate(
        arrived=Count("pk"),
        deferred=Count("pk", filter=Q(outcome=outcome.DEFERRED)),
        left=Count("pk", filter=Q(outcome=outcome.LEFT)),
        given=Count("pk", filter=Q(donation__isnull=False)),
        failed=Count("pk", filter=bled),
        waiting=Count(
            "pk", filter=Q(outcome="") | Q(bleeding__isnull=False, bleeding__ended_at=None)
        ),
        accepted=Count("pk", filter=Q(outcome=outcome.ACCEPTED, bleeding=None, donation=None)),
    )
    account = number_ranges.account(session)
    bags = Bag.objects.filter(donation__session=session, made_from=None).count()
    return Figures(
        **counted,
        issued=account.issued,
        used=account.used,
        voided=account.voided,
        recorded_bags=bags,
    )


def against(session: Session, found: Figures) -> list[str]:
    """What has to be done before the sheet can be signed; empty if nothing."""
    lines = []
    if session.state != Session.State.CLOSED:
        lines.append(_("Close the session first: then nobody is received any more."))
    if session.papers.filter(visit=None, dropped_at=None).exists():
        lines.append(_("Papers of this session wait to be typed. Finish with them first."))
    if found.waiting:
        lines.append(_("Some people are still being received or bled. Finish with them first."))
    if found.accepted:
        lines.append(_("Some people were accepted and gave nothing. Say that they went away."))
    return lines


def differs(found: Figures, *, returned: int, bags: int) -> bool:
    people = found.deferred + found.left + found.given + found.failed
    return (
        found.arrived != people
        or found.issued != found.used + found.voided + returned
        or found.recorded_bags != bags
    )


def late(sheet: Closing) -> int:
    """Papers entered after both signatures; the signed figures do not change."""
    return sheet.session.papers.filter(written_at__gt=sheet.second_at).count()


def sign(
    *, session: Session, returned: int, bags: int, explanation: str, by: User, now: datetime
) -> Closing:
    """The first signature, with the current figures; signing again replaces an earlier first
    signature."""
    with refusing():
        session = session.locked()
        found = figures(session)
        open_ends = against(session, found)
        if open_ends:
            raise Refused(" ".join(open_ends))
        if differs(found, returned=returned, bags=bags) and not explanation.strip():
            raise Refused(_("Something differs. Say why, or count again."), "explanation")
        known = Closing.objects.select_for_update(of=("self",)).filter(session=session).first()
        if known and known.second_at:
            raise Refused(_("This sheet has both signatures."))
        return Closing.objects.update_or_create(
            session=session,
            defaults={
                "arrived": found.arrived,
                "deferred": found.deferred,
                "left": found.left,
                "given": found.given,
                "failed": found.failed,
                "issued": found.issued,
                "used": found.used,
                "voided": found.voided,
                "recorded_bags": found.recorded_bags,
                "returned": returned,
                "bags": bags,
                "explanation": explanation.strip(),
                "first_at": now,
                "first_by": by,
            },
        )[0]


def countersign(*, session: Session, returned: int, bags: int, by: User, now: datetime) -> Closing:
    """The second signature, by another person who counted too.

    Unused numbers become free and may be handed out again.
    """
    with refusing():
        session = session.locked()
        sheet = Closing.objects.select_for_update(of=("self",)).filter(session=session).first()
        if sheet is None:
            raise Refused(_("Nobody has signed this sheet yet."))
        if sheet.second_at:
            raise Refused(_("This sheet has both signatures."))
        if sheet.first_by_id == by.pk:
            raise Refused(_("The second signature is another person's."))
        found = figures(session)
        open_ends = against(session, found)
        if open_ends:
            raise Refused(" ".join(open_ends))
        if any(getattr(sheet, name) != getattr(found, name) for name in RECORDED):
            raise Refused(_("The records changed since the first signature. Sign it again."))
        if (sheet.returned, sheet.bags) != (returned, bags):
            sentence = _(
                "You counted otherwise than the first signature says. Count together, then sign."
            )
            raise Refused(sentence, "returned" if sheet.returned != returned else "bags")
        Closing.objects.filter(pk=sheet.pk).update(second_at=now, second_by=by)
        Visit.objects.filter(session=session, left_at=None, bleeding__isnull=False).update(
            left_at=now
        )
        number_ranges.take_back(session=session, now=now)
        sheet.refresh_from_db()
    return sheet
