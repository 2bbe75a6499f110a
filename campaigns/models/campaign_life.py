"""What happens to a campaign: its states, what is prepared, its pictures, how it ended."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language

from .campaign import Campaign


class CampaignStep(models.Model):
    """A state that a campaign reached, and by whom; without a person it came with the calendar.

    The database writes these rows itself when the state changes; nobody changes them.
    """

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="steps")
    state = models.CharField(max_length=10, choices=Campaign.State)
    at = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    because = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["pk"]


class ChecklistTick(models.Model):
    """A part of the preparation was done; a mistaken tick is taken back and stays on record.

    ``item`` is a code of ``campaigns.preparing.checklist``.
    """

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="ticks")
    item = models.CharField(max_length=20)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "item"],
                condition=Q(undone_at=None),
                name="checklist_item_is_ticked_once",
            ),
            models.CheckConstraint(
                condition=Q(undone_at=None, undone_by=None)
                | Q(undone_at__gte=F("at"), undone_by__isnull=False),
                name="checklist_tick_is_undone_by_somebody",
            ),
        ]


class CampaignPicture(models.Model):
    """A picture of a campaign's page as it is served: two sizes in WebP, without metadata.

    ``after`` is of the story of a campaign that is over. When it is removed its bytes go, and the
    row stays.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="pictures")
    after = models.BooleanField(default=False)
    alt_ar = models.CharField(max_length=200)
    alt_fr = models.CharField(max_length=200)
    alt_en = models.CharField(max_length=200)
    width = models.PositiveSmallIntegerField()
    height = models.PositiveSmallIntegerField()
    large = models.BinaryField(null=True)
    small = models.BinaryField(null=True)
    added_at = models.DateTimeField()
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    removed_at = models.DateTimeField(null=True, blank=True)
    removed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(removed_at=None, removed_by=None, large__isnull=False)
                & Q(small__isnull=False)
                | Q(removed_at__isnull=False, removed_by__isnull=False, large=None, small=None),
                name="picture_is_shown_or_removed",
            ),
            models.CheckConstraint(
                condition=Q(width__range=(1, 1600), height__range=(1, 1600)),
                name="picture_was_made_small",
            ),
        ]

    @property
    def alt(self) -> str:
        """What it shows, in the reader's language."""
        return str(getattr(self, f"alt_{(get_language() or 'ar')[:2]}", self.alt_ar))


class CampaignReport(models.Model):
    """What the organiser wrote when the campaign was over, for the unit and the centre; the last one
    counts. ``turned_away`` are people for whom there was no place or no time, as they were counted.
    """

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="reports")
    turned_away = models.PositiveSmallIntegerField(null=True, blank=True)
    went_wrong = models.TextField(blank=True, max_length=2000)
    next_time = models.TextField(blank=True, max_length=2000)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["pk"]
