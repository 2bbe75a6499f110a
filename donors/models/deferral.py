from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import BooleanField, F, Func, Q
from django.utils.translation import gettext_lazy as _

from .donor import Donor
from .policy import DeferralReason


class Ground(models.TextChoices):
    """Why a deferral is ended before its time."""

    ERROR = "error", _("It was entered in error")
    REPORT = "report", _("A report or certificate was shown")
    TESTED = "tested", _("An examination or test is normal")
    HEALED = "healed", _("Healed, or the treatment is over")
    RULES = "rules", _("The rules have changed since")
    OTHER = "other", _("Another reason")


def says_something(field: str) -> Func:
    """Whether the text of this column is more than a word or a letter held down."""
    return Func(F(field), function="says_something", output_field=BooleanField())


class DeferralQuerySet(models.QuerySet["Deferral"]):
    def live(self, on: date) -> "DeferralQuerySet":
        return self.filter(
            Q(ends_on=None) | Q(ends_on__gt=on), ended_at__isnull=True, starts_on__lte=on
        )


class Deferral(models.Model):
    """A donor may not give from ``starts_on`` until ``ends_on``, the first day that is free again.

    Without ``ends_on`` it lasts until somebody ends it; a ``permanent`` one needs two physicians. The
    interval after a donation is a deferral too, so that one table answers whether a person may
    give. When two rows of one person are joined, the kept row has a ``copy_of`` each; triggers keep
    copies and originals equal.
    """

    donor = models.ForeignKey(Donor, on_delete=models.PROTECT, related_name="deferrals")
    reason = models.ForeignKey(DeferralReason, on_delete=models.PROTECT, related_name="+")
    permanent = models.BooleanField(default=False)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    ended_ground = models.CharField(max_length=8, choices=Ground, blank=True, db_default="")
    ended_because = models.TextField(blank=True)
    copy_of = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="copies"
    )

    objects = DeferralQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["donor", "ends_on"], condition=Q(ended_at=None), name="deferral_not_ended"
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gt=F("starts_on")),
                name="deferral_ends_after_it_begins",
            ),
            models.CheckConstraint(
                condition=Q(permanent=False) | Q(ends_on=None), name="permanent_deferral_has_no_end"
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_by=None)
                | Q(ended_at__isnull=False, ended_by__isnull=False) & ~Q(ended_because=""),
                name="deferral_is_ended_by_somebody_with_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None)
                | ~Q(ended_ground="") & Q(says_something("ended_because")),
                name="deferral_ends_for_a_reason_that_says_something",
            ),
        ]


class DeferralLift(models.Model):
    """Request to lift a permanent deferral: one physician asks, another approves."""

    deferral = models.ForeignKey(Deferral, on_delete=models.PROTECT, related_name="lifts")
    ground = models.CharField(max_length=8, choices=Ground)
    because = models.CharField(max_length=200)
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    approved_at = models.DateTimeField(null=True, blank=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        db_table = "donors_lift"
        constraints = [
            models.CheckConstraint(
                condition=Q(approved_at=None, approved_by=None)
                | Q(approved_at__isnull=False, approved_by__isnull=False)
                & ~Q(approved_by=F("asked_by")),
                name="lift_is_approved_by_another_physician",
            ),
            models.UniqueConstraint(
                fields=["deferral"], condition=Q(approved_at=None), name="lift_waits_once"
            ),
            models.CheckConstraint(
                condition=~Q(ground="") & Q(says_something("because")),
                name="lift_is_asked_for_a_reason_that_says_something",
            ),
        ]
