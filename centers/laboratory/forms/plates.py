"""A plate: what it is filled with, and what one reader reads of it."""

from __future__ import annotations

from django import forms
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from centers.collection.forms.lots import LotField
from centers.forms.layout import helper
from centers.models import Marker, Plate
from donors.form_fields import field_of


class MarkerField(forms.ModelChoiceField):
    def label_from_instance(self, marker: Marker) -> str:
        return marker.name


class PlateForm(forms.Form):
    marker = MarkerField(
        label=_("Test"),
        queryset=Marker.objects.none(),
        empty_label=_("Choose the test"),
        error_messages={"required": _("Choose the test.")},
    )
    technique = forms.CharField(
        label=_("Technique or kit"),
        max_length=40,
        error_messages={"required": _("Name the technique or the kit.")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    lot = LotField(label=_("Reagent lot"))
    cut_off = forms.CharField(
        label=_("Cut-off, if values are read"),
        max_length=20,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "ltr", "inputmode": "decimal"}),
    )
    below = forms.BooleanField(
        label=_("A value below the cut-off is the reactive one (competitive test)"), required=False
    )
    numbers = forms.CharField(
        label=_("Scan the tubes, from A1 down"),
        max_length=4000,
        strip=False,
        help_text=_("A line a well; a control by its name, like NC or PC; an empty line for none."),
        error_messages={"required": _("Scan at least one number.")},
        widget=forms.Textarea(attrs={"rows": 8, "dir": "ltr", "autocomplete": "off"}),
    )

    def __init__(self, *args, center, **kwargs):
        super().__init__(*args, **kwargs)
        infections = Marker.objects.in_force(timezone.localdate()).filter(kind="infection")
        field_of(self, "marker", forms.ModelChoiceField).queryset = infections
        action = reverse("centers:plate-list", args=[center.code])
        self.helper = helper(action, _("Fill the plate"), *self.fields)


class PlateReadForm(forms.Form):
    """The marks are in the grid itself (``reactive``)."""

    values = forms.CharField(
        label=_("Values of the reader, if any"),
        max_length=4000,
        required=False,
        strip=False,
        help_text=_("Eight lines of twelve, copied as the plate lies."),
        widget=forms.Textarea(attrs={"rows": 4, "dir": "ltr", "autocomplete": "off"}),
    )
    all_read = forms.BooleanField(
        label=_("I have read every well; those not marked are negative"),
        error_messages={"required": _("Read every well, then say so.")},
    )

    def __init__(self, *args, plate: Plate, **kwargs):
        super().__init__(*args, **kwargs)
        action = reverse("centers:plate", args=[plate.public_id])
        self.helper = helper(action, _("Record this reading"), *self.fields)
        self.helper.form_id = "plate-reading"
