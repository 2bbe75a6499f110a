"""Filter of the answers to a memo."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlencode

from django import forms
from django.utils.translation import gettext_lazy as _

from campaigns.organising.memo_answers import WORDS, Line
from centers.forms.layout import filters
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
        for name, read in (("kind", _kind), ("province", lambda row: row.province)):
            field_of(self, name, forms.ChoiceField).choices = [("", _("All")), *_values(rows, read)]
        self.helper = filters(_("Show"), "state", "kind", "province", "q")

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


def _kind(row: Line) -> str:
    return row.kind


def _values(rows: list[Line], read: Callable[[Line], str]) -> list[tuple[str, str]]:
    return [(value, value.replace("_", " ")) for value in sorted({read(row) for row in rows})]
