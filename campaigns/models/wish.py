from __future__ import annotations

from datetime import date, timedelta

from django.db import models
from django.db.models import F, Q

from donors.models import Donor

from .appeal import Appeal


class WishQuerySet(models.QuerySet["Wish"]):
    def live(self) -> WishQuerySet:
        return self.filter(ended_at=None)

    def ahead(self, on: date) -> WishQuerySet:
        """Live, and its week is not over on that day."""
        return self.live().filter(from_on__gt=on - Wish.WEEK)


class Wish(models.Model):
    """A person asked for blood wants to be asked again in a later week, and not before.

    The week begins on ``from_on``. A new wish, a place, a withdrawal or an erasure ends it; after its
    week it has no effect.
    """

    WEEK = timedelta(days=7)

    donor = models.ForeignKey(Donor, on_delete=models.PROTECT, related_name="wishes")
    appeal = models.ForeignKey(Appeal, on_delete=models.PROTECT, related_name="wishes")
    from_on = models.DateField()
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = WishQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["donor"], condition=Q(ended_at=None), name="donor_has_one_live_wish"
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gte=F("made_at")),
                name="wish_ends_after_it_was_made",
            ),
        ]
