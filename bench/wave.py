"""Seconds to choose and queue the people of one wave, against one raw INSERT of the same rows."""

from __future__ import annotations

import argparse

from . import ground

RAW = """
INSERT INTO campaigns_notification
    (kind, cause, recipient, subject_id, donor_id, contact_id, wave_id, channel, state, urgent,
     made_at, due_at, attempts, provider_id, error)
SELECT 'appeal_invitation', 'bench', 'd:' || donor_id, %s, donor_id, id, %s, channel, 'pending',
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
    from django.utils import timezone

    from campaigns.appeals import waves
    from campaigns.models import Appeal, Notification, Wave
    from centers.models import Center, Component

    def ours(appeal):
        made = waves.send(appeal=appeal, size=size, reasons={}, now=timezone.now())
        if made.size != size:
            raise SystemExit(f"only {made.size} of {size} people may be asked")

    def floor(appeal):
        now = timezone.now()
        with connection.cursor() as cursor:
            cursor.execute(RAW, [appeal.pk, appeal.waves.first().pk, now, now, size])

    from django.db import connection, transaction

    def undone(act) -> float:
        """Run with every foreign key checked, then roll back, so that the next run starts from the
        same rows."""
        try:
            with transaction.atomic():
                now = timezone.now()
                appeal = Appeal.objects.create(
                    code="BENCH2",
                    center=Center.objects.get(code="CRTS-CAS"),
                    component=Component.objects.get(code="RBC-SAGM"),
                    blood_group="AB+",  # every group may give to AB+
                    needed=1,
                    pledges_wanted=1,
                    reasons={},
                    opened_at=now,
                    expires_at=now + timezone.timedelta(days=3),
                )
                for number in range(1, 4):  # the nearer rings were asked before
                    Wave.objects.create(
                        appeal=appeal, number=number, made_at=now, size_wanted=0, reasons={}
                    )
                with connection.cursor() as cursor:
                    cursor.execute("SET LOCAL statement_timeout = 0")

                def whole():
                    act(appeal)
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
    )


if __name__ == "__main__":
    main()
