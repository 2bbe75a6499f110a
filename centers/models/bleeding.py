from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from donors.models.deferral import says_something

from .donation import DIN_PATTERN
from .recipe import Kit
from .visit import Ground, Visit


class Arm(models.TextChoices):
    LEFT = "left", pgettext_lazy("arm", "Left")
    RIGHT = "right", pgettext_lazy("arm", "Right")


class Bleeding(models.Model):
    """From needle in to needle out; from its start the number is used up.

    ``device`` is the table or printer to which the number was handed, empty for a loose label.
    ``stopped_because`` is set where the bag was not filled. If it contains some blood there is a
    donation all the same; an empty bag voids the number. ``times_sure``: times that can hardly be
    (``collection.times``) were asked about and confirmed.
    """

    class Stopped(models.TextChoices):
        NO_VEIN = "no_vein", _("No vein was found")
        FLOW = "flow", _("The blood stopped flowing")
        REACTION = "reaction", _("The donor felt unwell")
        WISH = "wish", _("The donor wished to stop")
        BAG = "bag", _("Fault of the bag or the apparatus")

    visit = models.OneToOneField(Visit, on_delete=models.PROTECT, related_name="bleeding")
    din = models.CharField(max_length=13, unique=True)
    check_character = models.CharField(max_length=1)
    device = models.CharField(max_length=40, blank=True)
    kit = models.ForeignKey(Kit, on_delete=models.PROTECT, related_name="+")
    lot = models.CharField(max_length=40)
    arm = models.CharField(max_length=5, choices=Arm)
    started_at = models.DateTimeField()
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    stopped_because = models.CharField(max_length=8, choices=Stopped, blank=True)
    times_sure = models.BooleanField(default=False, db_default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(din__regex=DIN_PATTERN), name="bleeding_number_is_isbt128"
            ),
            models.CheckConstraint(
                condition=Q(
                    check_character=Func(
                        F("din"), function="din_check_character", output_field=models.CharField()
                    )
                ),
                name="bleeding_number_has_its_check_character",
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_by=None, stopped_because="")
                | Q(ended_at__gte=F("started_at"), ended_by__isnull=False),
                name="bleeding_is_ended_by_somebody_after_its_start",
            ),
        ]


class Correction(models.Model):
    """Correction of a value of a visit, its bleeding or its donation: the last correction counts.

    The first entry is never changed; ``was`` repeats the value valid until now. Append-only.
    """

    class Field(models.TextChoices):
        HAEMOGLOBIN = "haemoglobin", _("Haemoglobin (g/L)")
        SYSTOLIC = "systolic", _("Systolic pressure (mmHg)")
        DIASTOLIC = "diastolic", _("Diastolic pressure (mmHg)")
        PULSE = "pulse", _("Pulse (beats a minute)")
        WEIGHT = "weight", _("Weight (kg)")
        TEMPERATURE = "temperature", _("Temperature (°C)")
        VOLUME = "volume", _("Volume (mL)")
        ARM = "arm", _("Arm")
        LOT = "lot", _("Lot of the bag")
        STARTED = "started_at", _("Start of the bleeding")
        ENDED = "ended_at", _("End of the bleeding")

    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="corrections")
    field = models.CharField(max_length=12, choices=Field)
    was = models.CharField(max_length=40)
    now = models.CharField(max_length=40)
    because = models.CharField(max_length=200)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(was=F("now")) & ~Q(because=""),
                name="correction_changes_something_for_a_reason",
            )
        ]


class Override(models.Model):
    """A doctor accepted a donor who was deferred for a warning; never the person who measured.

    ``criteria`` are the codes of the warnings, or state that the measures behind the deferral were
    corrected.
    """

    CORRECTED = "CORRECTED"

    visit = models.OneToOneField(Visit, on_delete=models.PROTECT, related_name="override")
    criteria = models.CharField(max_length=200)
    ground = models.CharField(max_length=10, choices=Ground)
    because = models.CharField(max_length=200)
    measured_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(because="") & ~Q(by=F("measured_by")),
                name="override_is_a_second_persons_with_a_reason",
            ),
            models.CheckConstraint(
                condition=~Q(ground="") & Q(says_something("because")),
                name="override_has_a_reason_that_says_something",
            ),
        ]
