from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from donors.models import Donor, Language, Sex

from .session import Slot


class Appointment(models.Model):
    """A donor's place in a slot. Only a booked one holds the place."""

    class State(models.TextChoices):
        BOOKED = "booked", _("Booked")
        CANCELLED = "cancelled", pgettext_lazy("appointment", "Cancelled")
        ARRIVED = "arrived", _("Arrived")
        MISSED = "missed", _("Did not come")

    HOLDS_PLACE = (State.BOOKED, State.ARRIVED)

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    slot = models.ForeignKey(Slot, on_delete=models.PROTECT, related_name="appointments")
    donor = models.ForeignKey(Donor, on_delete=models.PROTECT, related_name="appointments")
    state = models.CharField(max_length=10, choices=State, default=State.BOOKED)
    made_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["donor"],
                condition=Q(state="booked"),
                name="donor_has_one_live_appointment",
            ),
            models.CheckConstraint(
                condition=Q(state="booked", settled_at=None)
                | ~Q(state="booked") & Q(settled_at__isnull=False),
                name="appointment_is_settled_at_a_time",
            ),
        ]
        indexes = [models.Index(fields=["slot", "state"], name="appointment_of_slot")]


class BookingRequest(models.Model):
    """Somebody without an account asked for a place; a code sent to the address confirms it.

    The code is never stored: it is derived from the row and the site's key, and ``attempts`` bounds
    the guesses.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    slot = models.ForeignKey(Slot, on_delete=models.PROTECT, related_name="requests")
    email = models.EmailField(_("e-mail"))
    family_name = models.CharField(_("family name"), max_length=80)
    given_name = models.CharField(_("given name"), max_length=80)
    sex = models.CharField(_("sex"), max_length=1, choices=Sex)
    birth_date = models.DateField(_("date of birth"))
    language = models.CharField(max_length=2, choices=Language)
    wants_appeals = models.BooleanField(default=False)
    asked_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    appointment = models.OneToOneField(
        Appointment, null=True, blank=True, on_delete=models.PROTECT, related_name="request"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("asked_at")), name="booking_request_expires_later"
            ),
            models.CheckConstraint(
                condition=Q(confirmed_at=None, appointment=None)
                | Q(confirmed_at__isnull=False, appointment__isnull=False),
                name="booking_request_confirmed_with_a_place",
            ),
        ]
