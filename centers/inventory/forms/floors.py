"""Forms of the page of floors."""

from __future__ import annotations

from django import forms
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from centers.forms.layout import helper
from centers.inventory.floors import Question
from centers.models import Center
from donors.form_fields import WholeNumberField


class LeaveOutForm(forms.Form):
    """No floor for this group is meant; the reason is kept."""

    because = forms.CharField(
        label=_("It is meant, because"),
        max_length=200,
        error_messages={"required": _("Say why.")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, data=None, *, center: Center, component: str, group: str, **kwargs):
        super().__init__(data, auto_id=f"id_{component}_{group}_%s", **kwargs)
        action = reverse("centers:floor-none", args=[center.code, component, group])
        self.helper = helper(action, _("Keep none of it"), "because")


def asked(center: Center, question: Question) -> LeaveOutForm:
    """The form beside a question."""
    return LeaveOutForm(center=center, component=question.component.pk, group=question.blood_group)


class StaleForm(forms.Form):
    hours = WholeNumberField(
        label=_("A figure is stale after (hours)"),
        min_value=1,
        max_value=720,
        error_messages=dict.fromkeys(
            ("required", "invalid", "min_value", "max_value"),
            _("Write a number of hours between 1 and 720."),
        ),
        help_text=_("Then you are asked to look at the shelf before people are."),
    )

    def __init__(self, data=None, *, center: Center):
        super().__init__(data, initial={"hours": center.stale_after_hours})
        action = reverse("centers:stale-set", args=[center.code])
        self.helper = helper(action, _("Keep this age"), "hours")
