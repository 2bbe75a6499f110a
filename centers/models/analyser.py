from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .center import Center


class Analyser(models.Model):
    """A laboratory machine and the mapping of what it says: one line per sample and test.

    ``tests`` maps the machine's test names to our marker codes, ``words`` its result words to our
    outcomes; both ignore case. The columns are those of a table; a message has fields of its own.
    ``sender`` is how the machine calls itself in a message (MSH-3, or field 5 of the record H).
    ``below``: a value below the cut-off is the reactive one, as in a competitive test.
    """

    class Format(models.TextChoices):
        TABLE = "table", _("A table (CSV or .xlsx)")
        HL7 = "hl7", _("Messages of HL7 v2 (ORU^R01)")
        ASTM = "astm", _("Messages of ASTM / LIS2")

    center = models.ForeignKey(Center, on_delete=models.PROTECT, related_name="analysers")
    name = models.CharField(max_length=60)
    technique = models.CharField(max_length=40, blank=True)
    format = models.CharField(
        max_length=5, choices=Format, default=Format.TABLE, db_default=Format.TABLE
    )
    sender = models.CharField(max_length=60, blank=True, db_default="")
    below = models.BooleanField(default=False, db_default=False)
    sample_column = models.CharField(max_length=60, blank=True)
    test_column = models.CharField(max_length=60, blank=True)
    result_column = models.CharField(max_length=60, blank=True)
    lot_column = models.CharField(max_length=60, blank=True)
    value_column = models.CharField(max_length=60, blank=True, db_default="")
    cut_off_column = models.CharField(max_length=60, blank=True, db_default="")
    run_column = models.CharField(max_length=60, blank=True, db_default="")
    time_column = models.CharField(max_length=60, blank=True, db_default="")
    tests = models.JSONField(default=dict)
    words = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["center", "name"], name="analyser_stands_once"),
            models.UniqueConstraint(
                fields=["format", "sender"],
                condition=~Q(sender=""),
                name="sender_is_of_one_analyser",
            ),
            models.CheckConstraint(
                condition=~Q(format="table")
                | ~Q(sample_column="") & ~Q(test_column="") & ~Q(result_column=""),
                name="table_has_its_columns",
            ),
        ]


class AnalyserImport(models.Model):
    """An uploaded file or a message: parsed, previewed, then applied once or dropped.

    ``lines`` is the file's content until then; after applying, the lines left out, for the user who
    uploaded it. ``mapping`` is the mapping it was parsed with. A centre can apply the same file
    once. What the machine sent by itself has no ``handed_in_by`` until a reader takes it up.
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
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    sent = models.BooleanField(default=False, db_default=False)
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
            models.CheckConstraint(
                condition=Q(handed_in_by__isnull=False)
                | Q(sent=True, applied_at=None, dropped_at=None),
                name="analyser_file_ends_by_a_reader",
            ),
            models.UniqueConstraint(
                fields=["center", "sha256"],
                condition=Q(sent=True, dropped_at=None),
                name="message_is_kept_once",
            ),
        ]
