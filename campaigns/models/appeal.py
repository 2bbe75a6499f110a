from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from centers.models import Appointment, Center, Component, StockAlert
from donors.models import BloodGroup, Donor

from .operation import Operation


class Appeal(models.Model):
    """An urgent appeal (نداء عاجل) to people, for one alert of one centre, component and group.

    ``needed`` is bags, ``pledges_wanted`` the people whose yes should bring them; ``reasons`` keeps
    the figures behind both. With ``code`` anybody can check on the site that a message is genuine.
    An ``ended`` appeal ran out of time unmet; a person ``stopped`` it.
    """

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("appeal", "Open")
        MET = "met", _("Met")
        ENDED = "ended", _("Ended")
        STOPPED = "stopped", _("Stopped")

    class MetBy(models.TextChoices):
        ANSWERS = "answers", _("Enough people answered")
        STOCK = "stock", _("Enough blood in stock")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    code = models.CharField(max_length=8, unique=True)
    alert = models.OneToOneField(
        StockAlert, null=True, blank=True, on_delete=models.PROTECT, related_name="appeal"
    )
    operation = models.ForeignKey(
        Operation, null=True, blank=True, on_delete=models.PROTECT, related_name="appeals"
    )
    center = models.ForeignKey(Center, on_delete=models.PROTECT, related_name="appeals")
    component = models.ForeignKey(Component, on_delete=models.PROTECT, related_name="appeals")
    blood_group = models.CharField(max_length=3, choices=BloodGroup)
    needed = models.PositiveIntegerField()
    pledges_wanted = models.PositiveIntegerField()
    state = models.CharField(max_length=8, choices=State, default=State.OPEN)
    met_by = models.CharField(max_length=8, choices=MetBy, blank=True, default="", db_default="")
    reasons = models.JSONField(default=dict)
    opened_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-opened_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="open", settled_at=None)
                | ~Q(state="open") & Q(settled_at__isnull=False),
                name="appeal_is_settled_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(met_by="") | Q(state="met"),
                name="only_what_is_met_was_met_by_something",
            ),
            models.UniqueConstraint(
                fields=["center", "component", "blood_group"],
                condition=Q(state="open"),
                name="one_open_appeal_an_episode",
            ),
        ]


class Wave(models.Model):
    """People asked at one time for one appeal, with the figures that determined their number."""

    appeal = models.ForeignKey(Appeal, on_delete=models.PROTECT, related_name="waves")
    number = models.PositiveSmallIntegerField()
    made_at = models.DateTimeField()
    size_wanted = models.PositiveIntegerField()
    size = models.PositiveIntegerField(default=0)
    reasons = models.JSONField(default=dict)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["appeal", "number"], name="wave_has_one_number")
        ]


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
