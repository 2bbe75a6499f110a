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
    is declared lost. ``figures`` are the planner's reasons, as they were at the proposal (keys and
    units: ``distribution.planned_transfers.Figures``).

    Where the sender's stock would fall below its routine floor or relief reserve, one person asks
    for it with a reason (``asked_below_…``) and a second one agrees (``agreed_below_…``).
    """

    class Origin(models.TextChoices):
        PERSON = "person", _("A person")
        PLANNER = "planner", _("The planner")

    class State(models.TextChoices):
        PROPOSED = "proposed", _("Proposed")
        APPROVED = "approved", pgettext_lazy("transfer", "Approved")
        REFUSED = "refused", _("Refused")
        PACKED = "packed", _("On its way")
        RECEIVED = "received", pgettext_lazy("transfer", "Received")
        WITHDRAWN = "withdrawn", pgettext_lazy("transfer", "Taken back")

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
    origin = models.CharField(
        max_length=8, choices=Origin, default=Origin.PERSON, db_default=Origin.PERSON
    )
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    figures = models.JSONField(null=True, blank=True)
    asked_below_at = models.DateTimeField(null=True, blank=True)
    asked_below_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    asked_below_because = models.CharField(max_length=200, blank=True, db_default="")
    agreed_below_at = models.DateTimeField(null=True, blank=True)
    agreed_below_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_because = models.CharField(max_length=200, blank=True, db_default="")
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
            # Only the planner takes back what it proposed without a person deciding.
            models.CheckConstraint(
                condition=Q(decided_at=None, decided_by=None, state="proposed")
                | Q(decided_at__isnull=False, decided_by__isnull=False) & ~Q(state="proposed")
                | Q(decided_at__isnull=False, state="withdrawn", origin="planner"),
                name="transfer_is_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(origin="person", proposed_by__isnull=False, figures__isnull=True)
                | Q(origin="planner", proposed_by=None, figures__isnull=False),
                name="transfer_is_proposed_by_a_person_or_the_planner",
            ),
            models.CheckConstraint(
                condition=~Q(origin="planner", state__in=["refused", "withdrawn"])
                | Q(decided_by=None)
                | ~Q(decided_because=""),
                name="planners_transfer_is_refused_with_a_reason",
            ),
            models.UniqueConstraint(
                fields=["sender", "receiver", "component", "blood_group"],
                condition=Q(origin="planner", state__in=["proposed", "approved"]),
                name="planner_proposes_a_transfer_once",
            ),
            models.CheckConstraint(
                condition=Q(
                    asked_below_at=None,
                    asked_below_by=None,
                    asked_below_because="",
                    agreed_below_at=None,
                    agreed_below_by=None,
                )
                | Q(asked_below_at__isnull=False, asked_below_by__isnull=False)
                & ~Q(asked_below_because="")
                & (
                    Q(agreed_below_at=None, agreed_below_by=None)
                    | Q(agreed_below_at__isnull=False, agreed_below_by__isnull=False)
                    & ~Q(agreed_below_by=F("asked_below_by"))
                ),
                name="two_people_go_below_the_reserve",
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
