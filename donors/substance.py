"""Whether a text given as a reason says something; the database asks the same (``says_something``)."""

from __future__ import annotations

import re

from django.utils.translation import gettext as _

from donors.errors import Refused

BETWEEN = re.compile(r"[\s0-9!-/:-@\[-`{-~؟،؛ـ«»]+")
LETTERS, DIFFERENT, WORDS = 8, 5, 2


def says_something(text: str) -> bool:
    words = BETWEEN.split(text.lower())
    letters = "".join(words)
    long = {word for word in words if len(word) > 1}
    return (
        len(letters) >= LETTERS
        and len(set(letters)) >= DIFFERENT
        and len(long) >= WORDS
        and not re.search(r"(.)\1\1\1", letters)
    )


def said(text: str, field: str = "because") -> str:
    """The text without spaces around it.

    Raises ``Refused`` for one word, for a few letters, and for letters held down.
    """
    if not says_something(text):
        sentence = _("Say why in a few words that a colleague understands later.")
        raise Refused(sentence, field)
    return text.strip()
