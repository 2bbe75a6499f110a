"""Names in the order of a reader's dictionary.

The order is that of CLDR: letters first, then their marks, then capitals; in Arabic the Arabic letters
stand before the Latin ones, ة beside ت and ى beside ي. Lists of names are short, so they are sorted here
and not by the database, which may be built without ICU (decision 0052).
"""

from __future__ import annotations

import unicodedata

from django.utils.translation import get_language

Key = tuple[tuple[int, ...], tuple[int, ...], tuple[bool, ...]]

SIGNS = " _-‐–—,،;؛:!?؟.·'‘’\"“”«»()[]/&+0123456789"
ARABIC = "ءابپتثجچحخدذرزژسشصضطظعغفڤقكڭگلمنهوي"
LETTERS = {
    **{sign: n for n, sign in enumerate(SIGNS, 1)},
    **{letter: 100 + n for n, letter in enumerate("abcdefghijklmnopqrstuvwxyz")},
    **{letter: 200 + n for n, letter in enumerate(ARABIC)},
}
ALIKE = {"ة": "ت", "ى": "ي", "ک": "ك", "ی": "ي"}
APART = str.maketrans({"œ": "oe", "æ": "ae", "ß": "ss", "Œ": "OE", "Æ": "AE", "ـ": None})
ARABIC_FIRST = 150  # the letters of Arabic, moved between the signs and the Latin letters


def _language() -> str:
    return (get_language() or "ar")[:2]


def key(name: str) -> Key:
    """To sort by, in the language of the reader."""
    first = _language() == "ar"
    letters: list[int] = []
    marks: list[int] = []
    capitals: list[bool] = []
    for sign in unicodedata.normalize("NFKD", name.translate(APART)):
        if unicodedata.combining(sign):
            marks[-1:] = [ord(sign)]
            continue
        small = sign.casefold()
        place = LETTERS.get(ALIKE.get(small, small), ord(small) + 1000)
        letters.append(place - ARABIC_FIRST if first and 200 <= place < 1000 else place)
        marks.append(1 if small in ALIKE else 0)
        capitals.append(sign != small)
    return tuple(letters), tuple(marks), tuple(capitals)
