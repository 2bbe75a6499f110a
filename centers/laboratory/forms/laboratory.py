from __future__ import annotations

from crispy_forms.layout import Div, Field
from django import forms
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from centers.collection.forms.lots import LotField
from centers.forms.layout import filters, helper
from centers.isbt128 import donation_numbers
from centers.laboratory.screening import Row
from centers.laboratory.screening import outcomes as outcomes_of
from centers.laboratory.worklist import Stage
from centers.models import Donation, GroupDoubt, Marker, Outcome, Repeat
from donors.errors import Refused

ROW = "centers/laboratory/marker.html"


def beside(marker: Marker) -> str:
    """Under which condition this marker is read at all."""
    if marker.kind == Marker.Kind.MARK:
        return gettext("Only in group O.")
    return gettext("Only when D is negative.") if marker.rh_negative_only else ""


class SheetForm(forms.Form):
    """What one reader has still to read; nothing is preselected.

    Group and infections may come from two desks: fields left empty remain to be read.
    """

    technique = forms.CharField(
        label=_("Technique of the group"),
        max_length=40,
        required=False,
        help_text=_("The two entries use different techniques and different reagent lots."),
    )
    lot = LotField(label=_("Reagent lot"), required=False)

    def __init__(self, *args, donation: Donation, rows: list[Row], **kwargs):
        super().__init__(*args, **kwargs)
        self.panel = [row.marker for row in rows]
        for marker in self.panel:
            self.fields[marker.code] = forms.ChoiceField(
                label=marker.name,
                choices=[(o.value, o.label) for o in outcomes_of(marker)],
                widget=forms.RadioSelect,
                required=False,
                help_text=beside(marker),
            )
        action = reverse("centers:result-enter", args=[donation.public_id])
        lines = [Field(marker.code, template=ROW) for marker in self.panel]
        self.helper = helper(
            action,
            _("Record this entry"),
            Div("technique", "lot", css_class="grid"),
            Div(*lines, template="centers/laboratory/sheet.html"),
        )

    def clean(self) -> dict:
        super().clean()
        data = self.cleaned_data
        if not any(self.outcomes.values()) and not self.errors:
            raise forms.ValidationError(gettext("Mark at least one test that you have read."))
        if any(self.outcomes[m.code] for m in self.panel if m.kind == Marker.Kind.GROUP):
            if not data.get("technique"):
                sentence = gettext("Name the technique by which the group was determined.")
                self.add_error("technique", sentence)
            if not data.get("lot"):
                self.add_error("lot", gettext("Copy the lot number from the reagent."))
        if data.get("D") == Outcome.NEGATIVE:
            for marker in self.panel:
                if marker.rh_negative_only and not data.get(marker.code):
                    sentence = gettext("D is negative: read this antigen as well.")
                    self.add_error(marker.code, sentence)
        return data

    @property
    def outcomes(self) -> dict[str, str]:
        return {marker.code: self.cleaned_data.get(marker.code, "") for marker in self.panel}


class RepeatForm(forms.Form):
    marker = forms.CharField(widget=forms.HiddenInput)
    because = forms.ChoiceField(
        label=_("Why it is read again"),
        choices=[("", _("Choose why")), *Repeat.Because.choices],
        error_messages={"required": _("Choose why it is read again.")},
    )

    def __init__(self, data=None, *, donation: Donation, marker: Marker, **kwargs):
        kwargs.setdefault("initial", {"marker": marker.code})
        super().__init__(data, auto_id=f"id_{marker.code}_%s", **kwargs)
        action = reverse("centers:result-repeat", args=[donation.public_id])
        self.helper = helper(action, _("Have it read again"), "marker", "because")


class GroupCorrectionForm(forms.Form):
    because = forms.CharField(
        label=_("What shows that the group on record is wrong"),
        max_length=200,
        error_messages={"required": _("Say what shows that the group on record is wrong.")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args, donation: Donation, **kwargs):
        super().__init__(*args, **kwargs)
        action = reverse("centers:group-correct", args=[donation.public_id])
        self.helper = helper(action, _("Correct the group on record"), "because")


class DoubtForm(forms.Form):
    because = forms.CharField(
        label=_("What shows that the group on record is right"),
        max_length=200,
        error_messages={"required": _("Say what shows that the group on record is right.")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args, doubt: GroupDoubt, **kwargs):
        super().__init__(*args, **kwargs)
        action = reverse("centers:group-doubt", args=[doubt.public_id])
        self.helper = helper(action, _("The group on record is right"), "because")


class WorklistFilter(forms.Form):
    """The worklist by step, or one donation by the number on its tube."""

    number = forms.CharField(
        label=_("Scan the tube"),
        required=False,
        max_length=40,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "dir": "ltr", "autofocus": "", "data-scans": "="}
        ),
    )
    stage = forms.ChoiceField(
        label=_("Step"), required=False, choices=[("", _("All")), *Stage.choices]
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = filters(_("Show"), "number", "stage")

    def clean_number(self) -> str:
        text = self.cleaned_data["number"]
        try:
            return donation_numbers.read(text) if text else ""
        except Refused as refused:
            raise forms.ValidationError(str(refused)) from refused

    def apply(self, donations):
        stage = self.cleaned_data.get("stage") if self.is_valid() else ""
        return donations.filter(stage=stage) if stage else donations
