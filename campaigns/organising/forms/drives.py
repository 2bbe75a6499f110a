from __future__ import annotations

from datetime import datetime, time
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from crispy_forms.bootstrap import StrictButton
from crispy_forms.layout import Div
from django import forms
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from campaigns.models import Campaign
from campaigns.organising import drives
from centers.forms.layout import filters, helper
from centers.models import Center, Session
from donors.form_fields import DayField, HourField, WholeNumberField, field_of
from donors.models import Unit
from donors.named_choices import NamedChoice

DAY = {
    "required": _("Enter the day."),
    "invalid": _("Write the date as day, month and year, like 08/09/2023."),
}
TIME = {
    "required": _("Enter the time."),
    "invalid": _("Write the time as hours and minutes, like 09:30."),
}

NUMBER = {"required": _("Enter a whole number."), "invalid": _("Enter a whole number.")}
NAME = {"required": _("Enter the name as the public will read it.")}
PLACE = {"required": _("Say where it takes place, so that people find it.")}
CENTER = {"required": _("Choose the centre that is to collect.")}

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise  # for the stubs: a lazily translated text


class PlanForm(forms.Form):
    """A campaign without a memo, proposed by a unit to a centre."""

    unit = NamedChoice(label=_("Organised by"), queryset=Unit.objects.none(), empty_label=None)
    center = NamedChoice(
        label=_("Centre that collects"), queryset=Center.objects.none(), error_messages=CENTER
    )
    planned_on = DayField(
        label=_("Planned day"),
        widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"),
        error_messages=DAY,
    )
    target = WholeNumberField(
        label=_("Donors expected, about"), min_value=1, max_value=5000, error_messages=NUMBER
    )

    def __init__(self, *args, units: QuerySet[Unit], **kwargs):
        super().__init__(*args, **kwargs)
        field_of(self, "unit", forms.ModelChoiceField).queryset = units
        field_of(self, "center", NamedChoice).queryset = Center.objects.collecting()
        self.helper = helper(
            reverse("campaigns:drive-plan"),
            _("Propose it to the centre"),
            "unit",
            "center",
            Div("planned_on", "target", css_class="grid"),
            data_draft="drive",
        )
        later = StrictButton(
            _("Save as a draft"),
            type="submit",
            name="later",
            value="yes",
            css_class="btn-outline-secondary",
        )
        self.helper.layout.append(later)


def story_field(label: _StrPromise) -> forms.CharField:
    """A multi-line text of the public page."""
    widget = forms.Textarea({"rows": 4})
    return forms.CharField(label=label, required=False, max_length=4000, widget=widget)


class TextsForm(forms.Form):
    """Texts of a campaign's public page, in the three languages; ``verb`` is the rule that saves
    them."""

    verb: str

    def __init__(self, *args, campaign: Campaign, **kwargs):
        kwargs["initial"] = {name: getattr(campaign, name) for name in self.base_fields}
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.widget.attrs["dir"] = "rtl" if name.endswith("_ar") else "ltr"
        action = reverse(f"campaigns:drive-{self.verb}", args=[campaign.public_id])
        self.helper = helper(action, _("Save the texts"), *self.fields)


class TellForm(TextsForm):
    verb = "tell"
    name_ar = forms.CharField(label=_("Name, in Arabic"), max_length=200, error_messages=NAME)
    name_fr = forms.CharField(label=_("Name, in French"), max_length=200, error_messages=NAME)
    name_en = forms.CharField(label=_("Name, in English"), max_length=200, error_messages=NAME)
    story_ar = story_field(_("Story, in Arabic"))
    story_fr = story_field(_("Story, in French"))
    story_en = story_field(_("Story, in English"))


class ThankForm(TextsForm):
    verb = "thank"
    afterword_ar = story_field(_("How it went, in Arabic"))
    afterword_fr = story_field(_("How it went, in French"))
    afterword_en = story_field(_("How it went, in English"))


def partners_field(label: _StrPromise) -> forms.CharField:
    return forms.CharField(label=label, required=False, max_length=300)


class AimForm(TextsForm):
    """How many are hoped for, how many may come, and with whom."""

    verb = "aim"
    target = WholeNumberField(
        label=_("Donors hoped for"), min_value=1, max_value=5000, error_messages=NUMBER
    )
    cap = WholeNumberField(
        label=_("At most"),
        min_value=1,
        max_value=6250,
        error_messages=NUMBER,
        help_text=_("More than can be collected, tested and used would be given in vain."),
    )
    partners_ar = partners_field(_("Partners, in Arabic"))
    partners_fr = partners_field(_("Partners, in French"))
    partners_en = partners_field(_("Partners, in English"))


def _beds(campaign: Campaign) -> int:
    """Four, or as many as the campaign's people fill in the usual seven hours of half-hour times."""
    return max(1, min(4, drives.MOST_PLACES * campaign.cap // 14))


class ConfirmForm(forms.Form):
    """Rooms, day and beds that the centre gives."""

    verb = "confirm"
    button = _("Confirm")

    kind = forms.ChoiceField(label=_("Kind"), choices=Session.Kind.choices)
    place_ar = forms.CharField(label=_("Place, in Arabic"), max_length=200, error_messages=PLACE)
    place_fr = forms.CharField(label=_("Place, in French"), max_length=200, error_messages=PLACE)
    place_en = forms.CharField(label=_("Place, in English"), max_length=200, error_messages=PLACE)
    on = DayField(
        label=_("Day"),
        widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"),
        error_messages=DAY,
    )
    begins = HourField(
        label=_("Begins"), widget=forms.TimeInput({"type": "time"}, "%H:%M"), error_messages=TIME
    )
    ends = HourField(
        label=_("Ends"), widget=forms.TimeInput({"type": "time"}, "%H:%M"), error_messages=TIME
    )
    beds = WholeNumberField(label=_("Beds"), min_value=1, max_value=60, error_messages=NUMBER)
    slot_minutes = WholeNumberField(
        label=_("Minutes between two times"),
        min_value=5,
        max_value=120,
        error_messages=NUMBER,
        help_text=_("Every time has as many places as there are beds."),
    )
    publish = forms.BooleanField(
        label=_("Make the page public now"),
        required=False,
        help_text=_("Otherwise the unit publishes it when its texts are ready."),
    )

    def __init__(self, *args, campaign: Campaign, **kwargs):
        kwargs["initial"] = {
            "kind": Session.Kind.MOBILE,
            "place_ar": campaign.unit.name_ar,
            "place_fr": campaign.unit.name_fr,
            "place_en": campaign.unit.name_en,
            "on": campaign.planned_on,
            "begins": time(9),
            "ends": time(16),
            "beds": _beds(campaign),
            "slot_minutes": 30,
            "publish": True,
        }
        super().__init__(*args, **kwargs)
        self.helper = helper(
            reverse(f"campaigns:drive-{self.verb}", args=[campaign.public_id]),
            self.button,
            "kind",
            "place_ar",
            "place_fr",
            "place_en",
            Div("on", "begins", "ends", "beds", "slot_minutes", css_class="grid"),
            *(["publish"] if "publish" in self.fields else []),
        )

    @property
    def given(self) -> dict:
        """The arguments of ``drives.confirm``."""
        said = dict(self.cleaned_data)
        on, begins, ends = said.pop("on"), said.pop("begins"), said.pop("ends")
        return said | {
            "starts_at": timezone.make_aware(datetime.combine(on, begins)),
            "ends_at": timezone.make_aware(datetime.combine(on, ends)),
        }


class DayForm(ConfirmForm):
    """Another day of a campaign."""

    verb = "day"
    button = _("Add the day")
    publish = None  # type: ignore[assignment]  # how Django leaves a field of the parent out


class BecauseForm(forms.Form):
    because = forms.CharField(
        label=_("Why?"),
        max_length=200,
        error_messages={"required": _("Say why; the unit and the public will read it.")},
        widget=forms.TextInput({"dir": "auto"}),
    )

    def __init__(self, data=None, *, campaign: Campaign, verb: str, button: str, **kwargs):
        super().__init__(data, auto_id=f"id_{verb}_%s", **kwargs)
        action = reverse(f"campaigns:drive-{verb}", args=[campaign.public_id])
        self.helper = helper(action, button, "because")


class DriveFilter(forms.Form):
    """Filter of the reader's campaigns by state; an unknown value shows all."""

    state = forms.ChoiceField(
        label=_("State"), required=False, choices=[("", _("All")), *Campaign.State.choices]
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = filters(_("Show"), "state")

    def apply(self, campaigns: QuerySet[Campaign]) -> QuerySet[Campaign]:
        state = self.cleaned_data.get("state") if self.is_valid() else ""
        return campaigns.filter(state=state) if state else campaigns

    @property
    def query(self) -> str:
        state = self.data.get("state")
        return f"{urlencode({'state': state})}&" if state else ""
