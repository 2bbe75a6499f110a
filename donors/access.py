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
    """Eligibility rules are public; the page with their history is for administrators and
    auditors."""
    return user.is_administrator or user.is_auditor


def policy_changes(user: User) -> QuerySet[PolicyChange]:
    return PolicyChange.objects.all() if reads_policy(user) else PolicyChange.objects.none()


def units(user: User) -> UnitQuerySet:
    """The whole tree for administrators, their own subtrees for officers."""
    if user.is_administrator or user.is_auditor:
        return Unit.objects.all()
    return officer_units(user)


def tops(user: User) -> UnitQuerySet:
    """The topmost units that the reader may see."""
    if user.is_administrator or user.is_auditor:
        return Unit.objects.filter(parent=None)
    commands = Officer.objects.active(timezone.localdate()).filter(user=user)
    return Unit.objects.filter(pk__in=commands.values("unit"))


def chain(user: User, unit: Unit) -> list[Unit]:
    """The units above this one that the reader may open, highest first."""
    seen = set(units(user).filter(path__in=_prefixes(unit.path)).values_list("pk", flat=True))
    return [one for one in Unit.objects.above(unit) if one.pk in seen]


def _prefixes(path: str) -> list[str]:
    codes = path.strip("/").split("/")
    return ["/" + "/".join(codes[:end]) + "/" for end in range(1, len(codes))]


def keeps_units(user: User, unit: Unit) -> bool:
    """Only administrators change the tree."""
    return user.is_administrator


def is_above(user: User, unit: Unit) -> bool:
    """The user commands a unit above this one or is an administrator; nobody appoints to their own
    command."""
    if user.is_administrator:
        return True
    above = Unit.objects.filter(path__in=_prefixes(unit.path))
    active = Officer.objects.active(timezone.localdate())
    return active.filter(user=user, unit__in=above).exists()


def invitations() -> QuerySet[Invitation]:
    """The invitation by its key: knowing the address, which only our message contains, is the
    permission."""
    return Invitation.objects.select_related("unit", "user").exclude(user=None)
