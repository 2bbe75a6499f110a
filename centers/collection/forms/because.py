"""A doctor's decision against the record: a reason of the list, and in words."""

from __future__ import annotations

from django import forms
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from centers.forms.layout import helper
from centers.models import Ground, Visit
from donors import substance
from donors.errors import Refused
from donors.form_fields import field_of
from donors.models import Ground as EndedFor

ANSWERS = (Ground.MISREAD, Ground.HARMLESS, Ground.HEALED, Ground.OTHER)
WARNING = (
    Ground.USUAL,
    Ground.TRAINED,
    Ground.AGAIN,
    Ground.CORRECTED,
    Ground.FIT,
    Ground.OTHER,
)
# Address of the act: its button, and the reasons of its list.
ACTS = {
    "visit-clear": (_("May give all the same"), ANSWERS),
    "visit-override": (_("May give all the same"), WARNING),
    "deferral-end": (_("End this deferral"), tuple(EndedFor)),
    "lift-ask": (_("Ask for it to be lifted"), tuple(EndedFor)),
}


class Because(forms.Form):
    ground = forms.ChoiceField(
        label=_("Reason"), error_messages={"required": _("Choose the reason.")}
    )
    because = forms.CharField(
        label=_("Why"),
        max_length=200,
        help_text=_("In a few words that a colleague understands later."),
        error_messages={"required": _("Say why this donor may give all the same.")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, name: str, visit: Visit, *keys: int, data=None):
        super().__init__(data, auto_id="_".join(["%s", name, *map(str, keys)]))
        button, grounds = ACTS[name]
        chosen = [("", gettext("Choose the reason")), *((one.value, one.label) for one in grounds)]
        field_of(self, "ground", forms.ChoiceField).choices = chosen
        self.act = (name, visit.pk, *keys)
        action = reverse(f"centers:{name}", args=[visit.public_id, *keys])
        self.helper = helper(action, button, "ground", "because")

    def is_for(self, name: str, visit: Visit, *keys: int) -> bool:
        return self.act == (name, visit.pk, *keys)

    def clean_because(self) -> str:
        try:
            return substance.said(self.cleaned_data["because"])
        except Refused as refused:
            raise forms.ValidationError(str(refused)) from refused
