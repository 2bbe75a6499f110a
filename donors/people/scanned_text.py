"""Corrects scans typed under another keyboard layout than the scanner's.

The page already reads scans by physical key (``scanner.js``), which is right for every layout. This
handles input that came another way: it undoes the two layouts of Morocco, Arabic and AZERTY, where
the characters show which one was active. Keypad digits under AZERTY do not.
"""

from __future__ import annotations

import unicodedata

# Key by key, Arabic (101), without Shift and with it.
ARABIC = dict(zip("ضصثقفغعهخحشسيبلاتنمئءؤرىة", "QWERTYUIOPASDFGHJKLZXCVNM", strict=True))
ARABIC |= dict(zip("\u064e\u064b\u064f\u064c\u0650\u064d\u0652", "QWERASX", strict=True))
ARABIC |= dict(zip("إ‘÷×؛][أـ،/~}{آ’", "YUIOPDFHJKLZCVNM", strict=True))
# Arabic keys that write two letters.
PAIRS = {"لا": "B", "لآ": "B", "لإ": "T", "لأ": "G"}
AZERTY = dict(zip("&é\"'(-è_çà)", "1234567890-", strict=True))
AZERTY |= dict(zip("azqw,?", "QWAZMM", strict=True))
# AZERTY digit keys without Shift: no number, card or document contains these characters.
BETRAYS_AZERTY = set("éèçà")


def as_scanned(text: str) -> str:
    """Latin capitals and digits 0 to 9, whatever layout and script the input was in."""
    plain = text.lower()
    keys = ARABIC | (AZERTY if BETRAYS_AZERTY & set(plain) else {})
    for pair, key in PAIRS.items():
        plain = plain.replace(pair, key)
    said = (keys.get(c, c) for c in plain)
    return "".join(str(unicodedata.digit(c)) if c.isdecimal() else c for c in said).upper()
