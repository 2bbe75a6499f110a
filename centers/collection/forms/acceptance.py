from __future__ import annotations

from django import forms
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from centers.forms.layout import helper
from centers.models import Acceptance, Center


class AcceptanceForm(forms.Form):
    acceptance = forms.ChoiceField(
        label=_("Who accepts donors"), choices=Acceptance.choices, widget=forms.RadioSelect
    )
    because = forms.CharField(
        label=_("Why"),
        max_length=200,
        help_text=_("In a few words that a colleague understands later."),
        error_messages={"required": _("Say why the rule changes.")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args, center: Center, **kwargs):
        kwargs.setdefault("initial", {"acceptance": center.acceptance})
        super().__init__(*args, **kwargs)
        action = reverse("centers:acceptance", args=[center.code])
        self.helper = helper(action, _("Change the rule"), *self.fields)
