from __future__ import annotations

from datetime import datetime, timedelta

from crispy_forms.bootstrap import StrictButton
from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout
from django import forms
from django.utils.translation import gettext_lazy as _

from donors.form_fields import WholeNumberField

HOURS = [
    ("1", _("for an hour")),
    ("12", _("for twelve hours")),
    ("72", _("for three days")),
    ("", _("until somebody lifts it")),
]


class StopForm(forms.Form):
    """Why, and how long, nobody is asked for a need; ``until`` is None where a person has to lift it."""

    because = forms.CharField(
        label=_("Why"),
        max_length=200,
        error_messages={"required": _("Say why, for those who read the decisions later.")},
    )
    hours = forms.ChoiceField(
        label=_("Nobody is asked for this need"), choices=HOURS, required=False, initial="72"
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.layout = Layout(
            "because",
            "hours",
            StrictButton(_("Stop the appeal now"), type="submit", css_class="btn-primary"),
        )

    def until(self, now: datetime) -> datetime | None:
        hours = self.cleaned_data["hours"]
        return now + timedelta(hours=int(hours)) if hours else None


class YesForm(forms.Form):
    """The number of people that the reader of the page was shown."""

    people = WholeNumberField(min_value=0, widget=forms.HiddenInput)


class NoForm(StopForm):
    """A wave is refused, or undone during its hold: why, and for how long."""

    def __init__(self, *args, label, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["because"].help_text = _("The other waves of this need are dropped too.")
        self.fields["hours"].initial = "1"
        button = StrictButton(label, type="submit", css_class="btn-outline-secondary")
        self.helper.layout = Layout("because", "hours", button)
