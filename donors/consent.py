from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from .models import Consent, Donor

TEXT_VERSION = "2026-11"


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
def pause(*, donor: Donor, until: date) -> None:
    """No appeal before that day."""
    Donor.objects.filter(pk=donor.pk).update(paused_until=until)
