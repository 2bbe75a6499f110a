from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .donor import Donor
from .unit import Unit


class Roster(models.Model):
    """An uploaded list of people: read, previewed, then applied whole or not at all.

    ``content`` is the sealed file until it was read; ``said`` is why it could not be read.
    ``sheet`` is the one it was read from; ``month_first``: its dates begin with the month.
    People of it who belong to another unit move on ``moves_on``, or stay (``leaves_elsewhere``).
    """

    class State(models.TextChoices):
        UPLOADED = "uploaded", _("Being read")
        CHECKED = "checked", _("To be looked at")
        APPLYING = "applying", _("Being applied")
        APPLIED = "applied", _("Applied")
        CANCELLED = "cancelled", _("Cancelled")
        FAILED = "failed", _("Not readable")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    unit = models.ForeignKey(
        Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="rosters"
    )
    state = models.CharField(max_length=9, choices=State, default=State.UPLOADED)
    file_name = models.CharField(max_length=120)
    digest = models.CharField(max_length=64)
    content = models.BinaryField(null=True)
    uploaded_at = models.DateTimeField()
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    said = models.CharField(max_length=300, blank=True)
    rows_count = models.PositiveIntegerField(default=0)
    faults_count = models.PositiveIntegerField(default=0)
    sheet = models.CharField(max_length=120, blank=True, db_default="")
    month_first = models.BooleanField(default=False, db_default=False)
    settled_at = models.DateTimeField(null=True, blank=True)
    moves_on = models.DateField(null=True, blank=True)
    leaves_elsewhere = models.BooleanField(default=False, db_default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(moves_on=None) | Q(leaves_elsewhere=False),
                name="roster_moves_people_or_leaves_them",
            ),
            models.CheckConstraint(
                condition=Q(state="uploaded", content__isnull=False)
                | ~Q(state="uploaded") & Q(content=None),
                name="roster_keeps_its_file_until_read",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["applied", "cancelled", "failed"], settled_at__isnull=False)
                | Q(state__in=["uploaded", "checked", "applying"], settled_at=None),
                name="roster_is_settled_at_a_time",
            ),
        ]
        indexes = [
            models.Index(
                fields=["uploaded_at"], condition=Q(settled_at=None), name="roster_at_work"
            )
        ]

    @property
    def is_worked_on(self) -> bool:
        return self.state in (self.State.UPLOADED, self.State.APPLYING)


class RosterRow(models.Model):
    """A line of the file; ``sealed`` is its content, until it is applied or dropped."""

    roster = models.ForeignKey(Roster, on_delete=models.PROTECT, related_name="rows")
    number = models.PositiveIntegerField()
    sealed = models.BinaryField(null=True)
    fault = models.CharField(max_length=24, blank=True)
    made = models.ForeignKey(
        Donor, null=True, blank=True, on_delete=models.PROTECT, related_name="roster_rows"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["roster", "number"], name="roster_row_stands_once")
        ]
        indexes = [
            models.Index(fields=["roster"], condition=~Q(fault=""), name="roster_row_at_fault"),
            models.Index(fields=["made"], condition=Q(made__isnull=False), name="roster_row_made"),
        ]
