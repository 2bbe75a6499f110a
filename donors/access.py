from __future__ import annotations

from django.db.models import QuerySet
from django.utils import timezone

from .models import Officer, PolicyChange, Unit, User
from .models.unit import UnitQuerySet


def is_administrator(user: User) -> bool:
    return user.is_authenticated and user.is_administrator


def is_officer(user: User) -> bool:
    return Officer.objects.active(timezone.localdate()).filter(user=user).exists()


def officer_units(user: User) -> UnitQuerySet:
    """Every unit under the user's command today."""
    return Unit.objects.commanded_by(user, timezone.localdate())


def reads_policy(user: User) -> bool:
    """Who may give is no secret; the page with its changes is for those who answer for them."""
    return user.is_administrator or user.is_auditor


def policy_changes(user: User) -> QuerySet[PolicyChange]:
    return PolicyChange.objects.all() if reads_policy(user) else PolicyChange.objects.none()
