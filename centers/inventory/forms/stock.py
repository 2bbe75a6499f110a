from __future__ import annotations

from crispy_forms.layout import Field
from django import forms
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from centers.forms.layout import filters, helper
from centers.inventory import stock
from centers.isbt128 import donation_numbers
from centers.models import Bag, Component, Floor
from donors.errors import Refused
from donors.form_fields import MomentField, WholeNumberField
from donors.models import BloodGroup


class ComponentField(forms.ModelChoiceField):
    def label_from_instance(self, component: Component) -> str:
        return component.name


class ProductFilter(forms.Form):
    """The product that is shown."""

    component = ComponentField(
        queryset=Component.objects.filter(in_use=True),
        label=_("Product"),
        empty_label=None,
        error_messages={"invalid_choice": _("Choose one of the products.")},
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = filters(_("Show"), *self.fields)


class ComponentFilter(ProductFilter):
    """The product whose stock is shown, now or as it was."""

    as_of = MomentField(
        label=_("As it was at"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        error_messages={"invalid": _("Choose a day and an hour.")},
    )

    def clean_as_of(self):
        moment = self.cleaned_data["as_of"]
        if moment and moment > timezone.now():
            raise forms.ValidationError(gettext("This moment has not been yet."))
        return moment


class BagFilter(forms.Form):
    """The bags in stock, or one bag by the number on its label."""

    number = forms.CharField(
        label=_("Donation number"),
        required=False,
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "ltr", "data-scans": "="}),
    )
    state = forms.ChoiceField(
        label=_("State"), required=False, choices=[("", _("All")), *Bag.State.choices]
    )
    component = ComponentField(
        queryset=Component.objects.filter(in_use=True),
        label=_("Product"),
        required=False,
        empty_label=_("All"),
    )
    blood_group = forms.ChoiceField(
        label=_("Group"), required=False, choices=[("", _("All")), *BloodGroup.choices]
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = filters(_("Show"), "number", "state", "component", "blood_group")

    def clean_number(self) -> tuple[str, str]:
        """The number, and the product code if it was scanned after it."""
        number, _sign, code = self.cleaned_data["number"].strip().partition("=<")
        try:
            return (donation_numbers.read(number) if number else "", code[:5])
        except Refused as refused:
            raise forms.ValidationError(str(refused)) from refused

    def apply(self, bags):
        """The chosen ones of ``unconfirmed.shown``."""
        if not self.is_valid():
            return bags.none() if self.errors else bags
        data = self.cleaned_data
        wanted = {
            "donation__din": data["number"][0],
            "component__local_code": data["number"][1],
            "seen_as": data["state"],
            "component": data["component"],
            "blood_group": data["blood_group"],
        }
        return bags.filter(**{key: value for key, value in wanted.items() if value})


class ScanForm(forms.Form):
    """One donation number; it is not personal and may be in an address."""

    number = forms.CharField(
        label=_("Donation number"),
        max_length=40,
        error_messages={"required": _("Scan or type the number of a donation.")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "ltr", "data-scans": "="}),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = filters(_("Find"), Field("number", autofocus=True))

    def clean_number(self) -> str:
        try:
            return donation_numbers.read(self.cleaned_data["number"])
        except Refused as refused:
            raise forms.ValidationError(str(refused)) from refused


class DiscardForm(forms.Form):
    reason = forms.ChoiceField(
        label=_("Why is it discarded?"),
        choices=list(stock.DISCARD_REASONS.items()),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose why the bag is discarded.")},
    )

    def __init__(self, *args, bag: Bag, **kwargs):
        super().__init__(*args, **kwargs)
        action = reverse("centers:bag-discard", args=[bag.public_id])
        self.helper = helper(action, _("Discard this bag for good"), "reason")


class FloorForm(forms.ModelForm):
    """Below the routine floor plus the relief reserve an alert opens; the ceiling closes it."""

    class Meta:
        model = Floor
        fields = ["routine", "relief", "ceiling"]
        labels = {
            "routine": _("Routine floor (bags)"),
            "relief": _("Relief reserve on top of it (bags)"),
            "ceiling": _("Ceiling (bags)"),
        }

    def __init__(self, *args, action: str, **kwargs):
        super().__init__(*args, **kwargs)
        for name in self.Meta.fields:
            sentence = _("Write a number of bags between 0 and 100,000.")
            self.fields[name] = WholeNumberField(
                label=self.Meta.labels[name],
                min_value=0,
                max_value=100_000,
                error_messages=dict.fromkeys(
                    ("required", "invalid", "min_value", "max_value"), sentence
                ),
            )
        self.helper = helper(action, _("Set this floor"), "routine", "relief", "ceiling")

    def clean(self) -> dict:
        super().clean()
        data = self.cleaned_data
        values = [data[name] for name in self.Meta.fields if data.get(name) is not None]
        if len(values) == len(self.Meta.fields):
            routine, relief, ceiling = values
            if ceiling <= routine + relief:
                sentence = _("The ceiling must be above the floor and the reserve together.")
                self.add_error("ceiling", sentence)
        return data
