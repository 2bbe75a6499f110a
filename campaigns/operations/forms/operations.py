from __future__ import annotations

from django import forms
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from campaigns.models import Operation
from centers.forms.layout import helper
from donors.form_fields import DayField
from donors.models import Province
from donors.named_choices import NamedChoices

NAME = {"required": _("Enter the name as the public will read it.")}


class OperationForm(forms.Form):
    """A relief operation, named as the public will read it."""

    kind = forms.ChoiceField(label=_("Kind"), choices=Operation.Kind.choices)
    name_ar = forms.CharField(
        label=_("Name, in Arabic"),
        max_length=200,
        error_messages=NAME,
        widget=forms.TextInput({"dir": "rtl"}),
    )
    name_fr = forms.CharField(
        label=_("Name, in French"),
        max_length=200,
        error_messages=NAME,
        widget=forms.TextInput({"dir": "ltr"}),
    )
    name_en = forms.CharField(
        label=_("Name, in English"),
        max_length=200,
        error_messages=NAME,
        widget=forms.TextInput({"dir": "ltr"}),
    )
    began_on = DayField(
        label=_("Began on"),
        widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"),
        error_messages={
            "required": _("Enter the day on which it began."),
            "invalid": _("Write the date as day, month and year, like 08/09/2023."),
        },
    )
    provinces = NamedChoices(
        label=_("Stricken provinces and prefectures"),
        queryset=Province.objects.all(),
        required=False,
        help_text=_("Appeals of centres in these provinces are told as part of the operation."),
        widget=forms.SelectMultiple({"size": 8}),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = helper(
            reverse("campaigns:operation-begin"),
            _("Open the operation"),
            "kind",
            "name_ar",
            "name_fr",
            "name_en",
            "began_on",
            "provinces",
            data_draft="operation",
        )


class PhaseForm(forms.Form):
    """The phase that follows, and why."""

    phase = forms.ChoiceField(choices=Operation.Phase.choices)
    because = forms.CharField(required=False, max_length=2000)
