from __future__ import annotations

from django.db import models


class KeyCheck(models.Model):
    """What a key of the site made when its database was new: another key does not make it again."""

    name = models.CharField(max_length=20, primary_key=True)
    mark = models.BinaryField()
    made_at = models.DateTimeField()
