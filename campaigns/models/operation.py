from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from donors.models import Province
from donors.models.naming import Named


class Operation(Named):
    """A relief operation, e.g. the Al Haouz earthquake.

    The database writes its first phase, and sets ``closed_at`` and ``closed_by`` with the last one.
    """

    class Kind(models.TextChoices):
        EARTHQUAKE = "earthquake", _("Earthquake")
        FLOOD = "flood", _("Flood")
        ACCIDENT = "accident", _("Major accident")
        SHORTAGE = "shortage", _("Seasonal shortage")
        OTHER = "other", _("Other")

    class Phase(models.TextChoices):
        ALERT = "alert", pgettext_lazy("phase", "Alert")
        RESPONSE = "response", pgettext_lazy("phase", "Response")
        RECOVERY = "recovery", pgettext_lazy("phase", "Recovery")
        CLOSED = "closed", pgettext_lazy("phase", "Closed")

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

    @property
    def current(self) -> OperationPhase:
        """The phase in force, of the rows prefetched if there are any."""
        return list(self.phases.all())[-1]

    @property
    def phase(self) -> str:
        return self.current.phase


class OperationPhase(models.Model):
    """A phase of an operation, from ``at`` until the next row. The database numbers the rows.

    A closed operation needs no row after it; ``recovery`` goes back to ``response`` only for a
    second shock, with its reason.
    """

    operation = models.ForeignKey(Operation, on_delete=models.PROTECT, related_name="phases")
    number = models.PositiveSmallIntegerField(editable=False, default=0)
    phase = models.CharField(max_length=8, choices=Operation.Phase)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    because = models.TextField(blank=True)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(
                fields=["operation", "number"], name="phases_of_an_operation_have_no_gap"
            )
        ]
