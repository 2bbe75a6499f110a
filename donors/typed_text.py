"""Numbers as people type them: digits of any script, comma or point, invisible marks between."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal, InvalidOperation

SPACES = re.compile(r"\s+")
THOUSANDS = re.compile(r"\d{1,3}(?:[ .,٬']\d{3})+")


def plain(text: str) -> str:
    """Digits as 0 to 9, without direction marks and other invisible characters."""
    made = []
    for character in unicodedata.normalize("NFKC", text):
        if character.isdecimal():
            made.append(str(unicodedata.decimal(character)))
        elif unicodedata.category(character) != "Cf":
            made.append(character)
    return SPACES.sub(" ", "".join(made)).strip()


def visible(text: str) -> str:
    """Without direction marks and other invisible characters, each space once."""
    return SPACES.sub(" ", "".join(c for c in text if unicodedata.category(c) != "Cf")).strip()


def is_name(text: str) -> bool:
    """Whether it can be the name of a person: letters, and no digit."""
    return any(c.isalpha() for c in text) and not any(c.isdigit() for c in text)


def pointed(text: str) -> str:
    """With a point before the decimals, as programs write them."""
    return plain(text).replace("−", "-").replace("٫", ".").replace(",", ".")


def number(text: str) -> Decimal | None:
    """A number that is not negative, with comma or point; None for any other text."""
    typed = pointed(text)
    if not re.fullmatch(r"\d+(\.\d+)?", typed):
        return None
    try:
        return Decimal(typed)
    except InvalidOperation:
        return None


def whole(text: str) -> str:
    """The text of a whole number, its thousands not parted: 1 000, 1.000 and ١٬٠٠٠ are 1000."""
    typed = plain(text)
    return re.sub(r"\D", "", typed) if THOUSANDS.fullmatch(typed) else typed
