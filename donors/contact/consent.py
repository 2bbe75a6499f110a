from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from donors.models import Consent, Donor

TEXT_VERSION = "2026-11"


def purposes(donor: Donor) -> set[str]:
    """The purposes that the donor has consented to."""
    return set(Consent.objects.live().filter(donor=donor).values_list("purpose", flat=True))


def paused_until(donor: Donor, on: date) -> date | None:
    """The day until which the donor has paused appeals; None when no pause is running."""
    until = donor.paused_until
    return until if until and until > on else None


@transaction.atomic
def give(*, donor: Donor, purpose: str, language: str, now: datetime) -> None:
    """Record consent under the current text; giving it twice changes nothing."""
    Consent.objects.bulk_create(
        [
            Consent(
                donor=donor,
                purpose=purpose,
                text_version=TEXT_VERSION,
                language=language,
                given_at=now,
            )
        ],
        ignore_conflicts=True,
    )


@transaction.atomic
def offer(*, donor: Donor, purpose: str, language: str, now: datetime) -> None:
    """Record consent implied by an action, unless the donor ever withdrew it."""
    if not Consent.objects.filter(donor=donor, purpose=purpose).exists():
        give(donor=donor, purpose=purpose, language=language, now=now)


@transaction.atomic
def withdraw(*, donor: Donor, purpose: str, now: datetime) -> None:
    Consent.objects.live().filter(donor=donor, purpose=purpose).update(withdrawn_at=now)


@transaction.atomic
def wish(
    *,
    donor: Donor,
    wanted: set[str],
    language: str,
    quiet_from: int | None,
    quiet_until: int | None,
    now: datetime,
) -> None:
    """Save the donor's preferences: purposes, language and their own quiet hours."""
    agreed = purposes(donor)
    for purpose in wanted - agreed:
        give(donor=donor, purpose=purpose, language=language, now=now)
    for purpose in agreed - wanted:
        withdraw(donor=donor, purpose=purpose, now=now)
    Donor.objects.filter(pk=donor.pk).update(
        language=language, quiet_from=quiet_from, quiet_until=quiet_until
    )


@transaction.atomic
def pause(*, donor: Donor, until: date | None) -> None:
    """Send no appeal before that day; None ends the pause."""
    Donor.objects.filter(pk=donor.pk).update(paused_until=until)
