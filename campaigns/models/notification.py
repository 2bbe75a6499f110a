from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.utils.translation import gettext_lazy as _

from centers.models import BookingRequest, Hospital
from donors.models import Channel, Contact, Donor

from .wave import Wave, WavePart


class NotificationQuerySet(models.QuerySet["Notification"]):
    def due(self, now: datetime) -> NotificationQuerySet:
        return self.filter(state=Notification.State.PENDING, due_at__lte=now)


class Notification(models.Model):
    """The outbox: one row per person and cause. The row decides; a task only triggers sending.

    ``cause`` names the event (``appeal:12:invitation``); with ``recipient`` it is unique, so
    queueing again adds nothing. ``subject_id`` is the key of the row that the message kind renders.
    The text is rendered at the moment of sending, in the recipient's language. ``refusal`` is whose
    fault the last failure was, ``code`` the provider's own code for it. ``lane`` is the order in
    which messages of a channel leave; the database computes it.
    """

    class Lane(models.IntegerChoices):
        CODE = 0, _("Codes")
        PERSON = 1, _("Officers and own places")
        ANSWER = 2, _("Thanks to those who were asked")
        WAVE = 3, _("Appeals, reminders, invitations")

    class Refusal(models.TextChoices):
        RECIPIENT = "recipient"
        DOUBTFUL = "doubtful"
        MESSAGE = "message"
        OURS = "ours"
        TEMPORARY = "temporary"

    class State(models.TextChoices):
        PENDING = "pending", _("Waiting")
        CLAIMED = "claimed", _("Claimed")
        ATTEMPTING = "attempting", _("Being handed over")
        SENT = "sent", _("Sent")
        SKIPPED = "skipped", _("Skipped")
        FAILED = "failed", _("Failed")
        UNKNOWN = "unknown", _("Unknown")

    kind = models.CharField(max_length=32)
    cause = models.CharField(max_length=80)
    recipient = models.CharField(max_length=24)
    subject_id = models.BigIntegerField()
    donor = models.ForeignKey(
        Donor, null=True, on_delete=models.PROTECT, related_name="notifications"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="notifications"
    )
    request = models.ForeignKey(
        BookingRequest, null=True, on_delete=models.PROTECT, related_name="notifications"
    )
    hospital = models.ForeignKey(
        Hospital, null=True, on_delete=models.PROTECT, related_name="notifications"
    )
    contact = models.ForeignKey(
        Contact, null=True, on_delete=models.PROTECT, related_name="notifications"
    )
    wave = models.ForeignKey(
        Wave, null=True, on_delete=models.PROTECT, related_name="notifications"
    )
    part = models.ForeignKey(
        WavePart, null=True, on_delete=models.PROTECT, related_name="notifications", db_index=False
    )
    channel = models.CharField(max_length=8, choices=Channel)
    state = models.CharField(max_length=10, choices=State, default=State.PENDING)
    urgent = models.BooleanField(default=False)
    lane = models.GeneratedField(
        expression=Case(
            When(kind__endswith="_code", then=Value(0)),
            When(user__isnull=False, then=Value(1)),
            When(urgent=True, wave=None, then=Value(1)),
            When(urgent=True, then=Value(2)),
            default=Value(3),
        ),
        output_field=models.SmallIntegerField(),
        db_persist=True,
    )
    made_at = models.DateTimeField()
    due_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    owner = models.UUIDField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    provider_id = models.CharField(max_length=120, blank=True)
    error = models.CharField(max_length=200, blank=True)
    refusal = models.CharField(max_length=9, choices=Refusal, blank=True, db_default="")
    code = models.CharField(max_length=40, blank=True, db_default="")

    objects = NotificationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["cause", "recipient"], name="one_message_a_person_and_cause"
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=["claimed", "attempting"],
                    owner__isnull=False,
                    lease_until__isnull=False,
                )
                | Q(
                    state__in=["pending", "sent", "skipped", "failed", "unknown"],
                    owner=None,
                    lease_until=None,
                ),
                name="message_in_hand_has_an_owner_and_a_lease",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["sent", "skipped", "failed"], settled_at__isnull=False)
                | Q(state__in=["pending", "claimed", "attempting", "unknown"], settled_at=None),
                name="message_is_settled_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(donor__isnull=False, user=None, request=None, hospital=None)
                | Q(donor=None, user__isnull=False, request=None, hospital=None)
                | Q(donor=None, user=None, request__isnull=False, hospital=None)
                | Q(donor=None, user=None, request=None, hospital__isnull=False),
                name="message_has_one_receiver",
            ),
        ]
        indexes = [
            models.Index(
                fields=["channel", "lane", "due_at"],
                condition=Q(state="pending"),
                name="message_due",
            ),
            models.Index(
                fields=["lease_until"],
                condition=Q(state__in=["claimed", "attempting"]),
                name="message_in_hand",
            ),
            models.Index(
                fields=["wave", "state"], condition=Q(wave__isnull=False), name="message_of_wave"
            ),
            models.Index(
                fields=["donor", "made_at"],
                condition=Q(donor__isnull=False),
                name="message_of_donor",
            ),
            models.Index(
                F("channel"),
                F("settled_at").desc(),
                condition=Q(state__in=["sent", "failed"]),
                name="message_handed_over",
            ),
            models.Index(
                fields=["provider_id"],
                condition=Q(channel="sms") & ~Q(provider_id=""),
                name="message_by_gateway_id",
            ),
            models.Index(
                fields=["provider_id"],
                condition=Q(channel="whatsapp") & ~Q(provider_id=""),
                name="message_by_whatsapp_id",
            ),
            models.Index(
                fields=["user", "made_at"], condition=Q(user__isnull=False), name="message_of_user"
            ),
        ]


class DeliveredCopy(models.Model):
    """The message as sent, kept by the memory transport of the demo and of tests only."""

    notification = models.ForeignKey(Notification, on_delete=models.PROTECT, related_name="copies")
    language = models.CharField(max_length=2)
    subject = models.CharField(max_length=200, blank=True)
    text = models.TextField()
    html = models.TextField(blank=True)
    handed_over_at = models.DateTimeField()
