from __future__ import annotations

from crispy_forms.layout import Div, Field
from django import forms
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from centers.models import Donation, Marker, Outcome
from centers.screening import Stage

from .layout import filters, helper

ABO = [Outcome.O, Outcome.A, Outcome.B, Outcome.AB]
ANTIGEN = [Outcome.NEGATIVE, Outcome.POSITIVE]
INFECTION = [Outcome.NEGATIVE, Outcome.REACTIVE]
ROW = "centers/laboratory/marker.html"


def outcomes(marker: Marker) -> list[Outcome]:
    if marker.kind == Marker.Kind.INFECTION:
        return INFECTION
    return ABO if marker.code == "ABO" else ANTIGEN


class SheetForm(forms.Form):
    """One reader's whole sheet; nothing is marked before somebody has read it."""

    technique = forms.CharField(
        label=_("Technique of the group"),
        max_length=40,
        help_text=_("The two entries use different techniques and different reagent lots."),
        error_messages={"required": _("Name the technique by which the group was determined.")},
    )
    lot = forms.CharField(
        label=_("Reagent lot"),
        max_length=40,
        error_messages={"required": _("Copy the lot number from the reagent.")},
        widget=forms.TextInput(attrs={"dir": "ltr", "autocomplete": "off"}),
    )

    def __init__(self, *args, donation: Donation, panel: list[Marker], **kwargs):
        super().__init__(*args, **kwargs)
        self.panel = panel
        for marker in panel:
            self.fields[marker.code] = forms.ChoiceField(
                label=marker.name,
                choices=[(o.value, o.label) for o in outcomes(marker)],
                widget=forms.RadioSelect,
                required=not marker.rh_negative_only,
                help_text=_("Only when D is negative.") if marker.rh_negative_only else "",
                error_messages={"required": _("Read this test and mark its result.")},
            )
        action = reverse("centers:result-enter", args=[donation.public_id])
        rows = [Field(marker.code, template=ROW) for marker in panel]
        self.helper = helper(
            action,
            _("Record this entry"),
            Div("technique", "lot", css_class="grid"),
            Div(*rows, template="centers/laboratory/sheet.html"),
        )

    def clean(self) -> dict:
        data = super().clean()
        if data.get("D") == Outcome.NEGATIVE:
            for marker in self.panel:
                if marker.rh_negative_only and not data.get(marker.code):
                    sentence = gettext("D is negative: read this antigen as well.")
                    self.add_error(marker.code, sentence)
        return data

    @property
    def outcomes(self) -> dict[str, str]:
        return {marker.code: self.cleaned_data.get(marker.code, "") for marker in self.panel}


class WorklistFilter(forms.Form):
    stage = forms.ChoiceField(
        label=_("Step"), required=False, choices=[("", _("All")), *Stage.choices]
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = filters(_("Show"), "stage")

    def apply(self, donations):
        stage = self.cleaned_data.get("stage") if self.is_valid() else ""
        return donations.filter(stage=stage) if stage else donations
