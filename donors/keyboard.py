"""What a scanner meant while the computer's keyboard was set to Arabic."""

from __future__ import annotations

import unicodedata

# Key by key, Arabic (101); the one key that writes two letters is B.
ARABIC = dict(zip("ضصثقفغعهخحشسيبلاتنمئءؤرىة", "QWERTYUIOPASDFGHJKLZXCVNM", strict=True))


def as_scanned(text: str) -> str:
    """Latin capitals and the digits 0 to 9, whatever layout and script the keys were set to."""
    keys = (ARABIC.get(c, c) for c in text.replace("لا", "B"))
    return "".join(str(unicodedata.digit(c)) if c.isdecimal() else c for c in keys).upper()
