from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from .donor import Donor


class AccessLog(models.Model):
    """Somebody opened a person's record; append-only by trigger, timed by the database.

    ``reason`` is the page, or what the user chose; ``because`` what they typed.
    """

    donor = models.ForeignKey(Donor, on_delete=models.PROTECT, related_name="accesses")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=Now())
    reason = models.CharField(max_length=120)
    because = models.CharField(max_length=200, blank=True, db_default="")

    class Meta:
        indexes = [models.Index(fields=["donor", "at"], name="access_by_donor")]


class UserAccess(models.Model):
    """Somebody read the audit trail of a user; append-only by trigger, timed by the database.

    ``because`` is what they typed; a later look under the same reason has none of its own.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="accesses"
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=Now())
    because = models.CharField(max_length=200, blank=True, db_default="")

    class Meta:
        indexes = [models.Index(fields=["user", "at"], name="access_by_user")]
