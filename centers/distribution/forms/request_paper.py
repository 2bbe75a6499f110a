"""The hospital's paper: who the patient is, what is asked for, the sample, the needs."""

from __future__ import annotations

import re
from datetime import date, timedelta

from crispy_forms.layout import Div
from django import forms
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from centers.collection.forms.drive import count_field
from centers.distribution.request_entry import NEEDS, Paper
from centers.forms.layout import helper
from centers.inventory.forms.stock import ComponentField
from centers.models import (
    ANTIGENS,
    Answer,
    Center,
    Component,
    Hospital,
    Patient,
    Request,
    Requirement,
)
from donors.form_fields import MomentField, field_of
from donors.models import BloodGroup
from donors.models.donor import Sex
from donors.named_choices import NamedChoice

GROUPS = [("", _("Choose a group")), *BloodGroup.choices]
# Kept nowhere outside the server: not in the drafts of the browser either.
PRIVATE = {"autocomplete": "off", "data-private": ""}
UNIDENTIFIED = "?"
BORN = re.compile(r"(?:(\d{1,2})[/.\- ](\d{1,2})[/.\- ])?(\d{4})")
ICD = re.compile(r"[A-Z][0-9][0-9A-Z](\.[0-9A-Z]{1,4})?")


def born(text: str) -> tuple[int, date | None]:
    """The year, and the day where it is known."""
    match = BORN.fullmatch(text.strip())
    today = timezone.localdate()
    if match and today.year - 125 <= int(match[3]) <= today.year:
        year = int(match[3])
        if not match[1]:
            return year, None
        try:
            day = date(year, int(match[2]), int(match[1]))
        except ValueError:
            day = None
        if day and day <= today:
            return year, day
    raise forms.ValidationError(gettext("Write the year, or the day like 12/03/1961."))


class DateTimeLocal(forms.DateTimeInput):
    def __init__(self):
        super().__init__(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")


class RequestForm(forms.Form):
    """Short where it is vital: what the sample and the tests say may follow on the patient's page."""

    hospital = NamedChoice(
        queryset=Hospital.objects.none(),
        label=_("Hospital"),
        empty_label=_("Choose the hospital"),
        error_messages={"required": _("Choose which hospital asks.")},
    )
    ward = forms.CharField(label=_("Ward"), max_length=80, required=False)
    reference = forms.CharField(
        label=_("Number of the request"),
        max_length=60,
        error_messages={"required": _("Copy the number of the hospital's request.")},
        widget=forms.TextInput(attrs={"dir": "auto", "autocomplete": "off"}),
    )
    kind = forms.ChoiceField(label=_("Kind of identifier"), choices=Patient.Kind.choices)
    identifier = forms.CharField(
        label=_("Patient's identifier"),
        max_length=40,
        error_messages={"required": _("Copy the identifier on the patient's bracelet.")},
        widget=forms.TextInput(attrs=PRIVATE | {"dir": "ltr"}),
    )
    patient_name = forms.CharField(
        label=_("Patient's name"),
        max_length=120,
        required=False,
        widget=forms.TextInput(attrs=PRIVATE | {"dir": "auto"}),
    )
    sex = forms.ChoiceField(
        label=_("Sex"),
        choices=[("", _("Choose")), *Sex.choices],
        error_messages={"required": _("Say whether the patient is a woman or a man.")},
    )
    born = forms.CharField(
        label=_("Born"),
        max_length=12,
        help_text=_("The year, or the day like 12/03/1961; estimated where nobody knows."),
        error_messages={"required": _("Write the year, or the day like 12/03/1961.")},
        widget=forms.TextInput(attrs=PRIVATE | {"dir": "ltr"}),
    )
    recipient_group = forms.ChoiceField(
        label=_("Patient's group"),
        choices=GROUPS,
        error_messages={"required": _("Enter the patient's group as the request says.")},
    )
    component = ComponentField(
        queryset=Component.objects.filter(in_use=True),
        label=_("Product"),
        empty_label=_("Choose the product"),
        error_messages={"required": _("Choose one of the products.")},
    )
    count = count_field(_("How many bags"), _("Write a number between 1 and 100."), 1, 100)
    diagnosis = forms.CharField(
        label=_("Diagnosis (ICD-10 code)"),
        max_length=8,
        required=False,
        widget=forms.TextInput(attrs=PRIVATE | {"dir": "ltr"}),
    )
    urgency = forms.ChoiceField(
        label=_("Urgency"),
        choices=Request.Urgency.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Say how urgent it is.")},
    )
    needed_at = MomentField(
        label=_("Needed at"),
        required=False,
        widget=DateTimeLocal(),
        error_messages={"invalid": _("Choose a day and an hour.")},
    )
    sample_number = forms.CharField(
        label=_("Number of the sample"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "ltr"}),
    )
    drawn_at = MomentField(
        label=_("Drawn at"),
        required=False,
        widget=DateTimeLocal(),
        error_messages={"invalid": _("Choose a day and an hour.")},
    )
    drawn_by = forms.CharField(label=_("Drawn by"), max_length=80, required=False)
    exposed = forms.ChoiceField(
        label=_("Transfused or pregnant in the last three months?"),
        choices=[("yes", _("Yes, or nobody knows: the sample serves 72 hours")), ("no", _("No"))],
        required=False,
    )
    grouped_by = forms.CharField(
        label=_("Group determined by"),
        max_length=80,
        required=False,
        help_text=_(
            "As the hospital's card says; leave it empty where the laboratory here does it."
        ),
    )
    screen = forms.ChoiceField(
        label=_("Antibody screen"),
        choices=[("", _("Not done")), *Answer.choices],
        required=False,
    )
    regroup = forms.ChoiceField(
        label=_("Group, second determination"), choices=GROUPS, required=False
    )
    regrouped_by = forms.CharField(
        label=_("Determined a second time by"), max_length=80, required=False
    )
    needs = forms.MultipleChoiceField(
        label=_("Special needs"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=[
            (
                f"{kind}:{antigen}",
                _("K negative") if antigen == "K" else Requirement.Kind(kind).label,
            )
            for kind, antigen in NEEDS
        ],
    )
    antibodies = forms.MultipleChoiceField(
        label=_("Antibodies found, now or earlier"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=[
            *((antigen, f"anti-{label}") for antigen, label in ANTIGENS),
            (UNIDENTIFIED, _("Not identified yet")),
        ],
    )

    def __init__(self, *args, center: Center, **kwargs):
        super().__init__(*args, **kwargs)
        served = center.hospitals.filter(until=None)
        field_of(self, "hospital", forms.ModelChoiceField).queryset = served
        only = list(served[:2])
        if len(only) == 1:  # one choice less in a hurry
            self.fields["hospital"].initial = only[0].pk
        self.fields["reference" if len(only) == 1 else "hospital"].widget.attrs["autofocus"] = ""
        action = reverse("centers:request-new", args=[center.code])
        names = list(self.fields)
        tests, needs = names[names.index("sample_number") :], names[-2:]
        opened = any(name in self.errors for name in tests) if self.is_bound else False
        self.helper = helper(
            action,
            _("Enter this request"),
            Div(*names[:3], css_class="grid"),
            Div(*names[3:8], css_class="grid"),
            Div(*names[8:12], css_class="grid"),
            "urgency",
            "needed_at",
            Div(
                Div(*tests[:-2], css_class="grid mt-3"),
                *needs,
                css_class="open" if opened else "",
                template="centers/requests/more.html",
            ),
            data_draft="request",
        )

    def clean_born(self) -> tuple[int, date | None]:
        return born(self.cleaned_data["born"])

    def clean_diagnosis(self) -> str:
        code = self.cleaned_data["diagnosis"].strip().upper()
        if code and not ICD.fullmatch(code):
            raise forms.ValidationError(gettext("Write the ICD-10 code like D56.1."))
        return code

    def clean_needed_at(self):
        at = self.cleaned_data["needed_at"]
        if at and at < timezone.now() - timedelta(days=1):
            raise forms.ValidationError(gettext("This is past. Choose when it is needed."))
        return at

    def clean(self) -> dict:
        data = super().clean() or self.cleaned_data
        sample = [data.get(name) for name in ("sample_number", "drawn_at", "drawn_by")]
        if any(sample) and not all(sample):
            sentence = gettext("A sample has a number, the hour and the person who drew it.")
            self.add_error("sample_number", sentence)
        if data.get("screen") and not data.get("grouped_by"):
            self.add_error("grouped_by", gettext("Say who determined it."))
        if bool(data.get("regroup")) != bool(data.get("regrouped_by")):
            self.add_error("regroup", gettext("Enter the group and who determined it."))
        same = (data.get("grouped_by") or "").strip().casefold()
        if same and same == (data.get("regrouped_by") or "").strip().casefold():
            self.add_error("regrouped_by", gettext("Two people determine a group."))
        return data

    @property
    def paper(self) -> Paper:
        """What was typed, once the form is valid."""
        said = dict(self.cleaned_data)
        said["birth_year"], said["birth_date"] = said.pop("born")
        said["exposed"] = said.pop("exposed") != "no"
        needs = [tuple(text.split(":")) for text in said.pop("needs")]
        found = [
            (str(Requirement.Kind.ANTIBODY), "" if antigen == UNIDENTIFIED else antigen)
            for antigen in said.pop("antibodies")
        ]
        return Paper(needs=[*needs, *found], **said)
