"""Hospital requests, and bags that hospitals return."""

from __future__ import annotations

from datetime import timedelta

from crispy_forms.layout import Div, Field
from django import forms
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from centers.collection.forms.drive import TYPED, count_field
from centers.forms.layout import helper
from centers.inventory.forms.stock import ComponentField, HospitalField
from centers.models import Center, Component, Hospital, Request
from donors.form_fields import field_of
from donors.models import BloodGroup


def scanned(label=None, **attributes) -> forms.CharField:
    """A bag by its number, followed by its product code where several bags have that number."""
    return forms.CharField(
        label=label or _("Number of the bag"),
        max_length=60,
        help_text=_(
            "Scan the number; where it has several products, the product's barcode after it."
        ),
        error_messages={"required": _("Scan or type the number of the bag.")},
        widget=forms.TextInput(attrs=TYPED | {"data-scans": "="} | attributes),
    )


class HospitalForm(forms.ModelForm):
    class Meta:
        model = Hospital
        fields = ["name_ar", "name_fr", "name_en", "city", "until"]
        labels = {
            "name_ar": _("Name in Arabic"),
            "name_fr": _("Name in French"),
            "name_en": _("Name in English"),
            "until": _("Not served since"),
        }
        widgets = {"until": forms.DateInput({"type": "date"}, "%Y-%m-%d")}

    def __init__(self, *args, center: Center, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            action = reverse("centers:hospital-edit", args=[center.code, self.instance.pk])
            self.helper = helper(action, _("Save"), *self.fields)
        else:
            del self.fields["until"]
            action = reverse("centers:hospital-list", args=[center.code])
            self.helper = helper(action, _("Add this hospital"), *self.fields)


class RequestForm(forms.Form):
    """Data of the hospital's paper; nothing about the patient but the group."""

    hospital = HospitalField(
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
    recipient_group = forms.ChoiceField(
        label=_("Patient's group"),
        choices=[("", _("Choose a group")), *BloodGroup.choices],
        error_messages={"required": _("Enter the patient's group as the request says.")},
    )
    component = ComponentField(
        queryset=Component.objects.filter(in_use=True),
        label=_("Product"),
        empty_label=_("Choose the product"),
        error_messages={"required": _("Choose one of the products.")},
    )
    count = count_field(_("How many bags"), _("Write a number between 1 and 100."), 1, 100)
    urgency = forms.ChoiceField(
        label=_("Urgency"),
        choices=Request.Urgency.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Say how urgent it is.")},
    )
    needed_at = forms.DateTimeField(
        label=_("Needed at"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}),
        error_messages={"invalid": _("Choose a day and an hour.")},
    )

    def __init__(self, *args, center: Center, **kwargs):
        super().__init__(*args, **kwargs)
        field_of(self, "hospital", forms.ModelChoiceField).queryset = center.hospitals.filter(
            until=None
        )
        action = reverse("centers:request-new", args=[center.code])
        fields = [Div(*list(self.fields)[:6], css_class="grid"), "urgency", "needed_at"]
        self.helper = helper(action, _("Enter this request"), *fields, data_draft="request")

    def clean_needed_at(self):
        at = self.cleaned_data["needed_at"]
        if at and at < timezone.now() - timedelta(days=1):
            raise forms.ValidationError(gettext("This is past. Choose when it is needed."))
        return at


class GiveForm(forms.Form):
    """A bag scanned for a request; a reason only where it comes from the disaster reserve."""

    number = scanned(autofocus="")
    reserve_because = forms.CharField(
        label=_("Taken from the reserve for disasters because"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "data-enter-skip": ""}),
    )

    def __init__(self, *args, of: Request, **kwargs):
        super().__init__(*args, **kwargs)
        action = reverse("centers:request-issue", args=[of.public_id])
        fields = ["number", "reserve_because"]
        self.helper = helper(action, _("Issue this bag"), *fields, data_enter_next="")


class EmergencyForm(forms.Form):
    number = scanned()
    because = forms.CharField(
        label=_("Why the patient cannot wait"),
        max_length=200,
        error_messages={"required": _("Say why the patient cannot wait.")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, data=None, *, of: Request, **kwargs):
        super().__init__(data, prefix="emergency", **kwargs)
        action = reverse("centers:emergency-ask", args=[of.public_id])
        self.helper = helper(
            action, _("Release it in an emergency"), "number", "because", data_comes_back=""
        )


class CloseForm(forms.Form):
    because = forms.CharField(
        label=_("Why"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, data=None, *, of: Request, **kwargs):
        super().__init__(data, auto_id="close_%s", **kwargs)
        action = reverse("centers:request-close", args=[of.public_id])
        self.helper = helper(action, _("Close it"), "because")


class ReturnForm(forms.Form):
    """A bag that a hospital returns."""

    number = scanned()
    minutes_out = count_field(
        _("Minutes out of the cold"), _("Write how many minutes it was out of the cold."), 0, 9999
    )
    cold_chain_kept = forms.TypedChoiceField(
        label=_("Was it kept cold all the time?"),
        choices=[("yes", _("Yes, and the seal is whole")), ("no", _("No, or nobody knows"))],
        coerce=lambda said: said == "yes",
        widget=forms.RadioSelect,
        error_messages={"required": _("Say whether it was kept cold.")},
    )

    def __init__(self, data=None, *, center: Center, **kwargs):
        super().__init__(data, prefix="back", **kwargs)
        action = reverse("centers:bag-return", args=[center.code])
        self.helper = helper(action, _("Take it back"), *self.fields)


class FateForm(forms.Form):
    """The outcome of a bag, as the hospital reports it."""

    number = scanned()
    transfused = forms.TypedChoiceField(
        label=_("What became of it?"),
        choices=[("yes", _("Transfused")), ("no", _("Discarded at the hospital"))],
        coerce=lambda said: said == "yes",
        widget=forms.RadioSelect,
        error_messages={"required": _("Say what became of the bag.")},
    )

    def __init__(self, data=None, *, center: Center, **kwargs):
        super().__init__(data, prefix="fate", **kwargs)
        action = reverse("centers:bag-report", args=[center.code])
        self.helper = helper(action, _("Note it"), Field("number"), "transfused")
