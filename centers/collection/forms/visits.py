from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal

from crispy_forms.layout import Div, Field
from django import forms
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from centers.forms.layout import helper
from centers.models import Visit
from donors.clock.zones import MOROCCO
from donors.eligibility.criteria import Measures
from donors.form_fields import field_of
from donors.models import DeferralReason
from donors.named_choices import NamedChoice
from donors.typed_text import number, pointed

HB_SENTENCE = _("Write the haemoglobin as 12.5 (g/dL) or 125 (g/L).")
PRESSURE_SENTENCE = _("Write the pressure as 12/8 (cmHg) or 120/80 (mmHg), the higher one first.")
MEASURES = ("haemoglobin", "pressure", "weight", "temperature", "pulse")
PRESSURE = re.compile(r"([0-9.]+)\s*[/\\\- ]\s*([0-9.]+)")


def second_look(label) -> forms.BooleanField:
    """A checkbox, hidden until a value is doubtful; then it has to be ticked."""
    return forms.BooleanField(label=label, required=False, widget=forms.HiddenInput)


def doubt(form: forms.Form, name: str, sentence: str) -> None:
    form.fields[name].widget = forms.CheckboxInput()
    form.add_error(name, sentence)


class Measured(forms.CharField):
    """A value as the device shows it; ``read`` converts it or refuses with a sentence."""

    def __init__(self, label, read: Callable[[str], object], *, required=True, **attributes):
        attributes = {name.replace("_", "-"): value for name, value in attributes.items()}
        attributes = {"autocomplete": "off", "dir": "ltr", "inputmode": "decimal"} | attributes
        super().__init__(
            label=label,
            max_length=16,
            required=required,
            widget=forms.TextInput(attrs=attributes),
            error_messages={"required": _("Measure this and enter it.")},
        )
        self.read = read

    def clean(self, value: str) -> object:
        text = super().clean(value)
        return self.read(text) if text else None


def read_haemoglobin(text: str) -> int:
    """In g/L; values under 27 are taken as g/dL."""
    value = number(text)
    grams = value * 10 if value is not None and 3 <= value <= 26 else value
    if grams is None or not 30 <= grams <= 260 or grams % 1:
        raise forms.ValidationError(HB_SENTENCE)
    return int(grams)


def read_pressure(text: str) -> tuple[int, int]:
    """In mmHg; values under 30 are taken as cmHg."""
    match = PRESSURE.fullmatch(pointed(text))
    high, low = map(number, match.groups()) if match else (None, None)
    if high is None or low is None:
        raise forms.ValidationError(PRESSURE_SENTENCE)
    if max(high, low) < 30:
        high, low = high * 10, low * 10
    if not (50 <= high <= 280 and 30 <= low <= 180 and low < high) or high % 1 or low % 1:
        raise forms.ValidationError(PRESSURE_SENTENCE)
    return int(high), int(low)


def read_weight(text: str) -> Decimal:
    sentence = gettext("Write the weight in kilograms, like 64.5.")
    return _between(number(text), 20, 300, sentence)


def read_temperature(text: str) -> Decimal:
    spoken = number(text)
    if spoken is not None and 300 <= spoken <= 430 and spoken % 1 == 0:
        spoken /= 10  # 368 is 36.8
    sentence = gettext("Write the temperature in degrees Celsius, like 36.8.")
    return _between(spoken, 30, 43, sentence)


def read_pulse(text: str) -> int:
    sentence = gettext("Write the pulse in beats a minute, like 72.")
    value = _between(number(text), 30, 220, sentence)
    if value % 1:
        raise forms.ValidationError(sentence)
    return int(value)


def _between(value: Decimal | None, least: int, most: int, sentence: str) -> Decimal:
    if value is None or not least <= value <= most or value * 10 % 1:
        raise forms.ValidationError(sentence)
    return value


class MeasuredForm(forms.Form):
    """Measures in the device's unit; the magnitude distinguishes g/dL from g/L and cmHg from
    mmHg."""

    haemoglobin = Measured(_("Haemoglobin (g/dL or g/L)"), read_haemoglobin)
    pressure = Measured(_("Blood pressure (cmHg or mmHg)"), read_pressure, inputmode="text")
    weight = Measured(_("Weight (kg)"), read_weight)
    temperature = Measured(_("Temperature (°C)"), read_temperature)
    pulse = Measured(_("Pulse (beats a minute)"), read_pulse, required=False, data_enter_skip="")

    @property
    def measures(self) -> Measures:
        data = self.cleaned_data
        systolic, diastolic = data["pressure"] or (None, None)
        return Measures(
            haemoglobin=data["haemoglobin"],
            systolic=systolic,
            diastolic=diastolic,
            pulse=data["pulse"],
            weight=data["weight"],
            temperature=data["temperature"],
        )


class MeasuresForm(MeasuredForm):
    sure = second_look(_("Measured again: these values are right"))

    def __init__(self, *args, visit: Visit, **kwargs):
        super().__init__(*args, **kwargs)
        action = reverse("centers:visit-measure", args=[visit.public_id])
        first, *rest = self.fields
        fields = Div(Field(first, autofocus=True), *rest, css_class="grid")
        button = _("Record and decide")
        self.helper = helper(action, button, fields, data_enter_next="", data_draft="measures")


def clock_time(text: str, was: datetime) -> datetime:
    """The moment nearest to ``was`` at which a Moroccan clock showed this time."""
    try:
        clock = datetime.strptime(text, "%H:%M").time()
    except ValueError as error:
        raise forms.ValidationError(gettext("Write the time like 14:35.")) from error
    local = was.astimezone(MOROCCO)
    days = [local + timedelta(days=n) for n in (-1, 0, 1)]  # 00:05 after 23:58 is the next day
    near = [
        day.replace(hour=clock.hour, minute=clock.minute, second=0, microsecond=0) for day in days
    ]
    return min(near, key=lambda at: abs(at - local))


class DeferForm(forms.Form):
    """The doctor's reason, one of those in force."""

    reason = NamedChoice(
        queryset=DeferralReason.objects.none(),
        label=_("Reason"),
        empty_label=_("Choose a reason"),
        error_messages={"required": _("Choose why this donor cannot give.")},
    )

    def __init__(self, *args, visit: Visit, reasons, **kwargs):
        super().__init__(*args, **kwargs)
        field_of(self, "reason", forms.ModelChoiceField).queryset = reasons
        action = reverse("centers:visit-defer", args=[visit.public_id])
        self.helper = helper(action, _("Defer this donor"), "reason")
