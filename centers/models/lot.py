from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Upper
from django.utils.translation import gettext_lazy as _

from .center import Center


class Lot(models.Model):
    """A lot of bags or of a reagent at a centre, with its expiry.

    Bleedings and readings name their lot as text; ``number`` is compared with it without regard to
    case. After ``expires_on``, or once it is recalled, the database refuses its use.
    """

    class Kind(models.TextChoices):
        BAGS = "bags", _("Bags")
        REAGENT = "reagent", _("Reagent")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    center = models.ForeignKey(Center, on_delete=models.PROTECT, related_name="lots")
    kind = models.CharField(max_length=8, choices=Kind)
    number = models.CharField(max_length=40)
    what = models.CharField(max_length=80)
    expires_on = models.DateField()
    entered_at = models.DateTimeField()
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    recalled_at = models.DateTimeField(null=True, blank=True)
    recalled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    recalled_because = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint("center", "kind", Upper("number"), name="lot_is_entered_once"),
            models.CheckConstraint(
                condition=Q(recalled_at=None, recalled_by=None, recalled_because="")
                | Q(recalled_at__isnull=False, recalled_by__isnull=False) & ~Q(recalled_because=""),
                name="lot_is_recalled_by_somebody_with_a_reason",
            ),
        ]
