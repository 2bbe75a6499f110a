"""Selects and queues the people of one wave: one transaction, one statement."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import connection, transaction
from django.db.models import F, OuterRef, Subquery

from campaigns.models import Appeal, Wave
from donors.models import Contact

from . import recruiting

# Serialises waves: two at once could choose the same person before either has marked them.
ONE_AT_A_TIME = 8_092_023

QUEUE = """
WITH chosen AS MATERIALIZED ({candidates}),
queued AS (
    INSERT INTO campaigns_notification
        (kind, cause, recipient, subject_id, donor_id, contact_id, wave_id, channel, state, urgent,
         made_at, due_at, attempts, provider_id, error)
    SELECT 'appeal_invitation', %s, 'd:' || chosen.id, %s, chosen.id, contact.id, %s,
        contact.channel, 'pending', false, %s, %s, 0, '', ''
    FROM chosen JOIN donors_contact contact ON contact.id = chosen.contact
    ON CONFLICT (cause, recipient) DO NOTHING
    RETURNING donor_id
),
marked AS (
    UPDATE donors_donor SET last_asked_at = %s FROM queued WHERE id = queued.donor_id
)
SELECT count(*) FROM queued
"""


@transaction.atomic
def send(*, appeal: Appeal, size: int, reasons: Mapping[str, float], now: datetime) -> Wave:
    """Send one wave of at most ``size`` people for an appeal, and store its figures."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ONE_AT_A_TIME])
        # For a million donors: JIT compilation costs more than it saves, and the hash needs memory.
        cursor.execute("SET LOCAL jit = off; SET LOCAL work_mem = '128MB'")
    number = appeal.waves.count() + 1
    wave = Wave.objects.create(
        appeal=appeal, number=number, made_at=now, size_wanted=size, reasons=reasons
    )
    contact = Contact.objects.reachable().filter(donor=OuterRef("pk")).order_by("-preferred", "pk")
    people = (
        recruiting.candidates(appeal, ring=number - 1, now=now)
        .annotate(contact=Subquery(contact.values("pk")[:1]))
        .values("id", "contact")[:size]
    )
    sql, values = people.query.sql_with_params()
    cause = recruiting.invitation_cause(appeal)
    with connection.cursor() as cursor:
        cursor.execute(
            QUEUE.replace("{candidates}", sql),
            [*values, cause, appeal.pk, wave.pk, now, now, now],
        )
        wave.size = cursor.fetchone()[0]
    Wave.objects.filter(pk=wave.pk).update(size=F("size") + wave.size)
    return wave
