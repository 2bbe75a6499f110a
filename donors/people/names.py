"""Names as they are written in two scripts: folded for comparing, reduced for finding.

``محمد``, Mohamed, Mohammed and Muhammad are one name; so are بن علي and Benali, العلوي and Alaoui.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from itertools import pairwise

ARABIC = re.compile("[\u0621-\u064a\u066e-\u06d3]")
ARABIC_FOLDS = str.maketrans(
    {"أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ى": "ي", "ئ": "ي", "ؤ": "و", "ة": "ه", "ـ": None}
)
ROMAN = str.maketrans(
    {
        "ا": "a", "ب": "b", "ت": "t", "ث": "t", "ج": "ǰ", "ح": "ħ", "خ": "kh", "د": "d", "ذ": "d",
        "ر": "r", "ز": "z", "س": "s", "ش": "ch", "ص": "s", "ض": "d", "ط": "t", "ظ": "d", "ع": "a",
        "غ": "gh", "ف": "f", "ق": "k", "ك": "k", "ل": "l", "م": "m", "ن": "n", "ه": "ħ", "و": "ou",
        "ي": "i", "ء": "", "ڭ": "g", "گ": "g", "پ": "b", "ڤ": "f",
    }
)  # fmt: skip
# Letters with the same sound, longest first; "x" is the sound of ش.
SOUNDS = (
    (re.compile("tch|ch|sh"), "x"), (re.compile("kh"), "k"), (re.compile("gh"), "g"),
    (re.compile("dj"), "j"), (re.compile("ph|v"), "f"), (re.compile("th"), "t"),
    (re.compile("dh"), "d"), (re.compile("c(?=[eiy])"), "s"), (re.compile("[cq]"), "k"),
    (re.compile("p"), "b"), (re.compile("(?<=...)[hħ]$"), ""),
)  # fmt: skip
SERVANT = re.compile(r"\b(?:abd(?:[aeou]l|[aeou](?=([drstznlcx])\1))?|عبد) ?(?:ال|[ae]l )?(?=\w)")
# "Ben Ali" and "Benali" are one name, as are "Ait Ali" and "Aitali".
JOINED = re.compile(r"\b(ben|bel|bou|ait|ibn|بن|ابن|بو|ايت) (?:ال|el |al )?(?=\w)")
ARTICLES = ("el", "al", "l", "ال")
ATTACHED = re.compile(r"(?:el|ال|l[ae]?(?=[^aeiouy])|l(?=aa))(?=\w{3})|[ea](?=([drstznlcx])\1)")
PLAIN = str.maketrans("ħǰ", "hj")
VOWELS = re.compile("[aeiouyw]+")


def fold(name: str) -> str:
    """The key under which a name is compared: no case, accent, hamza, vowel sign or punctuation."""
    text = unicodedata.normalize("NFKD", name).casefold().translate(ARABIC_FOLDS)
    letters = "".join(c if c.isalnum() else " " for c in text if not unicodedata.combining(c))
    return " ".join(letters.split())


def words(name: str) -> list[str]:
    """The folded words that tell people apart: particles joined to the next word, articles removed
    unless nothing else remains."""
    text = SERVANT.sub(lambda m: "عبد" if m[0].startswith("ع") else "abde", fold(name))
    text = JOINED.sub(r"\1", text)
    every = text.split()
    return [word for word in every if word not in ARTICLES] or every


def roman(word: str) -> str:
    """A folded word in Latin letters, without the vowels that Arabic does not write.

    ح, ه and ج become ħ and ǰ, so that they are never read as part of a letter pair.
    """
    if not ARABIC.search(word):
        return word
    first = {"و": "w", "ي": "y"}.get(word[:1])
    body, ending = word, ""
    if len(word) > 2 and word.endswith("ه"):
        body, ending = word[:-1], "t" if word[-2] == "ا" else "a"
    return (first or body[:1].translate(ROMAN)) + body[1:].translate(ROMAN) + ending


def skeleton(word: str) -> str:
    """A folded word without vowels, one letter per sound."""
    text = roman(word)
    for sound, letter in SOUNDS:
        text = sound.sub(letter, text)
    text = re.sub(r"(.)\1+", r"\1", text.translate(PLAIN))
    opening = VOWELS.match(text)
    rest = VOWELS.sub("", text)
    return re.sub(r"(.)\1+", r"\1", _initial(text, opening[0] if opening else "") + rest)


def _initial(text: str, vowels: str) -> str:
    if not vowels:
        return ""
    if vowels[0] in "wy" or vowels[:2] == "ou" and len(vowels) > 2:
        return "y" if vowels[0] == "y" else "w"
    return "y" if vowels[0] == "i" and len(vowels) > 1 else "a"


def skeletons(word: str) -> list[str]:
    """Every skeleton by which a word may be searched: as written, without an attached article,
    without an initial vowel that some omit (Ibrahim, Brahim)."""
    found = [skeleton(word)]
    bare = ATTACHED.sub("", word, count=1) if ATTACHED.match(word) else word
    if bare != word:
        found.insert(0, skeleton(bare))
    found += [key[1:] for key in found if len(key) > 3 and key[0] == "a"]
    return [key for key in dict.fromkeys(found) if key]


def keys(names: Iterable[str]) -> list[str]:
    """The search keys of a person: the skeletons of all words of both scripts, and of words that
    others write as one (Nour Eddine, Noureddine)."""
    return sorted({key for name in names for key in _keys(name)})


@lru_cache(20_000)
def _keys(name: str) -> frozenset[str]:
    every = [skeletons(word) for word in words(name)]
    alone = {key for alike in every for key in alike}
    return frozenset(alone | {one[0] + two[0] for one, two in pairwise(every) if one and two})
