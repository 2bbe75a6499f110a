from django.conf import settings
from django.db import models

from .donor import Donor


class AccessLog(models.Model):
    """Somebody opened a person's record; append-only by trigger."""

    donor = models.ForeignKey(Donor, on_delete=models.PROTECT, related_name="accesses")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    reason = models.CharField(max_length=120)

    class Meta:
        indexes = [models.Index(fields=["donor", "at"], name="access_by_donor")]
