from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _

from donors.models import Province, User

from .errors import Refused, in_one_piece
from .models import Appointment, Center, Session, Slot, Visit


def today(sessions: QuerySet[Session], now: datetime) -> QuerySet[Session]:
    """Those of the day in Morocco, and whatever was opened and not closed since."""
    day = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    of_today = Q(starts_at__lt=day + timedelta(days=1), ends_at__gte=day)
    return with_counts(
        sessions.filter(of_today | Q(state=Session.State.OPEN)).exclude(
            state=Session.State.CANCELLED
        )
    )


def with_counts(sessions: QuerySet[Session]) -> QuerySet[Session]:
    """Each with how many are booked, on their way and came, and what became of those who came."""
    outcome = Visit.Outcome
    booked = (
        Slot.objects.filter(session=OuterRef("pk"))
        .order_by()
        .values("session")
        .annotate(total=Sum("taken"))
        .values("total")
    )
    setting_out = (
        Appointment.objects.filter(
            slot__session=OuterRef("pk"), state=Appointment.State.BOOKED, on_way_at__isnull=False
        )
        .order_by()
        .values("slot__session")
        .annotate(total=Count("pk"))
        .values("total")
    )
    return sessions.annotate(
        booked_count=Coalesce(Subquery(booked), 0),
        on_way_count=Coalesce(Subquery(setting_out), 0),
        arrived_count=Count("visits"),
        waiting_count=Count("visits", filter=Q(visits__outcome="")),
        ready_count=Count(
            "visits", filter=Q(visits__outcome=outcome.ACCEPTED, visits__donation=None)
        ),
        deferred_count=Count("visits", filter=Q(visits__outcome=outcome.DEFERRED)),
        given_count=Count("visits__donation"),
    )


def plan(
    *,
    center: Center,
    name_ar: str,
    name_fr: str,
    name_en: str,
    kind: str,
    province: Province,
    latitude: float,
    longitude: float,
    starts_at: datetime,
    ends_at: datetime,
    beds: int,
    slot_minutes: int,
    by: User,
    now: datetime,
) -> Session:
    """A session with its slots: each slot has as many places as there are beds."""
    if starts_at <= now:
        raise Refused(_("The session would begin in the past."))
    if ends_at <= starts_at:
        raise Refused(_("The session ends before it begins."))
    with in_one_piece():
        session = Session.objects.create(
            center=center,
            kind=kind,
            name_ar=name_ar,
            name_fr=name_fr,
            name_en=name_en,
            province=province,
            latitude=latitude,
            longitude=longitude,
            starts_at=starts_at,
            ends_at=ends_at,
            beds=beds,
        )
        step = timedelta(minutes=slot_minutes)
        count = int((ends_at - starts_at) / step)
        if not count:
            raise Refused(_("The session is shorter than one slot."))
        Slot.objects.bulk_create(
            Slot(session=session, starts_at=starts_at + step * number, places=beds)
            for number in range(count)
        )
    return session


# Longer than any session: the times pass over each other on their way, which are unique.
ASIDE = timedelta(days=3650)


def move(
    *,
    session: Session,
    starts_at: datetime,
    name_ar: str,
    name_fr: str,
    name_en: str,
    now: datetime,
) -> None:
    """Another hour, day or room for a planned session; places that are booked go with it.

    Who booked is told by the campaign that reads this row.
    """
    if starts_at <= now:
        raise Refused(_("The session would begin in the past."), "on")
    with in_one_piece():
        planned = Session.objects.select_for_update(of=("self",)).filter(pk=session.pk)
        row = planned.filter(state=Session.State.PLANNED).first()
        if row is None:
            raise Refused(_("Only a planned session can be moved."))
        names = {"name_ar": name_ar, "name_fr": name_fr, "name_en": name_en}
        same = all(getattr(row, name) == value for name, value in names.items())
        if same and row.starts_at == starts_at:
            raise Refused(_("This is the time and place that it has already."))
        by = starts_at - row.starts_at
        Session.objects.filter(pk=row.pk).update(
            **names,
            starts_at=starts_at,
            ends_at=row.ends_at + by,
            moves=F("moves") + 1,
            moved_at=now,
            was_at=row.starts_at,
            was_ar=row.name_ar,
            was_fr=row.name_fr,
            was_en=row.name_en,
        )
        slots = Slot.objects.filter(session=row)
        slots.update(starts_at=F("starts_at") + ASIDE)
        slots.update(starts_at=F("starts_at") - ASIDE + by)


def open_now(*, session: Session) -> None:
    """Reception begins."""
    if not Session.objects.filter(pk=session.pk, state=Session.State.PLANNED).update(
        state=Session.State.OPEN
    ):
        raise Refused(_("Only a planned session can be opened."))


def close(*, session: Session) -> None:
    if not Session.objects.filter(pk=session.pk, state=Session.State.OPEN).update(
        state=Session.State.CLOSED
    ):
        raise Refused(_("Only an open session can be closed."))


def cancel(*, session: Session, because: str) -> None:
    """The booked are told by the campaign that reads this row."""
    if not because.strip():
        raise Refused(_("Say why the session is cancelled; the people who booked will read it."))
    if not Session.objects.filter(pk=session.pk, state__in=Session.LIVE).update(
        state=Session.State.CANCELLED, cancelled_because=because.strip()
    ):
        raise Refused(_("This session is over already."))
