from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from .analyser import AnalyserImport
from .center import Center
from .screening import Marker, Outcome, Result


class HeldReading(models.Model):
    """What a machine said of a number and is no reading yet: it comes in when the donation is
    recorded, or a person decides.

    A reactive one holds the bags of its number: they are not released before it is settled, by the
    reading it became (``result``) or by a person with a reason.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    center = models.ForeignKey(Center, on_delete=models.PROTECT, related_name="held_readings")
    imported = models.ForeignKey(AnalyserImport, on_delete=models.PROTECT, related_name="held")
    din = models.CharField(max_length=13)
    marker = models.ForeignKey(Marker, on_delete=models.PROTECT, related_name="+")
    outcome = models.CharField(max_length=8, choices=Outcome)
    lot = models.CharField(max_length=40, blank=True)
    value = models.CharField(max_length=20, blank=True)
    cut_off = models.CharField(max_length=20, blank=True)
    run = models.CharField(max_length=40, blank=True)
    measured_at = models.CharField(max_length=14, blank=True)
    noted_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    settled_because = models.CharField(max_length=200, blank=True, db_default="")
    result = models.ForeignKey(
        Result, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["imported", "din", "marker"], name="reading_is_held_once_a_file"
            ),
            models.CheckConstraint(
                condition=Q(settled_at=None, settled_by=None, result=None, settled_because="")
                | Q(settled_at__isnull=False, settled_by__isnull=False)
                & (Q(result__isnull=False) | ~Q(settled_because="")),
                name="held_reading_is_settled_by_a_person",
            ),
        ]
        indexes = [
            models.Index(
                fields=["din"], condition=Q(settled_at=None), name="held_reading_by_number"
            )
        ]
