"""Machine-readable lines of identity cards and passports (ICAO 9303: TD1 and TD3)."""

from __future__ import annotations

import re

CARD = re.compile(r"[ACI][A-Z<][A-Z]{3}([A-Z0-9<]{9}[0-9])([A-Z0-9<]{15})([A-Z0-9<]{60})?")
PASSPORT = re.compile(r"P[A-Z<][A-Z]{3}[A-Z0-9<]{39}([A-Z0-9<]{9}[0-9])[A-Z0-9<]{34}")
WEIGHTS = (7, 3, 1)


def numbers(text: str) -> list[str]:
    """The document numbers in these lines; none unless the check digit is right.

    A card may contain a second number at the end of its first line; that line alone suffices.
    """
    lines = re.sub(r"\s", "", text.upper())
    found = CARD.fullmatch(lines) or PASSPORT.fullmatch(lines)
    if not found or check_digit(found[1][:-1]) != int(found[1][-1]):
        return []
    beside = found[2] if found.re is CARD else ""
    return [number for part in (found[1][:-1], beside) if (number := part.strip("<"))]


def check_digit(field: str) -> int:
    values = (0 if c == "<" else int(c, 36) for c in field)
    return sum(value * WEIGHTS[i % 3] for i, value in enumerate(values)) % 10
