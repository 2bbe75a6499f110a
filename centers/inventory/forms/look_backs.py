"""A step of a look-back."""

from __future__ import annotations

from datetime import date

from django import forms
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from centers.forms.layout import helper
from centers.models import LookBack, LookBackStep
from donors.form_fields import DayField


class LookBackStepForm(forms.Form):
    kind = forms.ChoiceField(
        label=_("What was done"),
        choices=[("", _("Choose what was done")), *LookBackStep.Kind.choices],
        error_messages={"required": _("Choose what was done.")},
    )
    on = DayField(
        label=_("On"),
        widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"),
        error_messages={"required": _("Choose the day."), "invalid": _("Choose the day.")},
    )
    words = forms.CharField(
        label=_("By whom, how, with what result"),
        max_length=300,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, data=None, *, look_back: LookBack, today: date):
        super().__init__(data, initial={"on": today})
        action = reverse("centers:look-back-step", args=[look_back.pk])
        self.helper = helper(action, _("Note this step"), "kind", "on", "words")
