from django.conf import settings
from django.db import models
from django.db.models import Q

from .contact import Contact


class PushSubscription(models.Model):
    """A browser that shows our notifications (W3C Push API), of a donor's contact or of an officer.

    ``p256dh`` and ``auth`` are the browser's keys as base64url (RFC 8291); ``made_for`` is our public
    key at that time: a push service refuses messages signed with another.
    """

    contact = models.OneToOneField(
        Contact, null=True, on_delete=models.PROTECT, related_name="subscription"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="push_subscriptions",
    )
    endpoint = models.CharField(max_length=1000)
    digest = models.CharField(max_length=40)
    p256dh = models.CharField(max_length=90)
    auth = models.CharField(max_length=24)
    made_for = models.CharField(max_length=90)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(contact__isnull=False, user=None) | Q(contact=None, user__isnull=False),
                name="subscription_has_one_owner",
            ),
            models.UniqueConstraint(
                fields=["user", "digest"],
                condition=Q(user__isnull=False),
                name="officer_subscribes_a_browser_once",
            ),
            models.CheckConstraint(
                condition=Q(endpoint__regex=r"^https?://[^/@ ]+/"), name="endpoint_is_a_web_address"
            ),
        ]
