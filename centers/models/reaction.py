from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from donors.models.deferral import says_something

from .visit import Visit


class Reaction(models.Model):
    """An adverse reaction of a donor: international classification (ISBT, AABB, IHN 2014).

    ``grade`` 1 to 5 by the AABB tool (Transfusion 2020;60:1231): 3 and above is serious.
    ``notes``: how it went; ``treatment``: what was done at once. What comes later is a ``ReactionStep``.
    Append-only.
    """

    class Kind(models.TextChoices):
        HAEMATOMA = "haematoma", _("Haematoma")
        ARTERY = "artery", _("Puncture of an artery")
        DELAYED_BLEEDING = "delayed_bleeding", _("Bleeding again afterwards")
        NERVE = "nerve", _("Nerve injured or irritated")
        TENDON = "tendon", _("Tendon injured")
        PAINFUL_ARM = "painful_arm", _("Painful arm")
        CLOT = "clot", _("Clot in a vein")
        CELLULITIS = "cellulitis", _("Infection of the skin at the needle")
        LOCAL_ALLERGY = "local_allergy", _("Allergy of the skin at the needle")
        FAINT = "faint", _("Faintness without loss of consciousness")
        FAINT_SHORT = "faint_short", _("Loss of consciousness under 60 seconds")
        FAINT_LONG = "faint_long", _("Loss of consciousness of 60 seconds or more, or convulsions")
        ALLERGY = "allergy", _("General allergic reaction")
        HEART = "heart", _("Acute heart symptoms")
        STROKE = "stroke", _("Stroke or passing lack of blood in the brain")
        OTHER = "other", _("Another reaction")

    class Grade(models.IntegerChoices):
        ONE = 1, _("1: no care from outside, short")
        TWO = 2, _("2: care from outside without a stay in hospital, or two weeks to six months")
        THREE = 3, _("3: stay in hospital, operation, or more than six months")
        FOUR = 4, _("4: immediate treatment to prevent death")
        FIVE = 5, _("5: death")

    class Imputability(models.TextChoices):
        DEFINITE = "definite", _("Certain")
        PROBABLE = "probable", _("Probable")
        POSSIBLE = "possible", _("Possible")
        UNLIKELY = "unlikely", _("Unlikely")
        EXCLUDED = "excluded", _("Excluded")
        UNKNOWN = "unknown", _("Cannot be judged yet")

    SERIOUS = 3

    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="reactions")
    kind = models.CharField(max_length=16, choices=Kind)
    grade = models.PositiveSmallIntegerField(choices=Grade)
    imputability = models.CharField(max_length=8, choices=Imputability)
    after_leaving = models.BooleanField()
    injured = models.BooleanField()
    notes = models.TextField(blank=True, db_default="")
    treatment = models.TextField(blank=True, db_default="")
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(grade__range=(1, 5)), name="reaction_has_a_grade")
        ]


class ReactionStep(models.Model):
    """What followed a reaction: seen again, treated, declared to haemovigilance, closed. Append-only.

    ``reference`` is the number that the declaration got. A serious reaction is closed only after its
    declaration (trigger).
    """

    class Kind(models.TextChoices):
        FOLLOW_UP = "follow_up", _("Called or seen again")
        TREATED = "treated", _("Treated")
        DECLARED = "declared", _("Declared to haemovigilance")
        CLOSED = "closed", _("Closed: nothing is left")

    reaction = models.ForeignKey(Reaction, on_delete=models.PROTECT, related_name="steps")
    kind = models.CharField(max_length=9, choices=Kind)
    said = models.TextField()
    reference = models.CharField(max_length=40, blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(says_something("said")), name="reaction_step_says_something"
            ),
            models.CheckConstraint(
                condition=~Q(kind="declared") | ~Q(reference=""),
                name="reaction_is_declared_with_its_number",
            ),
            models.UniqueConstraint(
                fields=["reaction"], condition=Q(kind="closed"), name="reaction_is_closed_once"
            ),
        ]
