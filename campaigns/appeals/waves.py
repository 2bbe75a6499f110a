"""A wave: proposed by a plan, approved, held for a moment, sent; people are chosen when it is sent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from campaigns.messaging import whatsapp
from campaigns.messaging.allowance import QUIET_SINCE_ASKED
from campaigns.models import Appeal, Approval, Plan, Wave, WavePart
from centers.models import Session
from donors.errors import Refused
from donors.models import User

from . import appeals

# Serialises the sending: two waves at once could choose the same person before either has marked
# them in the register.
ONE_AT_A_TIME = 8_092_023
State = Wave.State

QUEUE = """
WITH part AS MATERIALIZED (
    SELECT id, province_id, blood_group, channel, wanted FROM campaigns_wavepart WHERE wave_id = %(wave)s
), chosen AS MATERIALIZED (
    SELECT part.id AS part, person.donor_id, person.contact_id, part.channel
    FROM part CROSS JOIN LATERAL (
        SELECT donor_id, contact_id FROM campaigns_askable a
        WHERE a.province_id = part.province_id AND a.blood_group = part.blood_group
            AND a.channel = part.channel AND (a.rests_until IS NULL OR a.rests_until <= %(now)s)
            AND a.donor_id NOT IN (
                SELECT donor_id FROM campaigns_notification
                WHERE cause = %(cause)s AND donor_id IS NOT NULL)
        ORDER BY a.turn LIMIT part.wanted
    ) person
), queued AS (
    INSERT INTO campaigns_notification
        (kind, cause, recipient, subject_id, donor_id, contact_id, wave_id, part_id, channel, state,
         urgent, made_at, due_at, attempts, provider_id, error)
    SELECT 'appeal_invitation', %(cause)s, 'd:' || donor_id, %(appeal)s, donor_id, contact_id,
        %(wave)s, part, CASE WHEN channel = 'sms' AND %(whatsapp)s AND EXISTS (
            SELECT FROM donors_consent WHERE donor_id = chosen.donor_id AND purpose = 'whatsapp'
                AND withdrawn_at IS NULL) THEN 'whatsapp' ELSE channel END, 'pending', false, %(now)s, %(now)s, 0, '', ''
    FROM chosen RETURNING part_id, donor_id
), marked AS (
    UPDATE campaigns_askable a SET rests_until = %(rest)s FROM chosen WHERE a.donor_id = chosen.donor_id
), sizes AS (
    SELECT part_id, count(*)::int AS people FROM queued GROUP BY part_id
), counted AS (
    UPDATE campaigns_cohort c SET askable = greatest(c.askable - sizes.people, 0)
    FROM sizes JOIN part ON part.id = sizes.part_id
    WHERE (c.province_id, c.blood_group, c.channel) = (part.province_id, part.blood_group, part.channel)
), sized AS (
    UPDATE campaigns_wavepart p SET size = sizes.people FROM sizes WHERE p.id = sizes.part_id
)
SELECT coalesce(sum(people), 0)::int FROM sizes
"""


@dataclass(frozen=True)
class Part:
    """So many people of a cohort (province, group or empty, channel), with the rates believed."""

    province: str
    blood_group: str
    channel: str
    people: int
    rate: float
    show: float
    usable: float


@transaction.atomic
def propose(
    *,
    appeal: Appeal,
    session: Session,
    parts: Iterable[Part],
    plan: Plan,
    approval: str,
    hold: timedelta,
    donations: float,
    reasons: Mapping[str, Any],
    now: datetime,
) -> Wave | None:
    """The wave that waits for an appeal and session, brought to the plan's figures.

    What a person has approved, or what is held, never grows by a plan: the rest is another wave's.
    A proposal that somebody else has to approve now is dropped for a new one.
    """
    parts = list(parts)
    wanted = sum(part.people for part in parts)
    yeses = sum(part.people * part.rate for part in parts)
    waiting = Wave.objects.select_for_update(of=("self",)).filter(
        appeal=appeal, session=session, state__in=Wave.OPEN
    )
    wave = waiting.first()
    if wave and wave.state == State.HELD and wanted >= wave.size_wanted:
        return None
    if wave and wave.state == State.PROPOSED and wave.approval != approval:
        drop(waves=[wave], now=now)
        wave = None
    figures = {
        "size_wanted": wanted,
        "yeses": yeses,
        "donations": donations,
        "reasons": dict(reasons),
    }
    if wave is None:
        goes = approval == Approval.NOBODY
        wave = Wave.objects.create(
            appeal=appeal,
            session=session,
            plan=plan,
            number=appeal.waves.count() + 1,
            state=State.HELD if goes else State.PROPOSED,
            approval=approval,
            made_at=now,
            due_at=now + hold if goes else None,
            **figures,
        )
    else:
        Wave.objects.filter(pk=wave.pk).update(plan=plan, **figures)
        wave.parts.all().delete()
    WavePart.objects.bulk_create(
        WavePart(
            wave=wave,
            province_id=part.province,
            blood_group=part.blood_group,
            channel=part.channel,
            wanted=part.people,
            rate=part.rate,
            show=part.show,
            usable=part.usable,
        )
        for part in parts
    )
    return wave


@transaction.atomic
def shrink(*, wave: Wave, people: int, plan: Plan) -> None:
    """A held wave asks at most so many people, those of its first cohorts."""
    if people >= wave.size_wanted:
        return
    parts, left = [], people
    for part in wave.parts.order_by("pk"):
        part.pk, part.wanted = None, min(part.wanted, left)
        left -= part.wanted
        if part.wanted:
            parts.append(part)
    share = people / wave.size_wanted
    Wave.objects.filter(pk=wave.pk).update(
        plan=plan,
        size_wanted=people,
        yeses=sum(part.wanted * part.rate for part in parts),
        donations=wave.donations * share,
    )
    wave.parts.all().delete()
    WavePart.objects.bulk_create(parts)


def drop(*, waves: Iterable[Wave], now: datetime) -> int:
    """The plan no longer wants them; nobody had been chosen."""
    rows = Wave.objects.filter(pk__in=[wave.pk for wave in waves], state__in=Wave.OPEN)
    return rows.update(state=State.DROPPED, ended_at=now)


@transaction.atomic
def approve(
    *, wave: Wave, by: User, hold: timedelta, now: datetime, people: int | None = None
) -> None:
    """A person says yes; the wave leaves after the hold, in which it may be undone.

    ``people`` is the number shown to the person, if not that of ``wave``: a plan may have made the
    proposal larger since, and the yes is not for that.
    """
    shown = wave.size_wanted if people is None else people
    waiting = Wave.objects.select_for_update(of=("self",)).filter(pk=wave.pk, state=State.PROPOSED)
    if waiting.filter(size_wanted__gt=shown).exists():
        raise Refused(_("By now more people would be asked than you were shown. Look at it again."))
    _turn(wave, State.PROPOSED, state=State.HELD, due_at=now + hold, decided_at=now, decided_by=by)


@transaction.atomic
def approve_all(*, rows: QuerySet[Wave], by: User, hold: timedelta, now: datetime) -> None:
    """Several waves of one appeal at once; refused where another person was faster with one."""
    for wave in rows:
        approve(wave=wave, by=by, hold=hold, now=now)


@transaction.atomic
def refuse(*, wave: Wave, by: User, because: str, until: datetime, now: datetime) -> None:
    """A person says no; nobody is asked for the need until then, unless somebody lifts it."""
    _no(wave, State.PROPOSED, State.REFUSED, by, because, until, now)


@transaction.atomic
def undo(*, wave: Wave, by: User, because: str, until: datetime, now: datetime) -> None:
    """Taken back during its hold: nobody was chosen, nobody is spent."""
    _no(wave, State.HELD, State.UNDONE, by, because, until, now)


def _no(
    wave: Wave, held: str, to: str, by: User, because: str, until: datetime, now: datetime
) -> None:
    if not because.strip():
        raise Refused(_("Say why, for those who read the decisions later."), "because")
    _turn(wave, held, state=to, ended_at=now, ended_by=by, because=because.strip())
    Appeal.objects.filter(pk=wave.appeal_id, state__in=Appeal.OPEN).update(resumes_at=until)
    others = Wave.objects.filter(appeal=wave.appeal_id, state__in=Wave.OPEN)
    others.update(state=State.DROPPED, ended_at=now)


def _turn(wave: Wave, held: str, **fields: Any) -> None:
    if not Wave.objects.filter(pk=wave.pk, state=held).update(**fields):
        raise Refused(_("This wave has been decided or has left meanwhile. Look at it again."))


def send_due(*, now: datetime) -> int:
    """Send the waves whose hold is over; returns how many people were queued."""
    due = Wave.objects.filter(state=State.HELD, due_at__lte=now).order_by("due_at", "pk")
    return sum(send(pk=pk, now=now) for pk in due.values_list("pk", flat=True))


@transaction.atomic
def send(*, pk: int, now: datetime) -> int:
    """Choose and queue the people of one held wave: one statement."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ONE_AT_A_TIME])
        cursor.execute("SET LOCAL jit = off; SET LOCAL work_mem = '128MB'")
    wave = (
        Wave.objects.select_for_update(of=("self", "appeal"), skip_locked=True)
        .select_related("appeal")
        .filter(pk=pk, state=State.HELD, due_at__lte=now, appeal__state__in=Appeal.OPEN)
        .first()
    )
    if wave is None:
        return 0
    # First, because only a sent wave has people.
    Wave.objects.filter(pk=pk).update(state=State.SENT, ended_at=now)
    with connection.cursor() as cursor:
        cursor.execute(
            QUEUE,
            {
                "wave": pk,
                "appeal": wave.appeal_id,
                "cause": appeals.invitation_cause(wave.appeal),
                "now": now,
                "rest": now + QUIET_SINCE_ASKED,
                "whatsapp": whatsapp.is_on(),
            },
        )
        size: int = cursor.fetchone()[0]
    Wave.objects.filter(pk=pk).update(size=size)
    appeals.turn(appeal=wave.appeal, to=Appeal.State.ASKING, now=now)
    return size
