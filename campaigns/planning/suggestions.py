"""Floors and ceilings suggested by the history of issues, beside those in force, and applied."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from campaigns.models import FloorChange, FloorPolicy
from campaigns.planner import Policy
from campaigns.planner.forecast import suggestion
from centers.inventory import demand, stock_levels
from centers.models import Center, Component, Floor, StockLevel
from donors.clock.calendar import local_day
from donors.errors import Refused
from donors.models import BloodGroup, User

DAYS = 90  # of issues
# Fewer bags issued in the history suggest nothing (ours): the floor of a rare group is a decision.
ENOUGH = 10
# What a policy applies by itself changes floor and ceiling by less than this share.
SMALL = 0.2
MONDAY = 1


@dataclass(frozen=True)
class Suggested:
    """One group of a product: the floor in force, if any, and what its use suggests, in bags.

    ``issued`` is bags of 90 days, ``mean`` those of a day, ``spread`` their variance by their mean.
    The relief reserve is nobody's suggestion: it stays.
    """

    component: Component
    blood_group: str
    floor: Floor | None
    issued: int
    routine: int
    ceiling: int
    mean: float
    spread: float

    @property
    def in_force(self) -> int | None:
        return self.floor.routine if self.floor else None

    @property
    def ceiling_in_force(self) -> int | None:
        return self.floor.ceiling if self.floor else None

    @property
    def differs(self) -> bool:
        """Whether there is something to apply."""
        return self.is_founded and (self.in_force, self.ceiling_in_force) != (
            self.routine,
            self.ceiling,
        )

    @property
    def is_founded(self) -> bool:
        return self.issued >= ENOUGH

    @property
    def is_question(self) -> bool:
        """Nothing of it is kept and nothing was used: whether that is meant, the centre says."""
        return not self.issued and (self.floor is None or not self.floor.total)

    @property
    def is_small(self) -> bool:
        """Whether a policy may apply it."""
        if self.floor is None:
            return False
        pairs = ((self.floor.routine, self.routine), (self.floor.ceiling, self.ceiling))
        return all(before and abs(after - before) < SMALL * before for before, after in pairs)


def of(*, center: Center, component: Component, now: datetime) -> list[Suggested]:
    """The eight groups of a product at a centre.

    The floor covers the use of the days in which asking can still act, with the probability wanted
    there (``Policy.lead_time`` and ``service``); the ceiling is what will be used before it expires.
    """
    policy = Policy()
    history = demand.daily(days=DAYS, now=now, center=center, component=component)
    floors = {
        floor.blood_group: floor
        for floor in Floor.objects.filter(center=center, component=component)
    }
    found = []
    for group in BloodGroup.values:
        issues = history.get((center.pk, component.family, group), [])
        made = suggestion(
            issues,
            service=policy.service,
            lead_time=policy.lead_time / 24,
            shelf_life=component.shelf_life_days,
        )
        floor = floors.get(group)
        relief = floor.relief if floor else 0
        found.append(
            Suggested(
                component=component,
                blood_group=group,
                floor=floor,
                issued=sum(issues),
                routine=made.floor,
                # A constraint: the ceiling is above floor and reserve.
                ceiling=max(made.ceiling + relief, made.floor + relief + 1),
                mean=made.mean,
                spread=made.spread,
            )
        )
    return found


def products(center: Center) -> list[Component]:
    """Products of which the centre keeps, kept or wants something."""
    wanted = {*Floor.objects.filter(center=center).values_list("component", flat=True)}
    wanted |= {*StockLevel.objects.filter(center=center).values_list("component", flat=True)}
    return list(Component.objects.filter(pk__in=wanted, in_use=True).order_by("family", "pk"))


@transaction.atomic
def apply(
    *,
    center: Center,
    component: Component,
    groups: Collection[str],
    because: str,
    by: User,
    now: datetime,
) -> int:
    """Set the floors of these groups to what is suggested now; returns how many changed.

    Raises ``Refused`` without a reason or where nothing is left to change.
    """
    if not because.strip():
        raise Refused(_("Say why, for those who read the decisions later."), "because")
    changed = [
        _set(center, one, now=now, by=by, because=because.strip())
        for one in of(center=center, component=component, now=now)
        if one.blood_group in groups and one.differs
    ]
    if not changed:
        raise Refused(_("Choose at least one group whose floor differs."), "groups")
    return len(changed)


def _set(
    center: Center, one: Suggested, *, now: datetime, by: User | None = None, because: str = ""
) -> FloorChange:
    before = one.floor
    stock_levels.set_floor(
        center=center,
        component=one.component,
        blood_group=one.blood_group,
        routine=one.routine,
        relief=before.relief if before else 0,
        ceiling=one.ceiling,
        now=now,
    )
    return FloorChange.objects.create(
        center=center,
        component=one.component,
        blood_group=one.blood_group,
        routine_before=before.routine if before else None,
        ceiling_before=before.ceiling if before else None,
        routine=one.routine,
        ceiling=one.ceiling,
        mean=one.mean,
        spread=one.spread,
        at=now,
        by=by,
        because=because,
    )


def is_automatic(center: Center) -> bool:
    last = FloorPolicy.objects.filter(center=center).order_by("-at", "-pk").first()
    return last is not None and last.automatic


def set_policy(*, center: Center, automatic: bool, by: User, now: datetime) -> None:
    """Whether small changes are applied each Monday by themselves; saying it twice adds nothing."""
    if is_automatic(center) != automatic:
        FloorPolicy.objects.create(center=center, automatic=automatic, at=now, by=by)


def apply_by_policy(*, now: datetime) -> int:
    """On Mondays: the small changes of the centres that said so. Running again changes nothing, as
    the history ends with yesterday; returns how many floors changed."""
    if local_day(now).isoweekday() != MONDAY:
        return 0
    changed = 0
    said = FloorPolicy.objects.order_by("center_id", "-at", "-pk").distinct("center_id")
    for policy in said.select_related("center"):
        if not policy.automatic:
            continue
        for component in products(policy.center):
            with transaction.atomic():
                for one in of(center=policy.center, component=component, now=now):
                    if one.differs and one.is_small:
                        _set(policy.center, one, now=now)
                        changed += 1
    return changed


@dataclass(frozen=True)
class Product:
    component: Component
    rows: list[Suggested]

    @property
    def shown(self) -> list[Suggested]:
        return [row for row in self.rows if not row.is_question]

    @property
    def questions(self) -> list[Suggested]:
        return [row for row in self.rows if row.is_question]

    @property
    def differ(self) -> list[Suggested]:
        return [row for row in self.rows if row.differs]


def board(*, center: Center, now: datetime) -> list[Product]:
    return [
        Product(component, of(center=center, component=component, now=now))
        for component in products(center)
    ]


def history(*, center: Center, most: int = 50) -> list[FloorChange]:
    rows = FloorChange.objects.filter(center=center).select_related("component", "by")
    return list(rows[:most])
