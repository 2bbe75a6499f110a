from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from donors.models import DeferralReason, Donor
from donors.models.deferral import says_something

from .appointment import Appointment
from .session import Session


class Ground(models.TextChoices):
    """Why a doctor decides that somebody may give all the same."""

    MISREAD = "misread", _("The question was misunderstood")
    HARMLESS = "harmless", _("Harmless in this case")
    HEALED = "healed", _("Healed, or long over")
    USUAL = "usual", _("Usual for this donor")
    TRAINED = "trained", _("Trained: a slow pulse is usual")
    AGAIN = "again", _("Measured again after a rest")
    CORRECTED = "corrected", _("The value was entered wrongly")
    FIT = "fit", _("Above the age, and in good health")
    PAPER = "paper", _("As signed on the paper")
    OTHER = "other", _("Another reason")


class Visit(models.Model):
    """A donor's visit to a session: arrival, measures, and whether they may give today.

    Hb in g/L, pressure in mmHg, pulse in beats a minute, weight in kg, temperature in °C.
    ``measured_by`` took the values; ``decided_by`` accepted or deferred: by the rules of the centre that
    may be another person (``Center.acceptance``). Measured and without an outcome, a visit waits to be
    accepted. ``cleared_by`` is the doctor who decided that the answers do not speak against giving. A donor
    rests until ``left_at``. ``warned``: deferred for warnings alone, a doctor may decide.
    """

    class Outcome(models.TextChoices):
        ACCEPTED = "accepted", _("Accepted")
        DEFERRED = "deferred", _("Deferred")
        LEFT = "left", _("Left")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="visits")
    donor = models.ForeignKey(Donor, on_delete=models.PROTECT, related_name="visits")
    appointment = models.OneToOneField(
        Appointment, null=True, blank=True, on_delete=models.PROTECT, related_name="visit"
    )
    arrived_at = models.DateTimeField()
    arrived_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    haemoglobin = models.PositiveSmallIntegerField(null=True, blank=True)
    systolic = models.PositiveSmallIntegerField(null=True, blank=True)
    diastolic = models.PositiveSmallIntegerField(null=True, blank=True)
    pulse = models.PositiveSmallIntegerField(null=True, blank=True)
    weight = models.DecimalField(max_digits=4, decimal_places=1, null=True, blank=True)
    temperature = models.DecimalField(max_digits=3, decimal_places=1, null=True, blank=True)
    measured_at = models.DateTimeField(null=True, blank=True)
    measured_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    outcome = models.CharField(max_length=10, choices=Outcome, blank=True)
    warned = models.BooleanField(default=False, db_default=False)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    cleared_at = models.DateTimeField(null=True, blank=True)
    cleared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    cleared_ground = models.CharField(max_length=10, choices=Ground, blank=True, db_default="")
    cleared_because = models.CharField(max_length=200, blank=True)
    left_at = models.DateTimeField(null=True, blank=True)
    deferred_for = models.ForeignKey(
        DeferralReason, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["session", "donor"], name="donor_arrives_once_a_session"
            ),
            models.CheckConstraint(
                condition=Q(outcome="", decided_at=None, decided_by=None)
                | ~Q(outcome="") & Q(decided_at__isnull=False, decided_by__isnull=False),
                name="visit_is_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(cleared_at=None, cleared_by=None)
                | Q(cleared_at__isnull=False, cleared_by__isnull=False) & ~Q(cleared_because=""),
                name="visit_is_cleared_by_somebody_with_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(cleared_at=None)
                | ~Q(cleared_ground="") & Q(says_something("cleared_because")),
                name="visit_is_cleared_for_a_reason_that_says_something",
            ),
            models.CheckConstraint(
                condition=Q(measured_at=None, measured_by=None)
                | Q(measured_at__isnull=False, measured_by__isnull=False),
                name="visit_is_measured_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(outcome="accepted")
                | Q(
                    haemoglobin__isnull=False,
                    systolic__isnull=False,
                    diastolic__isnull=False,
                    weight__isnull=False,
                    temperature__isnull=False,
                ),
                name="accepted_visit_was_measured",
            ),
            models.CheckConstraint(
                condition=(Q(haemoglobin=None) | Q(haemoglobin__range=(30, 260)))
                & (Q(systolic=None) | Q(systolic__range=(50, 280)))
                & (Q(diastolic=None) | Q(diastolic__range=(30, 180)))
                & (Q(pulse=None) | Q(pulse__range=(30, 220)))
                & (Q(weight=None) | Q(weight__range=(20, 300)))
                & (Q(temperature=None) | Q(temperature__range=(30, 43))),
                name="visit_measures_are_plausible",
            ),
        ]
        indexes = [models.Index(fields=["session", "arrived_at"], name="visit_of_session")]

    @property
    def was_bled(self) -> bool:
        """Whether the bleeding was started."""
        return hasattr(self, "bleeding") or hasattr(self, "donation")
