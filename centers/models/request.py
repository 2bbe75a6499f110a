from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from donors.models import BloodGroup, Language
from donors.models.naming import Named

from .bag import Bag
from .center import Center
from .component import Component
from .patient import Patient


class Hospital(Named):
    """A hospital served by the centre; ``email`` and ``phone`` are of its blood depot."""

    center = models.ForeignKey(Center, on_delete=models.PROTECT, related_name="hospitals")
    city = models.CharField(_("city"), max_length=80, blank=True)
    # Where its blood depot is told of recalls, at any hour.
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("telephone"), max_length=30, blank=True)
    language = models.CharField(
        _("language"), max_length=2, choices=Language, default=Language.FRENCH, db_default="fr"
    )
    until = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["name_fr", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["center", "name_fr"], name="hospital_stands_once")
        ]


class Request(models.Model):
    """A hospital's request for bags for one patient. ``diagnosis`` is an ICD-10 code."""

    class Urgency(models.TextChoices):
        VITAL = "vital", _("Vital: at once")
        URGENT = "urgent", _("Urgent: today")
        ROUTINE = "routine", _("Planned")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    center = models.ForeignKey(Center, on_delete=models.PROTECT, related_name="requests")
    hospital = models.ForeignKey(Hospital, on_delete=models.PROTECT, related_name="requests")
    ward = models.CharField(max_length=80, blank=True)
    reference = models.CharField(max_length=60)
    patient = models.ForeignKey(
        Patient, null=True, on_delete=models.PROTECT, related_name="requests"
    )
    diagnosis = models.CharField(max_length=8, blank=True, db_default="")
    recipient_group = models.CharField(max_length=3, choices=BloodGroup)
    component = models.ForeignKey(Component, on_delete=models.PROTECT, related_name="requests")
    count = models.PositiveSmallIntegerField()
    urgency = models.CharField(max_length=8, choices=Urgency)
    needed_at = models.DateTimeField(null=True, blank=True)
    received_at = models.DateTimeField()
    received_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    closed_because = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["center", "hospital", "reference", "component"],
                condition=Q(closed_at=None),
                name="request_is_entered_once",
            ),
            models.CheckConstraint(
                condition=Q(count__range=(1, 100)), name="request_asks_for_bags"
            ),
            # ICD-10: a letter, a digit, a digit or letter; up to four more after a point.
            models.CheckConstraint(
                condition=Q(diagnosis__regex=r"^([A-Z][0-9][0-9A-Z](\.[0-9A-Z]{1,4})?)?$"),
                name="diagnosis_is_a_code",
            ),
            models.CheckConstraint(
                condition=Q(closed_at=None, closed_by=None)
                | Q(closed_at__isnull=False, closed_by__isnull=False),
                name="request_is_closed_by_somebody",
            ),
        ]
        indexes = [
            models.Index(
                fields=["center", "received_at"],
                condition=Q(closed_at=None),
                name="request_open_of_center",
            )
        ]


class Reservation(models.Model):
    """A bag reserved for a request until a time; it lapses, is ended, or ends with the issue."""

    bag = models.ForeignKey(Bag, on_delete=models.PROTECT, related_name="reservations")
    request = models.ForeignKey(Request, on_delete=models.PROTECT, related_name="reservations")
    until = models.DateTimeField()
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["bag"], condition=Q(ended_at=None), name="bag_has_one_live_reservation"
            ),
            models.CheckConstraint(
                condition=Q(until__gt=F("made_at")), name="reservation_lasts_a_while"
            ),
        ]


class EmergencyRelease(models.Model):
    """A physician releases a bag before its tests, or those of the patient, are complete, or for a
    group that is compatible in an emergency only. Two people, a reason; expiry, reactive results,
    recalls and an incompatible crossmatch are never waived."""

    bag = models.ForeignKey(Bag, on_delete=models.PROTECT, related_name="emergencies")
    request = models.ForeignKey(Request, on_delete=models.PROTECT, related_name="emergencies")
    physician = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    because = models.CharField(max_length=200)
    at = models.DateTimeField()
    second = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    second_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["bag", "request"], name="emergency_once_a_request"),
            models.CheckConstraint(
                condition=~Q(because="")
                & (
                    Q(second=None, second_at=None)
                    | Q(second__isnull=False, second_at__isnull=False) & ~Q(second=F("physician"))
                ),
                name="emergency_is_two_peoples_with_a_reason",
            ),
        ]


class Issue(models.Model):
    """Issue of a bag for a patient of a hospital; compatibility is checked by trigger.

    ``pick`` is the first person's scan, empty after an emergency release. ``reserve_by``
    decided, with a reason, that it may come from the disaster reserve.
    """

    bag = models.ForeignKey(Bag, on_delete=models.PROTECT, related_name="issues")
    request = models.ForeignKey(
        Request, null=True, blank=True, on_delete=models.PROTECT, related_name="issues"
    )
    pick = models.OneToOneField("Pick", null=True, on_delete=models.PROTECT, related_name="issue")
    hospital = models.CharField(_("hospital"), max_length=160)
    request_reference = models.CharField(_("request reference"), max_length=60)
    recipient_group = models.CharField(_("patient's group"), max_length=3, choices=BloodGroup)
    issued_at = models.DateTimeField()
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    reserve_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    reserve_because = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(reserve_by=None, reserve_because="")
                | Q(reserve_by__isnull=False) & ~Q(reserve_because=""),
                name="reserve_is_opened_by_somebody_with_a_reason",
            )
        ]

    @property
    def place(self) -> str:
        """The hospital's name in the reader's language, or as typed where there was no request."""
        return self.request.hospital.name if self.request else self.hospital


class Return(models.Model):
    """A hospital returns a bag: a second person may release it if its cold chain was kept.

    ``minutes_out`` of the cold is empty where nobody asked, for a bag that is not used.
    Append-only.
    """

    issue = models.OneToOneField(Issue, on_delete=models.PROTECT, related_name="returned")
    minutes_out = models.PositiveSmallIntegerField(null=True)
    cold_chain_kept = models.BooleanField()
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            # 30 minutes out of the cold at most (the 30-minute rule, transfusion.com.au).
            models.CheckConstraint(
                condition=Q(cold_chain_kept=False)
                | Q(minutes_out__isnull=False, minutes_out__lte=30),
                name="cold_chain_breaks_after_half_an_hour",
            )
        ]
