"""A hospital's answers about bags, behind the link in its message."""

from __future__ import annotations

from crispy_forms.layout import Field
from django import forms
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from centers.forms.layout import helper
from centers.models import BagAlarm
from donors.templatetags.display import din


class AnswersForm(forms.Form):
    """One choice a bag; empty is no answer yet."""

    def __init__(self, data=None, *, rows: list[BagAlarm], token: str):
        super().__init__(data)
        self.rows = {f"bag{row.pk}": row for row in rows}
        for name, row in self.rows.items():
            choices = [(a, a.label) for a in BagAlarm.ANSWERS[BagAlarm.Kind(row.kind)]]
            last = max(row.answers.all(), key=lambda one: one.pk, default=None)
            self.fields[name] = forms.ChoiceField(
                label=format_html("{} · {}", din(row.bag.donation.din), row.bag.component.name),
                choices=[("", _("No answer yet")), *choices],
                required=False,
                initial=last.answer if last else "",
            )
        self.fields["name"] = forms.CharField(
            label=_("Your name and post"),
            max_length=80,
            error_messages={"required": _("Write your name: the centre may have to ask you.")},
            widget=forms.TextInput(attrs={"autocomplete": "name"}),
        )
        action = reverse("campaigns:bag-link-answer", args=[token])
        self.helper = helper(action, _("Send the answer"), *map(Field, self.fields))

    def answers(self) -> dict[BagAlarm, str]:
        """What was said of each bag, where it differs from what was said before."""
        return {row: self.cleaned_data[n] for n, row in self.rows.items() if self._is_new(n)}

    def _is_new(self, name: str) -> bool:
        said = self.cleaned_data[name]
        return bool(said) and said != self.fields[name].initial
