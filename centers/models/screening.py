from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from donors.models import BloodGroup
from donors.models.naming import Named
from donors.models.policy import InForceQuerySet

from .donation import Donation


class Marker(Named):
    """A test that every donation needs, in force from a day until a day (decree 2-94-20).

    ``deferral_code`` is the reason (of ``DeferralReason``) for deferring a donor with a final
    reactive result; ``look_back``: whether earlier donations are then followed up. A mark is read
    of group O only and blocks nothing: if positive, plasma, platelets and whole blood are kept for
    patients of group O.
    """

    class Kind(models.TextChoices):
        GROUP = "group", _("Blood group")
        INFECTION = "infection", _("Infection")
        MARK = "mark", _("Mark on the label")

    code = models.CharField(max_length=16, unique=True)
    kind = models.CharField(max_length=12, choices=Kind)
    position = models.PositiveSmallIntegerField()
    rh_negative_only = models.BooleanField(default=False)
    deferral_code = models.CharField(max_length=60, blank=True)
    look_back = models.BooleanField(default=False)
    valid_from = models.DateField()
    valid_until = models.DateField(null=True, blank=True)
    source = models.TextField(blank=True)

    objects = InForceQuerySet.as_manager()

    class Meta:
        ordering = ["position"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(kind="infection") | ~Q(deferral_code=""),
                name="infection_defers_its_donor",
            )
        ]


class Outcome(models.TextChoices):
    NEGATIVE = "negative", _("Negative")
    REACTIVE = "reactive", _("Reactive")
    POSITIVE = "positive", _("Positive")
    O = "O", "O"  # noqa: E741 - the blood group is called O
    A = "A", "A"
    B = "B", "B"
    AB = "AB", "AB"


class ResultQuerySet(models.QuerySet["Result"]):
    def current(self) -> ResultQuerySet:
        """Readings of each marker's last version."""
        later = Repeat.objects.filter(
            donation=OuterRef("donation"),
            marker=OuterRef("marker"),
            version__gt=OuterRef("version"),
        )
        return self.filter(~Exists(later))


class Result(models.Model):
    """One person's reading of one marker of one donation; immutable by trigger.

    Every marker is read twice (``entry`` 1 and 2) by two people; blood groups also by two
    techniques and two reagent lots. Infection markers are negative or reactive, antigens and marks
    negative or positive, ABO a group. Readings that disagree are followed by two of the next
    ``version``, which a ``Repeat`` opens; the last version counts.

    ``value`` and ``cut_off`` are numbers as the machine wrote them (``<0.05``), ``measured_at`` its
    own clock (YYYYMMDDHHMMSS) and ``run`` its own number of the run, where it says them.
    """

    donation = models.ForeignKey(Donation, on_delete=models.PROTECT, related_name="results")
    marker = models.ForeignKey(Marker, on_delete=models.PROTECT, related_name="results")
    version = models.PositiveSmallIntegerField(default=1)
    entry = models.PositiveSmallIntegerField()
    outcome = models.CharField(max_length=8, choices=Outcome)
    technique = models.CharField(max_length=40, blank=True)
    lot = models.CharField(max_length=40, blank=True)
    value = models.CharField(max_length=20, blank=True, db_default="")
    cut_off = models.CharField(max_length=20, blank=True, db_default="")
    run = models.CharField(max_length=40, blank=True, db_default="")
    measured_at = models.CharField(max_length=14, blank=True, db_default="")
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    entered_at = models.DateTimeField()
    plate = models.ForeignKey(
        "Plate", null=True, blank=True, on_delete=models.PROTECT, related_name="results"
    )
    imported = models.ForeignKey(
        "AnalyserImport", null=True, blank=True, on_delete=models.PROTECT, related_name="results"
    )

    objects = ResultQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["donation", "marker", "version", "entry"],
                name="result_entered_once_an_entry",
            ),
            models.CheckConstraint(condition=Q(entry__in=[1, 2]), name="result_has_two_entries"),
        ]


class Repeat(models.Model):
    """A marker is to be read again, twice: opens its next ``version``; immutable by trigger.

    The database refuses it after only one reading, and after a final result: reactive twice, in one
    version or over several. It blocks the bags until they are released again.
    """

    class Because(models.TextChoices):
        NEW_SAMPLE = "new_sample", _("A new sample was taken")
        SAME_SAMPLE = "same_sample", _("The same sample is read once more")
        CONTROL = "control", _("The control of the run had failed")
        MISTYPED = "mistyped", _("A reading was entered wrongly")

    donation = models.ForeignKey(Donation, on_delete=models.PROTECT, related_name="repeats")
    marker = models.ForeignKey(Marker, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveSmallIntegerField()
    because = models.CharField(max_length=12, choices=Because)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    asked_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["donation", "marker", "version"], name="repeat_opens_a_version_once"
            )
        ]


class GroupCorrection(models.Model):
    """A new sample disproved the donor's known group; immutable by trigger.

    The donor's group becomes ``after``; bags of earlier donations with another label are blocked
    and recalled.
    """

    donation = models.ForeignKey(Donation, on_delete=models.PROTECT, related_name="+")
    before = models.CharField(max_length=3, choices=BloodGroup)
    after = models.CharField(max_length=3, choices=BloodGroup)
    because = models.CharField(max_length=200)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(before=F("after")) & ~Q(because=""),
                name="group_is_corrected_to_another",
            )
        ]


class LookBack(models.Model):
    """Look-back after a final reactive result: earlier donations of the donor are followed up."""

    donation = models.ForeignKey(Donation, on_delete=models.PROTECT, related_name="look_backs")
    marker = models.ForeignKey(Marker, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["donation", "marker"], name="marker_opens_one_look_back"
            ),
            models.CheckConstraint(
                condition=Q(closed_at=None, closed_by=None)
                | Q(closed_at__isnull=False, closed_by__isnull=False),
                name="look_back_is_closed_by_somebody",
            ),
        ]
