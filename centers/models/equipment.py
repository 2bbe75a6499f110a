from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from .analyser import Analyser
from .bag import Bag
from .center import Center


class Equipment(models.Model):
    """A thing whose state decides whether blood is safe: checked every so many days, and where it
    keeps bags within a range of °C.

    Out of service from ``out_since``. A failed check, or one that is overdue, makes it unfit as
    well (``equipment_is_fit``). A transport box is known by its ``name``, the number on it.
    """

    class Kind(models.TextChoices):
        REFRIGERATOR = "refrigerator", _("Refrigerator")
        FREEZER = "freezer", _("Freezer")
        AGITATOR = "agitator", _("Platelet incubator")
        BOX = "box", _("Transport box")
        ANALYSER = "analyser", _("Analyser")
        SCALE = "scale", _("Scale")
        CENTRIFUGE = "centrifuge", _("Centrifuge")
        OTHER = "other", _("Other")

    KEEPS_BAGS = (Kind.REFRIGERATOR, Kind.FREEZER, Kind.AGITATOR)
    HAS_A_RANGE = (*KEEPS_BAGS, Kind.BOX)

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    center = models.ForeignKey(Center, on_delete=models.PROTECT, related_name="equipment")
    kind = models.CharField(max_length=12, choices=Kind)
    name = models.CharField(max_length=40)
    serial = models.CharField(max_length=60, blank=True)
    analyser = models.OneToOneField(
        Analyser, null=True, blank=True, on_delete=models.PROTECT, related_name="equipment"
    )
    min_c = models.DecimalField(max_digits=4, decimal_places=1, null=True, blank=True)
    max_c = models.DecimalField(max_digits=4, decimal_places=1, null=True, blank=True)
    check_every_days = models.PositiveSmallIntegerField(null=True, blank=True)
    out_since = models.DateTimeField(null=True, blank=True)
    out_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    out_because = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["center", "kind", "name"], name="equipment_stands_once"
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=["refrigerator", "freezer", "agitator", "box"])
                | Q(max_c__isnull=False) & (Q(min_c=None) | Q(min_c__lt=F("max_c"))),
                name="storage_has_a_range",
            ),
            models.CheckConstraint(
                condition=Q(out_since=None, out_by=None, out_because="")
                | Q(out_since__isnull=False, out_by__isnull=False) & ~Q(out_because=""),
                name="equipment_is_taken_out_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(check_every_days=None) | Q(check_every_days__range=(1, 1100)),
                name="equipment_is_checked_every_so_often",
            ),
        ]


class EquipmentCheck(models.Model):
    """One check, calibration or service; append-only. The last one by day counts."""

    class Kind(models.TextChoices):
        CHECK = "check", _("Check")
        CALIBRATION = "calibration", _("Calibration")
        SERVICE = "service", _("Maintenance")

    equipment = models.ForeignKey(Equipment, on_delete=models.PROTECT, related_name="checks")
    kind = models.CharField(max_length=12, choices=Kind)
    done_on = models.DateField()
    passed = models.BooleanField()
    note = models.CharField(max_length=200, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()


class Placement(models.Model):
    """A bag lies in a refrigerator, freezer or incubator, from a moment until a moment."""

    equipment = models.ForeignKey(Equipment, on_delete=models.PROTECT, related_name="placements")
    bag = models.ForeignKey(Bag, on_delete=models.PROTECT, related_name="placements")
    since = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    until = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["bag"], condition=Q(until=None), name="bag_lies_in_one_place"
            )
        ]
        indexes = [models.Index(fields=["equipment", "since"], name="placement_of_equipment")]


class Temperature(models.Model):
    """One measurement in °C, by hand or out of a data logger's file; append-only."""

    equipment = models.ForeignKey(Equipment, on_delete=models.PROTECT, related_name="temperatures")
    at = models.DateTimeField()
    celsius = models.DecimalField(max_digits=4, decimal_places=1)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    noted_at = models.DateTimeField()
    file_name = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["equipment", "at", "celsius"], name="temperature_is_noted_once"
            ),
            models.CheckConstraint(
                condition=Q(celsius__range=(-100, 60)), name="temperature_can_be"
            ),
        ]


class TemperatureAlarm(models.Model):
    """A measurement outside the range. The database blocks what lay there, also what comes out of
    later files, until a person decides with a reason."""

    class Verdict(models.TextChoices):
        USE = "use", _("The bags may be used")
        DISCARD = "discard", _("The bags are discarded")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    equipment = models.ForeignKey(Equipment, on_delete=models.PROTECT, related_name="alarms")
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    lowest = models.DecimalField(max_digits=4, decimal_places=1)
    highest = models.DecimalField(max_digits=4, decimal_places=1)
    opened_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    verdict = models.CharField(max_length=8, choices=Verdict, blank=True)
    because = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["equipment"],
                condition=Q(decided_at=None),
                name="equipment_has_one_open_alarm",
            ),
            models.CheckConstraint(
                condition=Q(decided_at=None, decided_by=None, verdict="", because="")
                | Q(decided_at__isnull=False, decided_by__isnull=False)
                & ~Q(verdict="")
                & ~Q(because=""),
                name="alarm_is_decided_with_a_reason",
            ),
        ]


class AlarmBag(models.Model):
    """A bag that lay where it was too warm or too cold; written by the database alone."""

    alarm = models.ForeignKey(TemperatureAlarm, on_delete=models.PROTECT, related_name="bags")
    bag = models.ForeignKey(Bag, on_delete=models.PROTECT, related_name="alarms")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["alarm", "bag"], name="alarm_takes_a_bag_once")
        ]
