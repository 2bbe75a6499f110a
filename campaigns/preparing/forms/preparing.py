from __future__ import annotations

from django import forms
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from campaigns.models import Campaign, CampaignReport
from centers.forms.layout import helper
from donors.form_fields import WholeNumberField

ALT = {"required": _("Say what the picture shows, for those who cannot see it.")}


def _alt(label, direction: str) -> forms.CharField:
    widget = forms.TextInput({"dir": direction})
    return forms.CharField(label=label, max_length=200, error_messages=ALT, widget=widget)


class PictureForm(forms.Form):
    file = forms.FileField(
        label=_("Picture"),
        widget=forms.FileInput({"accept": "image/jpeg,image/png,image/webp"}),
        error_messages={
            "required": _("Choose a picture."),
            "empty": _("This is no picture in JPEG, PNG or WebP."),
        },
        help_text=_("JPEG, PNG or WebP, up to 10 MB. Place and camera in the file are not kept."),
    )
    alt_ar = _alt(_("What it shows, in Arabic"), "rtl")
    alt_fr = _alt(_("What it shows, in French"), "ltr")
    alt_en = _alt(_("What it shows, in English"), "ltr")
    agreed = forms.BooleanField(
        label=_("Everybody who can be recognised has agreed, and nobody is shown while giving"),
        error_messages={"required": _("Show only people who agreed; giving is anonymous.")},
    )

    def __init__(self, *args, campaign: Campaign, **kwargs):
        super().__init__(*args, **kwargs)
        action = reverse("campaigns:drive-pictures", args=[campaign.public_id])
        self.helper = helper(action, _("Add the picture"), *self.fields)

    @property
    def given(self) -> dict:
        """The arguments of ``pictures.add``."""
        return {name: value for name, value in self.cleaned_data.items() if name != "agreed"}


class ReportForm(forms.Form):
    turned_away = WholeNumberField(
        label=_("People for whom there was no place or no time, about"),
        required=False,
        min_value=0,
        max_value=5000,
        error_messages={"invalid": _("Enter a whole number.")},
    )
    went_wrong = forms.CharField(
        label=_("What went wrong"),
        required=False,
        max_length=2000,
        widget=forms.Textarea({"rows": 3, "dir": "auto"}),
        help_text=_("Name nobody. The unit and the centre read it; the public does not."),
    )
    next_time = forms.CharField(
        label=_("What to do next time"),
        required=False,
        max_length=2000,
        widget=forms.Textarea({"rows": 3, "dir": "auto"}),
    )

    def __init__(self, *args, campaign: Campaign, last: CampaignReport | None, **kwargs):
        if last:
            kwargs["initial"] = {name: getattr(last, name) for name in self.base_fields}
        super().__init__(*args, **kwargs)
        action = reverse("campaigns:drive-report", args=[campaign.public_id])
        self.helper = helper(action, _("Save the report"), *self.fields)
