from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from .donor import Donor
from .naming import Language


class Purpose(models.TextChoices):
    APPEALS = "appeals", _("Urgent appeals")
    REMINDERS = "reminders", _("Reminders of my appointments")
    FOLLOW_UP = "follow_up", _("Where my blood went")
    NEWS = "news", _("News")
    WHATSAPP = "whatsapp", _("By WhatsApp instead of SMS")


class ConsentQuerySet(models.QuerySet["Consent"]):
    def live(self) -> "ConsentQuerySet":
        return self.filter(withdrawn_at=None)


class Consent(models.Model):
    """A donor agreed to be written to for a purpose, by a text of a known version."""

    donor = models.ForeignKey(Donor, on_delete=models.PROTECT, related_name="consents")
    purpose = models.CharField(max_length=12, choices=Purpose)
    text_version = models.CharField(max_length=20)
    language = models.CharField(max_length=2, choices=Language)
    given_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = ConsentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["donor", "purpose"],
                condition=Q(withdrawn_at=None),
                name="consent_given_once_a_purpose",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None) | Q(withdrawn_at__gte=F("given_at")),
                name="consent_withdrawn_after_it_was_given",
            ),
        ]
