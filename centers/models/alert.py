from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from donors.models import BloodGroup

from .center import Center
from .component import Component


class Floor(models.Model):
    """The level of a centre, component and group below which an alert opens.

    ``routine`` protects daily work, ``relief`` is the reserve for disasters on top of it; an alert
    closes at ``ceiling``. All in bags.
    """

    center = models.ForeignKey(Center, on_delete=models.PROTECT, related_name="floors")
    component = models.ForeignKey(Component, on_delete=models.PROTECT, related_name="floors")
    blood_group = models.CharField(max_length=3, choices=BloodGroup)
    routine = models.PositiveIntegerField()
    relief = models.PositiveIntegerField(default=0)
    ceiling = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["center", "component", "blood_group"], name="floor_has_one_row"
            ),
            models.CheckConstraint(
                condition=Q(ceiling__gt=F("routine") + F("relief")),
                name="floor_is_under_its_ceiling",
            ),
        ]

    @property
    def total(self) -> int:
        return self.routine + self.relief


class StockAlert(models.Model):
    """Stock fell below a floor: opened once per episode, in the movement's own transaction."""

    class Kind(models.TextChoices):
        ROUTINE = "routine", _("Under the routine floor")
        RELIEF = "relief", _("Under the relief reserve")

    floor = models.ForeignKey(Floor, on_delete=models.PROTECT, related_name="alerts")
    kind = models.CharField(max_length=8, choices=Kind)
    opened_at = models.DateTimeField()
    level_at_opening = models.PositiveIntegerField()
    closed_at = models.DateTimeField(null=True, blank=True)
    level_at_closing = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["floor"], condition=Q(closed_at=None), name="floor_has_one_open_alert"
            ),
            models.CheckConstraint(
                condition=Q(closed_at=None, level_at_closing=None)
                | Q(closed_at__gte=F("opened_at"), level_at_closing__isnull=False),
                name="alert_closes_with_its_level",
            ),
        ]


class NoFloor(models.Model):
    """A person's answer that a centre keeps no floor for a product and group on purpose.

    Append-only; the question comes back after a year (``inventory.floors``).
    """

    center = models.ForeignKey(Center, on_delete=models.PROTECT, related_name="no_floors")
    component = models.ForeignKey(Component, on_delete=models.PROTECT, related_name="+")
    blood_group = models.CharField(max_length=3, choices=BloodGroup)
    because = models.CharField(max_length=200)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(because=""), name="floor_is_left_out_for_a_reason")
        ]
        indexes = [models.Index(fields=["center", "component", "at"], name="no_floor_of_center")]


class ShelfCheck(models.Model):
    """The system asks a centre to look at the shelf of a product, because its figure is stale."""

    center = models.ForeignKey(Center, on_delete=models.PROTECT, related_name="shelf_checks")
    component = models.ForeignKey(Component, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["center", "component"],
                condition=Q(answered_at=None),
                name="shelf_is_asked_about_once_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(answered_at=None, answered_by=None)
                | Q(answered_at__gte=F("asked_at"), answered_by__isnull=False),
                name="shelf_check_is_answered_by_somebody",
            ),
        ]
