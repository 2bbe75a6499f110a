from __future__ import annotations

from django.utils import timezone

from .models import Officer, Unit, User
from .models.unit import UnitQuerySet


def is_administrator(user: User) -> bool:
    return user.is_authenticated and user.is_administrator


def is_officer(user: User) -> bool:
    return Officer.objects.active(timezone.localdate()).filter(user=user).exists()


def officer_units(user: User) -> UnitQuerySet:
    """Every unit under the user's command today."""
    return Unit.objects.commanded_by(user, timezone.localdate())


def needs_second_factor(user: User) -> bool:
    """Everybody but a mere donor signs in with two factors; True while the second is missing."""
    if user.authenticator_set.exists():
        return False
    return (
        user.is_administrator
        or user.is_auditor
        or user.commands.exists()
        or user.jobs.exists()
        or user.is_superuser
    )
