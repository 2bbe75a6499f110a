from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .bag import Bag
from .donation import Donation
from .screening import LookBack


class Recall(models.Model):
    """Bags of a donation are recalled; while it is open nothing of it is issued or returned to
    stock.

    The database opens it on bad news about issued bags (``opened_by`` is the user who wrote the bad
    news, or empty where the donor asked). Its ``verdict`` is binding for a later release.
    """

    class Cause(models.TextChoices):
        CALL = "call", _("The donor called after giving")
        LOT = "lot", _("Fault of a lot of bags or reagents")
        PATIENT = "patient", _("Reaction of a patient")
        COLD = "cold", _("Fault of the cold chain")
        LOOK_BACK = "look_back", _("Look-back on the donor")
        LABORATORY = "laboratory", _("Reported by the laboratory")
        GROUP = "group", _("The donor's group is in doubt")
        DEFERRAL = "deferral", _("Reported by a doctor")
        RECORD = "record", _("The donor's birth date or sex was corrected")
        OTHER = "other", _("Another cause")

    class Verdict(models.TextChoices):
        USE = "use", _("The bags may be used once they are released again")
        DISCARD = "discard", _("The bags are not used: those here are discarded")

    # Causes a person may choose; recalls with the other causes open automatically.
    CAUSES = (Cause.CALL, Cause.LOT, Cause.PATIENT, Cause.COLD, Cause.OTHER)

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    donation = models.ForeignKey(Donation, on_delete=models.PROTECT, related_name="recalls")
    look_back = models.ForeignKey(
        LookBack, null=True, blank=True, on_delete=models.PROTECT, related_name="recalls"
    )
    cause = models.CharField(max_length=12, choices=Cause)
    because = models.CharField(max_length=200)
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    outcome = models.CharField(max_length=200, blank=True)
    verdict = models.CharField(max_length=8, choices=Verdict, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["donation"],
                condition=Q(closed_at=None),
                name="donation_has_one_open_recall",
            ),
            models.CheckConstraint(
                condition=Q(closed_at=None, closed_by=None, verdict="")
                | Q(closed_at__isnull=False, closed_by__isnull=False)
                & ~Q(outcome="")
                & ~Q(verdict=""),
                name="recall_is_closed_by_somebody_with_its_outcome",
            ),
            models.CheckConstraint(condition=~Q(because=""), name="recall_has_a_reason"),
            models.CheckConstraint(
                condition=Q(look_back=None) | ~Q(verdict="use"),
                name="nothing_that_is_looked_back_at_is_used",
            ),
        ]


class RecallStep(models.Model):
    """An action about an issued bag: the hospital informed, the outcome. Append-only."""

    class Kind(models.TextChoices):
        TOLD = "told", _("The hospital was told")
        BACK = "back", _("The bag came back")
        DESTROYED = "destroyed", _("The hospital destroyed the bag")
        TRANSFUSED = "transfused", _("It had been transfused: the patient's doctor knows")
        CLEARED = "cleared", _("The all-clear was given: the hospital may use it")

    ENDS = (Kind.BACK, Kind.DESTROYED, Kind.TRANSFUSED, Kind.CLEARED)

    recall = models.ForeignKey(Recall, on_delete=models.PROTECT, related_name="steps")
    bag = models.ForeignKey(Bag, on_delete=models.PROTECT, related_name="recall_steps")
    kind = models.CharField(max_length=10, choices=Kind)
    words = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
