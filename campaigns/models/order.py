from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from .operation import Operation


class Approval(models.TextChoices):
    """Who has to approve invitations before they leave."""

    MANAGER = "manager", _("The manager of the centre")
    ADMINISTRATOR = "administrator", _("An administrator")
    NOBODY = "nobody", _("Nobody: they go by themselves after the hold")


class StandingOrder(models.Model):
    """A version of who approves the invitations of an operation, until ``valid_until``.

    Beyond ``people_limit`` people an administrator approves in any case. ``hold_seconds`` pass
    before anything leaves. With ``every_center`` it is for all centres, else for those in the
    operation's provinces. An order for ``nobody`` is in force once another administrator has
    confirmed it. The database numbers the versions.
    """

    class Level(models.TextChoices):
        LOW = "low", pgettext_lazy("estimate", "Low")
        VALUE = "value", pgettext_lazy("estimate", "Expected")
        HIGH = "high", pgettext_lazy("estimate", "High")

    operation = models.ForeignKey(Operation, on_delete=models.PROTECT, related_name="orders")
    number = models.PositiveSmallIntegerField(editable=False, default=0)
    made_at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    because = models.TextField()
    approval = models.CharField(max_length=13, choices=Approval)
    people_limit = models.PositiveIntegerField()
    hold_seconds = models.PositiveIntegerField()
    every_center = models.BooleanField(default=False)
    reserve_level = models.CharField(max_length=5, choices=Level, default=Level.VALUE)
    valid_until = models.DateTimeField()

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(
                fields=["operation", "number"], name="orders_of_an_operation_have_no_gap"
            ),
            models.CheckConstraint(
                condition=Q(hold_seconds__range=(30, 3600)), name="order_holds_what_leaves"
            ),
            models.CheckConstraint(
                condition=Q(people_limit__range=(1, 100_000)), name="order_limits_the_people"
            ),
            models.CheckConstraint(
                condition=Q(valid_until__gt=F("made_at")), name="order_ends_after_it_was_given"
            ),
            models.CheckConstraint(condition=~Q(because=""), name="order_has_a_reason"),
        ]


class OrderConfirmation(models.Model):
    """A second administrator agrees to an order by which invitations go without an approval."""

    order = models.OneToOneField(
        StandingOrder, on_delete=models.PROTECT, related_name="confirmation"
    )
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
