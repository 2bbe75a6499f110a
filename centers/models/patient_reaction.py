from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, OuterRef, Q, Subquery
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from .bag import Bag
from .center import Center


class PatientReactionQuerySet(models.QuerySet["PatientReaction"]):
    def with_last(self) -> PatientReactionQuerySet:
        """Annotated with the last assessment: ``kind``, ``severity``, ``imputability``, ``outcome``,
        ``is_closed``."""
        last = Assessment.objects.filter(reaction=OuterRef("pk")).order_by("-pk")
        names = {"kind": "kind", "severity": "severity", "imputability": "imputability"}
        names |= {"outcome": "outcome", "is_closed": "is_final"}
        return self.annotate(**{n: Subquery(last.values(f)[:1]) for n, f in names.items()})

    def open(self) -> PatientReactionQuerySet:
        last = Assessment.objects.filter(reaction=OuterRef("pk")).order_by("-pk")
        return self.alias(closed=Subquery(last.values("is_final")[:1])).exclude(closed=True)


class PatientReaction(models.Model):
    """A reaction of a patient to a bag, as the hospital reported it. Append-only.

    Of the patient it has nothing but what the request of the bag's issue has. What is thought of it
    is in its assessments. ``minutes`` from the beginning of the transfusion to the first sign.
    """

    kind: str  # set by ``with_last``
    severity: int
    imputability: str
    outcome: str
    is_closed: bool

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    bag = models.ForeignKey(Bag, on_delete=models.PROTECT, related_name="patient_reactions")
    center = models.ForeignKey(Center, on_delete=models.PROTECT, related_name="patient_reactions")
    began_at = models.DateTimeField()
    minutes = models.PositiveIntegerField()
    volume = models.PositiveSmallIntegerField(null=True, blank=True)  # transfused, mL
    signs = models.CharField(max_length=300)
    informant = models.CharField(max_length=80)
    reported_at = models.DateTimeField()
    reported_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )

    objects = PatientReactionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(began_at__lte=F("reported_at")) & ~Q(signs="") & ~Q(informant=""),
                name="reaction_was_seen_by_somebody",
            )
        ]
        indexes = [models.Index(fields=["began_at"], name="patient_reaction_of_year")]

    @property
    def kind_label(self) -> str:
        return str(Assessment.Kind(self.kind).label)

    @property
    def severity_label(self) -> str:
        return str(Assessment.Severity(self.severity).label)

    @property
    def imputability_label(self) -> str:
        return str(Assessment.Imputability(self.imputability).label) if self.imputability else ""


class Assessment(models.Model):
    """What is thought of a patient's reaction: its kind, severity, outcome, and how far the blood caused
    it. Append-only: the last one counts; one that is final closes the reaction.

    Kinds, grades and imputability after ISBT/IHN, "Proposed standard definitions for surveillance of
    non infectious adverse transfusion reactions" (2011, TACO 2018); infections after Directive
    2005/61/EC, annex II.
    """

    class Kind(models.TextChoices):
        FEBRILE = "febrile", _("Febrile non-haemolytic reaction")
        ALLERGIC = "allergic", _("Allergic reaction")
        HAEMOLYSIS_ACUTE = "haemolysis_acute", _("Acute haemolytic reaction")
        HAEMOLYSIS_LATE = "haemolysis_late", _("Delayed haemolytic reaction")
        SEROLOGIC_LATE = "serologic_late", _("Delayed serologic reaction (new antibody)")
        WRONG_BLOOD = "wrong_blood", _("Wrong blood transfused (group or patient)")
        TRALI = "trali", _("Transfusion-related acute lung injury (TRALI)")
        TACO = "taco", _("Transfusion-associated circulatory overload (TACO)")
        DYSPNOEA = "dyspnoea", _("Transfusion-associated dyspnoea")
        HYPOTENSIVE = "hypotensive", _("Hypotensive reaction")
        BACTERIAL = "bacterial", _("Bacterial infection by transfusion")
        VIRAL = "viral", _("Viral infection by transfusion")
        PARASITIC = "parasitic", _("Parasitic infection by transfusion")
        GVHD = "gvhd", _("Graft-versus-host disease")
        PURPURA = "purpura", _("Post-transfusion purpura")
        OTHER = "other", _("Other reaction")

    # Kinds that may be the fault of the blood: while one is suspected, the donation is recalled. The
    # same list is in guards/reaction_recalls_the_donation.sql.
    HOLDS = (
        Kind.HAEMOLYSIS_ACUTE, Kind.WRONG_BLOOD, Kind.TRALI, Kind.BACTERIAL, Kind.VIRAL, Kind.PARASITIC,
    )  # fmt: skip

    class Severity(models.IntegerChoices):
        MILD = 1, _("1: non-severe")
        SEVERE = 2, _("2: severe (hospital stay, lasting damage or intervention)")
        THREATENING = 3, _("3: life-threatening")
        DEATH = 4, _("4: death")

    class Outcome(models.TextChoices):
        ONGOING = "ongoing", _("Not known yet")
        RECOVERED = "recovered", _("Recovered")
        SEQUELAE = "sequelae", _("Lasting damage")
        DIED = "died", _("Died")

    class Imputability(models.TextChoices):
        DEFINITE = "definite", pgettext_lazy("imputability", "Definite")
        PROBABLE = "probable", pgettext_lazy("imputability", "Probable")
        POSSIBLE = "possible", pgettext_lazy("imputability", "Possible")
        UNLIKELY = "unlikely", pgettext_lazy("imputability", "Unlikely")
        EXCLUDED = "excluded", pgettext_lazy("imputability", "Excluded")
        NOT_ASSESSABLE = "not_assessable", pgettext_lazy("imputability", "Not assessable")

    reaction = models.ForeignKey(
        PatientReaction, on_delete=models.PROTECT, related_name="assessments"
    )
    kind = models.CharField(max_length=16, choices=Kind)
    severity = models.PositiveSmallIntegerField(choices=Severity)
    outcome = models.CharField(max_length=10, choices=Outcome)
    imputability = models.CharField(max_length=14, choices=Imputability, blank=True)
    words = models.CharField(max_length=500, blank=True)
    is_final = models.BooleanField(default=False)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(is_final=False) | ~Q(imputability="") & ~Q(words=""),
                name="reaction_is_closed_with_its_imputability",
            ),
            models.CheckConstraint(
                condition=Q(severity__in=[1, 2, 3, 4]), name="severity_is_one_of_four_grades"
            ),
            models.CheckConstraint(
                condition=Q(severity=4, outcome="died") | ~Q(severity=4) & ~Q(outcome="died"),
                name="death_is_grade_four",
            ),
        ]
