"""The marks between parts of a sentence: Arabic has its own comma and semicolon."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import pgettext


def comma() -> str:
    return pgettext("mark between two parts", ",")


def semicolon() -> str:
    return pgettext("mark between two sentences", ";")


def listed(parts: Iterable[object]) -> str:
    return f"{comma()} ".join(str(part) for part in parts)


def clauses(parts: Iterable[object]) -> str:
    return f"{semicolon()} ".join(str(part) for part in parts)
