"""Forms of a session: its numbers, its closing sheet."""

from __future__ import annotations

from crispy_forms.layout import Div, Field
from django import forms
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from centers.collection.number_ranges import AT_ONCE
from centers.forms.facilities import FacilityField
from centers.forms.layout import helper
from centers.models import Session, VoidedNumber
from donors.form_fields import WholeNumberField

from .chair import checked

TYPED = {"autocomplete": "off", "dir": "ltr"}


def count_field(label, sentence, least: int = 0, most: int = 9999, **kwargs) -> WholeNumberField:
    return WholeNumberField(
        label=label,
        min_value=least,
        max_value=most,
        error_messages=dict.fromkeys(("required", "invalid", "min_value", "max_value"), sentence),
        widget=forms.TextInput(attrs=TYPED | {"inputmode": "numeric"}),
        **kwargs,
    )


class RangeForm(forms.Form):
    """Numbers for a table or a printer of the session."""

    count = count_field(_("How many"), _("Write a number between 1 and 500."), 1, AT_ONCE)
    device = forms.CharField(
        label=_("For which table or printer"),
        max_length=40,
        error_messages={"required": _("Say where these labels are used, like: table 1.")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    first = forms.CharField(
        label=_("First label of a printed roll"),
        max_length=40,
        required=False,
        help_text=_("Only where the labels came printed; else the next free numbers are taken."),
        widget=forms.TextInput(attrs=TYPED | {"data-scans": "="}),
    )
    facility = FacilityField(of="first")

    def __init__(self, *args, session: Session, **kwargs):
        super().__init__(*args, **kwargs)
        action = reverse("centers:number-give-out", args=[session.public_id])
        fields = Div(*self.fields, css_class="grid")
        self.helper = helper(action, _("Hand out these numbers"), fields, data_enter_next="")

    def clean_first(self) -> str:
        return checked(self.cleaned_data["first"]) if self.cleaned_data["first"] else ""


class VoidForm(forms.Form):
    number = forms.CharField(
        label=_("Donation number"),
        max_length=40,
        error_messages={"required": _("Scan or type the number that will not be used.")},
        widget=forms.TextInput(attrs=TYPED | {"data-scans": "="}),
    )
    because = forms.ChoiceField(
        label=_("Why"),
        choices=[
            ("", _("Choose a reason")),
            *(pair for pair in VoidedNumber.Because.choices if pair[0] != "empty"),
        ],
        error_messages={"required": _("Choose why this number is not used.")},
    )

    def __init__(self, *args, session: Session, **kwargs):
        super().__init__(*args, **kwargs)
        action = reverse("centers:number-void", args=[session.public_id])
        self.helper = helper(action, _("Void this number"), "number", "because")


class CountersignForm(forms.Form):
    """The second person's own count."""

    returned = count_field(
        _("Unused labels in the hand"), _("Count the unused labels; write 0 where none is left.")
    )
    bags = count_field(_("Bags in the boxes"), _("Count the bags; write 0 where there is none."))

    def __init__(self, data=None, *, session: Session, **kwargs):
        super().__init__(data, auto_id="second_%s", **kwargs)
        action = reverse("centers:closing-countersign", args=[session.public_id])
        button = _("I counted too: sign second")
        self.helper = helper(action, button, "returned", "bags", data_enter_next="")


class ClosingForm(forms.Form):
    """Counts made by hand; the page shows the records' figures beside them."""

    returned = count_field(
        _("Unused labels in the hand"), _("Count the unused labels; write 0 where none is left.")
    )
    bags = count_field(_("Bags in the boxes"), _("Count the bags; write 0 where there is none."))
    explanation = forms.CharField(
        label=_("What differs, and why"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args, session: Session, **kwargs):
        super().__init__(*args, **kwargs)
        action = reverse("centers:closing-sign", args=[session.public_id])
        fields = [Field("returned", autofocus=True), "bags", "explanation"]
        self.helper = helper(
            action, _("Sign first"), *fields, data_enter_next="", data_draft="closing"
        )
