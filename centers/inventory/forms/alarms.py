"""Answers to alarms about bags, and bags found again."""

from __future__ import annotations

from crispy_forms.layout import Hidden
from django import forms
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from centers.forms.layout import helper
from centers.models import Bag, BagAlarm, Center, FoundBag
from donors.form_fields import field_of


class SetAsideForm(forms.Form):
    """A bag in hand, taken off the shelf."""

    number = forms.CharField(
        label=_("Scan each bag that you take off the shelf"),
        max_length=60,
        help_text=_("Its square code, or its number and then the product's barcode."),
        error_messages={"required": _("Scan or type the number of the bag.")},
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "dir": "ltr", "data-scans": "=", "autofocus": ""}
        ),
    )

    def __init__(self, data=None, *, center: Center):
        super().__init__(data)
        action = reverse("centers:alarm-answer", args=[center.code])
        self.helper = helper(action, _("It is set aside"), "number")


class AnswerForm(forms.Form):
    """What a hospital said on the telephone, or what was done with a bag here."""

    answer = forms.ChoiceField(
        label=_("What the hospital says"),
        error_messages={
            "required": _("Choose what became of the bag."),
            "invalid_choice": _("Choose what became of the bag."),
        },
    )
    name = forms.CharField(
        label=_("Who said so"),
        max_length=80,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, data=None, *, alarm: BagAlarm):
        super().__init__(data, auto_id=f"alarm{alarm.pk}_%s")
        self.alarm = alarm
        kind = BagAlarm.Kind(alarm.kind)
        choices = [(answer, answer.label) for answer in BagAlarm.ANSWERS[kind]]
        field_of(self, "answer", forms.ChoiceField).choices = [
            ("", _("Choose what became of the bag")),
            *choices,
        ]
        action = reverse("centers:alarm-answer", args=[alarm.center.code])
        of = Hidden("alarm", str(alarm.public_id))
        self.helper = helper(action, _("Note the answer"), of, "answer", "name")

    def clean(self):
        said = super().clean() or {}
        if self.alarm.kind != BagAlarm.Kind.HOLD and not said.get("name"):
            self.add_error("name", _("Write who said so, at the hospital."))
        return said


class FoundForm(forms.Form):
    kind = forms.ChoiceField(
        label=_("What happened"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Say what happened to the bag.")},
    )
    place = forms.CharField(
        label=_("Where"),
        max_length=120,
        help_text=_("The fridge, the hospital, the ward; no name of a patient."),
        error_messages={"required": _("Say where it is, or was.")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    because = forms.CharField(
        label=_("How it is known"),
        max_length=200,
        error_messages={"required": _("Say who told you, and how it is known.")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, data=None, *, bag: Bag, may_be_found: bool):
        super().__init__(data)
        kinds = FoundBag.Kind.choices if may_be_found else FoundBag.Kind.choices[1:]
        field_of(self, "kind", forms.ChoiceField).choices = kinds
        action = reverse("centers:bag-found", args=[bag.public_id])
        self.helper = helper(action, _("Note it"), "kind", "place", "because")
