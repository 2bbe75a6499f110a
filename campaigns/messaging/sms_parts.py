"""The parts as which a text leaves by SMS (3GPP TS 23.038 and 23.040), counted before it is sent."""

from __future__ import annotations

from .sms_letters import is_seven_bit

ESCAPED = frozenset("^{}\\[~]|€")  # two septets each
SINGLE_SEPTETS, PART_SEPTETS = 160, 153
SINGLE_UNITS, PART_UNITS = 70, 67


def sms_parts(text: str) -> int:
    """A letter of two septets or two UTF-16 units is never cut in two: it moves to the next part."""
    if is_seven_bit(text):
        sizes = [2 if letter in ESCAPED else 1 for letter in text]
        single, part = SINGLE_SEPTETS, PART_SEPTETS
    else:
        sizes = [len(letter.encode("utf-16-be")) // 2 for letter in text]
        single, part = SINGLE_UNITS, PART_UNITS
    if sum(sizes) <= single:
        return 1
    parts, used = 1, 0
    for size in sizes:
        if used + size > part:
            parts, used = parts + 1, 0
        used += size
    return parts
