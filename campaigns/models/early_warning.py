from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from centers.models import Center, Family
from donors.models import BloodGroup


class EarlyWarning(models.Model):
    """An episode in which the cover of a need is forecast to fall under its mark within 72 hours.

    ``days`` is the cover when it began and ``lowest`` the least forecast then, both in days of mean
    use; ``under_at`` is when it was expected under the mark.
    """

    center = models.ForeignKey(Center, on_delete=models.PROTECT, related_name="early_warnings")
    family = models.CharField(max_length=20, choices=Family)
    blood_group = models.CharField(max_length=3, choices=BloodGroup)
    days = models.FloatField()
    lowest = models.FloatField()
    under_at = models.DateTimeField()
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-opened_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["center", "family", "blood_group"],
                condition=Q(closed_at=None),
                name="one_early_warning_an_episode",
            ),
            models.CheckConstraint(
                condition=Q(closed_at=None) | Q(closed_at__gte=F("opened_at")),
                name="early_warning_closes_after_it_opened",
            ),
        ]
