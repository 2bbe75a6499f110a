from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from .donor import Donor


class AccessLog(models.Model):
    """Somebody opened a person's record; append-only by trigger, timed by the database."""

    donor = models.ForeignKey(Donor, on_delete=models.PROTECT, related_name="accesses")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=Now())
    reason = models.CharField(max_length=120)

    class Meta:
        indexes = [models.Index(fields=["donor", "at"], name="access_by_donor")]
