"""What a person means by a text, as people write it: in Arabic, Darija in either script, French,
English, with or without accents, with digits of any kind."""

from __future__ import annotations

import csv
import re
import unicodedata
from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from campaigns.models import Reply

Meaning = Reply.Meaning
WORDS = Path(__file__).parent.parent / "data" / "reply_words.csv"  # written as ``plain`` gives them
# Without vowel signs, with one form of alif, ya and ha (``plain``).
MOST_WORDS = 6  # a longer text is read by a person

A_TIME = re.compile(r"(?<!\d)([01]?\d|2[0-3])\s*(?:h|heures?|:|\.|س|)\s*([0-5]\d)?(?!\d)")
A_CHOICE = re.compile(r"(?:choix|choice|jour|day|اختيار|يوم)?\s*([1-9])(?:\s+(\d{1,4}))?")


@dataclass(frozen=True)
class Said:
    """``hour`` and ``minute`` of a yes, if it names them; ``choice`` and ``people`` of an officer."""

    meaning: str
    hour: int | None = None
    minute: int | None = None
    half: str = ""
    choice: int | None = None
    people: int | None = None


@cache
def _words() -> dict[str, set[str]]:
    found: defaultdict[str, set[str]] = defaultdict(set)
    with WORDS.open(encoding="utf-8", newline="") as lines:
        for line in csv.DictReader(lines):
            found[line["meaning"]].update(line["words"].split())
    return found


def plain(text: str) -> str:
    """Small letters, Western digits, no accents or vowel signs, one form of each Arabic letter."""
    text = unicodedata.normalize("NFKD", text.casefold())
    text = "".join(c for c in text if not unicodedata.combining(c) and c != "ـ")
    text = "".join(str(unicodedata.digit(c)) if c.isdigit() else c for c in text)
    text = text.translate(str.maketrans("أإآٱىةؤئ", "اااايهوي"))
    text = re.sub(r"[’'`]", "", text)
    return " ".join(re.sub(r"[^\w\s:.]", " ", text).split())


def read(text: str) -> Said:
    found = plain(text)
    words = re.sub(r"[:.]", " ", found).split()
    if not words:
        return Said(Meaning.OTHER)
    if choice := A_CHOICE.fullmatch(" ".join(words)):
        people = int(choice[2]) if choice[2] else None
        return Said(Meaning.TAKE, choice=int(choice[1]), people=people)
    if len(words) > MOST_WORDS:
        return Said(Meaning.OTHER)
    # A stop is heard anywhere in a short text, except where it is denied.
    known = _words()
    if known["stop"].intersection(words):
        denied = known["not"].intersection(words)
        return Said(Meaning.OTHER if denied else Meaning.STOP)
    if words[0] in known["yes"]:
        return _yes(found, words)
    if words[0] in known["no"] and len(words) <= 3 and not re.search(r"\d", found):
        return Said(Meaning.NO)
    return Said(Meaning.OTHER)


def _yes(found: str, words: list[str]) -> Said:
    known, half = _words(), ""
    if known["afternoon"].intersection(words) or re.search(r"\d\s*pm\b", found):
        half = "pm"
    elif known["morning"].intersection(words) or re.search(r"\d\s*am\b", found):
        half = "am"
    time = A_TIME.search(found)
    if not time:
        return Said(Meaning.YES)
    minute = int(time[2]) if time[2] else None
    return Said(Meaning.YES, hour=int(time[1]), minute=minute, half=half)
