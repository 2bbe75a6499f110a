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
