from __future__ import annotations

from django.db.models import QuerySet
from django.utils import timezone

from .models import Invitation, Officer, PolicyChange, Unit, User
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


def units(user: User) -> UnitQuerySet:
    """The whole tree for those who keep it, the own subtrees for officers."""
    if user.is_administrator or user.is_auditor:
        return Unit.objects.all()
    return officer_units(user)


def tops(user: User) -> UnitQuerySet:
    """Where the reader's sight begins."""
    if user.is_administrator or user.is_auditor:
        return Unit.objects.filter(parent=None)
    commands = Officer.objects.active(timezone.localdate()).filter(user=user)
    return Unit.objects.filter(pk__in=commands.values("unit"))


def chain(user: User, unit: Unit) -> list[Unit]:
    """The units above it that the reader may open, highest first."""
    seen = set(units(user).filter(path__in=_prefixes(unit.path)).values_list("pk", flat=True))
    return [one for one in Unit.objects.above(unit) if one.pk in seen]


def _prefixes(path: str) -> list[str]:
    codes = path.strip("/").split("/")
    return ["/" + "/".join(codes[:end]) + "/" for end in range(1, len(codes))]


def keeps_units(user: User, unit: Unit) -> bool:
    """The tree itself is changed by administrators."""
    return user.is_administrator


def is_above(user: User, unit: Unit) -> bool:
    """Commands a unit above this one, or keeps the tree; nobody appoints to their own command."""
    if user.is_administrator:
        return True
    above = Unit.objects.filter(path__in=_prefixes(unit.path))
    active = Officer.objects.active(timezone.localdate())
    return active.filter(user=user, unit__in=above).exists()


def invitations() -> QuerySet[Invitation]:
    """Whoever holds its address, from a message of ours."""
    return Invitation.objects.select_related("unit", "user").exclude(user=None)
