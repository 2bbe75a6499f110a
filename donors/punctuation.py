"""The marks between parts of a sentence: Arabic has its own comma and semicolon, French its colon."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import pgettext


def comma() -> str:
    return pgettext("mark between two parts", ",")


def semicolon() -> str:
    return pgettext("mark between two sentences", ";")


def colon() -> str:
    """French has a space before it."""
    return pgettext("mark before what explains", ":")


def listed(parts: Iterable[object]) -> str:
    return f"{comma()} ".join(str(part) for part in parts)


def clauses(parts: Iterable[object]) -> str:
    return f"{semicolon()} ".join(str(part) for part in parts)
