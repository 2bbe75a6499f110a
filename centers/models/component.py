from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from donors.models import BloodGroup
from donors.models.naming import Named


class Family(models.TextChoices):
    WHOLE_BLOOD = "whole_blood", _("Whole blood")
    RED_CELLS = "red_cells", _("Red cells")
    PLATELETS = "platelets", _("Platelets")
    PLASMA = "plasma", _("Plasma")
    CRYO = "cryoprecipitate", _("Cryoprecipitate")
    GRANULOCYTES = "granulocytes", _("Granulocytes")


class Component(Named):
    """The content of a bag; expires at 23:59 of the collection day plus ``shelf_life_days``.

    ``local_code`` is a demonstration product code from the facility range ``D``, never for real
    bags. ``volume_min`` and ``volume_max``, in mL, are bounds against slips of typing.
    """

    code = models.CharField(max_length=24, primary_key=True)
    family = models.CharField(max_length=20, choices=Family)
    local_code = models.CharField(max_length=5, unique=True)
    storage_min_c = models.SmallIntegerField(null=True, blank=True)
    storage_max_c = models.SmallIntegerField(null=True, blank=True)
    condition = models.CharField(max_length=120, blank=True)
    shelf_life_days = models.PositiveSmallIntegerField()
    anticoagulant = models.CharField(max_length=12, blank=True)
    anticoagulant_ml = models.PositiveSmallIntegerField(null=True, blank=True)
    additive = models.CharField(max_length=12, blank=True)
    additive_ml = models.PositiveSmallIntegerField(null=True, blank=True)
    volume_min = models.PositiveSmallIntegerField(default=1)
    volume_max = models.PositiveSmallIntegerField(default=1000)
    in_use = models.BooleanField()
    verified = models.CharField(max_length=8)
    source = models.TextField(blank=True)
    note = models.TextField(blank=True)

    class Meta:
        ordering = ["code"]


class Compatibility(models.Model):
    """Whether a bag of group ``donor`` may go to a patient of group ``recipient``. ``preference`` 1
    is best."""

    class Verdict(models.TextChoices):
        COMPATIBLE = "compatible", _("Compatible")
        LOW_TITRE = "acceptable_low_titre", _("Acceptable with a low titre")
        EMERGENCY = "emergency_only", _("Emergency only")
        INCOMPATIBLE = "incompatible", _("Incompatible")

    family = models.CharField(max_length=20, choices=Family)
    recipient = models.CharField(max_length=3, choices=BloodGroup)
    donor = models.CharField(max_length=3, choices=BloodGroup)
    verdict = models.CharField(max_length=24, choices=Verdict)
    preference = models.PositiveSmallIntegerField(null=True, blank=True)
    note = models.CharField(max_length=200, blank=True)
    source = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["family", "recipient", "donor"], name="compatibility_has_one_verdict"
            ),
            models.CheckConstraint(
                condition=Q(verdict="incompatible", preference=None) | ~Q(verdict="incompatible"),
                name="incompatible_is_never_preferred",
            ),
        ]
