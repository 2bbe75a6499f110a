from __future__ import annotations

import uuid
from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from centers.models import Session
from donors.clock.calendar import quiet_until
from donors.models import BloodGroup, Channel, Contact, Donor, Province

from .appeal import Appeal
from .order import Approval
from .plan import Plan


class Wave(models.Model):
    """A number of people to be asked for one appeal to come to one session.

    A plan proposes it; a person or a standing order approves it; then it is held until ``due_at``,
    when it may still be undone, and only when it is sent are people chosen. A wave that is not sent
    yet follows each new plan, or is ``dropped`` by it. ``approval`` is who had to approve. ``yeses``
    and ``donations`` are what the plan expected of ``size_wanted`` people.
    """

    class State(models.TextChoices):
        PROPOSED = "proposed", _("Waiting for a decision")
        HELD = "held", _("Held for a moment")
        SENT = "sent", _("Sent")
        UNDONE = "undone", _("Undone")
        REFUSED = "refused", _("Refused")
        DROPPED = "dropped", _("No longer needed")

    OPEN = (State.PROPOSED, State.HELD)

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    appeal = models.ForeignKey(Appeal, on_delete=models.PROTECT, related_name="waves")
    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="+")
    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="waves")
    number = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=8, choices=State)
    approval = models.CharField(max_length=13, choices=Approval)
    made_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    because = models.CharField(max_length=200, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    size_wanted = models.PositiveIntegerField()
    size = models.PositiveIntegerField(default=0)
    yeses = models.FloatField(default=0)
    donations = models.FloatField(default=0)
    reasons = models.JSONField(default=dict)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["appeal", "number"], name="wave_has_one_number"),
            models.UniqueConstraint(
                fields=["appeal", "session"],
                condition=Q(state__in=["proposed", "held"]),
                name="one_wave_waits_an_appeal_and_session",
            ),
            models.CheckConstraint(
                condition=Q(state="proposed", due_at=None)
                | Q(state__in=["held", "sent"], due_at__isnull=False)
                | Q(state__in=["undone", "refused", "dropped"]),
                name="approved_wave_is_held_until_a_time",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["held", "sent"], approval="nobody")
                | Q(state__in=["held", "sent"], decided_at__isnull=False, decided_by__isnull=False)
                | Q(state__in=["proposed", "undone", "refused", "dropped"]),
                name="wave_is_approved_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["proposed", "held"], ended_at=None, ended_by=None)
                | Q(state__in=["sent", "dropped"], ended_at__isnull=False, ended_by=None)
                | Q(
                    state__in=["undone", "refused"],
                    ended_at__isnull=False,
                    ended_by__isnull=False,
                ),
                name="wave_ends_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(state="sent") | Q(size=0), name="only_a_sent_wave_has_people"
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(state="held"), name="wave_held_until"),
        ]

    @property
    def leaves_at(self) -> datetime | None:
        """When a held wave leaves: after its hold, or when the quiet hours end that it falls into."""
        return self.due_at and (quiet_until(self.due_at) or self.due_at)

    @property
    def waits_for_morning(self) -> bool:
        return self.leaves_at != self.due_at


class WavePart(models.Model):
    """The people of one cohort in a wave; the rates are those the plan believed."""

    wave = models.ForeignKey(Wave, on_delete=models.PROTECT, related_name="parts")
    province = models.ForeignKey(Province, on_delete=models.PROTECT, related_name="+")
    blood_group = models.CharField(max_length=3, choices=BloodGroup, blank=True)
    channel = models.CharField(max_length=8, choices=Channel)
    wanted = models.PositiveIntegerField()
    size = models.PositiveIntegerField(default=0)
    rate = models.FloatField()
    show = models.FloatField()
    usable = models.FloatField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["wave", "province", "blood_group", "channel"], name="wave_has_a_cohort_once"
            )
        ]


class Askable(models.Model):
    """The register of people who might be asked, renewed from the facts every few minutes.

    A working copy: every fact is looked at again when a message leaves. Eligible, consenting,
    reachable and without a place; until ``rests_until`` the allowance forbids to ask, or the person
    wished for a later week. ``turn`` is the order in which a cohort is asked: who wished for this
    week, then longest ago first, then a fixed shuffle.
    """

    donor = models.OneToOneField(Donor, primary_key=True, on_delete=models.CASCADE)
    province = models.ForeignKey(
        Province, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    blood_group = models.CharField(max_length=3, choices=BloodGroup, blank=True)
    channel = models.CharField(max_length=8, choices=Channel)
    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="+", db_index=False)
    turn = models.BigIntegerField()
    rests_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["province", "blood_group", "channel", "turn"], name="askable_in_order"
            )
        ]


class Cohort(models.Model):
    """How many people of one kind the register counted; ``askable`` are those not resting.

    An empty group: nobody has determined it yet, so they never gave here.
    """

    province = models.ForeignKey(Province, on_delete=models.CASCADE, related_name="+")
    blood_group = models.CharField(max_length=3, choices=BloodGroup, blank=True)
    channel = models.CharField(max_length=8, choices=Channel)
    members = models.PositiveIntegerField()
    askable = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["province", "blood_group", "channel"], name="cohort_is_counted_once"
            )
        ]
