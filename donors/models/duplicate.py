from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from .donor import Donor


class Duplicate(models.Model):
    """Two rows that may be one person. ``same`` is the verdict of the person who compared them."""

    class Reason(models.TextChoices):
        BIRTH = "birth"
        ADDRESS = "address"
        SWAPPED = "swapped"  # day and month of the birth date exchanged
        DOCUMENT = "document"

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    one = models.ForeignKey(Donor, on_delete=models.PROTECT, related_name="+")
    other = models.ForeignKey(Donor, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=8, choices=Reason)
    found_at = models.DateTimeField()
    same = models.BooleanField(null=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["one", "other"], name="duplicate_stands_once"),
            models.CheckConstraint(
                condition=Q(one__lt=F("other")), name="duplicate_has_its_older_row_first"
            ),
            models.CheckConstraint(
                condition=Q(settled_at=None, settled_by=None, same=None)
                | Q(settled_at__isnull=False, settled_by__isnull=False, same__isnull=False),
                name="duplicate_is_settled_by_somebody",
            ),
        ]
        indexes = [
            models.Index(fields=["found_at"], condition=Q(settled_at=None), name="duplicate_open")
        ]


class Merge(models.Model):
    """``gone`` was joined to ``kept``. Both rows stay; ``made`` lists what was copied, by table."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kept = models.ForeignKey(Donor, on_delete=models.PROTECT, related_name="merges")
    gone = models.ForeignKey(Donor, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    because = models.CharField(max_length=200)
    made = models.JSONField()
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    undone_because = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["gone"], condition=Q(undone_at=None), name="donor_is_joined_once"
            ),
            models.CheckConstraint(
                condition=Q(undone_at=None, undone_by=None)
                | Q(undone_at__isnull=False, undone_by__isnull=False) & ~Q(undone_because=""),
                name="merge_is_undone_by_somebody_with_a_reason",
            ),
        ]
