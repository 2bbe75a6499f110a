"""Seconds to check and to apply a list of a hundred thousand people, and the memory it takes; the
floor is COPY of the same rows."""

from __future__ import annotations

import argparse
import io
import resource

from . import ground

HEAD = "nom;prenom;date de naissance;sexe;cin;telephone;email\n"
COLUMNS = (
    "public_id, family_name, given_name, family_name_ar, given_name_ar, name_key, name_key_ar, "
    "name_keys, sex, birth_date, document_kind, document_sealed, document_key, blood_group, "
    "language, registered_at"
)


def listed(count: int) -> bytes:
    lines = (
        f"Bennani {n % 977};Salma {n % 613};{1 + n % 28:02}/03/{1960 + n % 45};F;BE{n:06d};"
        f"06{n:08d};r{n}@example.org\n"
        for n in range(count)
    )
    return (HEAD + "".join(lines)).encode()


def copied() -> float:
    """The same donors, copied out as text and in again under other keys."""
    from django.db import connection, transaction

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")
        file = io.StringIO()
        chosen = COLUMNS.replace("public_id", "gen_random_uuid()").replace(
            "document_key", "md5(document_key)"
        )
        cursor.copy_expert(
            f"COPY (SELECT {chosen} FROM donors_donor WHERE document_key IS NOT NULL) TO STDOUT",
            file,
        )
        file.seek(0)
        took = ground.seconds(
            lambda: cursor.copy_expert(f"COPY donors_donor ({COLUMNS}) FROM STDIN", file)
        )
        transaction.set_rollback(True)
    return took


def megabytes(who: int) -> float:
    return round(resource.getrusage(who).ru_maxrss / 1024, 1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    options = parser.parse_args()
    with ground.site(donors=300):
        from django.utils import timezone

        from donors.models import Donor, Unit, User
        from donors.units import rosters

        by, unit = User.objects.get(username="demo-administrator"), Unit.objects.get(code="SR-TAZ")
        before = megabytes(resource.RUSAGE_SELF)
        content = listed(options.rows)
        roster = rosters.upload(
            file_name="list.csv", content=content, unit=unit, by=by, now=timezone.now()
        )
        checking = ground.seconds(lambda: rosters.work(now=timezone.now()))
        roster.refresh_from_db()
        rosters.agree(roster=roster, now=timezone.now(), leaves_elsewhere=True)
        known = Donor.objects.count()
        applying = ground.seconds(lambda: rosters.work(now=timezone.now()))
        made = Donor.objects.count() - known
        ground.report(
            "roster",
            value=applying,
            unit="s",
            floor=copied(),
            size={"rows": options.rows, "made": made, "faults": roster.faults_count},
            more={
                "checking": round(checking, 2),
                "peak_mb": megabytes(resource.RUSAGE_SELF),
                "before_mb": before,
                "reader_peak_mb": megabytes(resource.RUSAGE_CHILDREN),
            },
        )


if __name__ == "__main__":
    main()
