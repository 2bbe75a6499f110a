from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from centers.models import Center
from donors.models import Unit

from .campaign import Campaign


class OfferQuerySet(models.QuerySet["Offer"]):
    def open(self, now: datetime) -> OfferQuerySet:
        return self.filter(ended_at=None, expires_at__gt=now)


class Offer(models.Model):
    """A day with a centre's team, computed for a unit; kept as computed, it only ends.

    ``team`` numbers the centre's teams of a day. ``expected`` is donors, ``bags`` those usable of
    them; ``reasons`` is what the computation knew (``campaigns.offers.renewal``).
    """

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="offers")
    center = models.ForeignKey(Center, on_delete=models.PROTECT, related_name="offers")
    day = models.DateField()
    team = models.PositiveSmallIntegerField()
    beds = models.PositiveSmallIntegerField()
    expected = models.PositiveIntegerField()
    bags = models.FloatField()
    reasons = models.JSONField(default=dict)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = OfferQuerySet.as_manager()

    class Meta:
        ordering = ["day", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(team__gte=1, beds__gte=1, expected__gte=1, bags__gte=0),
                name="offer_names_a_team_and_beds",
            ),
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("made_at")), name="offer_expires_after_it_was_made"
            ),
            models.UniqueConstraint(
                fields=["unit", "day"], condition=Q(ended_at=None), name="offer_once_a_unit_and_day"
            ),
        ]


class TeamDay(models.Model):
    """A centre's team bound to a campaign on a day, until it is released.

    The database releases it when the campaign is declined, cancelled, or gets another day.
    """

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="team_days")
    center = models.ForeignKey(Center, on_delete=models.PROTECT, related_name="team_days")
    day = models.DateField()
    team = models.PositiveSmallIntegerField()
    offer = models.OneToOneField(
        Offer, null=True, blank=True, on_delete=models.PROTECT, related_name="team_day"
    )
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    released_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["day", "team", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(team__gte=1), name="team_has_a_number"),
            models.UniqueConstraint(
                fields=["center", "day", "team"],
                condition=Q(released_at=None),
                name="team_is_bound_once_a_day",
            ),
            models.UniqueConstraint(
                fields=["campaign"], condition=Q(released_at=None), name="campaign_binds_one_team"
            ),
        ]


class OpenDay(models.Model):
    """A day on which a centre collects at any unit that takes it, without being asked again.

    A time ``ends`` that is not after ``starts`` is on the next morning (an evening of Ramadan).
    """

    center = models.ForeignKey(Center, on_delete=models.PROTECT, related_name="open_days")
    day = models.DateField()
    teams = models.PositiveSmallIntegerField()
    beds = models.PositiveSmallIntegerField()
    starts = models.TimeField()
    ends = models.TimeField()
    published_at = models.DateTimeField()
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["day", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(teams__range=(1, 20), beds__range=(1, 50)) & ~Q(starts=F("ends")),
                name="open_day_has_teams_beds_and_hours",
            ),
            models.UniqueConstraint(
                fields=["center", "day"],
                condition=Q(withdrawn_at=None),
                name="open_day_once_a_center",
            ),
        ]
