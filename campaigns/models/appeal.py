from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from centers.models import Appointment, Center, Component, StockAlert
from donors.models import BloodGroup, Donor

from .operation import Operation


class Appeal(models.Model):
    """An urgent appeal (نداء عاجل): the public face of one need of a centre, component and group.

    ``needed`` is the bags missing by the last plan, its arithmetic in ``reasons``. With ``code``
    anybody can check on the site that a message is genuine. ``covered`` is on promises and may go
    back to ``asking``; ``met`` is on bags in stock. An ``ended`` appeal ran out of time unmet; a
    person ``stopped`` it, and until ``resumes_at`` nobody is asked for its need. While an appeal is
    open, ``resumes_at`` is the end of a pause after an undone or refused wave. ``because`` is why it
    was stopped.
    """

    class State(models.TextChoices):
        WATCHING = "watching", pgettext_lazy("appeal", "Watching")
        PROPOSED = "proposed", pgettext_lazy("appeal", "Waiting for a decision")
        ASKING = "asking", pgettext_lazy("appeal", "Asking")
        COVERED = "covered", pgettext_lazy("appeal", "Covered by promises")
        MET = "met", _("Met")
        ENDED = "ended", _("Ended unmet")
        STOPPED = "stopped", _("Stopped")

    OPEN = (State.WATCHING, State.PROPOSED, State.ASKING, State.COVERED)
    # Those that the public sees: people were or are being asked.
    PUBLIC = (State.ASKING, State.COVERED)

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    code = models.CharField(max_length=8, unique=True)
    alert = models.ForeignKey(
        StockAlert, null=True, blank=True, on_delete=models.PROTECT, related_name="appeals"
    )
    operation = models.ForeignKey(
        Operation, null=True, blank=True, on_delete=models.PROTECT, related_name="appeals"
    )
    center = models.ForeignKey(Center, on_delete=models.PROTECT, related_name="appeals")
    component = models.ForeignKey(Component, on_delete=models.PROTECT, related_name="appeals")
    blood_group = models.CharField(max_length=3, choices=BloodGroup)
    needed = models.PositiveIntegerField()
    state = models.CharField(max_length=8, choices=State, default=State.WATCHING)
    reasons = models.JSONField(default=dict)
    opened_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)
    resumes_at = models.DateTimeField(null=True, blank=True)
    stopped_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    because = models.TextField(blank=True)

    class Meta:
        ordering = ["-opened_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    state__in=["watching", "proposed", "asking", "covered"], settled_at=None
                )
                | Q(state__in=["met", "ended", "stopped"], settled_at__isnull=False),
                name="appeal_is_settled_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(state="stopped", stopped_by__isnull=False)
                | ~Q(state="stopped") & Q(stopped_by=None),
                name="appeal_is_stopped_by_a_person",
            ),
            models.CheckConstraint(
                condition=~Q(state="stopped") | Q(because__regex=r"\S"),
                name="stopped_appeal_says_why",
            ),
            models.UniqueConstraint(
                fields=["center", "component", "blood_group"],
                condition=Q(state__in=["watching", "proposed", "asking", "covered"]),
                name="one_open_appeal_an_episode",
            ),
        ]

    @property
    def is_open(self) -> bool:
        return self.state in self.OPEN

    @property
    def pledges_wanted(self) -> int:
        """People whose yes should bring the bags missing, those booked already among them."""
        return int(self.reasons.get("pledges_wanted", self.needed))


class Pledge(models.Model):
    """A person's answer to an appeal. ``appointment`` belongs to a yes."""

    class State(models.TextChoices):
        BOOKED = "booked", _("Booked")
        DECLINED = "declined", _("Not this time")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    appeal = models.ForeignKey(Appeal, on_delete=models.PROTECT, related_name="pledges")
    donor = models.ForeignKey(Donor, on_delete=models.PROTECT, related_name="pledges")
    state = models.CharField(max_length=10, choices=State)
    appointment = models.OneToOneField(
        Appointment, null=True, blank=True, on_delete=models.PROTECT, related_name="pledge"
    )
    answered_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["appeal", "donor"],
                condition=~Q(state="withdrawn"),
                name="donor_pledges_once_an_appeal",
            ),
            models.CheckConstraint(
                condition=~Q(state="booked") | Q(appointment__isnull=False),
                name="pledge_booked_has_a_place",
            ),
        ]
