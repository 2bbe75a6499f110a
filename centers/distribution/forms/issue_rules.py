from __future__ import annotations

from django import forms
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from centers.forms.layout import helper
from centers.models import Center


class IssueRulesForm(forms.Form):
    second_check = forms.ChoiceField(
        label=_("Who looks a second time before a bag leaves"),
        choices=Center.SecondCheck.choices,
        widget=forms.RadioSelect,
    )
    electronic_issue = forms.BooleanField(
        label=_("Electronic issue: no crossmatch in the tube where its rules are met"),
        required=False,
    )
    because = forms.CharField(
        label=_("Why"),
        max_length=200,
        help_text=_("In a few words that a colleague understands later."),
        error_messages={"required": _("Say why the rule changes.")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args, center: Center, **kwargs):
        now = {name: getattr(center, name) for name in ("second_check", "electronic_issue")}
        kwargs.setdefault("initial", now)
        super().__init__(*args, **kwargs)
        action = reverse("centers:issue-rules", args=[center.code])
        self.helper = helper(action, _("Set these rules"), *self.fields)
