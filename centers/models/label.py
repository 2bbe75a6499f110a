from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from donors.models import BloodGroup

from .bag import Bag


class Label(models.Model):
    """A label printed for a bag, with what it says; the last one counts. Append-only.

    ``not_fully_tested`` is printed on the label of an emergency release. ``reason`` is empty for the
    first label of a bag only. The database sets ``at``.
    """

    class Reason(models.TextChoices):
        CHANGED = "changed", _("What it says has changed")
        DAMAGED = "damaged", _("Damaged, or cannot be read")
        UNPRINTED = "unprinted", _("Did not come out of the printer")
        MISPLACED = "misplaced", _("Was on another bag")
        OTHER = "other", _("Another reason")

    bag = models.ForeignKey(Bag, on_delete=models.PROTECT, related_name="labels")
    blood_group = models.CharField(max_length=3, choices=BloodGroup)
    product = models.CharField(max_length=5)
    division = models.CharField(max_length=2)
    expires_at = models.DateTimeField()
    volume = models.PositiveSmallIntegerField(null=True)
    not_fully_tested = models.BooleanField(default=False)
    reason = models.CharField(max_length=12, choices=Reason, blank=True)
    because = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField(editable=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(reason="other") | ~Q(because=""), name="other_reason_is_in_words"
            )
        ]


class LabelCheck(models.Model):
    """A label read back by scan: ``number`` from the bag, all else from the label.

    The database sets ``at`` and ``differs``: which of number, group, product and expiry are not the
    bag's, separated by spaces; empty where the label is right. Append-only.
    """

    label = models.ForeignKey(Label, on_delete=models.PROTECT, related_name="checks")
    number = models.CharField(max_length=13)
    din = models.CharField(max_length=13)
    blood_group = models.CharField(max_length=3, choices=BloodGroup)
    product = models.CharField(max_length=5)
    division = models.CharField(max_length=2)
    expires_at = models.DateTimeField()
    differs = models.CharField(max_length=40, blank=True, editable=False)
    at = models.DateTimeField(editable=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
