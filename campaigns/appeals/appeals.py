"""From an alert to an appeal, from an appeal to waves; the appeal ends as soon as it is met."""

from __future__ import annotations

import secrets
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import Count
from django.utils.translation import gettext as _

from campaigns.models import Appeal, Notification, Operation, Pledge
from centers.inventory import stock_levels
from centers.models import Appointment, Bag, StockAlert, StockLevel
from donors.clock.calendar import quiet_until
from donors.errors import Refused
from donors.models import Donor, User

from . import planning, recruiting, waves

# Letters and digits that are not confused when read aloud.
CODE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
PATIENCE = timedelta(minutes=20)
LARGEST_WAVE = 100_000


def open_for_alerts(*, now: datetime) -> int:
    """Open an appeal for every open alert that has none; returns how many."""
    waiting = StockAlert.objects.filter(closed_at=None, appeal=None).order_by("pk")
    opened = 0
    for pk in waiting.values_list("pk", flat=True):
        with transaction.atomic():
            alert = (
                StockAlert.objects.select_for_update(of=("self",), skip_locked=True)
                .filter(pk=pk, closed_at=None, appeal=None)
                .select_related("floor__center", "floor__component")
                .first()
            )
            if alert is None or _running(alert):
                continue
            appeal = _open(alert, now)
            _next_wave(appeal, now)
            opened += 1
    return opened


def _running(alert: StockAlert) -> bool:
    """An appeal of an earlier episode that is still open; the new alert waits until it ends."""
    floor = alert.floor
    return Appeal.objects.filter(
        center=floor.center,
        component=floor.component,
        blood_group=floor.blood_group,
        state=Appeal.State.OPEN,
    ).exists()


def _open(alert: StockAlert, now: datetime) -> Appeal:
    floor = alert.floor
    level = StockLevel.objects.filter(
        center=floor.center, component=floor.component, blood_group=floor.blood_group
    ).first()
    available = level.available if level else 0
    on_the_way = level.quarantined if level else 0
    needed = max(1, floor.ceiling - available - on_the_way)
    free = planning.free_places(floor.center, now)
    reasons: dict[str, float] = {
        "available": available,
        "on_the_way": on_the_way,
        "ceiling": floor.ceiling,
    }
    reasons |= planning.size(needed=needed, free=free)
    operation = Operation.objects.filter(closed_at=None, provinces=floor.center.province).first()
    return Appeal.objects.create(
        code="".join(secrets.choice(CODE_ALPHABET) for _unused in range(6)),
        alert=alert,
        operation=operation,
        center=floor.center,
        component=floor.component,
        blood_group=floor.blood_group,
        needed=needed,
        pledges_wanted=reasons["pledges_wanted"],
        reasons=reasons,
        opened_at=now,
        expires_at=now + planning.HORIZON,
    )


def advance(*, now: datetime) -> None:
    """End appeals that are met or over; ask more people where too few answered."""
    for pk in Appeal.objects.filter(state=Appeal.State.OPEN).values_list("pk", flat=True):
        with transaction.atomic():
            appeal = (
                Appeal.objects.select_for_update(of=("self",), skip_locked=True)
                .filter(pk=pk, state=Appeal.State.OPEN)
                .select_related("center", "component", "alert")
                .first()
            )
            if appeal is None:
                continue
            _follow_places(appeal, now)
            # Not ``pledges_wanted``: that is lower where the centre has too few places.
            covered = 0 < _pledges_for_need(appeal) <= booked(appeal)
            if appeal.alert and appeal.alert.closed_at:
                _end(appeal, Appeal.State.MET, now, met_by=Appeal.MetBy.STOCK)
            elif covered:
                _end(appeal, Appeal.State.MET, now, met_by=Appeal.MetBy.ANSWERS)
            elif appeal.expires_at <= now:
                _end(appeal, Appeal.State.ENDED, now)
            else:
                _next_wave(appeal, now)


def renew(*, now: datetime) -> int:
    """Renew alerts still open when their appeal's time is over, even if the appeal was met."""
    past = StockAlert.objects.filter(
        closed_at=None,
        appeal__state__in=[Appeal.State.MET, Appeal.State.ENDED],
        appeal__expires_at__lte=now,
    )
    alerts = list(past.order_by("pk"))
    for alert in alerts:
        stock_levels.renew(alert=alert, now=now)
    return len(alerts)


def _follow_places(appeal: Appeal, now: datetime) -> None:
    """An appeal reduced for lack of places grows again when the centre plans a session."""
    need = _pledges_for_need(appeal)
    if appeal.pledges_wanted >= need:
        return
    wanted = min(need, booked(appeal) + planning.free_places(appeal.center, now))
    if wanted > appeal.pledges_wanted:
        appeal.pledges_wanted = wanted
        appeal.save(update_fields=["pledges_wanted"])


def _pledges_for_need(appeal: Appeal) -> int:
    return int(appeal.reasons.get("pledges_for_need", appeal.pledges_wanted))


def _next_wave(appeal: Appeal, now: datetime) -> None:
    """Send a wave for the remaining gap, unless the last one is too recent."""
    last = appeal.waves.order_by("-number").first()
    if last and now - last.made_at < PATIENCE:
        return
    if last and last.size == 0 and last.number > len(recruiting.RINGS_KM):
        return
    if quiet_until(now) and last:
        return
    free = planning.free_places(appeal.center, now)
    gap = min(appeal.pledges_wanted - booked(appeal), free)
    if gap <= 0:
        return
    size = min(planning.wave_size(gap=gap), LARGEST_WAVE)
    reasons = {"gap": gap, "free_places": free, "booked": booked(appeal)}
    waves.send(appeal=appeal, size=size, reasons=reasons, now=now)


def booked(appeal: Appeal) -> int:
    """Pledges with a valid appointment: not missed, session not cancelled."""
    return Pledge.objects.filter(
        appeal=appeal,
        state=Pledge.State.BOOKED,
        appointment__state__in=Appointment.EXPECTED,
    ).count()


def _end(appeal: Appeal, state: str, now: datetime, met_by: str = "") -> None:
    """Close the appeal, drop unsent messages, and thank everybody asked who is not coming."""
    live = Appeal.objects.filter(pk=appeal.pk, state=Appeal.State.OPEN)
    live.update(state=state, met_by=met_by, settled_at=now)
    invited = Notification.objects.filter(cause=recruiting.invitation_cause(appeal))
    invited.filter(state=Notification.State.PENDING).update(
        state=Notification.State.SKIPPED, settled_at=now, error="appeal over"
    )
    _stand_down(appeal, now)


STAND_DOWN = """
INSERT INTO campaigns_notification
    (kind, cause, recipient, subject_id, donor_id, contact_id, wave_id, channel, state, urgent,
     made_at, due_at, attempts, provider_id, error)
SELECT 'appeal_stand_down', %s, n.recipient, n.subject_id, n.donor_id, n.contact_id, n.wave_id,
    n.channel, 'pending', true, %s, %s, 0, '', ''
FROM campaigns_notification n
WHERE n.cause = %s AND n.state NOT IN ('skipped', 'failed')
    AND NOT EXISTS (
        SELECT FROM campaigns_pledge p
        WHERE p.appeal_id = n.subject_id AND p.donor_id = n.donor_id AND p.state <> 'withdrawn'
    )
ON CONFLICT (cause, recipient) DO NOTHING
"""


def _stand_down(appeal: Appeal, now: datetime) -> None:
    cause = f"appeal:{appeal.pk}:stand-down"
    with connection.cursor() as cursor:
        cursor.execute(STAND_DOWN, [cause, now, now, recruiting.invitation_cause(appeal)])


@transaction.atomic
def stop(*, appeal: Appeal, by: User, now: datetime) -> None:
    """A person ends the appeal; everybody asked is informed."""
    live = Appeal.objects.select_for_update(of=("self",)).filter(
        pk=appeal.pk, state=Appeal.State.OPEN
    )
    locked = live.first()
    if locked is None:
        raise Refused(_("This appeal is over already."))
    locked.reasons |= {"stopped_by": by.pk}
    locked.save(update_fields=["reasons"])
    _end(locked, Appeal.State.STOPPED, now)


@dataclass(frozen=True)
class Funnel:
    """Number of people at each step of an appeal."""

    asked: int
    waiting: int
    delivered: int
    skipped: int
    failed: int
    unknown: int
    answered: int
    booked: int
    declined: int
    came: int
    usable: int


def funnel(appeal: Appeal) -> Funnel:
    states = Counter(
        dict(
            Notification.objects.filter(cause=recruiting.invitation_cause(appeal))
            .values_list("state")
            .annotate(Count("pk"))
            .order_by()
        )
    )
    answers = Counter(
        dict(
            Pledge.objects.filter(appeal=appeal)
            .values_list("state")
            .annotate(Count("pk"))
            .order_by()
        )
    )
    pledged = Pledge.objects.filter(appeal=appeal, state=Pledge.State.BOOKED)
    came = pledged.filter(appointment__state=Appointment.State.ARRIVED)
    usable = Bag.objects.filter(
        donation__donor__in=Donor.objects.filter(pledges__in=came).values("pk"),
        donation__received_at__gte=appeal.opened_at,
        component=appeal.component,
        state__in=[Bag.State.AVAILABLE, Bag.State.RESERVED, Bag.State.ISSUED, Bag.State.TRANSFUSED],
    )
    return Funnel(
        asked=sum(states.values()),
        waiting=states["pending"] + states["claimed"] + states["attempting"],
        delivered=states["sent"],
        skipped=states["skipped"],
        failed=states["failed"],
        unknown=states["unknown"],
        answered=sum(answers.values()) - answers["withdrawn"],
        booked=booked(appeal),
        declined=answers["declined"],
        came=came.count(),
        usable=usable.count(),
    )
