"""After the bleeding: an adverse reaction, a correction."""

from __future__ import annotations

from datetime import datetime

from crispy_forms.layout import Field
from django import forms
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from centers.collection import corrections
from centers.forms.layout import helper
from centers.models import Arm, Correction, Reaction, ReactionStep, Visit
from donors.form_fields import field_of
from donors.typed_text import number

from .visits import (
    clock_time,
    doubt,
    read_haemoglobin,
    read_pulse,
    read_temperature,
    read_weight,
    second_look,
)

# Whole numbers within the bounds that the database sets for the columns.
BOUNDS = {"systolic": (50, 280), "diastolic": (30, 180), "volume": (50, 700)}
# Decimals as on the page of the measures: 12.5 for 125, 368 for 36.8.
READ = {
    "haemoglobin": read_haemoglobin,
    "weight": read_weight,
    "temperature": read_temperature,
    "pulse": read_pulse,
}


class ReactionForm(forms.Form):
    kind = forms.ChoiceField(
        label=_("What happened"),
        choices=[("", _("Choose the reaction")), *Reaction.Kind.choices],
        error_messages={"required": _("Choose what happened.")},
    )
    grade = forms.TypedChoiceField(
        label=_("How severe"),
        choices=Reaction.Grade.choices,
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one of the five grades.")},
    )
    imputability = forms.ChoiceField(
        label=_("Caused by giving?"),
        choices=[("", _("Choose how certain it is")), *Reaction.Imputability.choices],
        error_messages={"required": _("Choose how certain it is.")},
    )
    after_leaving = forms.BooleanField(label=_("It happened after leaving"), required=False)
    injured = forms.BooleanField(
        label=_("The donor was injured, by a fall for example"), required=False
    )
    notes = forms.CharField(
        label=_("How it went"),
        required=False,
        max_length=2000,
        help_text=_("What was seen, when it began, how the donor left."),
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
    )
    treatment = forms.CharField(
        label=_("What was done"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2, "dir": "auto"}),
    )
    sure = second_look(_("The grade is right"))

    def __init__(self, *args, visit: Visit, **kwargs):
        super().__init__(*args, **kwargs)
        action = reverse("centers:reaction-note", args=[visit.public_id])
        self.helper = helper(action, _("Note this reaction"), *self.fields)

    def clean(self) -> dict:
        super().clean()
        data = self.cleaned_data
        if data.get("grade", 0) >= Reaction.SERIOUS and not data.get("sure"):
            doubt(
                self, "sure", gettext("This grade is a serious one. Look again, then tick the box.")
            )
        data.pop("sure", None)
        return data


class ReactionStepForm(forms.Form):
    """What followed a reaction."""

    kind = forms.ChoiceField(
        label=_("What followed"),
        choices=[("", _("Choose what followed")), *ReactionStep.Kind.choices],
        error_messages={"required": _("Choose what followed.")},
    )
    said = forms.CharField(
        label=_("In words"),
        max_length=2000,
        error_messages={"required": _("Say in a few words what followed.")},
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
    )
    reference = forms.CharField(
        label=_("Number of the declaration"),
        required=False,
        max_length=40,
        help_text=_("Only where it was declared."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "ltr"}),
    )

    def __init__(self, *args, reaction: Reaction, **kwargs):
        super().__init__(*args, **kwargs)
        action = reverse("centers:reaction-detail", args=[reaction.pk])
        self.helper = helper(action, _("Add"), *self.fields)

    def clean(self) -> dict:
        super().clean()
        data = self.cleaned_data
        if data.get("kind") == ReactionStep.Kind.DECLARED and not data.get("reference"):
            self.add_error("reference", gettext("Write the number of the declaration."))
        return data


class CorrectionForm(forms.Form):
    """One valid value, the right one, and why it was wrong.

    A choice contains the value shown: if somebody corrected it meanwhile, the choice is invalid.
    """

    field = forms.ChoiceField(
        label=_("What was entered wrongly"),
        error_messages={
            "required": _("Choose what was entered wrongly."),
            "invalid_choice": _("Somebody corrected this meanwhile. Look at the present value."),
        },
    )
    value = forms.CharField(
        label=_("The right value"),
        max_length=40,
        help_text=_("Times like 14:35; the arm as left or right; the rest as figures."),
        error_messages={"required": _("Write the right value.")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "ltr"}),
    )
    because = forms.CharField(
        label=_("Why"),
        max_length=200,
        error_messages={"required": _("Say why it is corrected.")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    times_sure = second_look(_("Compared with the clock: these times are right"))

    def __init__(self, *args, visit: Visit, **kwargs):
        super().__init__(*args, **kwargs)
        self.known = corrections.values(visit)
        labels = dict(Correction.Field.choices)
        field_of(self, "field", forms.ChoiceField).choices = [
            ("", _("Choose a value")),
            *(
                (f"{name}={value}", f"{labels[name]}: {corrections.shown(name, value)}")
                for name, value in self.known.items()
            ),
        ]
        action = reverse("centers:visit-correct", args=[visit.public_id])
        fields = ["field", Field("value"), "because", "times_sure"]
        self.helper = helper(action, _("Add the correction"), *fields)

    def clean_field(self) -> str:
        return self.cleaned_data["field"].partition("=")[0]

    def clean(self) -> dict:
        super().clean()
        data = self.cleaned_data
        if {"field", "value"} <= data.keys():
            try:
                data["value"] = self._read(data["field"], data["value"].strip())
            except forms.ValidationError as wrong:
                self.add_error("value", wrong)
        return data

    def _read(self, name: str, text: str) -> object:
        if name in READ:
            return READ[name](text)
        if name in BOUNDS:
            return _figure(name, text)
        if name == Correction.Field.ARM:
            return _arm(text)
        if name in (Correction.Field.STARTED, Correction.Field.ENDED):
            return clock_time(text, datetime.fromisoformat(self.known[name]))
        return text


def _figure(name: str, text: str) -> int:
    value = number(text)
    least, most = BOUNDS[name]
    if value is None or not least <= value <= most or value % 1:
        sentence = gettext("Write a number between %(least)s and %(most)s.")
        raise forms.ValidationError(sentence % {"least": least, "most": most})
    return int(value)


def _arm(text: str) -> str:
    for arm, label in Arm.choices:
        if text.lower() in (arm, str(label).lower()):
            return arm
    raise forms.ValidationError(gettext("Write left or right."))
