from __future__ import annotations

from datetime import date, time, timedelta

from crispy_forms.layout import Div
from django import forms
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from campaigns.models import Campaign
from centers.forms.layout import filters, helper
from centers.models import Center
from donors.form_fields import DayField, HourField, WholeNumberField, field_of
from donors.named_choices import NamedChoice

DAY_ERRORS = {
    "required": _("Enter the day."),
    "invalid": _("Write the date as day, month and year, like 08/09/2023."),
}
TIME_ERRORS = {
    "required": _("Enter the time."),
    "invalid": _("Write the time as hours and minutes, like 09:30."),
}


def day_field(label) -> DayField:
    return DayField(
        label=label,
        widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"),
        error_messages=DAY_ERRORS,
    )


def time_field(label, initial: time) -> HourField:
    return HourField(
        label=label,
        initial=initial,
        widget=forms.TimeInput({"type": "time"}, "%H:%M"),
        error_messages=TIME_ERRORS,
    )


class CenterFilter(forms.Form):
    center = NamedChoice(
        label=_("Centre"),
        queryset=Center.objects.none(),
        required=False,
        empty_label=_("All centres"),
    )

    def __init__(self, *args, centers: QuerySet[Center], **kwargs):
        super().__init__(*args, **kwargs)
        field_of(self, "center", forms.ModelChoiceField).queryset = centers
        self.helper = filters(_("Show"), "center")

    @property
    def chosen(self) -> Center | None:
        return self.cleaned_data.get("center") if self.is_valid() else None


class MoveForm(forms.Form):
    """``conflicts`` were shown: then the page asks whether to move in spite of them."""

    day = day_field(_("New day"))
    despite = forms.BooleanField(label=_("Move in spite of this"), required=False)

    def __init__(self, *args, campaign: Campaign, conflicts=(), **kwargs):
        next_week: date = campaign.planned_on + timedelta(weeks=1)
        kwargs.setdefault("initial", {"day": next_week})
        super().__init__(*args, **kwargs)
        if not conflicts:
            self.fields["despite"].widget = forms.HiddenInput()
        action = reverse("campaigns:rotation-move", args=[campaign.public_id])
        self.helper = helper(action, _("Move the campaign"), "day", "despite")


class OpenDayForm(forms.Form):
    center = NamedChoice(label=_("Centre"), queryset=Center.objects.none(), empty_label=None)
    day = day_field(_("Day"))
    weeks = WholeNumberField(
        label=_("Repeat for so many weeks more"), min_value=0, max_value=25, initial=0
    )
    teams = WholeNumberField(label=_("Teams for units"), min_value=1, max_value=20, initial=1)
    beds = WholeNumberField(label=_("Beds of a team"), min_value=1, max_value=50, initial=4)
    starts = time_field(_("From"), time(9))
    ends = time_field(_("Until"), time(15))

    def __init__(self, *args, centers: QuerySet[Center], **kwargs):
        super().__init__(*args, **kwargs)
        field_of(self, "center", forms.ModelChoiceField).queryset = centers
        self.helper = helper(
            reverse("campaigns:open-days"),
            _("Publish"),
            "center",
            Div("day", "weeks", css_class="grid"),
            Div("teams", "beds", css_class="grid"),
            Div("starts", "ends", css_class="grid"),
        )
