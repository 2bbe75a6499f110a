from __future__ import annotations

import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from donors.clock.partial_dates import PartialDate

from .naming import Language
from .place import Province
from .unit import DatedQuerySet, Unit


class Sex(models.TextChoices):
    FEMALE = "F", _("Female")
    MALE = "M", _("Male")


class BirthPrecision(models.TextChoices):
    DAY = "day", _("The day is known")
    MONTH = "month", _("Only month and year are known")
    YEAR = "year", _("Only the year is known")


def birth_fits_its_precision() -> Q:
    """The part that is not known is stored as the first day or month."""
    return Q(birth_date=Func("birth_date", "birth_precision", function="earliest_birth"))


class BloodGroup(models.TextChoices):
    O_POSITIVE = "O+", "O+"
    O_NEGATIVE = "O-", "O−"
    A_POSITIVE = "A+", "A+"
    A_NEGATIVE = "A-", "A−"
    B_POSITIVE = "B+", "B+"
    B_NEGATIVE = "B-", "B−"
    AB_POSITIVE = "AB+", "AB+"
    AB_NEGATIVE = "AB-", "AB−"


class Donor(models.Model):
    """A person who gives, gave or wishes to give blood.

    Names are as on the identity card, in both scripts if the card was seen; neither is ever derived
    from the other. ``blood_group`` is empty until a laboratory has confirmed it.
    ``document_sealed`` is the identity document's number under AES-256-GCM; ``document_key`` is its
    keyed hash, the only way to look it up. ``name_keys`` are the sounds of both names
    (``donors.people.names.keys``), by which a misspelt name is found. An erased donor keeps only
    the document's key, so that their deferrals apply again if they return with the same card.
    ``birth_date`` is the first day on which they may have been born, ``latest_birth_date`` the last:
    they differ where ``birth_precision`` says that only the month or the year is known.
    """

    class Document(models.TextChoices):
        CIN = "cin", _("National identity card")
        RESIDENCE = "residence", _("Residence card")
        PASSPORT = "passport", _("Passport")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="donor",
    )
    family_name = models.CharField(_("family name (Latin letters)"), max_length=80, blank=True)
    given_name = models.CharField(_("given name (Latin letters)"), max_length=80, blank=True)
    family_name_ar = models.CharField(_("family name (Arabic letters)"), max_length=80, blank=True)
    given_name_ar = models.CharField(_("given name (Arabic letters)"), max_length=80, blank=True)
    name_key = models.CharField(max_length=200, editable=False)
    name_key_ar = models.CharField(max_length=200, editable=False)
    name_keys = ArrayField(models.CharField(max_length=80), default=list, editable=False)
    sex = models.CharField(_("sex"), max_length=1, choices=Sex)
    birth_date = models.DateField(_("date of birth"))
    birth_precision = models.CharField(
        max_length=5, choices=BirthPrecision, default=BirthPrecision.DAY, db_default="day"
    )
    latest_birth_date = models.GeneratedField(
        expression=Func("birth_date", "birth_precision", function="latest_birth"),
        output_field=models.DateField(),
        db_persist=True,
    )
    document_kind = models.CharField(max_length=12, choices=Document, blank=True)
    document_sealed = models.BinaryField(null=True, editable=False)
    document_key = models.CharField(max_length=64, null=True, unique=True, editable=False)
    blood_group = models.CharField(max_length=3, choices=BloodGroup, blank=True)
    province = models.ForeignKey(
        Province, null=True, blank=True, on_delete=models.PROTECT, related_name="donors"
    )
    language = models.CharField(max_length=2, choices=Language, default=Language.ARABIC)
    paused_until = models.DateField(null=True, blank=True)
    quiet_from = models.PositiveSmallIntegerField(null=True, blank=True)
    quiet_until = models.PositiveSmallIntegerField(null=True, blank=True)
    merged_into = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="merged"
    )
    erased_at = models.DateTimeField(null=True, blank=True, editable=False)
    compared_at = models.DateTimeField(null=True, blank=True, editable=False)
    registered_at = models.DateTimeField()
    registered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(family_name="", family_name_ar="")
                & ~Q(given_name="", given_name_ar="")
                | Q(erased_at__isnull=False),
                name="donor_bears_a_name_in_one_script",
            ),
            models.CheckConstraint(
                condition=Q(erased_at=None)
                | Q(
                    family_name="",
                    given_name="",
                    family_name_ar="",
                    given_name_ar="",
                    name_key="",
                    name_key_ar="",
                    name_keys=[],
                    document_sealed=None,
                    user=None,
                ),
                name="erased_donor_bears_nothing_of_the_person",
            ),
            models.CheckConstraint(
                condition=Q(merged_into=None) | ~Q(merged_into=F("id")),
                name="donor_is_not_joined_to_itself",
            ),
            models.CheckConstraint(condition=Q(sex__in=Sex.values), name="donor_sex_is_known"),
            models.CheckConstraint(
                condition=birth_fits_its_precision(), name="donor_birth_invents_no_day"
            ),
            models.CheckConstraint(
                condition=Q(blood_group__in=["", *BloodGroup.values]), name="donor_group_is_a_group"
            ),
            models.CheckConstraint(
                condition=Q(quiet_from=None, quiet_until=None)
                | Q(quiet_from__range=(0, 23), quiet_until__range=(0, 23))
                & ~Q(quiet_from=F("quiet_until")),
                name="donor_quiet_hours_are_whole",
            ),
            models.CheckConstraint(
                condition=Q(document_sealed=None, document_key=None, document_kind="")
                | Q(erased_at__isnull=False, document_sealed=None, document_key__isnull=False)
                | Q(document_sealed__isnull=False, document_key__isnull=False)
                & ~Q(document_kind=""),
                name="donor_document_is_whole",
            ),
        ]
        indexes = [
            GinIndex(fields=["name_keys"], name="donor_by_sound_of_name", fastupdate=False),
            models.Index(fields=["birth_date"], name="donor_by_birth_date"),
            models.Index(fields=["id"], condition=Q(compared_at=None), name="donor_not_compared"),
            models.Index(fields=["province", "blood_group"], name="donor_near_with_group"),
        ]

    def __str__(self) -> str:
        return str(self.public_id)

    @property
    def born(self) -> PartialDate:
        return PartialDate(self.birth_date, self.birth_precision)

    @property
    def person(self) -> Donor:
        """The row in use for this person: the kept one where two were joined."""
        return self.merged_into or self

    def linked_rows(self) -> models.QuerySet[Donor]:
        """This row and those joined to it: together the person's whole record."""
        return Donor.objects.filter(Q(pk=self.pk) | Q(merged_into=self.pk))

    @property
    def quiet_hours(self) -> tuple[int, int] | None:
        """The person's own quiet hours, local (from, until); None where not set."""
        if self.quiet_from is None or self.quiet_until is None:  # a constraint: both or neither
            return None
        return self.quiet_from, self.quiet_until

    @property
    def full_name(self) -> str:
        arabic = f"{self.given_name_ar} {self.family_name_ar}".strip()
        latin = f"{self.given_name} {self.family_name}".strip()
        return (arabic or latin) if get_language() == "ar" else (latin or arabic)


class NameVariant(models.Model):
    """A folded word of some registered name (``donors.people.names``); typing errors are compared
    with it."""

    form = models.CharField(max_length=80, unique=True)

    class Meta:
        db_table = "donors_nameform"


class Membership(models.Model):
    """A donor belongs to a unit from a day until a day; commanders see only counts of members."""

    donor = models.ForeignKey(Donor, on_delete=models.PROTECT, related_name="memberships")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="memberships")
    since = models.DateField()
    until = models.DateField(null=True, blank=True)

    objects = DatedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["donor"], condition=Q(until=None), name="donor_belongs_to_one_unit_now"
            ),
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gt=F("since")),
                name="membership_ends_after_it_begins",
            ),
        ]
