"""Which centres a page of the situation room is about."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q, QuerySet

from campaigns import access
from campaigns.agenda.distances import NEAR_KM, kilometres
from campaigns.models import Appeal, Operation
from centers.models import Center, StockAlert
from donors.models import Province, User

Key = tuple[str, str, str]  # centre's code, family, group


@dataclass(frozen=True)
class Scope:
    """``centers`` by code; ``whole`` is the country with what belongs to no centre."""

    centers: dict[str, Center]
    whole: bool = False
    operation: Operation | None = None

    def holds(self, code: str) -> bool:
        return code in self.centers

    @property
    def names(self) -> str:
        return " · ".join(center.name for center in self.centers.values())

    def sessions(self) -> Q:
        return Q(session__center__in=list(self.centers.values()))


def of_reader(user: User) -> Scope:
    """All centres for administrators and auditors, for managers their own."""
    rows = access.followed_centers(user).select_related("province").order_by("code")
    whole = user.is_administrator or user.is_auditor
    return Scope({center.code: center for center in rows}, whole=whole)


def of_operation(operation: Operation) -> Scope:
    """The centres of the stricken provinces."""
    rows = Center.objects.filter(province__in=operation.provinces.all())
    rows = rows.select_related("province").order_by("code")
    return Scope({center.code: center for center in rows}, operation=operation)


def appeals(scope: Scope) -> QuerySet[Appeal]:
    return Appeal.objects.filter(center__in=list(scope.centers.values()))


def open_needs(scope: Scope) -> set[Key]:
    """Needs with an open alert or an open appeal."""
    centers = list(scope.centers.values())
    alerts = StockAlert.objects.filter(closed_at=None, floor__center__in=centers)
    live = appeals(scope).filter(state__in=Appeal.OPEN)
    return {
        *alerts.values_list(
            "floor__center__code", "floor__component__family", "floor__blood_group"
        ),
        *live.values_list("center__code", "component__family", "blood_group"),
    }


def provinces(scope: Scope) -> set[str] | None:
    """Provinces whose people the planner would ask to come to these centres; None for all."""
    if scope.whole:
        return None
    return {
        province.pk
        for province in Province.objects.all()
        for center in scope.centers.values()
        if kilometres(province, center) <= NEAR_KM
    }
