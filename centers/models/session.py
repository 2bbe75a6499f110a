from __future__ import annotations

import uuid
from datetime import datetime
from typing import Self, TypeVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from donors.models import Province
from donors.models.naming import Named

from .center import Center, Job

Row = TypeVar("Row", bound=models.Model, covariant=True)


class SessionQuerySet(models.QuerySet[Row]):
    def upcoming(self, now: datetime) -> Self:
        return self.filter(state__in=Session.LIVE, ends_at__gt=now)


class Session(Named):
    """A time and place where a centre collects; its public name is the place's.

    After a move ``was_at`` and ``was_ar`` … are the earlier time and place.
    """

    class Kind(models.TextChoices):
        FIXED = "fixed", _("At the centre")
        MOBILE = "mobile", _("Mobile collection")

    class State(models.TextChoices):
        PLANNED = "planned", _("Planned")
        OPEN = "open", _("Open")
        CLOSED = "closed", _("Closed")
        CANCELLED = "cancelled", _("Cancelled")

    LIVE = (State.PLANNED, State.OPEN)

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    center = models.ForeignKey(Center, on_delete=models.PROTECT, related_name="sessions")
    kind = models.CharField(max_length=8, choices=Kind)
    state = models.CharField(max_length=10, choices=State, default=State.PLANNED)
    province = models.ForeignKey(Province, on_delete=models.PROTECT, related_name="sessions")
    latitude = models.FloatField()
    longitude = models.FloatField()
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    beds = models.PositiveSmallIntegerField()
    room = models.CharField(max_length=120, blank=True)
    walk_ins = models.BooleanField(default=True)
    cancelled_because = models.CharField(max_length=200, blank=True)
    moves = models.PositiveSmallIntegerField(default=0, editable=False)
    moved_at = models.DateTimeField(null=True, blank=True)
    was_at = models.DateTimeField(null=True, blank=True)
    was_ar = models.CharField(max_length=200, blank=True)
    was_fr = models.CharField(max_length=200, blank=True)
    was_en = models.CharField(max_length=200, blank=True)

    objects = SessionQuerySet.as_manager()

    class Meta:
        ordering = ["starts_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="session_ends_after_it_begins"
            ),
            models.CheckConstraint(condition=Q(beds__gte=1), name="session_has_a_bed"),
            models.CheckConstraint(
                condition=Q(moves=0, moved_at=None, was_at=None)
                | Q(moves__gte=1, moved_at__isnull=False, was_at__isnull=False),
                name="session_moved_from_somewhere",
            ),
        ]
        indexes = [
            models.Index(fields=["center", "starts_at"], name="session_of_center"),
            models.Index(
                fields=["starts_at", "id"],
                include=["ends_at"],
                condition=Q(state__in=["planned", "open"]),
                name="session_to_come",
            ),
            models.Index(
                fields=["province", "starts_at", "id"],
                include=["ends_at"],
                condition=Q(state__in=["planned", "open"]),
                name="session_to_come_in_province",
            ),
        ]

    @property
    def was(self) -> str:
        """The place before the last move."""
        return getattr(self, f"was_{get_language() or 'ar'}"[:6], self.was_ar)

    def locked(self) -> Session:
        """The session, locked and reloaded: for signing its sheet or changing what the sheet sums
        up."""
        return Session.objects.select_for_update(of=("self",)).get(pk=self.pk)

    @property
    def is_signed(self) -> bool:
        """Whether its closing sheet has both signatures now."""
        return Session.objects.filter(pk=self.pk, closing__second_at__isnull=False).exists()


class OnDuty(models.Model):
    """Who works at a session, and as what; the person holds that job at the centre on the day."""

    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="on_duty")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    job = models.CharField(max_length=12, choices=Job)

    class Meta:
        ordering = ["job", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["session", "user", "job"], name="on_duty_once_a_session_and_job"
            )
        ]


class Slot(models.Model):
    """A time of a session that can be booked; ``taken`` is counted by a trigger, never by hand."""

    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="slots")
    starts_at = models.DateTimeField()
    places = models.PositiveSmallIntegerField()
    taken = models.PositiveSmallIntegerField(default=0, editable=False)

    class Meta:
        ordering = ["starts_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["session", "starts_at"], name="slot_once_a_time"),
            models.CheckConstraint(
                condition=Q(taken__lte=F("places")), name="slot_never_over_its_places"
            ),
        ]

    @property
    def free(self) -> int:
        return self.places - self.taken
