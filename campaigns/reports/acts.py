"""Every column of the database that says who did something, and when: found, not listed.

A table says it by ``at`` and ``by``, or by pairs such as ``opened_at`` and ``opened_by``; where its
columns have other names, ``OTHER_NAMES`` tells. A new table is in the trail by itself; its words are
in ``act_names``.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.apps import apps
from django.db import models

from centers.models import Bag, Center, Donation, Visit
from donors.models import Donor, User

APPS = ("donors", "centers", "campaigns")
OTHER_NAMES = {
    "Absence.user": "entered_at",
    "OfficerPhone.user": "asked_at",
    "Sheet.by": "filled_at",
    "Donation.operator": "received_at",
    "EmergencyRelease.physician": "at",
    "EmergencyRelease.second": "second_at",
    "Issue.reserve_by": "issued_at",
    "Override.measured_by": "at",
    "Appeal.stopped_by": "settled_at",
    "Call.by": "said_at",
    "StandingOrder.by": "made_at",
    "Plan.asked_by": "made_at",
    "Addressee.forwarded_by": "sent_at",
    "Estimate.by": "made_at",
    "Temperature.by": "noted_at",
}
# The column names whose account it is, or who has a right or a duty: nobody did anything.
NO_ACT = {
    "Officer.user", "Officer.ended_by", "Donor.user", "Invitation.replaces", "Invitation.user",
    "PushSubscription.user", "Staff.user", "OnDuty.user", "Notification.user", "Campaign.coordinator",
    "UserAccess.user",
}  # fmt: skip
DEEPEST = 4  # keys from a row to the person, bag or centre that it is about


@dataclass(frozen=True)
class Act:
    """A pair of columns. The paths lead over foreign keys to what the row is about, or are empty."""

    model: type[models.Model]
    at: str
    by: str
    donor: str
    bag: str
    donation: str
    visit: str
    center: str

    @property
    def table(self) -> str:
        return self.model.__name__

    @property
    def verb(self) -> str:
        """``opened`` for ``opened_by``, empty for ``by``."""
        return self.by.removesuffix("_by") if self.by != "by" else ""

    @property
    def rows(self) -> models.QuerySet[Any]:
        return self.model._default_manager.filter(**{f"{self.at}__isnull": False})


@cache
def every() -> tuple[Act, ...]:
    return tuple(act for app in APPS for model in _models(app) for act in _acts(model))


def _models(app: str) -> Iterator[type[models.Model]]:
    return iter(sorted(apps.get_app_config(app).get_models(), key=lambda model: model.__name__))


def _acts(model: type[models.Model]) -> Iterator[Act]:
    names = {field.name for field in model._meta.concrete_fields}
    for field in model._meta.concrete_fields:
        name = f"{model.__name__}.{field.name}"
        if field.related_model is not User or name in NO_ACT:
            continue
        pair = "at" if field.name == "by" else f"{field.name[:-3]}_at"
        at = OTHER_NAMES.get(name) or (pair if pair in names else _first_time(model))
        if not at:
            continue
        to = (_path(model, target) for target in (Donor, Bag, Donation, Visit, Center))
        yield Act(model, at, field.name, *to)


def _first_time(model: type[models.Model]) -> str:
    """When the row was written, of a table whose columns have names of their own."""
    fields = model._meta.concrete_fields
    return next((field.name for field in fields if isinstance(field, models.DateTimeField)), "")


def untimed() -> set[str]:
    """Columns of somebody of which it is not known when: to be named above, in either list."""
    users = {
        f"{model.__name__}.{field.name}"
        for app in APPS
        for model in _models(app)
        for field in model._meta.concrete_fields
        if field.related_model is User
    }
    return users - NO_ACT - {f"{act.table}.{act.by}" for act in every()}


def _path(model: type[models.Model], target: type[models.Model]) -> str:
    """The shortest way over foreign keys; ``pk`` for the row itself, empty where there is none."""
    waiting: deque[tuple[Any, tuple[str, ...]]] = deque([(model, ())])
    while waiting:
        here, way = waiting.popleft()
        if here is target:
            return "__".join(way) or "pk"
        if len(way) < DEEPEST:
            for field in here._meta.concrete_fields:
                there = field.related_model
                if there not in (None, User, here) and field.is_relation:
                    waiting.append((there, (*way, field.name)))
    return ""
