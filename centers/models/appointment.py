from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from donors.models import Donor

from .session import Session, Slot


class AppointmentQuerySet(models.QuerySet["Appointment"]):
    def live(self) -> AppointmentQuerySet:
        """The current appointments: a donor has one at most."""
        return self.filter(state__in=Appointment.LIVE)


class Appointment(models.Model):
    """A donor's place in a slot: booked, or offered from the waiting list until ``offered_until``.

    A place given back by its donor is kept until ``kept_until``, so that this can be taken back.
    Where the donor did not come, one more place was made at a later time at ``passed_on_at``.
    """

    class State(models.TextChoices):
        OFFERED = "offered", _("Offered")
        BOOKED = "booked", _("Booked")
        CANCELLED = "cancelled", pgettext_lazy("appointment", "Cancelled")
        ARRIVED = "arrived", _("Arrived")
        MISSED = "missed", _("Did not come")

    class Released(models.TextChoices):
        """Why a place ended without its donor's doing."""

        UNABLE = "unable", _("May not give on that day")
        FEWER = "fewer", _("Fewer places than booked")
        ENDED = "ended", _("The session ends earlier")
        SESSION = "session", _("The session is cancelled")
        TWICE = "twice", _("The person has another place")

    LIVE = (State.OFFERED, State.BOOKED)
    EXPECTED = (State.BOOKED, State.ARRIVED)

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    slot = models.ForeignKey(Slot, on_delete=models.PROTECT, related_name="appointments")
    donor = models.ForeignKey(Donor, on_delete=models.PROTECT, related_name="appointments")
    state = models.CharField(max_length=10, choices=State, default=State.BOOKED)
    made_at = models.DateTimeField()
    offered_until = models.DateTimeField(null=True, blank=True)
    on_way_at = models.DateTimeField(null=True, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    released = models.CharField(max_length=7, choices=Released, blank=True, db_default="")
    kept_until = models.DateTimeField(null=True, blank=True)
    passed_on_at = models.DateTimeField(null=True, blank=True)
    moved_to = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="moved_from"
    )

    objects = AppointmentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["donor"],
                condition=Q(state__in=["offered", "booked"]),
                name="donor_has_one_live_appointment",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["offered", "booked"], settled_at=None)
                | ~Q(state__in=["offered", "booked"]) & Q(settled_at__isnull=False),
                name="appointment_is_settled_at_a_time",
            ),
            models.CheckConstraint(
                condition=~Q(state="offered") | Q(offered_until__isnull=False),
                name="offered_place_is_held_until_a_time",
            ),
            models.CheckConstraint(
                condition=Q(moved_to=None) | Q(state="cancelled"),
                name="moved_appointment_is_given_back",
            ),
            models.CheckConstraint(
                condition=Q(released="", kept_until=None) | Q(state="cancelled"),
                name="released_or_kept_place_is_cancelled",
            ),
            models.CheckConstraint(
                condition=Q(released__in=["", "unable", "fewer", "ended", "session", "twice"]),
                name="place_is_released_for_a_known_cause",
            ),
        ]
        indexes = [
            models.Index(fields=["slot", "state"], name="appointment_of_slot"),
            models.Index(
                fields=["offered_until"], condition=Q(state="offered"), name="appointment_offered"
            ),
            models.Index(
                fields=["kept_until"],
                condition=Q(kept_until__isnull=False),
                name="appointment_kept",
            ),
            models.Index(
                fields=["settled_at"], condition=~Q(released=""), name="appointment_released"
            ),
        ]


class WaitingQuerySet(models.QuerySet["Waiting"]):
    def live(self) -> WaitingQuerySet:
        return self.filter(left_at=None)


class Waiting(models.Model):
    """A donor on the waiting list of a full session: until a place is offered or they leave."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="waiting")
    donor = models.ForeignKey(Donor, on_delete=models.PROTECT, related_name="waiting")
    since = models.DateTimeField()
    left_at = models.DateTimeField(null=True, blank=True)
    offer = models.OneToOneField(
        Appointment, null=True, blank=True, on_delete=models.PROTECT, related_name="waited"
    )

    objects = WaitingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["session", "donor"],
                condition=Q(left_at=None),
                name="donor_waits_once_for_a_session",
            ),
            models.CheckConstraint(
                condition=Q(offer=None) | Q(left_at__isnull=False),
                name="waiting_ends_with_the_offer",
            ),
        ]
        indexes = [
            models.Index(
                fields=["session", "since"], condition=Q(left_at=None), name="waiting_in_order"
            )
        ]
