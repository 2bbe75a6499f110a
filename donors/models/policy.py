import uuid
from datetime import date
from typing import Self, TypeVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from .naming import Named

UNITS = {
    "years": _("years"),
    "days": _("days"),
    "donations per 365 days": _("donations"),
    "donations per 12 months": _("donations a year"),
    "donations per year": _("donations a year"),
    "donations of any kind per year": _("donations of any kind a year"),
    "% of estimated blood volume": _("% of the blood volume"),
    "L per year": _("L a year"),
    "beats/min": _("beats a minute"),
    "kg": _("kg"),
    "g/L": _("g/L"),
    "mmHg": _("mmHg"),
    "mL": _("mL"),
    "degC": "°C",
}


Ruled = TypeVar("Ruled", bound=models.Model)


class InForceQuerySet(models.QuerySet[Ruled]):
    def in_force(self, on: date) -> Self:
        return self.filter(Q(valid_until=None) | Q(valid_until__gt=on), valid_from__lte=on)


class Criterion(models.Model):
    """A version of one bound of eligibility as an authority set it, e.g. AGE >= 18 years for both
    sexes.

    ``criterion``, ``operator``, ``value`` and ``unit`` are as in the source; Hb is in g/L, pressure
    in mmHg, weight in kg. A value out of bounds defers for ``deferral_days`` (empty: see the rule).
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
            models.UniqueConstraint(
                fields=["code"],
                condition=Q(valid_until=None),
                name="criterion_has_one_last_version",
            ),
        ]

    @property
    def unit_name(self) -> str:
        return str(UNITS.get(self.unit, self.unit))


class DeferralReason(Named):
    """A version of a reason for deferral, as an authority wrote it.

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
            models.UniqueConstraint(
                fields=["code"], condition=Q(valid_until=None), name="reason_has_one_last_version"
            ),
        ]


class PolicyChange(models.Model):
    """A proposed new version of a criterion or a reason, and another administrator's decision.

    ``before`` and ``after`` hold the values that differ, as text.
    """

    class Table(models.TextChoices):
        CRITERION = "criterion"
        REASON = "reason"

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    table = models.CharField(max_length=9, choices=Table)
    code = models.CharField(max_length=60)
    before = models.JSONField()
    after = models.JSONField()
    valid_from = models.DateField()
    because = models.CharField(max_length=300)
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    approved = models.BooleanField(null=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(decided_at=None, decided_by=None, approved=None)
                | Q(decided_at__isnull=False, decided_by__isnull=False, approved__isnull=False),
                name="policy_change_is_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(approved=True) | ~Q(decided_by=F("asked_by")),
                name="policy_change_is_approved_by_another_person",
            ),
            models.UniqueConstraint(
                fields=["table", "code"],
                condition=Q(decided_at=None),
                name="policy_change_waits_once_a_code",
            ),
        ]

    @property
    def differences(self) -> list[tuple[str, object, object]]:
        return [(name, was, self.after[name]) for name, was in self.before.items()]
