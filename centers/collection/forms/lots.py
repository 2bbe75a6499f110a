"""The field for a lot that is scanned or typed."""

from __future__ import annotations

from typing import Any

from django import forms

from centers.isbt128 import lots
from donors.errors import Refused


class LotField(forms.CharField):
    """Takes no other barcode of the label."""

    def __init__(self, **said: Any):
        scans = {"autocomplete": "off", "dir": "ltr", "data-scan": "lot"}
        super().__init__(max_length=40, widget=forms.TextInput(attrs=scans), **said)

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        try:
            return lots.read(text)
        except Refused as refused:
            raise forms.ValidationError(str(refused)) from refused
