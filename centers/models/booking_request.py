from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from donors.clock.partial_dates import PartialDate
from donors.models import BirthPrecision, Channel, Language, Sex
from donors.models.donor import birth_fits_its_precision

from .appointment import Appointment, Waiting
from .session import Session, Slot


class BookingRequest(models.Model):
    """A person without an account asks for a place; a code sent to the address confirms it.

    For a place in ``slot``, or on the waiting list of a full session (``waits_for``). The code is
    never stored: it is derived from the row and the site's key, and ``attempts`` limits the
    guesses. A day later names and address are blanked.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    slot = models.ForeignKey(
        Slot, null=True, blank=True, on_delete=models.PROTECT, related_name="requests"
    )
    waits_for = models.ForeignKey(
        Session, null=True, blank=True, on_delete=models.PROTECT, related_name="requests"
    )
    channel = models.CharField(max_length=8, choices=Channel)
    address = models.CharField(_("e-mail or phone"), max_length=254, blank=True)
    sender = models.CharField(max_length=32, blank=True)
    family_name = models.CharField(_("family name"), max_length=80, blank=True)
    given_name = models.CharField(_("given name"), max_length=80, blank=True)
    sex = models.CharField(_("sex"), max_length=1, choices=Sex)
    birth_date = models.DateField(_("date of birth"), null=True, blank=True)
    birth_precision = models.CharField(
        max_length=5, choices=BirthPrecision, default=BirthPrecision.DAY, db_default="day"
    )
    language = models.CharField(max_length=2, choices=Language)
    wants_appeals = models.BooleanField(default=False)
    asked_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    appointment = models.OneToOneField(
        Appointment, null=True, blank=True, on_delete=models.PROTECT, related_name="request"
    )
    waiting = models.OneToOneField(
        Waiting, null=True, blank=True, on_delete=models.PROTECT, related_name="request"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=birth_fits_its_precision(), name="booking_request_invents_no_day"
            ),
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("asked_at")), name="booking_request_expires_later"
            ),
            models.CheckConstraint(
                condition=Q(slot__isnull=False, waits_for=None)
                | Q(slot=None, waits_for__isnull=False),
                name="booking_request_for_a_slot_or_a_line",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_at=None, appointment=None, waiting=None)
                | Q(confirmed_at__isnull=False, appointment__isnull=False, waiting=None)
                | Q(confirmed_at__isnull=False, appointment=None, waiting__isnull=False),
                name="booking_request_confirmed_with_a_place",
            ),
            models.CheckConstraint(
                condition=Q(birth_date=None, address="", family_name="", given_name="", sender="")
                | Q(birth_date__isnull=False) & ~Q(address=""),
                name="booking_request_whole_or_forgotten",
            ),
        ]
        indexes = [
            models.Index(fields=["address", "asked_at"], name="booking_request_of_address"),
            models.Index(
                fields=["sender", "asked_at"],
                condition=~Q(sender=""),
                name="booking_request_of_sender",
            ),
            models.Index(
                fields=["expires_at"],
                condition=Q(birth_date__isnull=False),
                name="booking_request_to_forget",
            ),
        ]

    @property
    def born(self) -> PartialDate | None:
        return PartialDate(self.birth_date, self.birth_precision) if self.birth_date else None
