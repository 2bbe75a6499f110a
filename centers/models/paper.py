from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from donors.models import Donor

from .session import Session
from .visit import Visit


class PaperRecord(models.Model):
    """A donor's paper sheet from a session without a network, entered afterwards.

    It becomes a ``visit`` once two people have typed the same; there is no other way to enter
    paper.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="papers")
    donor = models.ForeignKey(Donor, on_delete=models.PROTECT, related_name="+")
    begun_at = models.DateTimeField()
    begun_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    visit = models.OneToOneField(Visit, null=True, on_delete=models.PROTECT, related_name="paper")
    written_at = models.DateTimeField(null=True)
    dropped_at = models.DateTimeField(null=True)
    dropped_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["session", "donor"],
                condition=Q(dropped_at=None),
                name="paper_is_entered_once",
            ),
            models.CheckConstraint(
                condition=Q(visit=None, written_at=None)
                | Q(visit__isnull=False, written_at__isnull=False, dropped_at=None),
                name="paper_is_written_or_dropped",
            ),
            models.CheckConstraint(
                condition=Q(dropped_at=None, dropped_by=None)
                | Q(dropped_at__isnull=False, dropped_by__isnull=False),
                name="paper_is_dropped_by_somebody",
            ),
        ]


class Keying(models.Model):
    """One person's typing of the paper. ``contents`` is sealed: each types without seeing the
    other's.

    Append-only by trigger.
    """

    paper = models.ForeignKey(PaperRecord, on_delete=models.PROTECT, related_name="keyings")
    contents = models.BinaryField()
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
