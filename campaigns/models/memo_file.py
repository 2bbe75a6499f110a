from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Length
from django.utils.translation import pgettext_lazy

from .memo import Memo

MOST_BYTES = 5 * 1024 * 1024


class MemoFileQuerySet(models.QuerySet["MemoFile"]):
    def ever_of(self, memo: Memo) -> MemoFileQuerySet:
        """Attached to any text of an issued memo."""
        return self.filter(drafts__issued__memo=memo).distinct()

    def of(self, memo: Memo) -> MemoFileQuerySet:
        """Attached to the text in force."""
        texts = memo.versions.filter(kind__in=["issued", "amended"]).order_by("-number")
        return self.filter(drafts__issued__in=texts[:1])


class MemoFile(models.Model):
    """A file attached to a memo, without its metadata. It lies in the database, out of reach of any
    web server, and never changes."""

    class Kind(models.TextChoices):
        PDF = "pdf", pgettext_lazy("file", "PDF")
        PNG = "png", pgettext_lazy("file", "Picture (PNG)")
        JPEG = "jpg", pgettext_lazy("file", "Picture (JPEG)")

    MEDIA = {Kind.PDF: "application/pdf", Kind.PNG: "image/png", Kind.JPEG: "image/jpeg"}

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=3, choices=Kind)
    content = models.BinaryField()
    size = models.GeneratedField(
        expression=Length("content"), output_field=models.IntegerField(), db_persist=True
    )
    added_at = models.DateTimeField()
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )

    objects = MemoFileQuerySet.as_manager()

    class Meta:
        ordering = ["added_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(size__gte=1, size__lte=MOST_BYTES), name="memo_file_is_at_most_5_mb"
            )
        ]

    @property
    def media(self) -> str:
        return self.MEDIA[self.Kind(self.kind)]
