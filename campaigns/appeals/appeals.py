"""An appeal opens for one need, follows it, and ends; everybody asked in vain is told why."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from campaigns.models import Appeal, Notification, Operation, Wave
from centers.models import Center, Component, StockAlert
from donors.errors import Refused
from donors.models import User

# Letters and digits that are not confused when read aloud.
CODE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
# As long as the link in its messages; a need that lasts longer gets a new appeal, with other people.
LIVES = timedelta(days=7)
# A stop that only a person ends.
FOR_GOOD = datetime.max.replace(tzinfo=UTC, microsecond=0)
State = Appeal.State


def invitation_cause(appeal: Appeal) -> str:
    return f"appeal:{appeal.pk}:invitation"


def operation_of(center: Center) -> Operation | None:
    """The open operation that a need of the centre belongs to: of several around its province the one
    declared last, whose patients are still to come."""
    rows = Operation.objects.filter(closed_at=None, provinces=center.province_id)
    return rows.order_by("-opened_at", "-pk").first()


def follow_operation(appeal: Appeal) -> bool:
    """Bring an open appeal to the operation it belongs to by now; one that only a closed operation
    wanted stays with it. Returns whether it changed."""
    operation = operation_of(appeal.center)
    if operation is None or operation.pk == appeal.operation_id:
        return False
    appeal.operation = operation
    return bool(
        Appeal.objects.filter(pk=appeal.pk, state__in=Appeal.OPEN).update(operation=operation)
    )


def open_for(
    *,
    center: Center,
    component: Component,
    blood_group: str,
    needed: int,
    reasons: dict[str, Any],
    alert: StockAlert | None,
    now: datetime,
) -> Appeal:
    """The open appeal of a need, made if there is none; its figures are renewed."""
    appeal = (
        Appeal.objects.select_for_update(of=("self",))
        .filter(center=center, component=component, blood_group=blood_group, state__in=Appeal.OPEN)
        .first()
    )
    if appeal is None:
        return Appeal.objects.create(
            code="".join(secrets.choice(CODE_ALPHABET) for _unused in range(6)),
            alert=alert,
            operation=operation_of(center),
            center=center,
            component=component,
            blood_group=blood_group,
            needed=needed,
            reasons=reasons,
            opened_at=now,
            expires_at=now + LIVES,
        )
    if (appeal.needed, appeal.reasons) != (needed, reasons):
        appeal.needed, appeal.reasons = needed, reasons
        appeal.save(update_fields=["needed", "reasons"])
    return appeal


def turn(*, appeal: Appeal, to: str, now: datetime) -> bool:
    """Put an open appeal into another open state; those still silent are thanked when covered."""
    changed = Appeal.objects.filter(pk=appeal.pk, state__in=Appeal.OPEN).exclude(state=to)
    if not changed.update(state=to):
        return False
    appeal.state = to
    if to == State.COVERED:
        drop_unsent(appeal, now)
        stand_down(appeal, now)
    return True


@transaction.atomic
def end(
    *,
    appeal: Appeal,
    to: str,
    now: datetime,
    by: User | None = None,
    because: str = "",
    resumes_at: datetime | None = None,
) -> bool:
    """Close the appeal, drop what has not left, and thank everybody asked who is not coming."""
    live = Appeal.objects.filter(pk=appeal.pk, state__in=Appeal.OPEN)
    said = {"stopped_by": by, "because": because, "resumes_at": resumes_at}
    if not live.update(state=to, settled_at=now, **said):
        return False
    appeal.state = to
    Wave.objects.filter(appeal=appeal, state__in=Wave.OPEN).update(
        state=Wave.State.DROPPED, ended_at=now
    )
    drop_unsent(appeal, now)
    stand_down(appeal, now)
    return True


def drop_unsent(appeal: Appeal, now: datetime) -> None:
    invited = Notification.objects.filter(cause=invitation_cause(appeal))
    invited.filter(state=Notification.State.PENDING).update(
        state=Notification.State.SKIPPED, settled_at=now, error="appeal over"
    )


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
    AND NOT EXISTS (
        SELECT FROM centers_appointment a
        WHERE a.donor_id = n.donor_id AND a.state IN ('offered', 'booked')
    )
    AND NOT EXISTS (
        SELECT FROM centers_visit v WHERE v.donor_id = n.donor_id AND v.arrived_at > n.made_at
    )
ON CONFLICT (cause, recipient) DO NOTHING
"""


def stand_down(appeal: Appeal, now: datetime) -> None:
    """Thank those asked who have not answered, hold no place, and have not come."""
    cause = f"appeal:{appeal.pk}:stand-down"
    with connection.cursor() as cursor:
        cursor.execute(STAND_DOWN, [cause, now, now, invitation_cause(appeal)])


@transaction.atomic
def stop(
    *, appeal: Appeal, by: User, because: str, now: datetime, resumes_at: datetime | None = None
) -> None:
    """A person ends the appeal; nobody is asked for its need until ``resumes_at``, or until
    somebody lifts the stop where that is empty."""
    if not because.strip():
        raise Refused(_("Say why, for those who read the decisions later."), "because")
    locked = (
        Appeal.objects.select_for_update(of=("self",))
        .filter(pk=appeal.pk, state__in=Appeal.OPEN)
        .first()
    )
    if locked is None:
        raise Refused(_("This appeal is over already."))
    end(
        appeal=locked,
        to=State.STOPPED,
        by=by,
        because=because.strip(),
        now=now,
        resumes_at=resumes_at or FOR_GOOD,
    )


def lift(*, appeal: Appeal, now: datetime) -> None:
    """People may be asked again for the need, after a stop or an undone wave."""
    if not Appeal.objects.filter(pk=appeal.pk, resumes_at__gt=now).update(resumes_at=now):
        raise Refused(_("Nothing stops this need any more."))


def barred(now: datetime) -> Iterable[tuple[str, str, str]]:
    """Needs (centre's code, family, group) for which a person has said that nobody is asked now."""
    rows = Appeal.objects.filter(resumes_at__gt=now)
    return rows.values_list("center__code", "component__family", "blood_group")
