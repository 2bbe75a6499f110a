from __future__ import annotations

from datetime import date, timedelta

from django import forms
from django.utils.translation import gettext_lazy as _

from centers.forms.layout import filters, helper
from donors.form_fields import DayField

LONGEST = timedelta(days=366)
USUAL = timedelta(days=30)


class TrailForm(forms.Form):
    """Sent by POST: neither what is sought nor why stands in an address."""

    DONOR, BAG, USER = "donor", "bag", "user"
    of = forms.ChoiceField(
        label=_("The trail of"),
        choices=[(DONOR, _("a donor")), (BAG, _("a bag")), (USER, _("a user"))],
        widget=forms.RadioSelect,
        initial=DONOR,
    )
    key = forms.CharField(
        label=_("Number or name to sign in"),
        max_length=80,
        help_text=_("A donor’s card or a donation number; of a user the name to sign in with."),
        error_messages={"required": _("Scan or type a number.")},
        widget=forms.TextInput(attrs={"dir": "ltr", "autocomplete": "off", "autofocus": True}),
    )
    because = forms.CharField(
        label=_("Why"),
        max_length=100,
        help_text=_("Kept with the look."),
        error_messages={"required": _("Say why you look.")},
    )

    def __init__(self, *args, action: str, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = helper(action, _("Show the trail"), "of", "key", "because")


class SpanForm(forms.Form):
    """The days of a user's trail, at most a year."""

    since = DayField(
        label=_("From"), required=False, widget=forms.DateInput({"type": "date"}, "%Y-%m-%d")
    )
    until = DayField(
        label=_("Until"), required=False, widget=forms.DateInput({"type": "date"}, "%Y-%m-%d")
    )

    def __init__(self, *args, today: date, **kwargs):
        usual = {"since": today - USUAL, "until": today}
        super().__init__(*args, **{"initial": usual, **kwargs})
        self.today = today
        self.helper = filters(_("Show"), "since", "until")

    @property
    def span(self) -> tuple[date, date]:
        said = self.cleaned_data if self.is_valid() else {}
        until = said.get("until") or self.today
        since = said.get("since") or until - USUAL
        return max(min(since, until), until - LONGEST), until
