from __future__ import annotations

from django.db import models


class KeyCheck(models.Model):
    """The mark of one key, made when the database was new; a different key cannot reproduce it."""

    name = models.CharField(max_length=20, primary_key=True)
    mark = models.BinaryField()
    made_at = models.DateTimeField()
