from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from donors.models import BloodGroup

from .bag import Bag
from .center import Center
from .component import Component


class Transfer(models.Model):
    """Bags from one centre to another: proposed, approved by the sender, packed, received.

    Temperatures in °C as the box showed them. A bag that did not arrive stays in transit until it
    is declared lost.
    """

    class State(models.TextChoices):
        PROPOSED = "proposed", _("Proposed")
        APPROVED = "approved", pgettext_lazy("transfer", "Approved")
        REFUSED = "refused", _("Refused")
        PACKED = "packed", _("On its way")
        RECEIVED = "received", pgettext_lazy("transfer", "Received")

    LIVE = (State.PROPOSED, State.APPROVED, State.PACKED)

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    sender = models.ForeignKey(Center, on_delete=models.PROTECT, related_name="transfers_out")
    receiver = models.ForeignKey(Center, on_delete=models.PROTECT, related_name="transfers_in")
    component = models.ForeignKey(Component, on_delete=models.PROTECT, related_name="+")
    blood_group = models.CharField(max_length=3, choices=BloodGroup)
    count = models.PositiveSmallIntegerField()
    because = models.CharField(max_length=200, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.PROPOSED)
    proposed_at = models.DateTimeField()
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    box = models.CharField(max_length=40, blank=True)
    packed_at = models.DateTimeField(null=True, blank=True)
    packed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    packed_celsius = models.DecimalField(max_digits=4, decimal_places=1, null=True, blank=True)
    received_at = models.DateTimeField(null=True, blank=True)
    received_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    received_celsius = models.DecimalField(max_digits=4, decimal_places=1, null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(sender=F("receiver")), name="transfer_goes_somewhere_else"
            ),
            models.CheckConstraint(
                condition=Q(count__range=(1, 500)), name="transfer_is_of_some_bags"
            ),
            models.CheckConstraint(
                condition=Q(decided_at=None, decided_by=None, state="proposed")
                | Q(decided_at__isnull=False, decided_by__isnull=False) & ~Q(state="proposed"),
                name="transfer_is_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(packed_at=None, packed_by=None)
                | Q(packed_at__isnull=False, packed_by__isnull=False),
                name="transfer_is_packed_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(state="received")
                | Q(received_at__isnull=False, received_by__isnull=False),
                name="transfer_is_received_by_somebody",
            ),
        ]
        indexes = [
            models.Index(fields=["sender", "state"], name="transfer_of_sender"),
            models.Index(fields=["receiver", "state"], name="transfer_of_receiver"),
        ]


class TransferBag(models.Model):
    """A bag in a box. ``arrived`` is empty in transit, false once it is declared lost.

    ``unpacked``: put back into the sender's stock before the box left.
    """

    transfer = models.ForeignKey(Transfer, on_delete=models.PROTECT, related_name="bags")
    bag = models.ForeignKey(Bag, on_delete=models.PROTECT, related_name="transfers")
    arrived = models.BooleanField(null=True)
    unpacked = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["transfer", "bag"],
                condition=Q(unpacked=False),
                name="bag_is_packed_once_a_box",
            ),
            models.UniqueConstraint(
                fields=["bag"],
                condition=Q(arrived=None, unpacked=False),
                name="bag_is_in_one_box",
            ),
            models.CheckConstraint(
                condition=Q(unpacked=False) | Q(arrived=None), name="unpacked_bag_never_left"
            ),
        ]


class StockCount(models.Model):
    """A person counts one product in stock; the ledger is compared when the count is finished."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    center = models.ForeignKey(Center, on_delete=models.PROTECT, related_name="counts")
    component = models.ForeignKey(Component, on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField()
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    finished_at = models.DateTimeField(null=True, blank=True)
    missing = models.PositiveIntegerField(default=0)
    strange = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["center", "component"],
                condition=Q(finished_at=None),
                name="one_count_of_a_product_at_a_time",
            )
        ]


class CountedBag(models.Model):
    """A bag of a count: ``scanned``, and ``expected`` in stock by the ledger at that moment.

    Scanned and not expected is strange; expected and not scanned is recorded as missing at the end.
    """

    count = models.ForeignKey(StockCount, on_delete=models.PROTECT, related_name="bags")
    bag = models.ForeignKey(Bag, on_delete=models.PROTECT, related_name="+")
    scanned = models.BooleanField(default=True)
    expected = models.BooleanField()
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["count", "bag"], name="bag_is_counted_once")]
