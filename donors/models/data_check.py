from __future__ import annotations

from django.db import models


class DataCheck(models.Model):
    """What the questions to the whole database found (``donors.data_checks``), for each time they
    were asked.

    ``findings`` are names of questions, counts and some public ids; ``serious`` is how many of them
    say that the database contradicts itself.
    """

    at = models.DateTimeField(db_index=True)
    serious = models.PositiveSmallIntegerField()
    findings = models.JSONField()
