from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .screening import LookBack


class LookBackStep(models.Model):
    """What was done in a look-back, on a day. Append-only; it may follow after the closing.

    A look-back ends with a result of a confirmatory test, with the donor told, and with the hospital
    of each bag told; the database refuses to close it before.
    """

    class Kind(models.TextChoices):
        SAMPLE = "sample", _("A sample was sent for the confirmatory test")
        CONFIRMED = "confirmed", _("Confirmatory test: positive")
        NOT_CONFIRMED = "not_confirmed", _("Confirmatory test: negative")
        UNDETERMINED = "undetermined", _("Confirmatory test: indeterminate")
        NO_TEST = "no_test", _("No confirmatory test was possible")
        DONOR_LETTER = "donor_letter", _("The letter to the donor was sent")
        DONOR_TOLD = "donor_told", _("A doctor told the donor")
        UNREACHED = "unreached", _("The donor could not be reached")
        HOSPITAL_LETTER = "hospital_letter", _("The letters to the hospitals were sent")
        OTHER = "other", _("Another step")

    RESULTS = (Kind.CONFIRMED, Kind.NOT_CONFIRMED, Kind.UNDETERMINED, Kind.NO_TEST)
    TOLD = (Kind.DONOR_TOLD, Kind.UNREACHED)
    EXPLAINED = (Kind.NO_TEST, Kind.UNREACHED, Kind.OTHER)  # with words, or they say nothing

    look_back = models.ForeignKey(LookBack, on_delete=models.PROTECT, related_name="steps")
    kind = models.CharField(max_length=16, choices=Kind)
    on = models.DateField()
    words = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(kind__in=["no_test", "unreached", "other"]) | ~Q(words=""),
                name="step_that_failed_says_why",
            )
        ]
