"""Report and assessment of a patient's reaction."""

from __future__ import annotations

from crispy_forms.layout import Div
from django import forms
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from centers.forms.layout import helper
from centers.models import Assessment, Bag, PatientReaction
from donors.form_fields import MomentField, WholeNumberField

PLAIN = {"autocomplete": "off"}


def _kind() -> forms.ChoiceField:
    return forms.ChoiceField(
        label=_("Kind of reaction"),
        choices=[("", _("Choose the kind")), *Assessment.Kind.choices],
        error_messages={"required": _("Choose the kind; it may be changed later.")},
    )


def _severity() -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        label=_("Severity"),
        choices=[("", _("Choose the grade")), *Assessment.Severity.choices],
        coerce=int,
        error_messages={"required": _("Choose the grade of severity.")},
    )


def _outcome() -> forms.ChoiceField:
    return forms.ChoiceField(
        label=_("Outcome"),
        choices=Assessment.Outcome.choices,
        initial=Assessment.Outcome.ONGOING,
        error_messages={"required": _("Say how the patient is.")},
    )


class Judged(forms.Form):
    """Death is grade four, and grade four is death."""

    def clean(self):
        said = super().clean() or {}
        grade, outcome = said.get("severity"), said.get("outcome")
        if grade and outcome and (grade == Assessment.Severity.DEATH) != (outcome == "died"):
            self.add_error("severity", _("Grade 4 and the outcome “died” belong together."))
        return said


class ReportForm(Judged):
    began_at = MomentField(
        label=_("First sign"),
        widget=forms.DateTimeInput({"type": "datetime-local"}, "%Y-%m-%dT%H:%M"),
        error_messages={
            "required": _("Choose a day and an hour."),
            "invalid": _("Choose a day and an hour."),
        },
    )
    minutes = WholeNumberField(
        label=_("Minutes from the beginning of the transfusion"),
        min_value=0,
        max_value=100_000,
        help_text=_("A day has 1440 minutes."),
        error_messages={"required": _("Write after how many minutes.")},
    )
    volume = WholeNumberField(
        label=_("Volume transfused (mL)"), min_value=0, max_value=1000, required=False
    )
    signs = forms.CharField(
        label=_("Signs, and what was done"),
        max_length=300,
        help_text=_("No name of the patient."),
        error_messages={"required": _("Write what was seen.")},
        widget=forms.TextInput(attrs=PLAIN),
    )
    kind, severity, outcome = _kind(), _severity(), _outcome()
    informant = forms.CharField(
        label=_("Who reports it: post and hospital"),
        max_length=80,
        error_messages={"required": _("Write who reports it.")},
        widget=forms.TextInput(attrs=PLAIN),
    )

    def __init__(self, data=None, *, bag: Bag):
        super().__init__(data)
        action = reverse("centers:patient-reaction-new", args=[bag.public_id])
        rows = [
            Div("began_at", "minutes", "volume", css_class="grid"),
            "signs",
            Div("kind", "severity", "outcome", css_class="grid"),
            "informant",
        ]
        self.helper = helper(action, _("Enter this reaction"), *rows)


class AssessmentForm(Judged):
    kind, severity, outcome = _kind(), _severity(), _outcome()
    imputability = forms.ChoiceField(
        label=_("Imputability"),
        choices=[("", _("Not assessed yet")), *Assessment.Imputability.choices],
        required=False,
    )
    words = forms.CharField(
        label=_("What it is founded on"),
        max_length=500,
        required=False,
        help_text=_("Cultures, serology, X-ray, other causes; no name of the patient."),
        widget=forms.Textarea(attrs=PLAIN | {"rows": 3}),
    )
    is_final = forms.BooleanField(
        label=_("Final: close this reaction"),
        required=False,
        help_text=_("It opens again when worse news is assessed."),
    )

    def __init__(self, data=None, *, reaction: PatientReaction, last: Assessment):
        names = ("kind", "severity", "outcome", "imputability")
        super().__init__(data, initial={name: getattr(last, name) for name in names})
        action = reverse("centers:patient-reaction-assess", args=[reaction.public_id])
        rows = [
            Div("kind", "severity", "outcome", "imputability", css_class="grid"),
            "words",
            "is_final",
        ]
        self.helper = helper(action, _("Keep this assessment"), *rows)
