from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

from donors.models import Donor

from .center import Center
from .session import Session
from .visit import Visit

DIN_PATTERN = r"^[A-NP-Z1-9][A-NP-Z0-9]{2}[0-9]{2}[0-9]{2}[0-9]{6}$"


class Donation(models.Model):
    """Blood given once, under one donation identification number (ISBT 128, 13 characters).

    ``captured_at`` is the clock where it was entered, ``received_at`` the server's; no rule trusts
    the first. ``submission_id`` is made where the entry was made, so that sending again adds nothing;
    ``submission_hash`` tells a repeated entry from a different one under the same id. ``conflict``
    marks what breaks a rule of the donor and was given all the same, by a late entry or with the
    needle in already: it is kept, its bags are blocked.
    """

    class Mode(models.TextChoices):
        ONLINE = "online", _("Online")
        OFFLINE = "offline", _("Entered without a network")
        PAPER = "paper", _("From paper")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    din = models.CharField(max_length=13)
    check_character = models.CharField(max_length=1)
    donor = models.ForeignKey(Donor, on_delete=models.PROTECT, related_name="donations")
    center = models.ForeignKey(Center, on_delete=models.PROTECT, related_name="donations")
    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="donations")
    visit = models.OneToOneField(Visit, on_delete=models.PROTECT, related_name="donation")
    collected_on = models.DateField()
    volume = models.PositiveSmallIntegerField(_("volume (mL)"))
    mode = models.CharField(max_length=8, choices=Mode, default=Mode.ONLINE)
    device = models.CharField(max_length=64, blank=True)
    captured_at = models.DateTimeField()
    received_at = models.DateTimeField()
    operator = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    submission_id = models.UUIDField(unique=True)
    submission_hash = models.CharField(max_length=64)
    conflict = models.CharField(max_length=200, blank=True, db_default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["din"],
                name="donation_number_is_used_once",
                violation_error_message=_("This donation number was already used."),
            ),
            models.CheckConstraint(
                condition=Q(din__regex=DIN_PATTERN), name="donation_number_is_isbt128"
            ),
            models.CheckConstraint(
                condition=Q(
                    check_character=Func(
                        F("din"), function="din_check_character", output_field=models.CharField()
                    )
                ),
                name="donation_number_has_its_check_character",
            ),
            models.CheckConstraint(
                condition=Q(volume__range=(1, 700)), name="donation_volume_is_plausible"
            ),
        ]
        indexes = [
            models.Index(fields=["donor", "collected_on"], name="donation_of_donor"),
            models.Index(fields=["session", "received_at"], name="donation_of_session"),
            models.Index(fields=["center", "collected_on"], name="donation_of_center"),
        ]
