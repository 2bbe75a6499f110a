"""The laboratory's and the doctor's forms about a patient."""

from __future__ import annotations

from crispy_forms.layout import Div
from django import forms
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from centers.forms.layout import helper
from centers.models import (
    ANTIGENS,
    PHENOTYPE,
    Answer,
    Crossmatch,
    Hospital,
    Patient,
    PatientReading,
    Requirement,
    Sample,
)
from donors.form_fields import MomentField, field_of
from donors.models import BloodGroup
from donors.named_choices import NamedChoice

from .request_paper import DateTimeLocal
from .requests import scanned


class SampleForm(forms.Form):
    """A tube that came after the paper, from one of the hospitals that asked for this patient."""

    hospital = NamedChoice(
        queryset=Hospital.objects.none(),
        label=_("Hospital"),
        empty_label=_("Choose the hospital"),
        error_messages={"required": _("Choose which hospital sent it.")},
    )
    sample_number = forms.CharField(
        label=_("Number of the sample"),
        max_length=40,
        error_messages={"required": _("Copy the number on the tube.")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "ltr"}),
    )
    drawn_at = MomentField(
        label=_("Drawn at"),
        widget=DateTimeLocal(),
        error_messages=dict.fromkeys(("required", "invalid"), _("Choose a day and an hour.")),
    )
    drawn_by = forms.CharField(
        label=_("Drawn by"),
        max_length=80,
        error_messages={"required": _("Say who drew the sample.")},
    )
    exposed = forms.TypedChoiceField(
        label=_("Transfused or pregnant in the last three months?"),
        choices=[("yes", _("Yes, or nobody knows: the sample serves 72 hours")), ("no", _("No"))],
        coerce=lambda said: said != "no",
    )

    def __init__(self, data=None, *, patient: Patient, **kwargs):
        super().__init__(data, prefix="sample", **kwargs)
        asked = Hospital.objects.filter(pk__in=patient.requests.values("hospital"))
        field_of(self, "hospital", forms.ModelChoiceField).queryset = asked
        if len(only := list(asked[:2])) == 1:
            self.fields["hospital"].initial = only[0].pk
        action = reverse("centers:patient-sample", args=[patient.public_id])
        fields = Div(*self.fields, css_class="grid")
        self.helper = helper(action, _("Receive this sample"), fields)


class SampleField(forms.ModelChoiceField):
    """The tube in hand, chosen on the page; the newest is proposed."""

    def __init__(self) -> None:
        super().__init__(
            queryset=Sample.objects.none(),
            label=_("Sample"),
            empty_label=_("Choose the sample"),
            error_messages={"required": _("Choose the sample that was read.")},
        )

    def label_from_instance(self, sample: Sample) -> str:
        at = date_format(timezone.localtime(sample.drawn_at), "SHORT_DATETIME_FORMAT")
        return f"{sample.number} · {at}"


def _offer_samples(form: forms.Form, patient: Patient) -> None:
    own = patient.samples.order_by("-drawn_at", "-pk")
    field_of(form, "sample", forms.ModelChoiceField).queryset = own
    form.fields["sample"].initial = own.first()
    if not own.exists():
        missing = _("Receive a sample of the patient first.")
        form.fields["sample"].error_messages["required"] = missing


class ReadingForm(forms.Form):
    """What the reader determined of a sample; no result is preselected."""

    sample = SampleField()
    blood_group = forms.ChoiceField(
        label=_("Group"), choices=[("", _("Not read")), *BloodGroup.choices], required=False
    )
    screen = forms.ChoiceField(
        label=_("Antibody screen"), choices=[("", _("Not read")), *Answer.choices], required=False
    )

    def __init__(self, data=None, *, patient: Patient, **kwargs):
        super().__init__(data, prefix="reading", **kwargs)
        _offer_samples(self, patient)
        answers = [("", _("Not read")), ("lacks", _("Negative")), ("has", _("Positive"))]
        for antigen in PHENOTYPE:
            self.fields[f"antigen_{antigen}"] = forms.ChoiceField(
                label=antigen, choices=answers, required=False
            )
        action = reverse("centers:patient-read", args=[patient.public_id])
        fields = Div(*self.fields, css_class="grid")
        self.helper = helper(action, _("Record this reading"), fields)

    def clean(self) -> dict:
        data = super().clean() or self.cleaned_data
        if not any(said for name, said in data.items() if name != "sample"):
            raise forms.ValidationError(gettext("Enter at least one thing that was read."))
        return data

    @property
    def said(self) -> dict:
        data = self.cleaned_data
        read = {
            answer: [a for a in PHENOTYPE if data[f"antigen_{a}"] == answer]
            for answer in ("has", "lacks")
        }
        return {name: data[name] for name in ("sample", "blood_group", "screen")} | read


class CrossmatchForm(forms.Form):
    sample = SampleField()
    number = scanned()
    technique = forms.ChoiceField(label=_("Technique"), choices=Crossmatch.Technique.choices)
    compatible = forms.TypedChoiceField(
        label=_("Result"),
        choices=[("yes", _("Compatible")), ("no", _("Incompatible"))],
        coerce=lambda said: said == "yes",
        widget=forms.RadioSelect,
        error_messages={"required": _("Say how the crossmatch ended.")},
    )

    def __init__(self, data=None, *, patient: Patient, **kwargs):
        super().__init__(data, prefix="cross", **kwargs)
        _offer_samples(self, patient)
        action = reverse("centers:patient-crossmatch", args=[patient.public_id])
        fields = [Div("sample", "number", "technique", css_class="grid"), "compatible"]
        self.helper = helper(action, _("Record this crossmatch"), *fields, data_enter_next="")


class RequirementForm(forms.Form):
    kind = forms.ChoiceField(label=_("What"), choices=Requirement.Kind.choices)
    antigen = forms.ChoiceField(
        label=_("Antigen"),
        choices=[("", _("None, or not identified yet")), *ANTIGENS],
        required=False,
    )

    def __init__(self, data=None, *, patient: Patient, **kwargs):
        super().__init__(data, prefix="need", **kwargs)
        action = reverse("centers:patient-require", args=[patient.public_id])
        fields = Div("kind", "antigen", css_class="grid")
        self.helper = helper(action, _("Add this need"), fields)

    def clean(self) -> dict:
        data = super().clean() or self.cleaned_data
        kind, antigen = data.get("kind"), data.get("antigen")
        if kind == Requirement.Kind.ANTIGEN and not antigen:
            self.add_error("antigen", gettext("Choose the antigen."))
        if kind not in (Requirement.Kind.ANTIGEN, Requirement.Kind.ANTIBODY):
            data["antigen"] = ""
        return data


class BecauseForm(forms.Form):
    """Ends a need or sets a reading aside, with the reason."""

    because = forms.CharField(
        label=_("Why"),
        max_length=200,
        error_messages={"required": _("Say why.")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, data=None, *, row: Requirement | PatientReading, **kwargs):
        name = "need" if isinstance(row, Requirement) else "reading"
        super().__init__(data, prefix=f"{name}{row.pk}", **kwargs)
        action = reverse(f"centers:patient-{name}-end", args=[row.patient.public_id, row.pk])
        button = _("End this need") if name == "need" else _("Set this reading aside")
        self.helper = helper(action, button, "because")
