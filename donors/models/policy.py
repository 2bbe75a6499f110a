from datetime import date

from django.db import models
from django.db.models import F, Q

from .naming import Named


class InForceQuerySet(models.QuerySet):
    def in_force(self, on: date) -> "InForceQuerySet":
        return self.filter(Q(valid_until=None) | Q(valid_until__gt=on), valid_from__lte=on)


class Criterion(models.Model):
    """One bound of eligibility as an authority set it, e.g. AGE >= 18 years for both sexes.

    ``criterion``, ``operator``, ``value`` and ``unit`` are as in the source; Hb is in g/L, pressure
    in mmHg, weight in kg. A failed bound defers for ``deferral_days`` (empty: see the rule).
    """

    code = models.CharField(max_length=60)
    authority = models.CharField(max_length=12)
    donation_type = models.CharField(max_length=24)
    sex = models.CharField(max_length=3)
    criterion = models.CharField(max_length=32)
    operator = models.CharField(max_length=2)
    value = models.DecimalField(max_digits=8, decimal_places=2)
    unit = models.CharField(max_length=32)
    deferral_days = models.PositiveIntegerField(null=True, blank=True)
    in_use = models.BooleanField()
    verified = models.CharField(max_length=8)
    source = models.TextField(blank=True)
    note = models.TextField(blank=True)
    valid_from = models.DateField()
    valid_until = models.DateField(null=True, blank=True)

    objects = InForceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["code", "valid_from"], name="criterion_version_is_unique"
            ),
            models.CheckConstraint(
                condition=Q(valid_until=None) | Q(valid_until__gt=F("valid_from")),
                name="criterion_ends_after_it_begins",
            ),
        ]


class DeferralReason(Named):
    """Why somebody may not give for a time or ever, as an authority wrote it.

    ``value`` and ``unit`` are the period as written (calendar arithmetic); ``days`` is its longest
    calendar length, so that a date computed from it is never too early.
    """

    class Kind(models.TextChoices):
        PERMANENT = "permanent"
        TEMPORARY = "temporary"
        NONE = "none"
        DOCTOR = "doctor_decides"

    code = models.CharField(max_length=60)
    authority = models.CharField(max_length=12)
    criterion = models.CharField(max_length=40)
    kind = models.CharField(max_length=16, choices=Kind)
    days = models.PositiveIntegerField(null=True, blank=True)
    value = models.PositiveIntegerField(null=True, blank=True)
    unit = models.CharField(max_length=8, blank=True)
    counts_from = models.CharField(max_length=32, blank=True)
    in_use = models.BooleanField()
    verified = models.CharField(max_length=8)
    source = models.TextField(blank=True)
    note = models.TextField(blank=True)
    valid_from = models.DateField()
    valid_until = models.DateField(null=True, blank=True)

    objects = InForceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code", "valid_from"], name="reason_version_is_unique"),
        ]
