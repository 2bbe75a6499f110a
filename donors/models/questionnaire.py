from __future__ import annotations

import uuid
from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from .donor import Donor, Sex
from .naming import Language


class Question(models.Model):
    """One question of a version; a yes raises the deferral reason of that code."""

    class Part(models.TextChoices):
        TODAY = "today", _("Today")
        LATELY = "lately", _("In the last months")
        EVER = "ever", _("Illnesses")
        PRIVATE = "private", _("What stays between you and the doctor")
        WOMEN = "women", _("For women")

    version = models.CharField(max_length=20)
    position = models.PositiveSmallIntegerField()
    code = models.CharField(max_length=20)
    part = models.CharField(max_length=8, choices=Part)
    sex = models.CharField(max_length=3)
    asks_when = models.BooleanField()
    reason = models.CharField(max_length=60)
    text_ar = models.CharField(max_length=300)
    text_fr = models.CharField(max_length=300)
    text_en = models.CharField(max_length=300)
    source = models.TextField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["version", "code"], name="question_stands_once")
        ]

    @property
    def text(self) -> str:
        return getattr(self, f"text_{get_language() or 'ar'}"[:7], self.text_ar)


class SheetQuerySet(models.QuerySet["Sheet"]):
    def of_day(self, donor: Donor, day: date) -> SheetQuerySet:
        """The person's sheets of a day, the valid one first."""
        return self.filter(donor__in=donor.person.linked_rows(), day=day).order_by("-pk")


class Sheet(models.Model):
    """A filled questionnaire, valid for its day; the last one of a day counts. Append-only by
    trigger.

    ``answers`` is sealed; ``centers.access`` decides who may read them. ``by`` is the donor's own
    account, or the member of staff who asked the questions aloud. ``sex``: whose questions were asked; empty on
    sheets from before this was kept.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    donor = models.ForeignKey(Donor, on_delete=models.PROTECT, related_name="sheets")
    version = models.CharField(max_length=20)
    sex = models.CharField(max_length=1, choices=Sex, blank=True, default="")
    language = models.CharField(max_length=2, choices=Language)
    day = models.DateField()
    filled_at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    by_donor = models.BooleanField()
    answers = models.BinaryField()
    raised_count = models.PositiveSmallIntegerField()

    objects = SheetQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["donor", "day"], name="sheet_of_day")]
        constraints = [
            models.CheckConstraint(condition=Q(raised_count__lte=100), name="sheet_is_plausible")
        ]
