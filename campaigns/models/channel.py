from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from donors.models import Channel

from .notification import Notification


class ChannelStop(models.Model):
    """A stop of a channel: its provider refuses us, whatever the recipient.

    ``opener`` is the message whose refusal caused it, ``code`` the provider's own code. One message
    is tried at ``next_probe_at``; the stop ends when it is accepted, or by ``ended_by``.
    ``asked_by`` asked for the last try.
    """

    class Reason(models.TextChoices):
        RIGHTS = "rights", _("The provider refuses our account: its key, or what it may do.")
        CREDIT = "credit", _("The provider wants to be paid first.")
        PLACE = "place", _("At the address of the provider nobody takes messages.")
        SENDER = "sender", _("The provider refuses our own address as a sender.")
        FORM = "form", _("The provider does not accept messages made as ours are.")
        SUSPECT = "suspect", _("It calls most of the last addresses wrong, which cannot be true.")
        AWAY = "away", _("The provider does not answer, or takes nothing.")
        PAUSED = "paused", _("An administrator has paused it.")

    channel = models.CharField(max_length=8, choices=Channel)
    reason = models.CharField(max_length=8, choices=Reason)
    code = models.CharField(max_length=40)
    since = models.DateTimeField()
    opener = models.ForeignKey(
        Notification, null=True, on_delete=models.SET_NULL, related_name="stops"
    )
    probes = models.PositiveIntegerField(default=0)
    next_probe_at = models.DateTimeField()
    asked_at = models.DateTimeField(null=True, blank=True)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["-since", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["channel"], condition=Q(ended_at=None), name="channel_is_stopped_once"
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_by=None)
                | Q(ended_at__gte=F("since"), ended_at__isnull=False),
                name="stop_ends_after_it_began",
            ),
        ]


class ContactRelease(models.Model):
    """The marks of addresses declared dead in an interval were cleared. Append-only.

    ``codes`` are the provider codes to which it was limited, separated by commas.
    """

    channel = models.CharField(max_length=8, choices=Channel)
    since = models.DateTimeField()
    until = models.DateTimeField()
    codes = models.CharField(max_length=200, blank=True)
    contacts = models.PositiveIntegerField()
    messages = models.PositiveIntegerField()
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["-made_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(until__gt=F("since")), name="release_has_an_interval"
            )
        ]
