from __future__ import annotations

import uuid
from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from centers.models import Appointment
from donors.models import Donor

from .appeal import Appeal


class CallQuerySet(models.QuerySet["Call"]):
    def leased(self, now: datetime) -> CallQuerySet:
        return self.filter(outcome="", leased_until__gt=now)


class Call(models.Model):
    """Somebody without SMS and e-mail is telephoned for an appeal, by one caller at a time.

    Until it has an outcome the row is the caller's ``by`` until ``leased_until``; then another may
    take it over. A settled call stays as it is.
    """

    class Outcome(models.TextChoices):
        YES = "yes", pgettext_lazy("call", "Yes")
        NO = "no", pgettext_lazy("call", "No")
        NO_ANSWER = "unheard", _("Nobody answered")
        WRONG = "wrong", _("Wrong number")
        STOP = "stop", _("Does not want to be asked")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    appeal = models.ForeignKey(Appeal, on_delete=models.PROTECT, related_name="calls")
    donor = models.ForeignKey(Donor, on_delete=models.PROTECT, related_name="calls")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    begun_at = models.DateTimeField()
    leased_until = models.DateTimeField()
    outcome = models.CharField(max_length=8, choices=Outcome, blank=True, db_default="")
    said_at = models.DateTimeField(null=True, blank=True)
    appointment = models.OneToOneField(
        Appointment, null=True, blank=True, on_delete=models.PROTECT, related_name="call"
    )

    objects = CallQuerySet.as_manager()

    class Meta:
        ordering = ["-begun_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["donor"], condition=Q(outcome=""), name="donor_is_called_by_one"
            ),
            models.CheckConstraint(
                condition=Q(outcome="", said_at=None) | ~Q(outcome="") & Q(said_at__isnull=False),
                name="call_is_settled_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(outcome="yes", appointment__isnull=False)
                | ~Q(outcome="yes") & Q(appointment=None),
                name="call_with_a_yes_has_a_place",
            ),
            models.CheckConstraint(
                condition=Q(leased_until__gt=F("begun_at")), name="call_is_leased_for_a_while"
            ),
        ]
        indexes = [models.Index(fields=["appeal", "donor"], name="call_of_appeal")]
