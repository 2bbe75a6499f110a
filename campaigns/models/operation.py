from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from donors.models import Province
from donors.models.naming import Named


class Operation(Named):
    """A relief operation, e.g. the Al Haouz earthquake."""

    class Kind(models.TextChoices):
        EARTHQUAKE = "earthquake", _("Earthquake")
        FLOOD = "flood", _("Flood")
        ACCIDENT = "accident", _("Major accident")
        SHORTAGE = "shortage", _("Seasonal shortage")
        OTHER = "other", _("Other")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    began_on = models.DateField(_("began on"))
    provinces = models.ManyToManyField(Province, related_name="operations", blank=True)
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["-began_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(closed_at=None, closed_by=None)
                | Q(closed_at__gte=F("opened_at"), closed_by__isnull=False),
                name="operation_is_closed_by_somebody",
            )
        ]
