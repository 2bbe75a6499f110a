from django.db import models
from django.db.models import Q
from django.db.models.expressions import Combinable
from django.utils.translation import gettext_lazy as _

from .donor import Donor


class Channel(models.TextChoices):
    EMAIL = "email", _("E-mail")
    SMS = "sms", _("SMS")
    PUSH = "push", _("Notification")
    WHATSAPP = "whatsapp", _("WhatsApp")  # of a message only: its contact is the phone number


class ContactQuerySet(models.QuerySet["Contact"]):
    def reachable(self) -> "ContactQuerySet":
        return self.filter(verified_at__isnull=False, failed_at=None, removed_at=None)

    def mark_working(self, **also: Combinable) -> int:
        """Clear the mark that the address is dead; ``also`` are further columns to set."""
        return self.update(failed_at=None, failed_reason="", failed_code="", **also)


class Contact(models.Model):
    """An address where a donor may be reached: an e-mail, a phone number as +212…, or a browser that
    shows notifications, under a digest of its endpoint (``PushSubscription`` has the endpoint).

    ``failed_at`` is set when the carrier or the mail server reported the address as dead, with the
    reason and the provider's code; proving it again clears it. The row of a removed address is kept
    for the messages sent to it; the address itself is blanked.
    """

    class Failure(models.TextChoices):
        UNKNOWN = "unknown", _("the provider knows no such address")
        MOVED = "moved", _("its owner has moved to another address")
        CLOSED = "closed", _("the provider has closed it")
        REPEATED = "repeated", _("it was refused on three days")

    donor = models.ForeignKey(Donor, on_delete=models.PROTECT, related_name="contacts")
    channel = models.CharField(max_length=8, choices=Channel)
    address = models.CharField(max_length=254)
    verified_at = models.DateTimeField(null=True, blank=True)
    failed_at = models.DateTimeField(null=True, blank=True)
    failed_reason = models.CharField(max_length=8, choices=Failure, blank=True, db_default="")
    failed_code = models.CharField(max_length=40, blank=True, db_default="")
    removed_at = models.DateTimeField(null=True, blank=True)
    preferred = models.BooleanField(default=False)

    objects = ContactQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["donor", "channel", "address"],
                condition=Q(removed_at=None),
                name="contact_stands_once_a_donor",
            ),
            models.UniqueConstraint(
                fields=["donor"],
                condition=Q(preferred=True, removed_at=None),
                name="donor_has_one_preferred_contact",
            ),
            models.CheckConstraint(
                condition=Q(address="", removed_at__isnull=False)
                | Q(channel=Channel.EMAIL, address__contains="@")
                | Q(channel=Channel.SMS, address__regex=r"^\+[1-9][0-9]{6,14}$")
                | Q(channel=Channel.PUSH, address__regex=r"^[0-9a-f]{40}$"),
                name="contact_address_fits_its_channel",
            ),
            models.CheckConstraint(
                condition=Q(failed_at__isnull=False) | Q(failed_reason="", failed_code=""),
                name="working_contact_has_no_failure",
            ),
        ]
        indexes = [models.Index(fields=["address"], name="contact_by_address")]
