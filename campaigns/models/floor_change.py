from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from centers.models import Center, Component
from donors.models import BloodGroup


class FloorPolicy(models.Model):
    """Whether the small changes suggested for a centre's floors are applied each Monday by themselves.

    Rows are only added; the last one is in force, and a centre without a row applies nothing.
    """

    center = models.ForeignKey(Center, on_delete=models.PROTECT, related_name="floor_policies")
    automatic = models.BooleanField()
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")


class FloorChange(models.Model):
    """A suggested floor that was applied: from what, to what, when, why, and by whom.

    ``by`` is None where the centre's policy applied it. The figures it came from: ``mean`` bags issued
    a day and their ``spread`` (variance by mean). Rows are only added.
    """

    center = models.ForeignKey(Center, on_delete=models.PROTECT, related_name="floor_changes")
    component = models.ForeignKey(Component, on_delete=models.PROTECT, related_name="+")
    blood_group = models.CharField(max_length=3, choices=BloodGroup)
    routine_before = models.PositiveIntegerField(null=True)
    ceiling_before = models.PositiveIntegerField(null=True)
    routine = models.PositiveIntegerField()
    ceiling = models.PositiveIntegerField()
    mean = models.FloatField()
    spread = models.FloatField()
    at = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    because = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(by=None, because="") | Q(by__isnull=False) & ~Q(because=""),
                name="floor_change_has_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(routine_before=None, ceiling_before=None)
                | Q(routine_before__isnull=False, ceiling_before__isnull=False)
                & (~Q(routine=F("routine_before")) | ~Q(ceiling=F("ceiling_before"))),
                name="floor_change_changes_something",
            ),
        ]
        indexes = [models.Index(fields=["center", "-at"], name="floor_changes_of_center")]
