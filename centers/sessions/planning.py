from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import NotRequired, TypedDict, Unpack

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from centers.models import Appointment, Center, OnDuty, Session, Slot, Staff, Visit
from donors.clock.calendar import local_day, midnight
from donors.errors import Refused, refusing
from donors.models import Province, User

AHEAD = timedelta(days=731)
LONGEST = timedelta(hours=16)
EARLIEST = timedelta(hours=24)  # a session may be opened this long before it begins


def today(sessions: QuerySet[Session], now: datetime) -> QuerySet[Session]:
    """Today's sessions in Morocco, and those opened and not closed since."""
    day = local_day(now)
    tomorrow = midnight(day + timedelta(days=1))
    of_today = Q(starts_at__lt=tomorrow, ends_at__gte=midnight(day))
    return with_counts(
        sessions.filter(of_today | Q(state=Session.State.OPEN)).exclude(
            state=Session.State.CANCELLED
        )
    )


def with_counts(sessions: QuerySet[Session]) -> QuerySet[Session]:
    """Sessions with counts of appointments, donors on the way and arrived, and outcomes."""
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
            "visits",
            filter=Q(visits__outcome=outcome.ACCEPTED, visits__donation=None)
            & ~Q(visits__bleeding__ended_at__isnull=False),
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
    room: str = "",
    like: Session | None = None,
) -> Session:
    """Create a session with its slots: each slot has as many places as there are beds.

    ``like`` is an earlier session whose staff are put on duty again if they still hold their job
    that day.
    """
    _plausible(starts_at, ends_at, now)
    with refusing():
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
            room=room,
        )
        step = timedelta(minutes=slot_minutes)
        count = int((ends_at - starts_at) / step)
        if not count:
            raise Refused(_("The session is shorter than one slot."))
        Slot.objects.bulk_create(
            Slot(session=session, starts_at=starts_at + step * number, places=beds)
            for number in range(count)
        )
        if like:
            again = set(like.on_duty.values_list("user", "job"))
            held = on_hand(session=session)
            put_on_duty(
                session=session, staff=[s for s in held if (s.user_id, s.job) in again], now=now
            )
    return session


def _plausible(starts_at: datetime, ends_at: datetime, now: datetime) -> None:
    """Refuses implausible times, which would be typing errors on a public page."""
    if starts_at <= now:
        raise Refused(_("The session would begin in the past. Choose a later day or hour."), "on")
    if starts_at > now + AHEAD:
        raise Refused(_("This is more than two years ahead. Look at the year again."), "on")
    if ends_at <= starts_at:
        raise Refused(_("The session ends before it begins."), "ends")
    if ends_at - starts_at > LONGEST:
        raise Refused(_("A session lasts 16 hours at most. Look at both hours again."), "ends")


class Place(TypedDict):
    """The arguments of ``plan``, without the day."""

    center: Center
    name_ar: str
    name_fr: str
    name_en: str
    kind: str
    province: Province
    latitude: float
    longitude: float
    beds: int
    slot_minutes: int
    by: User
    now: datetime
    room: NotRequired[str]
    like: NotRequired[Session | None]


def plan_days(
    *, days: list[date], starts_at: datetime, ends_at: datetime, **said: Unpack[Place]
) -> list[Session]:
    """The same session on several days, all of them or none; ``starts_at`` is on the first day."""
    made = []
    with refusing():
        for day in days:
            # In local time, so that a change of the UTC offset does not shift the hour.
            begins = timezone.localtime(starts_at).replace(tzinfo=None)
            lasts = timezone.localtime(ends_at).replace(tzinfo=None) - begins
            at = datetime.combine(day, begins.time())
            begins_at, over_at = timezone.make_aware(at), timezone.make_aware(at + lasts)
            here = said["center"].sessions.filter(
                name_fr=said["name_fr"], room=said.get("room", "")
            )
            _not_twice(here, begins_at, over_at)
            made.append(plan(starts_at=begins_at, ends_at=over_at, **said))
    return made


def _not_twice(here: QuerySet[Session], starts_at: datetime, ends_at: datetime) -> None:
    """Refuses the same form sent again, e.g. after "back": it would plan the session a second
    time."""
    place = here.exclude(state=Session.State.CANCELLED)
    if place.filter(starts_at__lt=ends_at, ends_at__gt=starts_at).exists():
        sentence = _(
            "At this place and time a session is planned already. Open it from the centre."
        )
        raise Refused(sentence)


def earlier(*, center: Center) -> QuerySet[Session]:
    """Earlier sessions to copy, the latest first."""
    return center.sessions.exclude(state=Session.State.CANCELLED).order_by("-starts_at")


def slot_minutes(session: Session) -> int:
    times = list(session.slots.values_list("starts_at", flat=True)[:2])
    span = times[1] - times[0] if len(times) == 2 else session.ends_at - session.starts_at
    return int(span / timedelta(minutes=1))


def on_hand(*, session: Session) -> QuerySet[Staff]:
    """Staff of the centre who hold a job on the day of the session."""
    day = timezone.localdate(session.starts_at)
    rows = Staff.objects.active(day).filter(center=session.center_id).select_related("user")
    return rows.order_by("job", "user__last_name", "pk")


def put_on_duty(*, session: Session, staff: list[Staff], now: datetime) -> None:
    """Set the staff on duty to exactly these."""
    if session.ends_at <= now:
        raise Refused(_("This session is over already."))
    with refusing():
        session.on_duty.all().delete()
        OnDuty.objects.bulk_create(
            OnDuty(session=session, user_id=row.user_id, job=row.job) for row in staff
        )


# Longer than any session: slot times are unique, and a smaller shift would collide on the way.
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
    """Move a planned session to another hour, day or room; its appointments move with it.

    The campaign app reads this row and informs the donors.
    """
    _plausible(starts_at, starts_at + (session.ends_at - session.starts_at), now)
    with refusing():
        planned = Session.objects.select_for_update(of=("self",)).filter(pk=session.pk)
        row = planned.filter(state=Session.State.PLANNED).first()
        if row is None:
            raise Refused(_("Only a planned session can be moved."))
        names = {"name_ar": name_ar, "name_fr": name_fr, "name_en": name_en}
        same = all(getattr(row, name) == value for name, value in names.items())
        if same and row.starts_at == starts_at:
            raise Refused(_("This is the time and place that it has already."))
        by = starts_at - row.starts_at
        others = row.center.sessions.exclude(pk=row.pk).filter(name_fr=name_fr, room=row.room)
        _not_twice(others, starts_at, row.ends_at + by)
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


def open_now(*, session: Session, now: datetime) -> None:
    """Open reception, or reopen it where it was closed too early and the sheet is not signed."""
    if session.starts_at - now > EARLIEST:
        sentence = _("This session begins on %(day)s. Move it first, if it is held today.")
        raise Refused(sentence % {"day": date_format(timezone.localtime(session.starts_at))})
    may_open = (Session.State.PLANNED, Session.State.CLOSED)
    with refusing():
        here = session.locked()
        if here.is_signed or here.state not in may_open:
            sentence = _("Only a planned session can be opened, or one whose sheet is not signed.")
            raise Refused(sentence)
        Session.objects.filter(pk=here.pk).update(state=Session.State.OPEN)


def cancel(*, session: Session, because: str) -> None:
    """Cancel a session; the campaign app reads this row and informs the donors."""
    if not because.strip():
        raise Refused(_("Say why the session is cancelled; the people who booked will read it."))
    if not Session.objects.filter(pk=session.pk, state__in=Session.LIVE).update(
        state=Session.State.CANCELLED, cancelled_because=because.strip()
    ):
        raise Refused(_("This session is over or cancelled already."))
