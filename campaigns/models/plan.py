from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models


class Plan(models.Model):
    """One run of the planner: what it was made from, its arithmetic and its forecast.

    Runs that ``changed`` something are kept; of the others only those of the last hours.
    ``forecasts`` are rows of centre, family, group, hours ahead, expected bags, low, high and
    probability; ``uncovered`` of centre, family, group, hours, bags. ``register_at`` is when the
    register of people was counted last, ``took_ms`` the planner's own time.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    made_at = models.DateTimeField(db_index=True)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    changed = models.BooleanField()
    digest = models.CharField(max_length=64)
    solver = models.CharField(max_length=8)
    cost = models.FloatField()
    bound = models.FloatField()
    took_ms = models.PositiveIntegerField()
    register_at = models.DateTimeField(null=True)
    register_ms = models.PositiveIntegerField(default=0)
    decisions = models.JSONField(default=list)
    forecasts = models.JSONField(default=list)
    uncovered = models.JSONField(default=list)

    class Meta:
        ordering = ["-made_at"]


class PlanRequest(models.Model):
    """Somebody pressed "plan now"; the next run answers it."""

    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    plan = models.ForeignKey(
        Plan, null=True, blank=True, on_delete=models.SET_NULL, related_name="requests"
    )
