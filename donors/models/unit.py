from __future__ import annotations

import uuid
from datetime import date
from typing import Self, TypeVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Concat
from django.utils.translation import gettext_lazy as _

from .naming import Named
from .place import Province
from .user import User


class UnitQuerySet(models.QuerySet["Unit"]):
    def below(self, unit: Unit) -> UnitQuerySet:
        """The unit itself and all its descendants."""
        return self.filter(path__startswith=unit.path)

    def above(self, unit: Unit) -> UnitQuerySet:
        """The chain of command over the unit, highest first, without the unit itself."""
        codes = unit.path.strip("/").split("/")[:-1]
        return self.filter(code__in=codes).order_by("path")

    def open(self) -> UnitQuerySet:
        return self.filter(closed_on=None)

    def commanded_by(self, user: User, on: date) -> UnitQuerySet:
        """The subtrees of every unit the user commands on that day."""
        paths = Officer.objects.active(on).filter(user=user).values_list("unit__path", flat=True)
        condition = Q(pk__in=[])
        for path in paths:
            condition |= Q(path__startswith=path)
        return self.filter(condition)


class Unit(Named):
    """An organisation in a chain of command: a directorate, a regional security, a commissariat.

    ``path`` is the chain of codes from the top (``/DGSN/PP-MAR/DP-ESI/``); a subtree is a prefix.
    ``verified`` and ``parent_verified`` say whether a public text names the unit and its parent.
    ``name_keys`` are the sounds of its three names. A closed unit keeps its parent and its history.
    """

    code = models.CharField(max_length=40, unique=True)
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="children"
    )
    path = models.CharField(max_length=400, unique=True)
    kind = models.CharField(max_length=32)
    province = models.ForeignKey(Province, on_delete=models.PROTECT, related_name="units")
    verified = models.CharField(max_length=8)
    parent_verified = models.CharField(max_length=8)
    source = models.TextField(blank=True)
    name_keys = ArrayField(models.CharField(max_length=80), default=list, editable=False)
    closed_on = models.DateField(null=True, blank=True)
    phone = models.CharField(max_length=20, blank=True, db_default="")

    objects = UnitQuerySet.as_manager()

    class Meta:
        ordering = ["path"]
        constraints = [
            models.CheckConstraint(
                condition=Q(path__endswith=Concat(models.Value("/"), F("code"), models.Value("/"))),
                name="unit_path_ends_with_its_code",
            ),
            models.CheckConstraint(
                condition=~Q(code="") & ~Q(code__contains="/"),
                name="unit_code_is_one_step_of_a_path",
            ),
        ]
        indexes = [
            models.Index(fields=["path"], name="unit_subtree", opclasses=["varchar_pattern_ops"]),
            GinIndex(fields=["name_keys"], name="unit_by_sound_of_name", fastupdate=False),
        ]

    @property
    def level(self) -> int:
        return self.path.count("/") - 2


class UnitChange(models.Model):
    """A change of a unit; append-only by trigger. Undone latest first, they give the unit on any
    past day."""

    class Kind(models.TextChoices):
        CREATED = "created", _("Founded")
        RENAMED = "renamed", _("Renamed")
        MOVED = "moved", _("Moved")
        MERGED = "merged", _("Merged into another unit")
        SPLIT = "split", _("Split")
        CLOSED = "closed", _("Closed")
        REOPENED = "reopened", _("Opened again")

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="changes")
    kind = models.CharField(max_length=8, choices=Kind)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    because = models.CharField(max_length=300)
    before = models.JSONField()
    after = models.JSONField()

    class Meta:
        indexes = [models.Index(fields=["unit", "at"], name="change_of_unit")]


Dated = TypeVar("Dated", bound=models.Model)


class DatedQuerySet(models.QuerySet[Dated]):
    def active(self, on: date) -> Self:
        return self.filter(Q(until=None) | Q(until__gt=on), since__lte=on)


class Officer(models.Model):
    """A user responsible for a unit and everything below it, from a day until a day.

    A command that ends on its first day gives no right and stays on record. Commands that ended
    before ``ended_by`` existed have none.
    """

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="commands")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="officers")
    since = models.DateField()
    until = models.DateField(null=True, blank=True)
    ended_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = DatedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gte=F("since")),
                name="officer_ends_no_sooner_than_it_begins",
            ),
            models.CheckConstraint(
                condition=Q(ended_by=None) | Q(until__isnull=False),
                name="officer_is_ended_with_a_day",
            ),
            models.UniqueConstraint(
                fields=["user", "unit"], condition=Q(until=None), name="officer_once_a_unit"
            ),
        ]


class Absence(models.Model):
    """Days on which an officer is away: no message of a command reaches them.

    ``until`` is the first day back.
    """

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="absences")
    since = models.DateField()
    until = models.DateField()
    entered_at = models.DateTimeField()

    objects = DatedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(until__gte=F("since")), name="absence_ends_no_sooner_than_it_begins"
            )
        ]


class OfficerPhone(models.Model):
    """The mobile number of an officer; before it is verified it receives nothing but its code.

    ``key`` changes with every code that is asked for: the code is derived from it.
    """

    user = models.OneToOneField(User, on_delete=models.PROTECT, related_name="phone")
    number = models.CharField(max_length=16)
    key = models.UUIDField(default=uuid.uuid4, editable=False)
    asked_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    verified_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(number__regex=r"^\+\d{8,15}$"), name="officer_phone_is_international"
            )
        ]
