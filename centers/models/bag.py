from __future__ import annotations

import uuid
from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from donors.models import BloodGroup

from .center import Center
from .component import Component
from .donation import Donation


class BagQuerySet(models.QuerySet["Bag"]):
    def available(self, now: datetime) -> BagQuerySet:
        """Released and labelled, in date, not reserved; earliest expiry first."""
        return self.filter(state=Bag.State.AVAILABLE, expires_at__gt=now).order_by(
            "expires_at", "pk"
        )

    def reached_by(self, *donations: Donation) -> BagQuerySet:
        """The bags of these donations, and the pools that hold one of them."""
        mine = Bag.objects.filter(donation__in=donations)
        pools = Bag.objects.filter(parts__part__in=mine)
        return self.filter(Q(pk__in=mine.values("pk")) | Q(pk__in=pools.values("pk")))


class Bag(models.Model):
    """One blood unit. ``state`` and ``center`` are set by its last movement and change in no other
    way.

    ``blood_group`` is empty until the laboratory's two determinations agree. ``made_from`` is the
    parent bag of a recipe; an opened bag keeps a day at most. ``volume`` in mL is of what was made;
    the one of a first bag is the donation's.
    """

    class State(models.TextChoices):
        QUARANTINED = "quarantined", _("In quarantine")
        RELEASED = "released", _("Released, to be labelled")
        AVAILABLE = "available", _("Available")
        RESERVED = "reserved", _("Reserved")
        IN_TRANSIT = "in_transit", _("In transit")
        BLOCKED = "blocked", _("Blocked")
        ISSUED = "issued", pgettext_lazy("bag", "Issued")
        TRANSFUSED = "transfused", _("Transfused")
        EXPIRED = "expired", _("Expired")
        SEPARATED = "separated", _("Made into others")
        UNDONE = "undone", _("Not made after all")
        DISCARDED = "discarded", _("Discarded")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    donation = models.ForeignKey(Donation, on_delete=models.PROTECT, related_name="bags")
    component = models.ForeignKey(Component, on_delete=models.PROTECT, related_name="bags")
    division = models.CharField(max_length=2, default="00")
    center = models.ForeignKey(Center, on_delete=models.PROTECT, related_name="bags")
    blood_group = models.CharField(max_length=3, choices=BloodGroup, blank=True)
    collected_on = models.DateField()
    expires_at = models.DateTimeField()
    state = models.CharField(max_length=12, choices=State, blank=True)
    made_from = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="made"
    )
    made_at = models.DateTimeField(null=True, blank=True)
    volume = models.PositiveSmallIntegerField(null=True, blank=True)
    opened_at = models.DateTimeField(null=True, blank=True)
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = BagQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["donation", "component", "division"],
                condition=~Q(state="undone"),
                name="bag_is_unique_in_its_donation",
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=[
                        "",
                        "quarantined",
                        "blocked",
                        "discarded",
                        "expired",
                        "separated",
                        "undone",
                    ]
                )
                | Q(state="transfused")  # even one that was never released, and lost
                | ~Q(blood_group=""),
                name="bag_in_stock_has_a_group",
            ),
            models.CheckConstraint(
                condition=Q(made_from=None, made_at=None)
                | Q(made_from__isnull=False, made_at__isnull=False),
                name="bag_was_made_from_one_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(opened_at=None, opened_by=None)
                | Q(opened_at__isnull=False, opened_by__isnull=False),
                name="bag_is_opened_by_somebody",
            ),
        ]
        indexes = [
            models.Index(
                fields=["center", "component", "blood_group", "expires_at"],
                condition=Q(state="available"),
                name="bag_available_by_expiry",
            ),
            models.Index(
                fields=["expires_at"],
                condition=Q(
                    state__in=["quarantined", "released", "available", "reserved", "in_transit"]
                ),
                name="bag_that_can_expire",
            ),
        ]


class Movement(models.Model):
    """The append-only ledger of bags: each row takes one bag from a state to the next.

    The database sets ``seq`` and ``at``, moves the bag and recounts ``StockLevel``; it refuses a
    movement that the rules of release, expiry or transition forbid.
    """

    because: str | Promise  # the displayed reason, set by ``stock.way``

    bag = models.ForeignKey(Bag, on_delete=models.PROTECT, related_name="movements")
    seq = models.PositiveSmallIntegerField(editable=False)
    from_state = models.CharField(max_length=12, choices=Bag.State, blank=True)
    to_state = models.CharField(max_length=12, choices=Bag.State)
    center = models.ForeignKey(Center, on_delete=models.PROTECT, related_name="movements")
    at = models.DateTimeField(editable=False)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    reason = models.CharField(max_length=120, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["bag", "seq"], name="movements_of_a_bag_have_no_gap"),
            models.CheckConstraint(
                condition=~Q(from_state=F("to_state"))
                | Q(from_state__in=["blocked", "expired"]),  # unpacked at another centre
                name="movement_changes_state_or_place",
            ),
        ]
        # Skips from centre to centre for the whole country's demand (inventory.demand); an index of
        # issues alone was measured on a million bags and saved nothing.
        indexes = [models.Index(fields=["center", "to_state", "at"], name="movement_of_center")]


class StockLevel(models.Model):
    """Bags of a centre, component and group by state, maintained by the movements' trigger.

    ``changed_at`` is the last movement, ``checked_at`` the last time a person confirmed the count.
    """

    center = models.ForeignKey(Center, on_delete=models.PROTECT, related_name="levels")
    component = models.ForeignKey(Component, on_delete=models.PROTECT, related_name="levels")
    blood_group = models.CharField(max_length=3, choices=BloodGroup, blank=True)
    quarantined = models.IntegerField(default=0)
    available = models.IntegerField(default=0)
    reserved = models.IntegerField(default=0)
    in_transit = models.IntegerField(default=0)
    changed_at = models.DateTimeField()
    checked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["center", "component", "blood_group"], name="stock_level_has_one_row"
            ),
            models.CheckConstraint(
                condition=Q(
                    quarantined__gte=0, available__gte=0, reserved__gte=0, in_transit__gte=0
                ),
                name="stock_level_is_never_negative",
            ),
        ]
