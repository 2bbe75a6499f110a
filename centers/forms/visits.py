from __future__ import annotations

import re
import unicodedata
import uuid
from decimal import Decimal, InvalidOperation

from crispy_forms.layout import Div, Field
from django import forms
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from centers import labels
from centers.errors import Refused
from centers.models import Visit
from donors.eligibility import Measures
from donors.models import DeferralReason

from .layout import helper

HB_SENTENCE = _("Write the haemoglobin as 12.5 (g/dL) or 125 (g/L).")
PRESSURE_SENTENCE = _("Write the pressure as 12/8 (cmHg) or 120/80 (mmHg), the higher one first.")
PRESSURE = re.compile(r"([0-9.]+)\s*[/\\\- ]\s*([0-9.]+)")


def number(text: str) -> Decimal | None:
    """What was typed, with a comma or a point and digits of any script; None for no number."""
    plain = unicodedata.normalize("NFKC", text).replace("٫", ".").replace(",", ".").strip()
    if not re.fullmatch(r"\d+(\.\d+)?", plain):
        return None
    try:
        return Decimal(plain)
    except InvalidOperation:
        return None


def second_look(label) -> forms.BooleanField:
    """Hidden until a value is doubted; then it has to be ticked."""
    return forms.BooleanField(label=label, required=False, widget=forms.HiddenInput)


def doubt(form: forms.Form, name: str, sentence: str) -> None:
    form.fields[name].widget = forms.CheckboxInput()
    form.add_error(name, sentence)


def entry(label, *, required: bool = True, **attributes) -> forms.CharField:
    attributes = {"autocomplete": "off", "dir": "ltr", "inputmode": "decimal"} | attributes
    return forms.CharField(
        label=label,
        max_length=16,
        required=required,
        widget=forms.TextInput(attrs=attributes),
        error_messages={"required": _("Measure this and enter it.")},
    )


class MeasuresForm(forms.Form):
    """Measures in the unit the apparatus shows; the figures tell g/dL from g/L, cmHg from mmHg."""

    haemoglobin = entry(_("Haemoglobin (g/dL or g/L)"))
    pressure = entry(_("Blood pressure (cmHg or mmHg)"), inputmode="text")
    weight = entry(_("Weight (kg)"))
    temperature = entry(_("Temperature (°C)"))
    pulse = entry(_("Pulse (beats a minute)"), required=False)
    sure = second_look(_("Measured again: these values are right"))

    def __init__(self, *args, visit: Visit, **kwargs):
        super().__init__(*args, **kwargs)
        action = reverse("centers:visit-measure", args=[visit.public_id])
        fields = Div(*self.fields, css_class="grid")
        button = _("Record and decide")
        self.helper = helper(action, button, fields, data_enter_next="", data_draft="measures")

    def clean_haemoglobin(self) -> int:
        value = number(self.cleaned_data["haemoglobin"])
        grams = value * 10 if value is not None and 3 <= value <= 26 else value
        if grams is None or not 30 <= grams <= 260 or grams % 1:
            raise forms.ValidationError(HB_SENTENCE)
        return int(grams)

    def clean_pressure(self) -> tuple[int, int]:
        plain = unicodedata.normalize("NFKC", self.cleaned_data["pressure"]).replace(",", ".")
        match = PRESSURE.fullmatch("".join(_digit(c) for c in plain).strip())
        pair = [number(part) for part in match.groups()] if match else [None]
        if None in pair:
            raise forms.ValidationError(PRESSURE_SENTENCE)
        if max(pair) < 30:
            pair = [part * 10 for part in pair]
        high, low = pair
        if not (50 <= high <= 280 and 30 <= low <= 180 and low < high) or high % 1 or low % 1:
            raise forms.ValidationError(PRESSURE_SENTENCE)
        return int(high), int(low)

    def clean_weight(self) -> Decimal:
        return self._between(
            "weight", 20, 300, gettext("Write the weight in kilograms, like 64.5.")
        )

    def clean_temperature(self) -> Decimal:
        sentence = gettext("Write the temperature in degrees Celsius, like 36.8.")
        return self._between("temperature", 30, 43, sentence)

    def clean_pulse(self) -> int | None:
        if not self.cleaned_data["pulse"]:
            return None
        sentence = gettext("Write the pulse in beats a minute, like 72.")
        value = self._between("pulse", 30, 220, sentence)
        if value % 1:
            raise forms.ValidationError(sentence)
        return int(value)

    def _between(self, name: str, least: int, most: int, sentence: str) -> Decimal:
        value = number(self.cleaned_data[name])
        if value is None or not least <= value <= most or value * 10 % 1:
            raise forms.ValidationError(sentence)
        return value

    @property
    def measures(self) -> Measures:
        data = self.cleaned_data
        systolic, diastolic = data["pressure"]
        return Measures(
            haemoglobin=data["haemoglobin"],
            systolic=systolic,
            diastolic=diastolic,
            pulse=data["pulse"],
            weight=data["weight"],
            temperature=data["temperature"],
        )


def _digit(character: str) -> str:
    return str(unicodedata.digit(character)) if character.isdecimal() else character


# 450 mL, ten per cent more or less (domain.md 2.2): outside, the scale is read again.
USUAL = range(405, 496)


class DonationForm(forms.Form):
    """The number of the bag's label and what the bag holds; neither is suggested."""

    submission_id = forms.UUIDField(initial=uuid.uuid4, widget=forms.HiddenInput)
    number = forms.CharField(
        label=_("Donation number"),
        max_length=40,
        help_text=_("Scan the label, or type the number with the character in its box."),
        error_messages={"required": _("Scan or type the number of the bag's label.")},
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "dir": "ltr"}
        ),
    )
    volume = forms.IntegerField(
        label=_("Volume (mL)"),
        min_value=50,
        max_value=700,
        help_text=_("As the scale shows it."),
        error_messages={
            "required": _("Enter the volume that the scale shows."),
            "invalid": _("Write the volume in millilitres, like 450."),
            "min_value": _("A bag holds between 50 and 700 millilitres."),
            "max_value": _("A bag holds between 50 and 700 millilitres."),
        },
        widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "ltr", "inputmode": "numeric"}),
    )
    weighed = second_look(_("The scale was read again: the volume is right"))

    def __init__(self, *args, visit: Visit, **kwargs):
        super().__init__(*args, **kwargs)
        action = reverse("centers:donation-record", args=[visit.public_id])
        fields = ["submission_id", Field("number", autofocus=True), "volume", "weighed"]
        button = _("Record the donation")
        self.helper = helper(action, button, *fields, data_enter_next="", data_draft="donation")
        self.helper.form_class = "big-entry"

    def clean(self) -> dict:
        data = super().clean()
        weighed = data.pop("weighed", False)
        if "volume" in data and data["volume"] not in USUAL and not weighed:
            sentence = gettext(
                "A full bag holds 405 to 495 mL. Read the scale again; under 300 mL the bags are "
                "blocked."
            )
            doubt(self, "weighed", sentence)
        return data

    def clean_number(self) -> str:
        try:
            labels.parse(self.cleaned_data["number"])
        except Refused as refused:
            raise forms.ValidationError(str(refused)) from refused
        return self.cleaned_data["number"]


class ReasonField(forms.ModelChoiceField):
    def label_from_instance(self, reason: DeferralReason) -> str:
        return reason.name


class DeferForm(forms.Form):
    """The doctor's reason, out of those in force."""

    reason = ReasonField(
        queryset=DeferralReason.objects.none(),
        label=_("Reason"),
        empty_label=_("Choose a reason"),
        error_messages={"required": _("Choose why this donor cannot give.")},
    )

    def __init__(self, *args, visit: Visit, reasons, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["reason"].queryset = reasons
        action = reverse("centers:visit-defer", args=[visit.public_id])
        self.helper = helper(action, _("Defer this donor"), "reason")


class BecauseForm(forms.Form):
    """A doctor's word that goes against what is written, with its reason."""

    because = forms.CharField(
        label=_("Why"),
        max_length=200,
        error_messages={"required": _("Say why this donor may give all the same.")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args, action: str, button, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = helper(action, button, "because")
