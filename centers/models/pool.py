from __future__ import annotations

from django.db import models

from .bag import Bag


class PoolPart(models.Model):
    """One of the bags that were pooled into another; append-only.

    The pool bears the number of its first part, and what is done about a donation reaches the pools
    of its bags (``reached_bags`` in the database, ``Bag.objects.reached_by``).
    """

    pool = models.ForeignKey(Bag, on_delete=models.PROTECT, related_name="parts")
    part = models.OneToOneField(Bag, on_delete=models.PROTECT, related_name="pooled")
