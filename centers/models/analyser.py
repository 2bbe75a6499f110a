from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from .center import Center


class Analyser(models.Model):
    """A laboratory machine and the mapping of its files: one line per sample and test.

    ``tests`` maps the file's test names to our marker codes, ``words`` its result words to our
    outcomes; both ignore case.
    """

    center = models.ForeignKey(Center, on_delete=models.PROTECT, related_name="analysers")
    name = models.CharField(max_length=60)
    technique = models.CharField(max_length=40, blank=True)
    sample_column = models.CharField(max_length=60)
    test_column = models.CharField(max_length=60)
    result_column = models.CharField(max_length=60)
    lot_column = models.CharField(max_length=60, blank=True)
    tests = models.JSONField(default=dict)
    words = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["center", "name"], name="analyser_stands_once")
        ]


class AnalyserImport(models.Model):
    """An uploaded file: parsed, previewed, then applied once or dropped.

    ``lines`` is the file's content until then; after applying, the lines left out, for the user who
    uploaded it. ``mapping`` is the mapping it was parsed with. A centre can apply the same file
    once.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    analyser = models.ForeignKey(Analyser, on_delete=models.PROTECT, related_name="imports")
    center = models.ForeignKey(Center, on_delete=models.PROTECT, related_name="+")
    file_name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    mapping = models.JSONField(default=dict)
    lines = models.JSONField(default=list)
    handed_in_at = models.DateTimeField()
    handed_in_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    applied_at = models.DateTimeField(null=True, blank=True)
    dropped_at = models.DateTimeField(null=True, blank=True)
    written = models.PositiveIntegerField(default=0)
    skipped = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["center", "sha256"],
                condition=Q(applied_at__isnull=False),
                name="analyser_file_is_applied_once",
            ),
            models.CheckConstraint(
                condition=Q(applied_at=None) | Q(dropped_at=None),
                name="analyser_file_is_applied_or_dropped",
            ),
        ]
