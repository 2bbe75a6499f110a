from __future__ import annotations

from crispy_forms.bootstrap import StrictButton
from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout
from django import forms
from django.utils.translation import gettext_lazy as _

from donors.form_fields import DayField, NumberField, WholeNumberField
from donors.models import Criterion, DeferralReason

UNITS = [
    ("", "—"),
    ("hour", _("hours")),
    ("day", _("days")),
    ("week", _("weeks")),
    ("month", _("months")),
    ("year", _("years")),
]
KINDS = [
    (DeferralReason.Kind.TEMPORARY, _("For a time")),
    (DeferralReason.Kind.PERMANENT, _("Permanent")),
    (DeferralReason.Kind.DOCTOR, _("The doctor decides")),
    (DeferralReason.Kind.NONE, _("No reason to defer")),
]


class ChangeForm(forms.Form):
    """A new version: the day it starts, and why."""

    in_use = forms.BooleanField(label=_("Is applied"), required=False)
    valid_from = DayField(
        label=_("First day"),
        help_text=_("Tomorrow or later, as day, month and year: 01/03/2027."),
        error_messages={
            "required": _("Enter the first day on which this is to hold."),
            "invalid": _("Write the date as day, month and year, like 01/03/2027."),
        },
        widget=forms.DateInput(format="%d/%m/%Y", attrs={"dir": "ltr", "inputmode": "numeric"}),
    )
    because = forms.CharField(
        label=_("Why"),
        max_length=300,
        help_text=_("The text that asks for it: a decree, a circular, a decision, with its date."),
        error_messages={"required": _("Say why, and by which text: later readers need it.")},
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args, action: str, **kwargs):
        super().__init__(*args, **kwargs)
        self.order_fields([n for n in self.fields if n not in ("valid_from", "because")])
        self.helper = FormHelper()
        self.helper.form_action = action
        self.helper.attrs = {"novalidate": ""}
        button = StrictButton(_("Ask for this change"), type="submit", css_class="btn-primary")
        self.helper.layout = Layout(*self.fields, button)

    @property
    def after(self) -> dict:
        return {
            name: value
            for name, value in self.cleaned_data.items()
            if name not in ("valid_from", "because")
        }


class CriterionForm(ChangeForm):
    value = NumberField(
        label=_("Bound"),
        max_digits=8,
        decimal_places=2,
        min_value=0,
        error_messages={"required": _("Enter the bound."), "invalid": _("Write a number.")},
    )
    deferral_days = WholeNumberField(
        label=_("Days without giving when it is not met"),
        required=False,
        min_value=0,
        max_value=3660,
        help_text=_("Empty: until the next day."),
    )

    def __init__(self, *args, version: Criterion, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["value"].help_text = f"{version.operator} {version.unit}"


class ReasonForm(ChangeForm):
    kind = forms.ChoiceField(label=_("How long"), choices=KINDS)
    value = WholeNumberField(
        label=_("Number"), required=False, min_value=1, max_value=120,
        help_text=_("With its unit: 6 months. Empty: until somebody ends it."),
    )  # fmt: skip
    unit = forms.ChoiceField(label=_("Unit"), choices=UNITS, required=False)

    def __init__(self, *args, version: DeferralReason, **kwargs):
        super().__init__(*args, **kwargs)

    def clean(self) -> dict:
        super().clean()
        data = self.cleaned_data
        if bool(data.get("value")) != bool(data.get("unit")):
            self.add_error("unit", _("A number and its unit belong together."))
        if data.get("value") and data.get("kind") != DeferralReason.Kind.TEMPORARY:
            self.add_error("value", _("Only a deferral for a time has a length."))
        return data
