from __future__ import annotations

import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from donors.models import Province, Unit

from .memo import Memo
from .memo_file import MemoFile
from .memo_text import MemoText
from .operation import Operation


class MemoVersion(MemoText):
    """A memo as it was from ``at`` until the next version; append-only. The database numbers them.

    With a new deadline or a withdrawal the database keeps the text of the version before.
    """

    class Kind(models.TextChoices):
        ISSUED = "issued", pgettext_lazy("memo version", "Issued")
        AMENDED = "amended", pgettext_lazy("memo version", "Amended")
        DEADLINE = "deadline", pgettext_lazy("memo version", "New deadline")
        WITHDRAWN = "ended", pgettext_lazy("memo version", "Withdrawn")

    memo = models.ForeignKey(Memo, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField(editable=False, default=0)
    kind = models.CharField(max_length=8, choices=Kind)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    because = models.TextField(blank=True)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["memo", "number"], name="versions_have_no_gap"),
            models.CheckConstraint(
                condition=Q(kind="issued") | ~Q(because=""), name="memo_version_has_a_reason"
            ),
        ]


class MemoDraft(MemoText):
    """A memo, or the new text of an issued one (``amends``), that administrators work on together.

    ``revision`` grows by one with each saved change, by trigger; a change of an older revision is
    refused, so that nobody overwrites a text not seen. It ends when it is issued or discarded.
    """

    class Scope(models.TextChoices):
        WHOLE = "whole", _("Every unit under the issuer")
        SUBTREE = "subtree", _("One unit and everything under it")
        LIST = "list", _("The units chosen in the list")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    operation = models.ForeignKey(Operation, null=True, on_delete=models.PROTECT, related_name="+")
    amends = models.ForeignKey(Memo, null=True, on_delete=models.PROTECT, related_name="drafts")
    kind = models.CharField(_("kind"), max_length=8, choices=Memo.Kind, default="campaign")
    reference = models.CharField(_("reference"), max_length=60)
    issuer = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    scope = models.CharField(max_length=8, choices=Scope, default=Scope.WHOLE)
    subtree = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT, related_name="+")
    units = models.ManyToManyField(Unit, related_name="+", blank=True)
    provinces = models.ManyToManyField(Province, related_name="+", blank=True)
    files = models.ManyToManyField(MemoFile, related_name="drafts", blank=True)
    unit_kinds = ArrayField(models.CharField(max_length=32), default=list, blank=True)
    because = models.TextField(blank=True)
    revision = models.PositiveIntegerField(default=1)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    edited_at = models.DateTimeField()
    edited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    issued = models.OneToOneField(
        MemoVersion, null=True, on_delete=models.PROTECT, related_name="draft"
    )
    discarded_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-edited_at"]


class MemoReading(models.Model):
    """An administrator read the text of one revision and vouches for its words; append-only.

    ``digest`` is of the text, written by the database: a text changed afterwards was not read.
    """

    draft = models.ForeignKey(MemoDraft, on_delete=models.PROTECT, related_name="readings")
    revision = models.PositiveIntegerField()
    digest = models.CharField(max_length=32, editable=False, default="")
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["at"]
        indexes = [models.Index(fields=["digest"], name="memo_reading_of_a_text")]
