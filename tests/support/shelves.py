"""Stock figures and open appeals for the public pages."""

from __future__ import annotations

from datetime import timedelta

from campaigns.models import Appeal
from centers.inventory import stock_levels
from centers.models import Bag, Component, StockLevel

from . import factories
from .owner import past_the_guards


def level(code: str, group: str, now, *, available: int, age=timedelta()) -> StockLevel:
    """A figure of some age, written past the guard that counts it from movements."""
    with past_the_guards():
        return StockLevel.objects.create(
            center=factories.center(code),
            component=Component.objects.get(code="RBC-SAGM"),
            blood_group=group,
            available=available,
            changed_at=now - age,
        )


def stocked(code: str, group: str, now, *, bags: int) -> None:
    """So many bags on the shelf and in its figure, however many there were, past the guard that
    would ask for their donations; alerts open and close by the product's own rule."""
    center, component = factories.center(code), Component.objects.get(code="RBC-SAGM")
    key = {"center": center, "component": component, "blood_group": group}
    with past_the_guards():
        Bag.objects.filter(**key).delete()
        Bag.objects.bulk_create(
            Bag(
                **key,
                donation_id=-next(factories.numbers),
                collected_on=now.date(),
                expires_at=now + timedelta(days=35),
                state=Bag.State.AVAILABLE,
            )
            for _number in range(bags)
        )
        StockLevel.objects.update_or_create(**key, defaults={"available": bags, "changed_at": now})
    stock_levels.review_all(now=now)


def call(now, group="O+", code="BS-TAZ") -> Appeal:
    return Appeal.objects.create(
        code=f"{code[-3:]}{group}",
        center=factories.center(code),
        component=Component.objects.get(code="RBC-SAGM"),
        blood_group=group,
        needed=5,
        state=Appeal.State.ASKING,
        reasons={"pledges_wanted": 5},
        opened_at=now,
        expires_at=now + timedelta(hours=72),
    )
