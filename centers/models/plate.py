from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models

from .center import Center
from .screening import Marker


class Plate(models.Model):
    """A microplate of 96 wells, filled for one test; append-only.

    ``wells`` runs down the columns (A1 to H1, then A2): a donation number, the name of a control,
    or empty. Each reader reads all of it; their readings (``Result.plate``) are kept apart.
    ``below``: a value below the cut-off is the reactive one.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    center = models.ForeignKey(Center, on_delete=models.PROTECT, related_name="plates")
    marker = models.ForeignKey(Marker, on_delete=models.PROTECT, related_name="+")
    technique = models.CharField(max_length=40)
    lot = models.CharField(max_length=40)
    cut_off = models.CharField(max_length=20, blank=True)
    below = models.BooleanField(default=False)
    wells = models.JSONField()
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
