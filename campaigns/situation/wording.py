"""Pieces of sentences: a group and a moment inside running text of either direction."""

from __future__ import annotations

from datetime import datetime

from django.utils import formats, timezone
from django.utils.formats import date_format

# Unicode isolates: what stands between them is left to right, also in an Arabic sentence.
LEFT_TO_RIGHT, END = "\u2066", "\u2069"


def group(name: str) -> str:
    """A blood group with a real minus sign."""
    return f"{LEFT_TO_RIGHT}{name.replace('-', '−')}{END}"


def expected(count: float) -> str:
    """An expectation: whole from ten on, one decimal below, in the reader's way of writing."""
    places = 0 if count >= 10 or count < 0.05 else 1
    return str(formats.number_format(round(count, places), places))


def moment(at: datetime) -> str:
    """A weekday, date and hour, as in "Thursday 3 December 12:00"."""
    local = timezone.localtime(at)
    return f"{date_format(local, 'l j F')} {LEFT_TO_RIGHT}{date_format(local, 'H:i')}{END}"
