from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from donors.models import Channel

from .notification import Notification


class DeliveryReport(models.Model):
    """What a provider or a mail server said of a message after it had taken it. Append-only.

    ``key`` is a digest of the report, so that the same one counts once. ``applied_at`` is empty
    while the message is in the hands of a sender, which settles it first.
    """

    class Outcome(models.TextChoices):
        DELIVERED = "delivered", _("Delivered")
        ACCEPTED = "accepted", _("Taken by the network")
        FAILED = "failed", _("Not delivered")
        COMPLAINT = "complaint", _("Called unwanted")
        REPEATED = "repeated", _("Sent once more, its end unknown")

    class Source(models.TextChoices):
        KANNEL = "kannel"
        ENVOISMS = "envoisms"
        WHATSAPP = "whatsapp"
        MAIL = "mail"
        OURS = "ours"

    notification = models.ForeignKey(Notification, on_delete=models.PROTECT, related_name="reports")
    outcome = models.CharField(max_length=10, choices=Outcome)
    source = models.CharField(max_length=8, choices=Source)
    code = models.CharField(max_length=40, blank=True)
    refusal = models.CharField(max_length=9, choices=Notification.Refusal, blank=True)
    reason = models.CharField(max_length=8, blank=True)
    at = models.DateTimeField()
    key = models.CharField(max_length=64, unique=True)
    applied_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome="failed") | Q(refusal="", reason=""),
                name="report_of_failure_says_whose",
            )
        ]
        indexes = [
            models.Index(fields=["at"], condition=Q(applied_at=None), name="report_to_be_applied"),
            models.Index(fields=["outcome", "at"], name="report_by_outcome"),
        ]


class ReplyQuerySet(models.QuerySet["Reply"]):
    def to_read(self) -> ReplyQuerySet:
        """Texts that no rule could act on and nobody has read yet."""
        return self.filter(outcome=Reply.Outcome.PERSON, read_at=None)


class Reply(models.Model):
    """A text that somebody sent to our number. ``notification`` is the message that it answers.

    ``number`` and ``text`` are blanked after a time (``messaging.retention``).
    """

    class Meaning(models.TextChoices):
        STOP = "stop", _("Stop")
        YES = "yes", _("Yes")
        NO = "no", _("No")
        TAKE = "take", _("A day of a unit")
        OTHER = "other", _("Something else")

    class Outcome(models.TextChoices):
        STOPPED = "stopped", _("Messages stopped")
        STOPPED_ALL = "all", _("Messages stopped for all who use the number")
        BOOKED = "booked", _("Place booked")
        TIME = "time", _("Asked for a time")
        WHO = "who", _("Asked who comes")
        DECLINED = "declined", _("Declined")
        TAKEN = "taken", _("Day taken for the unit")
        REFUSED = "refused", _("Sent to the page")
        PERSON = "person", _("For a person to read")

    key = models.CharField(max_length=64, unique=True)
    number = models.CharField(max_length=16, blank=True)
    channel = models.CharField(max_length=8, choices=Channel, default=Channel.SMS, db_default="sms")
    text = models.CharField(max_length=500, blank=True)
    notification = models.ForeignKey(
        Notification, null=True, on_delete=models.PROTECT, related_name="replies"
    )
    meaning = models.CharField(max_length=5, choices=Meaning)
    outcome = models.CharField(max_length=8, choices=Outcome)
    received_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)
    read_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = ReplyQuerySet.as_manager()

    class Meta:
        ordering = ["-received_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(read_at=None, read_by=None)
                | Q(read_at__isnull=False, read_by__isnull=False),
                name="reply_is_read_by_somebody",
            )
        ]
        indexes = [models.Index(fields=["received_at"], name="reply_by_time")]
