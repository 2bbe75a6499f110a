from __future__ import annotations

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
