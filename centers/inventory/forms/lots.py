"""Lots of bags and reagents."""

from __future__ import annotations

from django import forms
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from centers.forms.layout import helper
from centers.models import Center, Lot
from donors.form_fields import DayField


class LotForm(forms.Form):
    kind = forms.ChoiceField(label=_("What kind of lot"), choices=Lot.Kind.choices)
    number = forms.CharField(
        label=_("Number of the lot"),
        max_length=40,
        error_messages={"required": _("Scan or type the number of the lot.")},
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "dir": "ltr", "data-scan": "lot", "data-scans": "&"}
        ),
    )
    what = forms.CharField(
        label=_("Product and maker"),
        max_length=80,
        error_messages={"required": _("Write what the lot is of.")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "auto"}),
    )
    expires_on = DayField(
        label=_("Expires on"),
        error_messages={
            "required": _("Copy the day from the box."),
            "invalid": _("Copy the day from the box."),
        },
        widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"),
    )

    def __init__(self, *args, center: Center, **kwargs):
        super().__init__(*args, **kwargs)
        action = reverse("centers:lot-list", args=[center.code])
        self.helper = helper(action, _("Enter this lot"), *self.fields, data_enter_next="")


class RecallLotForm(forms.Form):
    because = forms.CharField(
        label=_("Why it is recalled"),
        max_length=180,
        error_messages={"required": _("Say why it is recalled.")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "auto"}),
    )
