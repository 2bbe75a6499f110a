"""Antigens and CMV, read beyond the panel for patients who need bags without them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.utils.translation import gettext as _

from centers.isbt128 import lots
from centers.models import Answer, Donation, ExtendedReading, ExtendedTest
from donors.errors import Refused, refusing
from donors.models import User
from donors.people import privacy


@dataclass(frozen=True)
class Known:
    """What is known of one test: an outcome once two people have read it, or anybody positive."""

    test: str
    label: str
    outcome: str
    readers: int
    mine: bool


def known(*, donation: Donation, by: User) -> list[Known]:
    """Every test; the first reading stays hidden from the second reader. The look is logged."""
    privacy.log_access(donor=donation.donor, by=by, reason="extended tests")
    rows = []
    with connection.cursor() as cursor:
        for test in ExtendedTest:
            cursor.execute(
                "SELECT outcome, reader FROM extended_readings(%s, %s)", [donation.pk, test.value]
            )
            read = cursor.fetchall()
            readers = {reader for _outcome, reader in read}
            outcomes = {outcome for outcome, _reader in read}
            worst = Answer.POSITIVE if Answer.POSITIVE in outcomes else Answer.NEGATIVE
            rows.append(
                Known(
                    test.value,
                    test.label,
                    str(worst.label) if len(readers) > 1 else "",
                    len(readers),
                    by.pk in readers,
                )
            )
    return rows


def enter(
    *, donation: Donation, outcomes: dict[str, str], lot: str, by: User, now: datetime
) -> None:
    """One person's readings, an outcome by test; tests left empty are not written."""
    given = {test: outcome for test, outcome in outcomes.items() if outcome}
    if not given:
        raise Refused(_("Mark at least one test that you have read."))
    lot = lots.read(lot, din=donation.din)
    with refusing():
        ExtendedReading.objects.bulk_create(
            ExtendedReading(
                donation=donation, test=test, outcome=outcome, lot=lot, read_by=by, read_at=now
            )
            for test, outcome in sorted(given.items())
        )
