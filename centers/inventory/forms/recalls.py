"""Forms of recalls."""

from __future__ import annotations

from django import forms
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from centers.forms.layout import helper
from centers.models import Donation, Recall, RecallStep
from donors.form_fields import field_of


class RecallForm(forms.Form):
    cause = forms.ChoiceField(
        label=_("Cause"),
        choices=[
            ("", _("Choose the cause")),
            *((cause, cause.label) for cause in Recall.CAUSES),
        ],
        error_messages={"required": _("Choose the cause.")},
    )
    because = forms.CharField(
        label=_("What happened"),
        max_length=200,
        help_text=_("No name and no result of a person."),
        error_messages={"required": _("Say why it is recalled.")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args, donation: Donation, **kwargs):
        super().__init__(*args, **kwargs)
        action = reverse("centers:recall-begin", args=[donation.public_id])
        self.helper = helper(action, _("Recall this donation"), "cause", "because")


class StepForm(forms.Form):
    kind = forms.ChoiceField(
        label=_("What was done"),
        choices=[("", _("Choose what was done")), *RecallStep.Kind.choices],
        error_messages={"required": _("Choose what was done.")},
    )
    words = forms.CharField(
        label=_("Whom, when, how"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, data=None, *, recall: Recall, bag, **kwargs):
        super().__init__(data, prefix=f"bag{bag.pk}", **kwargs)
        if recall.closed_at:
            told = RecallStep.Kind.TOLD
            field_of(self, "kind", forms.ChoiceField).choices = [(told, told.label)]
        action = reverse("centers:recall-step", args=[recall.public_id, bag.public_id])
        self.helper = helper(action, _("Note this step"), "kind", "words")


class OutcomeForm(forms.Form):
    """A doctor may clear the bags for use; after a look-back nobody may."""

    verdict = forms.ChoiceField(
        label=_("And the bags"),
        choices=Recall.Verdict.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Say what becomes of the bags.")},
    )
    outcome = forms.CharField(
        label=_("How it ended"),
        max_length=200,
        error_messages={"required": _("Say how it ended.")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args, recall: Recall, is_doctor: bool, **kwargs):
        super().__init__(*args, **kwargs)
        if recall.look_back_id or not is_doctor:
            discard = Recall.Verdict.DISCARD
            field_of(self, "verdict", forms.ChoiceField).choices = [(discard, discard.label)]
        action = reverse("centers:recall-close", args=[recall.public_id])
        self.helper = helper(action, _("Close this recall"), "verdict", "outcome")
