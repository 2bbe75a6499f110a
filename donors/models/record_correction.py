from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from .deferral import says_something
from .donor import Donor


class RecordCorrection(models.Model):
    """A correction of what is recorded of a person: ``was`` and ``now`` by column, with who and why.

    Sex and birth date change what the person may give: one user proposes (``agreed`` empty), another
    agrees or does not. All others are agreed at once by who made them. A number of a document is
    sealed. Erasing the person blanks ``was``, ``now`` and ``because``.
    """

    class Field(models.TextChoices):
        NAMES = "names", _("Names")
        BIRTH = "birth", _("Date of birth")
        SEX = "sex", _("Sex")
        DOCUMENT = "document", _("Document")
        PHONE = "phone", _("Phone")
        EMAIL = "email", _("E-mail")
        PROVINCE = "province", _("Province")
        UNIT = "unit", _("Unit")

    class Reason(models.TextChoices):
        TYPED = "typed", _("A typing error when it was entered")
        CARD = "card", _("The card shown says something else")
        FIRST_CARD = "first_card", _("A document shown for the first time")
        RENEWED = "renewed", _("A new document, or a renewed one")
        CIVIL = "civil", _("Changed in the civil register, by marriage or judgment")
        MOVED = "moved", _("The person moved, or changed unit or number")
        TOLD = "told", _("The person says so")
        MIXED = "mixed", _("The record was mixed up with another person's")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    donor = models.ForeignKey(Donor, on_delete=models.PROTECT, related_name="corrections")
    field = models.CharField(max_length=8, choices=Field)
    was = models.JSONField(null=True)
    now = models.JSONField(null=True)
    reason = models.CharField(max_length=10, choices=Reason)
    because = models.CharField(max_length=200)
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    agreed = models.BooleanField(null=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    TWO_PEOPLE = (Field.BIRTH, Field.SEX)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["donor", "field"],
                condition=Q(decided_at=None),
                name="one_correction_waits_for_its_second_person",
            ),
            models.CheckConstraint(
                condition=Q(decided_at=None, decided_by=None, agreed=None)
                | Q(decided_at__isnull=False, decided_by__isnull=False, agreed__isnull=False),
                name="record_correction_is_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(field__in=["birth", "sex"])
                | ~Q(agreed=True, decided_by=F("asked_by")),
                name="sex_and_birth_are_corrected_by_two",
            ),
            models.CheckConstraint(
                condition=Q(because="", was=None, now=None) | Q(says_something("because")),
                name="record_correction_says_why",
            ),
            models.CheckConstraint(
                condition=Q(field__in=["birth", "sex"]) | Q(agreed=True),
                name="record_correction_waits_only_for_two",
            ),
        ]
        indexes = [
            models.Index(fields=["donor", "field", "id"], name="record_correction_of_donor"),
            models.Index(
                fields=["asked_at"], condition=Q(decided_at=None), name="record_correction_waits"
            ),
        ]
