"""Printing labels and reading them back."""

from __future__ import annotations

from django import forms
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from centers.forms.layout import helper
from centers.isbt128 import data_structures, donation_numbers
from centers.models import Bag, Center, Label

SCANNED = {"autocomplete": "off", "autocapitalize": "characters", "dir": "ltr"}


class PrintForm(forms.Form):
    """Which paper is in the printer."""

    PAPERS = (("roll", _("A label printer: one label a page")), ("sheet", _("A sheet of A4")))
    paper = forms.ChoiceField(
        label=_("Paper"), choices=PAPERS, initial="roll", widget=forms.RadioSelect
    )


class ReprintForm(PrintForm):
    """Another label of a bag, and why; the first one needs no reason."""

    reason = forms.ChoiceField(
        label=_("Why it is printed again"),
        choices=[choice for choice in Label.Reason.choices if choice[0] != Label.Reason.CHANGED],
        widget=forms.RadioSelect,
        error_messages={"required": _("Say why the label is printed again.")},
    )
    because = forms.CharField(
        label=_("In words"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args, bag: Bag, asks: bool, **kwargs):
        super().__init__(*args, **kwargs)
        if not asks:
            del self.fields["reason"], self.fields["because"]
        self.order_fields(["reason", "because", "paper"])
        action = reverse("centers:bag-label", args=[bag.public_id])
        self.helper = helper(action, _("Print the label"), *self.fields)


class ReadBackForm(forms.Form):
    """The number on the bag, then the square code of its label, or its four bars."""

    bag = forms.UUIDField(required=False, widget=forms.HiddenInput)
    number = forms.CharField(
        label=_("Number on the bag"),
        max_length=60,
        help_text=_("From the label that the bag got at the chair, not from the new one."),
        error_messages={"required": _("Scan the number on the bag.")},
        widget=forms.TextInput(attrs=SCANNED | {"data-scans": "=", "autofocus": ""}),
    )
    code = forms.CharField(
        label=_("Square code of the label"),
        max_length=400,
        error_messages={"required": _("Scan the square code of the label.")},
        widget=forms.TextInput(attrs=SCANNED | {"data-scans": "=+"}),
    )
    BARS = (
        ("group", _("Bars of the group")),
        ("product", _("Bars of the product")),
        ("expiry", _("Bars of the expiry")),
    )

    def __init__(self, *args, center: Center, **kwargs):
        super().__init__(*args, **kwargs)
        said = donation_numbers.compact(self.data.get("code", ""))
        kinds = {part.kind for part in data_structures.parse_several(said)}
        if kinds and not kinds >= {"number", "group", "product", "expiry"}:
            self._ask_for_the_bars()
        action = reverse("centers:label-read", args=[center.code])
        self.helper = helper(action, _("Read back"), *self.fields, data_enter_next="")

    def _ask_for_the_bars(self) -> None:
        """Only after a bar came for the square code: most scanners read that."""
        for name, label in self.BARS:
            self.fields[name] = forms.CharField(
                label=label,
                max_length=60,
                required=False,
                widget=forms.TextInput(attrs=SCANNED | {"data-scans": "=%"}),
            )

    def number_on_label(self) -> str:
        """What the square code, or a bar for it, says the number of the donation is; empty where nothing does."""
        said = data_structures.parse_several(donation_numbers.compact(self.cleaned_data["code"]))
        return next((str(part.value) for part in said if part.kind == "number"), "")

    def scans(self) -> list[str]:
        names = ("code", *(name for name, _label in self.BARS))
        return [self.cleaned_data[name] for name in names if self.cleaned_data.get(name)]
