from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from .unit import Unit


class Invitation(models.Model):
    """Invitation to command a unit: one person asks, another approves, the invited person
    accepts."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="invitations")
    name = models.CharField(max_length=120)
    email = models.EmailField()
    replaces = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    approved_at = models.DateTimeField(null=True, blank=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="invitations"
    )
    expires_at = models.DateTimeField(null=True, blank=True)
    accepted_at = models.DateTimeField(null=True, blank=True)
    dropped_at = models.DateTimeField(null=True, blank=True)
    dropped_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(approved_at=None, approved_by=None, user=None, expires_at=None)
                | Q(
                    approved_at__isnull=False,
                    approved_by__isnull=False,
                    user__isnull=False,
                    expires_at__isnull=False,
                )
                & ~Q(approved_by=F("asked_by")),
                name="invitation_is_approved_by_another_person",
            ),
            models.CheckConstraint(
                condition=Q(accepted_at=None) | Q(approved_at__isnull=False, dropped_at=None),
                name="invitation_is_accepted_when_approved",
            ),
            models.CheckConstraint(
                condition=Q(dropped_by=None) | Q(dropped_at__isnull=False),
                name="invitation_is_dropped_at_a_time",
            ),
            models.UniqueConstraint(
                fields=["unit", "email"],
                condition=Q(accepted_at=None, dropped_at=None),
                name="invitation_waits_once_a_unit",
            ),
        ]
