from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from .donation import DIN_PATTERN
from .session import Session


class NumberRange(models.Model):
    """Donation numbers handed to a session, and there to a table or a printer (``device``).

    No number is in two ranges (exclusion constraint): numbers returned unused at the closing, above
    ``kept_last``, may be handed out again.
    """

    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="ranges")
    device = models.CharField(max_length=40)
    first = models.CharField(max_length=13)
    last = models.CharField(max_length=13)
    kept_last = models.CharField(max_length=13, blank=True)
    issued_at = models.DateTimeField()
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["first"]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    first__regex=DIN_PATTERN, last__regex=DIN_PATTERN, last__gte=F("first")
                ),
                name="number_range_is_of_numbers",
            ),
            models.CheckConstraint(
                condition=Q(kept_last="") | Q(kept_last__gte=F("first"), kept_last__lte=F("last")),
                name="number_range_gives_back_its_end",
            ),
        ]


class VoidedNumber(models.Model):
    """A number that no donation will ever have, and why. Append-only."""

    class Because(models.TextChoices):
        LABEL = "label", _("Label torn, soiled or misprinted")
        LOST = "lost", _("Label lost")
        BAG = "bag", _("Bag or tube faulty before the needle")
        EMPTY = "empty", _("Needle in, no blood in the bag")
        OTHER = "other", _("Another reason")

    din = models.CharField(max_length=13, unique=True)
    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="voided")
    because = models.CharField(max_length=8, choices=Because)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(din__regex=DIN_PATTERN), name="voided_number_is_isbt128"
            )
        ]


class ForeignNumber(models.Model):
    """A number of a facility that its session does not use, and who confirmed that the label has
    it.

    Append-only. In a session without a facility of its own, the first one applies to its facility.
    """

    din = models.CharField(max_length=13)
    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="foreign_numbers")
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["session", "din"], name="foreign_number_is_confirmed_once_a_session"
            ),
            models.CheckConstraint(
                condition=Q(din__regex=DIN_PATTERN), name="foreign_number_is_isbt128"
            ),
        ]


class Closing(models.Model):
    """Closing sheet of a session: counts, differences with reasons, two signatures.

    Figures are those at the first signature; after the second nothing of it changes.
    """

    session = models.OneToOneField(Session, on_delete=models.PROTECT, related_name="closing")
    arrived = models.PositiveIntegerField()
    deferred = models.PositiveIntegerField()
    left = models.PositiveIntegerField()
    given = models.PositiveIntegerField()
    failed = models.PositiveIntegerField()
    issued = models.PositiveIntegerField()
    used = models.PositiveIntegerField()
    voided = models.PositiveIntegerField()
    returned = models.PositiveIntegerField()
    bags = models.PositiveIntegerField()
    recorded_bags = models.PositiveIntegerField()
    explanation = models.CharField(max_length=500, blank=True)
    first_at = models.DateTimeField()
    first_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    second_at = models.DateTimeField(null=True, blank=True)
    second_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(second_at=None, second_by=None)
                | Q(second_at__isnull=False, second_by__isnull=False) & ~Q(second_by=F("first_by")),
                name="closing_is_signed_by_two",
            ),
            models.CheckConstraint(
                condition=Q(
                    arrived=F("deferred") + F("left") + F("given") + F("failed"),
                    issued=F("used") + F("voided") + F("returned"),
                    bags=F("recorded_bags"),
                )
                | ~Q(explanation=""),
                name="closing_explains_what_differs",
            ),
        ]
