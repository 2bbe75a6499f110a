"""Patients of the hospitals that a centre serves: their samples, what was read of them, their needs."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from donors.models import BloodGroup
from donors.models.donor import Sex

from .center import Center
from .donation import Donation


class ExtendedTest(models.TextChoices):
    """What is read beyond the panel of every donation: antigens of red cells, and CMV."""

    BIG_C = "C", "C"
    SMALL_C = "c", "c"
    BIG_E = "E", "E"
    SMALL_E = "e", "e"
    KELL = "K", "K"
    FYA = "Fya", "Fyª"
    FYB = "Fyb", "Fyᵇ"
    JKA = "Jka", "Jkª"
    JKB = "Jkb", "Jkᵇ"
    BIG_S = "S", "S"
    SMALL_S = "s", "s"
    CMV = "CMV", "CMV"


ANTIGENS = [(test.value, test.label) for test in ExtendedTest if test != ExtendedTest.CMV]
# The phenotype that is matched for patients who need it (French rules: docs/sources.md).
PHENOTYPE = ["C", "c", "E", "e", "K"]


class Answer(models.TextChoices):
    NEGATIVE = "negative", _("Negative")
    POSITIVE = "positive", _("Positive")


class Patient(models.Model):
    """A person for whom a hospital asks blood, known to the one centre that serves the hospital.

    ``identity_sealed`` is JSON under AES-256-GCM: ``identifier``, ``name`` and, where known,
    ``birth_date``. ``identity_key`` is the identifier's keyed hash, the only way to look it up.
    """

    class Kind(models.TextChoices):
        FILE = "file", _("File number of the hospital")
        CARD = "card", _("National identity card")
        TEMPORARY = "temporary", _("Temporary, not identified yet")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    center = models.ForeignKey(Center, on_delete=models.PROTECT, related_name="patients")
    kind = models.CharField(max_length=9, choices=Kind)
    identity_sealed = models.BinaryField(editable=False)
    identity_key = models.CharField(max_length=64, editable=False)
    sex = models.CharField(max_length=1, choices=Sex)
    birth_year = models.PositiveSmallIntegerField()
    registered_at = models.DateTimeField()
    registered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["center", "identity_key"], name="patient_is_known_once_a_center"
            ),
            models.CheckConstraint(
                condition=Q(birth_year__range=(1890, 2100)), name="patient_was_born_in_a_year"
            ),
        ]


class PatientAccess(models.Model):
    """Somebody saw who a patient is; append-only, timed by the database."""

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="accesses")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=Now())
    reason = models.CharField(max_length=40)

    class Meta:
        indexes = [models.Index(fields=["patient", "at"], name="patient_access_in_order")]


class Sample(models.Model):
    """A tube of the patient's blood. ``exposed``: transfused or pregnant in the three months before,
    or nobody knows; it then serves for 72 hours, otherwise for seven days."""

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="samples")
    hospital = models.ForeignKey("Hospital", on_delete=models.PROTECT, related_name="+")
    number = models.CharField(max_length=40)
    drawn_at = models.DateTimeField()
    drawn_by = models.CharField(max_length=80)
    exposed = models.BooleanField()
    received_at = models.DateTimeField()
    received_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["hospital", "number"], name="sample_is_of_one_patient"),
            models.CheckConstraint(
                condition=Q(drawn_at__lte=F("received_at")), name="sample_was_drawn_before_it_came"
            ),
            models.CheckConstraint(
                condition=~Q(number="") & ~Q(drawn_by=""), name="sample_says_who_drew_it"
            ),
        ]


class PatientReading(models.Model):
    """What one reader determined of a patient: the group, the antibody screen, antigens.

    The reader is a member of staff (``read_by``) or as the hospital's paper says (``stated_by``).
    A reading that was wrong is set aside with a reason and stays on record.
    """

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="readings")
    sample = models.ForeignKey(Sample, null=True, on_delete=models.PROTECT, related_name="readings")
    blood_group = models.CharField(max_length=3, choices=BloodGroup, blank=True)
    screen = models.CharField(max_length=8, choices=Answer, blank=True)
    has = ArrayField(models.CharField(max_length=3, choices=ANTIGENS), default=list)
    lacks = ArrayField(models.CharField(max_length=3, choices=ANTIGENS), default=list)
    read_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    stated_by = models.CharField(max_length=80, blank=True)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField()
    dropped_at = models.DateTimeField(null=True)
    dropped_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    dropped_because = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(read_by=None) & ~Q(stated_by="")
                | Q(read_by__isnull=False, stated_by=""),
                name="reading_of_a_patient_has_a_reader",
            ),
            models.CheckConstraint(
                condition=~Q(blood_group="", screen="", has=[], lacks=[]),
                name="reading_of_a_patient_says_something",
            ),
            models.CheckConstraint(
                condition=Q(dropped_at=None, dropped_by=None, dropped_because="")
                | Q(dropped_at__isnull=False, dropped_by__isnull=False) & ~Q(dropped_because=""),
                name="reading_of_a_patient_is_dropped_with_a_reason",
            ),
        ]


class Requirement(models.Model):
    """What blood for this patient has to be; it stands for every later request until it is ended.

    An antibody without ``antigen`` is one not identified yet: each bag then needs a crossmatch.
    """

    class Kind(models.TextChoices):
        ANTIBODY = "antibody", _("Antibody found")
        ANTIGEN = "antigen", _("Without the antigen")
        PHENOTYPE = "phenotype", _("Of the patient's phenotype (Rh and K)")
        IRRADIATED = "irradiated", _("Irradiated")
        CMV = "cmv", _("CMV negative")

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="requirements")
    kind = models.CharField(max_length=10, choices=Kind)
    antigen = models.CharField(max_length=3, choices=ANTIGENS, blank=True)
    stated_at = models.DateTimeField()
    stated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    ended_because = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["patient", "kind", "antigen"],
                condition=Q(ended_at=None),
                name="requirement_stands_once",
            ),
            models.CheckConstraint(
                condition=Q(kind="antibody")
                | Q(kind="antigen") & ~Q(antigen="")
                | ~Q(kind="antigen") & Q(antigen=""),
                name="requirement_names_its_antigen",
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_by=None, ended_because="")
                | Q(ended_at__isnull=False, ended_by__isnull=False)
                & ~Q(ended_because="")
                & ~Q(ended_by=F("stated_by")),
                name="requirement_is_ended_by_a_second_person",
            ),
        ]


class ExtendedReading(models.Model):
    """One person's reading of a donation beyond the panel; append-only.

    A donor lacks an antigen where two people read it negative and nobody ever read it positive, in
    whatever donation; CMV counts for the donation alone.
    """

    donation = models.ForeignKey(Donation, on_delete=models.PROTECT, related_name="extended")
    test = models.CharField(max_length=3, choices=ExtendedTest)
    outcome = models.CharField(max_length=8, choices=Answer)
    lot = models.CharField(max_length=40)
    read_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    read_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["donation", "test", "read_by"], name="extended_test_is_read_once_a_reader"
            )
        ]
