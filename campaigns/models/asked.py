from __future__ import annotations

from django.db import models

from donors.models import Donor


class Asked(models.Model):
    """Each time somebody was asked to come, by message or by telephone: what the allowance counts.

    A view over ``Notification`` and ``Call`` (``campaigns/migrations/0013_asked.py``), so that each place
    that asks counts the same. What was not sent and what nobody answered is not in it.
    """

    key = models.CharField(max_length=24, primary_key=True)
    donor = models.ForeignKey(Donor, on_delete=models.DO_NOTHING, related_name="+")
    at = models.DateTimeField()

    class Meta:
        managed = False
        db_table = "campaigns_asked"
