"""The letters that an SMS carries in seven bits (3GPP TS 23.038), and what replaces the others."""

from __future__ import annotations

import re
from unicodedata import combining, normalize

SEVEN_BITS = frozenset(
    "@£$¥èéùìòÇ\nØøÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    "ÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà^{}\\[~]|€"
)
MEANT = str.maketrans(
    {
        "œ": "oe",
        "Œ": "OE",
        **dict.fromkeys("«»“”„‟″", '"'),
        **dict.fromkeys("’‘‚‛ʼ′`´", "'"),
        **dict.fromkeys("‐‑‒–—―−·•", "-"),
        **dict.fromkeys("\u00a0\u2007\u2009\u200a\u202f\t", " "),
        **dict.fromkeys("\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\u2066\u2067\u2068\u2069\ufeff"),
        "…": "...",
        "×": "x",
        "⁄": "/",
    }
)
QUOTED = re.compile(r'" ?([^"]*?) ?"')  # French puts spaces inside its quotation marks


def is_seven_bit(text: str) -> bool:
    return all(letter in SEVEN_BITS for letter in text)


def narrow(text: str) -> str:
    """Replace what the seven bits lack by what it means: one such letter would more than halve the
    capacity of the SMS. Letters of other alphabets stay."""
    text = normalize("NFC", text)
    text = re.sub(r"(?<=\b[nN])°", "o", text).replace("°", " deg")
    quoted = "«" in text
    text = text.translate(MEANT)
    if quoted:
        text = QUOTED.sub(r'"\1"', text)
    return "".join(letter if letter in SEVEN_BITS else _plain(letter) for letter in text)


def _plain(letter: str) -> str:
    parts = normalize("NFKD", letter).translate(MEANT)
    return "".join(part for part in parts if not combining(part)) or letter


def as_sent(text: str) -> str:
    """The text as it leaves and is counted: narrowed if that brings it into the seven bits."""
    narrowed = narrow(text)
    return narrowed if is_seven_bit(narrowed) else text
