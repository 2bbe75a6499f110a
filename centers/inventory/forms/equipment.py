"""Equipment, its checks, what lies in it, and its temperatures."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

from crispy_forms.layout import Field
from django import forms
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from centers.forms.layout import helper
from centers.models import Analyser, Equipment, EquipmentCheck, TemperatureAlarm
from donors import typed_text
from donors.form_fields import DayField, MomentField, field_of
from donors.named_choices import NamedChoice


class DegreesField(forms.Field):
    """°C with at most one decimal; a comma and the sign − are taken."""

    widget = forms.TextInput(
        attrs={"autocomplete": "off", "dir": "ltr", "inputmode": "decimal", "maxlength": "8"}
    )

    def to_python(self, value) -> Decimal | None:
        text = typed_text.pointed(str(value or ""))
        if not text:
            return None
        try:
            degrees = Decimal(text)
        except InvalidOperation:
            degrees = Decimal(1000)
        if not -100 <= degrees <= 60 or degrees * 10 % 1:
            raise forms.ValidationError(gettext("Write the temperature like 4.5 or -30."))
        return degrees


class AnalyserField(NamedChoice):
    def label_from_instance(self, analyser: Analyser) -> str:
        return analyser.name


class EquipmentForm(forms.ModelForm):
    analyser = AnalyserField(
        label=_("Whose results it gives, where it is an analyser"),
        queryset=Analyser.objects.none(),
        required=False,
        empty_label=_("None of the list"),
    )
    min_c = DegreesField(label=_("Lowest temperature (°C)"), required=False)
    max_c = DegreesField(label=_("Highest temperature (°C)"), required=False)

    class Meta:
        model = Equipment
        fields = ["kind", "name", "serial", "analyser", "min_c", "max_c", "check_every_days"]
        labels = {
            "kind": _("Kind"),
            "name": _("Name or number on it"),
            "serial": _("Serial number"),
            "check_every_days": _("Is checked every (days)"),
        }

    def __init__(self, *args, action: str, center, **kwargs):
        super().__init__(*args, **kwargs)
        free = center.analysers.filter(equipment=None)
        own = center.analysers.filter(equipment=self.instance.pk) if self.instance.pk else free
        field_of(self, "analyser", forms.ModelChoiceField).queryset = free | own
        self.fields["name"].error_messages["required"] = _("Write the name or number on it.")
        for name in ("name", "serial"):
            self.fields[name].widget.attrs["autocomplete"] = "off"
        self.helper = helper(action, _("Save"), *self.fields)

    def clean(self) -> dict:
        super().clean()
        data = self.cleaned_data
        low, high = data.get("min_c"), data.get("max_c")
        if data.get("kind") in Equipment.HAS_A_RANGE and high is None:
            self.add_error("max_c", gettext("Write how warm it may be in it."))
        if low is not None and high is not None and low >= high:
            self.add_error("max_c", gettext("The highest temperature is above the lowest."))
        return data


class CheckForm(forms.Form):
    kind = forms.ChoiceField(label=_("Kind"), choices=EquipmentCheck.Kind.choices)
    done_on = DayField(
        label=_("Day"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": _("Choose the day."), "invalid": _("Choose the day.")},
    )
    passed = forms.TypedChoiceField(
        label=_("Result"),
        choices=[("yes", _("Passed")), ("no", _("Not passed"))],
        coerce=lambda said: said == "yes",
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose the result.")},
    )
    note = forms.CharField(label=_("Note"), max_length=200, required=False)

    def __init__(self, data=None, files=None, *, equipment: Equipment):
        super().__init__(data, files, prefix="check", initial={"done_on": timezone.localdate()})
        action = reverse("centers:equipment-check", args=[equipment.public_id])
        self.helper = helper(action, _("Record the check"), *self.fields, data_comes_back="")


class OutForm(forms.Form):
    because = forms.CharField(
        label=_("Why it may not be used"),
        max_length=200,
        error_messages={"required": _("Say why in a sentence.")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, data=None, files=None, *, equipment: Equipment):
        super().__init__(data, files, prefix="out")
        action = reverse("centers:equipment-out", args=[equipment.public_id])
        self.helper = helper(action, _("Take it out of service"), "because", data_comes_back="")


class PutInForm(forms.Form):
    number = forms.CharField(
        label=_("Scan a bag to put it in"),
        max_length=60,
        error_messages={"required": _("Scan or type the number of a donation.")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "ltr", "data-scans": "="}),
    )

    def __init__(self, data=None, files=None, *, equipment: Equipment):
        super().__init__(data, files, prefix="in")
        action = reverse("centers:equipment-put-in", args=[equipment.public_id])
        self.helper = helper(
            action, _("Put it in"), Field("number", autofocus=True), data_comes_back=""
        )


class MeasureForm(forms.Form):
    celsius = DegreesField(
        label=_("Temperature (°C)"), error_messages={"required": _("Read the temperature.")}
    )
    at = MomentField(
        label=_("Read at"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        error_messages={
            "required": _("Choose a day and an hour."),
            "invalid": _("Choose a day and an hour."),
        },
    )

    def __init__(self, data=None, files=None, *, equipment: Equipment):
        super().__init__(data, files, prefix="read", initial={"at": timezone.localtime()})
        action = reverse("centers:temperature-note", args=[equipment.public_id])
        self.helper = helper(action, _("Note the temperature"), *self.fields, data_comes_back="")


class LoggerForm(forms.Form):
    file = forms.FileField(
        label=_("File of the data logger (CSV or .xlsx)"),
        max_length=200,
        help_text=_("With a column of the time and one of the temperature."),
        error_messages={
            "required": _("Choose the file of the logger."),
            "empty": _("The file is empty. Choose the one of the logger."),
        },
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.csv,.txt,.tsv"}),
    )

    def __init__(self, data=None, files=None, *, equipment: Equipment):
        super().__init__(data, files, prefix="logger")
        action = reverse("centers:temperature-file", args=[equipment.public_id])
        self.helper = helper(action, _("Hand in"), "file")


class DecideForm(forms.Form):
    verdict = forms.ChoiceField(
        label=_("What becomes of the bags"),
        choices=TemperatureAlarm.Verdict.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what becomes of the bags.")},
    )
    because = forms.CharField(
        label=_("Why"),
        max_length=200,
        error_messages={"required": _("Say why in a sentence.")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args, alarm: TemperatureAlarm, **kwargs):
        super().__init__(*args, **kwargs)
        action = reverse("centers:temperature-alarm", args=[alarm.public_id])
        self.helper = helper(action, _("Decide"), *self.fields)
