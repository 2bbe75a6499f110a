"""Filter of the answers to a memo."""

from __future__ import annotations

from urllib.parse import urlencode

from django import forms
from django.utils.translation import gettext_lazy as _

from campaigns.organising import unit_kinds
from campaigns.organising.memo_answers import WORDS, Line
from centers.forms.layout import filters
from donors import alphabet
from donors.form_fields import field_of


class AnswerFilter(forms.Form):
    """By state, kind, province and text; an unknown value shows all."""

    state = forms.ChoiceField(
        label=_("Answer"),
        required=False,
        choices=[("", _("All")), *((key, text) for key, (text, _tone) in WORDS.items())],
    )
    kind = forms.ChoiceField(label=_("Kind"), required=False)
    province = forms.ChoiceField(label=_("Province"), required=False)
    q = forms.CharField(label=_("Name or code"), required=False, max_length=80)

    def __init__(self, data, *, rows: list[Line]):
        super().__init__(data)
        self.rows = rows
        kinds = [(kind, unit_kinds.named(kind)) for kind in {row.kind for row in rows}]
        provinces = sorted({row.province for row in rows}, key=alphabet.key)
        self._offer("kind", sorted(kinds, key=lambda kind: alphabet.key(str(kind[1]))))
        self._offer("province", [(name, name) for name in provinces])
        self.helper = filters(_("Show"), "state", "kind", "province", "q")

    def _offer(self, name: str, choices: list) -> None:
        field_of(self, name, forms.ChoiceField).choices = [("", _("All")), *choices]

    def apply(self) -> list[Line]:
        if not self.is_valid():
            return self.rows
        said = self.cleaned_data
        text = said["q"].strip().casefold()
        return [
            row
            for row in self.rows
            if (not said["state"] or row.state == said["state"])
            and (not said["kind"] or row.kind == said["kind"])
            and (not said["province"] or row.province == said["province"])
            and (not text or any(text in name.casefold() for name in (row.code, *row.names)))
        ]

    @property
    def query(self) -> str:
        """The filter as the end of an address, or empty."""
        said = {name: self.data.get(name) for name in self.fields if self.data.get(name)}
        return f"?{urlencode(said)}" if said else ""
