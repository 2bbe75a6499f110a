from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from donors.models.naming import Named
from donors.models.policy import InForceQuerySet

from .donation import Donation


class Marker(Named):
    """A test that every donation needs, in force from a day until a day (decree 2-94-20).

    ``deferral_code`` names the reason (of ``DeferralReason``) by which a donor with a final
    reactive result is deferred.
    """

    class Kind(models.TextChoices):
        GROUP = "group", _("Blood group")
        INFECTION = "infection", _("Infection")

    code = models.CharField(max_length=16, unique=True)
    kind = models.CharField(max_length=12, choices=Kind)
    position = models.PositiveSmallIntegerField()
    rh_negative_only = models.BooleanField(default=False)
    deferral_code = models.CharField(max_length=60, blank=True)
    valid_from = models.DateField()
    valid_until = models.DateField(null=True, blank=True)
    source = models.TextField(blank=True)

    objects = InForceQuerySet.as_manager()

    class Meta:
        ordering = ["position"]


class Outcome(models.TextChoices):
    NEGATIVE = "negative", _("Negative")
    REACTIVE = "reactive", _("Reactive")
    POSITIVE = "positive", _("Positive")
    O = "O", "O"  # noqa: E741 - the blood group is called O
    A = "A", "A"
    B = "B", "B"
    AB = "AB", "AB"


class Result(models.Model):
    """One person's reading of one marker of one donation; immutable by trigger.

    Every marker is read twice (``entry`` 1 and 2) by two people; blood groups also by two
    techniques and two reagent lots. Infection markers are negative or reactive, antigens negative
    or positive, ABO a group.
    """

    donation = models.ForeignKey(Donation, on_delete=models.PROTECT, related_name="results")
    marker = models.ForeignKey(Marker, on_delete=models.PROTECT, related_name="results")
    entry = models.PositiveSmallIntegerField()
    outcome = models.CharField(max_length=8, choices=Outcome)
    technique = models.CharField(max_length=40, blank=True)
    lot = models.CharField(max_length=40, blank=True)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    entered_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["donation", "marker", "entry"], name="result_entered_once_an_entry"
            ),
            models.CheckConstraint(condition=Q(entry__in=[1, 2]), name="result_has_two_entries"),
        ]


class LookBack(models.Model):
    """A final reactive result: earlier donations of the donor have to be followed up."""

    donation = models.OneToOneField(Donation, on_delete=models.PROTECT, related_name="look_back")
    marker = models.ForeignKey(Marker, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(closed_at=None, closed_by=None)
                | Q(closed_at__isnull=False, closed_by__isnull=False),
                name="look_back_is_closed_by_somebody",
            )
        ]
