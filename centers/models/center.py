from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from donors.models import Province
from donors.models.deferral import says_something
from donors.models.naming import Named
from donors.models.unit import DatedQuerySet


class CenterQuerySet(models.QuerySet["Center"]):
    def collecting(self) -> CenterQuerySet:
        return self.exclude(kind__in=["national_agency"])


class Acceptance(models.TextChoices):
    """Who accepts a donor against whom nothing speaks, by the rules of a centre."""

    DOCTOR = "doctor", _("A doctor accepts each donor")
    MEASURER = "measurer", _("The person who measures accepts")


class Center(Named):
    """A transfusion centre, a hospital's blood bank or a fixed collection site.

    ``facility`` is the facility number of the centre's donation numbers (ISBT 128 FIN), empty until
    it has one. Coordinates are the town's, not the building's (``verified`` says how well the row
    is known). ``acceptance`` changes by an ``AcceptanceChange`` alone. ``second_check``: who looks a
    second time at a bag before it leaves; ``electronic_issue``: whether a crossmatch by computer may
    stand for one in the tube; both change by an ``IssueRulesChange`` alone. A stock figure older than
    ``stale_after_hours`` is stale: somebody looks at the shelf before anything is decided by it.
    """

    class SecondCheck(models.TextChoices):
        PERSON = "person", _("A second person")
        SCAN = "scan", _("The same person, by a second scan")

    code = models.CharField(max_length=32, unique=True)
    kind = models.CharField(max_length=32)
    city_ar = models.CharField(max_length=80)
    city_fr = models.CharField(max_length=80)
    province = models.ForeignKey(Province, on_delete=models.PROTECT, related_name="centers")
    latitude = models.FloatField()
    longitude = models.FloatField()
    phone = models.CharField(max_length=20, blank=True)
    facility = models.CharField(max_length=5, blank=True)
    stale_after_hours = models.PositiveSmallIntegerField(default=48, db_default=48)
    acceptance = models.CharField(
        max_length=8, choices=Acceptance, default=Acceptance.DOCTOR, db_default=Acceptance.DOCTOR
    )
    second_check = models.CharField(
        max_length=6,
        choices=SecondCheck,
        default=SecondCheck.PERSON,
        db_default=SecondCheck.PERSON,
    )
    electronic_issue = models.BooleanField(default=False, db_default=False)
    verified = models.CharField(max_length=8)
    source = models.TextField(blank=True)
    note = models.TextField(blank=True)

    objects = CenterQuerySet.as_manager()

    class Meta:
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(stale_after_hours__range=(1, 720)),
                name="figure_is_stale_within_a_month",
            )
        ]

    @property
    def city(self) -> str:
        return self.city_ar if get_language() == "ar" else self.city_fr


class AcceptanceChange(models.Model):
    """A change of the centre's rule about who accepts donors; a trigger sets the rule. Append-only."""

    center = models.ForeignKey(Center, on_delete=models.PROTECT, related_name="acceptance_changes")
    acceptance = models.CharField(max_length=8, choices=Acceptance)
    because = models.CharField(max_length=200)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(acceptance__in=Acceptance.values), name="acceptance_is_one_of_the_rules"
            ),
            models.CheckConstraint(
                condition=Q(says_something("because")), name="acceptance_changes_for_a_reason"
            ),
        ]


class IssueRulesChange(models.Model):
    """A change of the centre's rules of issue; a trigger sets them. Append-only."""

    center = models.ForeignKey(Center, on_delete=models.PROTECT, related_name="issue_rules_changes")
    second_check = models.CharField(max_length=6, choices=Center.SecondCheck)
    electronic_issue = models.BooleanField()
    because = models.CharField(max_length=200)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(second_check__in=["person", "scan"]),
                name="second_check_is_one_of_the_rules",
            ),
            models.CheckConstraint(
                condition=Q(says_something("because")), name="issue_rules_change_for_a_reason"
            ),
        ]


class Job(models.TextChoices):
    RECEPTION = "reception", _("Reception")
    COLLECTION = "collection", _("Collection")
    DOCTOR = "doctor", _("Doctor")
    LABORATORY = "laboratory", _("Laboratory")
    STOCK = "stock", _("Stock")
    MANAGER = "manager", _("Manager")


class Staff(models.Model):
    """A user's job at a centre, from a day until a day; one row per job."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="jobs"
    )
    center = models.ForeignKey(Center, on_delete=models.PROTECT, related_name="staff")
    job = models.CharField(max_length=12, choices=Job)
    since = models.DateField()
    until = models.DateField(null=True, blank=True)

    objects = DatedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "center", "job"],
                condition=Q(until=None),
                name="staff_has_a_job_once_a_center",
            ),
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gt=F("since")), name="job_ends_after_it_begins"
            ),
        ]
