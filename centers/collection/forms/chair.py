"""Start and end of a bleeding: the bag's number is scanned at both."""

from __future__ import annotations

import uuid
from datetime import datetime

from crispy_forms.layout import Div, Field
from django import forms
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from centers.collection import phlebotomy
from centers.forms.facilities import FacilityField
from centers.forms.layout import helper
from centers.isbt128 import donation_numbers
from centers.models import Arm, Bleeding, Kit, Visit
from donors.clock.zones import MOROCCO
from donors.errors import Refused
from donors.form_fields import WholeNumberField

from .lots import LotField
from .visits import clock_time, doubt, second_look


def number_field(**attributes: str) -> forms.CharField:
    typed = {"autocomplete": "off", "autocapitalize": "characters", "dir": "ltr", "data-scans": "="}
    return forms.CharField(
        label=_("Donation number"),
        max_length=40,
        help_text=_("Scan the label, or type the number with the character in its box."),
        error_messages={"required": _("Scan or type the number of the bag's label.")},
        widget=forms.TextInput(attrs=typed | attributes),
    )


def checked(text: str) -> str:
    try:
        donation_numbers.parse(text)
    except Refused as refused:
        raise forms.ValidationError(str(refused)) from refused
    return text


CLOCK = {"autocomplete": "off", "dir": "ltr", "placeholder": "14:35"}


def clock_field(label) -> forms.CharField:
    """A time of day, hidden until the recorded one is in doubt."""
    return forms.CharField(label=label, required=False, max_length=5, widget=forms.HiddenInput)


class KitField(forms.ModelChoiceField):
    def label_from_instance(self, kit: Kit) -> str:
        return kit.name


class StartForm(forms.Form):
    """Focus starts at the first empty field, where the scan goes."""

    arm = forms.ChoiceField(
        label=_("Arm"),
        choices=[("", _("Choose the arm")), *Arm.choices],
        error_messages={"required": _("Choose the arm.")},
    )
    kit = KitField(
        queryset=Kit.objects.all(),
        label=_("Bag"),
        empty_label=_("Choose the bag"),
        error_messages={"required": _("Choose which bag is hung up.")},
    )
    number = number_field()
    facility = FacilityField()
    lot = LotField(
        label=_("Lot of the bag"),
        error_messages={"required": _("Scan or type the lot that is printed on the bag.")},
    )

    def __init__(self, data=None, *, visit: Visit, arm: str = "", kit: str = "", **kwargs):
        super().__init__(data, initial={"arm": arm, "kit": kit}, **kwargs)
        action = reverse("centers:bleeding-start", args=[visit.public_id])
        known = {"arm": arm, "kit": kit}
        first = next(name for name in self.fields if not known.get(name))
        fields = [Field(name, autofocus=True) if name == first else name for name in self.fields]
        self.helper = helper(
            action,
            _("The needle is in"),
            Div(*fields[:2], css_class="grid"),
            *fields[2:],
            data_enter_next="",
            data_draft="bleeding",
        )
        self.helper.form_class = "big-entry"

    def clean_number(self) -> str:
        return checked(self.cleaned_data["number"])


class EndForm(forms.Form):
    """The content of the bag. The number is scanned again, so that two bags are not swapped."""

    submission_id = forms.UUIDField(initial=uuid.uuid4, widget=forms.HiddenInput)
    volume = WholeNumberField(
        label=_("Volume (mL)"),
        required=False,
        min_value=0,
        max_value=700,
        help_text=_("As the scale shows it; 0 where nothing is in the bag."),
        error_messages={
            "invalid": _("Write the volume in millilitres, like 450."),
            "min_value": _("A bag holds up to 700 millilitres."),
            "max_value": _("A bag holds up to 700 millilitres."),
        },
        widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "ltr", "inputmode": "numeric"}),
    )
    number = number_field()
    stopped_because = forms.ChoiceField(
        label=_("Stopped early because"),
        required=False,
        choices=[("", _("It was not: the bag is full")), *Bleeding.Stopped.choices],
    )
    weighed = second_look(_("The scale was read again: the volume is right"))
    started_at = clock_field(_("Needle in, by the clock"))
    ended_at = clock_field(_("Needle out, by the clock"))
    times_sure = second_look(_("Compared with the clock: these times are right"))

    def __init__(self, *args, visit: Visit, **kwargs):
        super().__init__(*args, **kwargs)
        action = reverse("centers:bleeding-end", args=[visit.public_id])
        fields = ["submission_id", Field("volume", autofocus=True), "number"]
        fields += [Field("stopped_because", data_enter_skip=""), "weighed"]
        fields += ["started_at", "ended_at", "times_sure"]
        self.began = getattr(visit, "bleeding", None)
        button = _("The needle is out: record")
        self.helper = helper(action, button, *fields, data_enter_next="", data_draft="donation")
        self.helper.form_class = "big-entry"

    def clean_number(self) -> str:
        return checked(self.cleaned_data["number"])

    def clean_started_at(self) -> datetime | None:
        return self._clock("started_at", self.began and self.began.started_at)

    def clean_ended_at(self) -> datetime | None:
        return self._clock("ended_at", timezone.now())

    def _clock(self, name: str, near: datetime | None) -> datetime | None:
        """The moment near ``near`` that the clock showed; None where it was not put right."""
        text = self.cleaned_data[name].strip()
        if not text or near is None or text == f"{near.astimezone(MOROCCO):%H:%M}":
            return None
        return clock_time(text, near)

    def ask_about_times(self) -> None:
        """Show the recorded times, to be put right or confirmed."""
        if self.began is None:
            return
        shown = dict(self.data.items())
        for name, at in {"started_at": self.began.started_at, "ended_at": timezone.now()}.items():
            self.fields[name].widget = forms.TextInput(attrs=CLOCK)
            shown[name] = shown.get(name) or f"{at.astimezone(MOROCCO):%H:%M}"
        self.data = shown
        self.fields["times_sure"].widget = forms.CheckboxInput()

    def clean(self) -> dict:
        super().clean()
        data = self.cleaned_data
        weighed = data.pop("weighed", False)
        if "volume" not in data:
            return data
        volume, stopped = data["volume"], data.get("stopped_because")
        if volume is None:
            sentence = gettext(
                "Enter the volume that the scale shows; 0 where nothing is in the bag."
            )
            self.add_error("volume", sentence)
        elif volume < phlebotomy.HARDLY and not stopped:
            self.add_error("stopped_because", gettext("Say why so little is in the bag."))
        elif volume and stopped == Bleeding.Stopped.NO_VEIN:
            sentence = gettext("Without a vein there is nothing in the bag: write 0.")
            self.add_error("volume", sentence)
        elif (
            volume
            and not weighed
            and (volume > phlebotomy.HIGHEST or volume < phlebotomy.LOWEST and not stopped)
        ):
            sentence = gettext(
                "A full bag holds 405 to 495 mL. Read the scale again; under 300 mL the bags are "
                "blocked."
            )
            doubt(self, "weighed", sentence)
        return data
