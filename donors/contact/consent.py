from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from donors.models import Consent, Donor

TEXT_VERSION = "2026-11"


def purposes(donor: Donor) -> set[str]:
    """What the donor has agreed to hear."""
    return set(Consent.objects.live().filter(donor=donor).values_list("purpose", flat=True))


def paused_until(donor: Donor, on: date) -> date | None:
    """The day when appeals may reach this person again, while a pause is running."""
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
    """Agreed to by what the person just did, unless they ever withdrew from it."""
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
    """All that a donor wants to hear, in which language, and the hours in which nothing may ring."""
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
    """No appeal before that day; without one the pause is over."""
    Donor.objects.filter(pk=donor.pk).update(paused_until=until)
