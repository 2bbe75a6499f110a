"""The last looks before a bag leaves: the crossmatch, and the bag picked for a request."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from donors.models import BloodGroup

from .bag import Bag
from .patient import Sample
from .request import Request


class Crossmatch(models.Model):
    """The patient's serum against the cells of a bag; append-only. One that is incompatible bars the
    bag from this patient for good."""

    class Technique(models.TextChoices):
        ANTIGLOBULIN = "antiglobulin", _("Indirect antiglobulin test")
        ENZYME = "enzyme", _("Enzyme technique")
        SALINE = "saline", _("Saline, at once")

    sample = models.ForeignKey(Sample, on_delete=models.PROTECT, related_name="crossmatches")
    bag = models.ForeignKey(Bag, on_delete=models.PROTECT, related_name="crossmatches")
    technique = models.CharField(max_length=12, choices=Technique)
    compatible = models.BooleanField()
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")


class Pick(models.Model):
    """The first of the two steps of an issue: the number and the group bar of the bag were scanned.

    ``reserve_by`` decided, with a reason, that the bag may come from the disaster reserve.
    """

    bag = models.ForeignKey(Bag, on_delete=models.PROTECT, related_name="picks")
    request = models.ForeignKey(Request, on_delete=models.PROTECT, related_name="picks")
    scanned_group = models.CharField(max_length=3, choices=BloodGroup)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    reserve_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    reserve_because = models.CharField(max_length=200, blank=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["bag"], condition=Q(ended_at=None), name="bag_is_picked_for_one_request"
            ),
            models.CheckConstraint(
                condition=Q(reserve_by=None, reserve_because="")
                | Q(reserve_by__isnull=False) & ~Q(reserve_because=""),
                name="reserve_is_picked_by_somebody_with_a_reason",
            ),
        ]
