"""Seconds to choose and queue the people of one wave, against one raw INSERT of the same rows."""

from __future__ import annotations

import argparse
from datetime import timedelta

from . import ground

RAW = """
INSERT INTO campaigns_notification
    (kind, cause, recipient, subject_id, donor_id, contact_id, wave_id, part_id, channel, state, urgent,
     made_at, due_at, attempts, provider_id, error)
SELECT 'appeal_invitation', 'bench', 'd:' || donor_id, %s, donor_id, id, %s, %s, channel, 'pending',
    false, %s, %s, 0, '', ''
FROM (SELECT DISTINCT ON (donor_id) donor_id, id, channel FROM donors_contact
      ORDER BY donor_id LIMIT %s) addressed
"""


class Undone(Exception):
    pass


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--donors", type=int, default=1_000_000)
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    with ground.site(donors=options.donors, keep=True):
        for size in options.sizes:
            measure(size, options)


def measure(size: int, options: argparse.Namespace) -> None:
    from django.db import connection, transaction
    from django.utils import timezone

    from campaigns.appeals import waves
    from campaigns.models import Notification
    from campaigns.planning import register

    now = timezone.now()
    counted = ground.seconds(lambda: register.renew(now=now))

    def ours(wave):
        made = waves.send(pk=wave.pk, now=now)
        if made != size:
            raise SystemExit(f"only {made} of {size} people may be asked")

    def floor(wave):
        with connection.cursor() as cursor:
            cursor.execute(RAW, [wave.appeal_id, wave.pk, wave.parts.first().pk, now, now, size])

    def undone(act) -> float:
        """Run with every foreign key checked, then roll back, so that the next run starts from the
        same rows."""
        try:
            with transaction.atomic():
                wave = held(size, now)
                with connection.cursor() as cursor:
                    cursor.execute("SET LOCAL statement_timeout = 0")

                def whole():
                    act(wave)
                    with connection.cursor() as cursor:
                        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")

                taken = ground.seconds(whole)
                raise Undone
        except Undone:
            pass
        return taken

    before = Notification.objects.count()
    times = [(undone(ours), undone(floor)) for _round in range(options.rounds)]
    if Notification.objects.count() != before:
        raise SystemExit("the wave was not undone")
    for mine, raw in times:
        print(f"{size} people: {mine:.2f} s, raw INSERT {raw:.2f} s", flush=True)
    ground.report(
        "wave",
        value=ground.middle([t[0] for t in times]),
        unit="s",
        floor=ground.middle([t[1] for t in times]),
        size={"people": size, "donors": options.donors, "rounds": options.rounds},
        more={"register_s": round(counted, 2)},
    )


def held(size: int, now):
    """A wave to the largest cohorts, due now."""
    from campaigns.models import Appeal, Approval, Cohort, Plan, Wave, WavePart
    from centers.models import Center, Component, Session

    appeal = Appeal.objects.create(
        code="BENCH2",
        center=Center.objects.get(code="CRTS-CAS"),
        component=Component.objects.get(code="RBC-SAGM"),
        blood_group="AB+",
        needed=1,
        opened_at=now,
        expires_at=now + timedelta(days=3),
    )
    plan = Plan.objects.create(
        made_at=now, changed=True, digest="", solver="", cost=0, bound=0, took_ms=0
    )
    wave = Wave.objects.create(
        appeal=appeal,
        session=Session.objects.first(),
        plan=plan,
        number=1,
        state=Wave.State.HELD,
        approval=Approval.NOBODY,
        made_at=now,
        due_at=now,
        size_wanted=size,
    )
    left = size
    for cohort in Cohort.objects.order_by("-askable", "pk"):
        if not left:
            break
        people = min(left, cohort.askable)
        left -= people
        WavePart.objects.create(
            wave=wave,
            province_id=cohort.province_id,
            blood_group=cohort.blood_group,
            channel=cohort.channel,
            wanted=people,
            rate=0.05,
            show=0.7,
            usable=0.85,
        )
    return wave


if __name__ == "__main__":
    main()
