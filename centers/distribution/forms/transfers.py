"""Transfers between centres, and stock counts."""

from __future__ import annotations

from crispy_forms.layout import Div
from django import forms
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from centers.collection.forms.drive import count_field
from centers.collection.forms.visits import doubt, second_look
from centers.distribution.transfers import is_spoilt
from centers.forms.layout import helper
from centers.inventory.forms.stock import ComponentField
from centers.models import Center, Component, StockCount, Transfer
from donors.form_fields import field_of
from donors.models import BloodGroup
from donors.named_choices import NamedChoice
from donors.typed_text import number

from .requests import scanned


class ProposeForm(forms.Form):
    way = forms.ChoiceField(
        label=_("What is it?"),
        choices=[("in", _("We ask for bags")), ("out", _("We offer bags"))],
        widget=forms.RadioSelect,
        error_messages={"required": _("Say whether you ask or offer.")},
    )
    other = NamedChoice(
        queryset=Center.objects.collecting(),
        label=_("The other centre"),
        empty_label=_("Choose the centre"),
        error_messages={"required": _("Choose the other centre.")},
    )
    component = ComponentField(
        queryset=Component.objects.filter(in_use=True),
        label=_("Product"),
        empty_label=_("Choose the product"),
        error_messages={"required": _("Choose one of the products.")},
    )
    blood_group = forms.ChoiceField(
        label=_("Group"),
        choices=[("", _("Choose a group")), *BloodGroup.choices],
        error_messages={"required": _("Choose the group.")},
    )
    count = count_field(_("How many bags"), _("Write a number between 1 and 500."), 1, 500)
    because = forms.CharField(label=_("Why"), max_length=200, required=False)

    def __init__(self, *args, center: Center, **kwargs):
        super().__init__(*args, **kwargs)
        field_of(
            self, "other", forms.ModelChoiceField
        ).queryset = Center.objects.collecting().exclude(pk=center.pk)
        action = reverse("centers:transfer-new", args=[center.code])
        fields = ["way", Div(*list(self.fields)[1:5], css_class="grid"), "because"]
        self.helper = helper(action, _("Propose this transfer"), *fields)


class ReasonForm(forms.Form):
    """A reason, in the words of the person who acts; ``verb`` names the act."""

    BUTTONS = {
        "refuse": (_("Why not?"), _("Refuse")),
        "decline": (_("Why is it not needed?"), _("We do not need it")),
        "cancel": (_("Why not?"), _("Send nothing after all")),
        "ask-below": (_("Why are they sent all the same?"), _("Ask a second person")),
    }
    because = forms.CharField(
        max_length=200,
        error_messages={"required": _("Say why.")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, data=None, *, transfer: Transfer, verb: str, **kwargs):
        super().__init__(data, auto_id=f"id_{verb}_%s", **kwargs)
        self.fields["because"].label, button = self.BUTTONS[verb]
        action = reverse(f"centers:transfer-{verb}", args=[transfer.public_id])
        self.helper = helper(action, button, "because")


class BoxScanForm(forms.Form):
    number = scanned(autofocus="")

    def __init__(self, *args, transfer: Transfer, verb: str, **kwargs):
        super().__init__(*args, **kwargs)
        button = _("Into the box") if verb == "transfer-put-in" else _("Out of the box")
        action = reverse(f"centers:{verb}", args=[transfer.public_id])
        self.helper = helper(action, button, "number", data_enter_next="")


class BoxForm(forms.Form):
    """The box at departure or arrival: its temperature, and at departure its number."""

    celsius = forms.CharField(
        label=_("Temperature in the box (°C)"),
        max_length=8,
        error_messages={"required": _("Read the temperature in the box.")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "ltr", "inputmode": "decimal"}),
    )
    box = forms.CharField(
        label=_("Number of the box"),
        max_length=40,
        error_messages={"required": _("Write the number of the box.")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "ltr"}),
    )

    sure = second_look(_("The temperature was read again: it is right"))

    def __init__(self, *args, transfer: Transfer, leaves: bool, **kwargs):
        super().__init__(*args, **kwargs)
        del self.fields["sure" if leaves else "box"]
        self.transfer = transfer
        verb = "transfer-send" if leaves else "transfer-receive"
        button = _("The box leaves") if leaves else _("The box is empty")
        action = reverse(f"centers:{verb}", args=[transfer.public_id])
        self.helper = helper(action, button, *self.fields)

    def clean_celsius(self):
        text = self.cleaned_data["celsius"].strip().replace("−", "-")
        below = text.startswith("-")
        value = number(text.lstrip("-"))
        if value is None or value > 60 or value * 10 % 1:
            raise forms.ValidationError(gettext("Write the temperature like 4.5 or -30."))
        return -value if below else value

    def clean(self) -> dict:
        super().clean()
        data = self.cleaned_data
        sure = data.pop("sure", True)
        if "celsius" in data and not sure and is_spoilt(data["celsius"], self.transfer.component):
            sentence = gettext(
                "This is too warm or too cold for the product: every bag of the box would be blocked. "
                "Read the temperature again."
            )
            doubt(self, "sure", sentence)
        return data


class CountForm(forms.Form):
    component = ComponentField(
        queryset=Component.objects.filter(in_use=True),
        label=_("Product"),
        empty_label=_("Choose the product"),
        error_messages={"required": _("Choose one of the products.")},
    )

    def __init__(self, *args, center: Center, **kwargs):
        super().__init__(*args, **kwargs)
        action = reverse("centers:count-list", args=[center.code])
        self.helper = helper(action, _("Begin to count"), "component")


class FinishForm(forms.Form):
    sure = second_look(_("Everything on the shelf was scanned; the differences are real"))

    def __init__(self, *args, count: StockCount, **kwargs):
        super().__init__(*args, **kwargs)
        action = reverse("centers:count-finish", args=[count.public_id])
        self.helper = helper(action, _("Everything is scanned: finish"), "sure")


class CountScanForm(forms.Form):
    number = scanned(autofocus="")

    def __init__(self, *args, count: StockCount, **kwargs):
        super().__init__(*args, **kwargs)
        action = reverse("centers:count-scan", args=[count.public_id])
        self.helper = helper(action, _("It is here"), "number", data_enter_next="")
