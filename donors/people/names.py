"""Names as they are written in two scripts: folded for comparing, reduced for finding.

``محمد``, Mohamed, Mohammed and Muhammad are one name; so are بن علي and Benali, العلوي and Alaoui,
صلاح الدين and Salaheddine, كسوس and Guessous, أولحاج and Ould El Haj.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from itertools import pairwise, product

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
# Arabic letters with a second sound. Moroccans write the g of Guessous as ك, ج, ڭ or گ and say it
# for ق too; ث is the s of Osman, ذ and ظ the z of Hafiz.
SECOND_SOUNDS = {"ك": "ڭ", "ج": "ڭ", "ق": "ڭ", "ث": "س", "ذ": "ز", "ظ": "ز"}
LONG_KEY = 3
COMBINED = 2  # up to so many letters of a word, second sounds are combined freely
# Latin pairs that are often two letters: t and h in Fathi and Thami, k and h in Lakhal.
TWO_LETTERS = re.compile("(?<=[tsdk])h(?=.)")
SOFT_G = re.compile("g(?=[ei])")

# Names of two words that are written together or apart; the words of which they are made come after
# the spelling that stands for all.
COMPOUNDS = (
    (re.compile(r"(?<=\w\w) ?الدين\b"), "دين"),
    (re.compile(r"(?<=\w\w) (?:[aeu][ld]? ?)?d?d[iy]ne?\b"), "eddine"),
    (re.compile(r"(?<=\w\w)ه الله\b"), "تالله"),
    (re.compile(r"(?<=\w\w) الله\b"), "الله"),
    (re.compile(r"(?<=\w\w) (?:[aeou]|ou)ll?ah\b"), "allah"),
    (re.compile(r"\bفاطمه? ?(?:ال)?زهر(?:اء?|ه)\b"), "فاطمزهراء"),
    (re.compile(r"\bfat[ie]m[ae]? ?(?:[ae][lz] ?)?z[aeo]?hra[eh]?\b"), "fatimazahra"),
    (re.compile(r"\bنور ?(?:ال)?هدي\b"), "نورالهدي"),
    (re.compile(r"\bnour ?(?:[ae]?l)? ?h(?:ou|o|u)da\b"), "nourelhouda"),
)
PARTS = re.compile(
    r"(?!abde|عبد)(\w{3,}?)(?:[aei]?d?d[iy]ne?|دين|[aeo]u?ll?ah|الله|(زهراء|zahra|الهدي|elhouda))"
)
SERVANT = re.compile(
    r"(?:\b|(?<=\bben)|(?<=\bبن))"
    r"(?:abd(?:[aeiou]?l|[aeou](?=([drstznlcx])\1))?|عبد) ?(?:ال|[ae]l )?(?=\w)"
)
# The l of an article becomes the letter after it: Es-Saidi, Ech-Cherkaoui.
DOUBLED = re.compile(r"\b[ea](ch|sh|th|dh|[dnrstzl]) (?=\1)")
# "Ben El Haj" and "Belhaj", "Ould El Haj" and "Oulhaj", "My Ali" and "Moulay Ali" are one name.
CONTRACTED = (
    (re.compile(r"\babd[aeiou]?l?l?atif\b"), "abdellatif"),
    (re.compile(r"\b(?:ben|ibn) (?:[ea]l|l) ?(?=\w\w)"), "bel"),
    (re.compile(r"\b(?:بن|ابن) ?ال(?=\w\w)"), "بل"),
    (re.compile(r"\b(?:ould|oulad|ouled) ?(?:[ea]l ?|l ?(?=[^aeiou]))?(?=\w{3})"), "oul"),
    (re.compile(r"\b(?:ولد|اولاد) ?(?:ال)?(?=\w\w)"), "اول"),
    (re.compile(r"\b(?:my|mly) (?=\w)"), "moulay "),
)
# "Ben Ali" and "Benali" are one name, as are "Ait Ali" and "Aitali".
JOINED = re.compile(
    r"\b(ben|bel|bou|ait|ibn|abou|oum|ou|بن|بل|ابن|بو|ايت|ابو|ام|او) (?:ال|el |al |l )?(?=\w)"
)
ARTICLES = ("el", "al", "l", "ال")
ATTACHED = re.compile(r"(?:el|ال|l[ae]?(?=[^aeiouy])|l(?=aa))(?=\w{3})|[ea](?=([drstznlcx])\1)")
# Articles of Moroccan speech, which may also be the first letter of the name: Lalaoui, لحسن.
PERHAPS = re.compile(r"l(?=[aeiou]\w{5})|ل(?=[^اوي][^اوي]\w)")
WITHIN = re.compile(r"^(ait|abou|bou|oum|ايت|ابو|بو|ام)(?:[ae]?l(?=[^aeiou])|ال|ل(?=[^اوي]))")
PLAIN = str.maketrans("ħǰ", "hj")
VOWELS = re.compile("[aeiouyw]+")
TWICE = re.compile(r"(.)\1+")


def fold(name: str) -> str:
    """The key under which a name is compared: no case, accent, hamza, vowel sign or punctuation."""
    text = unicodedata.normalize("NFKD", name).casefold().translate(ARABIC_FOLDS)
    letters = "".join(c if c.isalnum() else " " for c in text if not unicodedata.combining(c))
    return " ".join(letters.split())


def words(name: str) -> list[str]:
    """The folded words that tell people apart: particles joined to the next word, compounds
    written as one word, articles removed unless nothing else remains."""
    text = fold(name)
    for written, one_word in COMPOUNDS:
        text = written.sub(one_word, text)
    return _particles_joined(text)


def words_apart(name: str) -> list[str]:
    """As ``words``, but each word of a compound by itself, as it was written."""
    return _particles_joined(fold(name))


def _particles_joined(text: str) -> list[str]:
    text = DOUBLED.sub("", text)
    for written, short in CONTRACTED:
        text = written.sub(short, text)
    text = SERVANT.sub(lambda m: "عبد" if m[0].startswith("ع") else "abde", text)
    every = JOINED.sub(r"\1", text).split()
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
    text = TWICE.sub(r"\1", text.translate(PLAIN))
    opening = VOWELS.match(text)
    rest = VOWELS.sub("", text)
    return TWICE.sub(r"\1", _initial(text, opening[0] if opening else "") + rest)


def _initial(text: str, vowels: str) -> str:
    if not vowels:
        return ""
    if vowels[0] in "wy" or vowels[:2] == "ou" and len(vowels) > 2:
        return "y" if vowels[0] == "y" else "w"
    return "y" if vowels[0] == "i" and len(vowels) > 1 else "a"


@lru_cache(50_000)
def skeletons(word: str) -> tuple[str, ...]:
    """Every skeleton by which a word may be searched: without an attached article first, then as
    written, in its other readings, and without an initial vowel that some omit (Ibrahim, Brahim)."""
    bare = _bare(word)
    spoken = word[1:] if PERHAPS.match(word) else bare
    said = (bare, spoken, WITHIN.sub(r"\1", bare))
    found = [skeleton(form) for form in (bare, word, *said)]
    found += [skeleton(other) for form in dict.fromkeys(said) for other in _readings(form)]
    found += [key[1:] for key in found if len(key) > 3 and key[0] == "a"]
    return tuple(key for key in dict.fromkeys(found) if key)


def sounds_same(word: str, other: str) -> bool:
    """Whether the words share a key that is no chance: short keys count only where nothing but a
    sure article was left out."""
    shared = {*skeletons(word)} & {*skeletons(other)}
    if shared and max(map(len, shared)) >= LONG_KEY:
        return True
    return not _surely(word).isdisjoint(_surely(other))


@lru_cache(50_000)
def _surely(word: str) -> set[str]:
    bare = word if word.startswith("l") else _bare(word)
    return {skeleton(form) for form in (word, bare, *_readings(bare))}


def _readings(word: str) -> list[str]:
    """Other ways to read a word: Arabic letters with two sounds, Latin pairs with one or two."""
    if not ARABIC.search(word):
        every = (TWO_LETTERS.sub("ħ", word), SOFT_G.sub("j", word))
        return [other for other in every if other != word]
    double = [i for i, letter in enumerate(word) if letter in SECOND_SOUNDS]
    if not double:
        return []
    ways = [(True,) * len(double)]
    if len(double) <= COMBINED:
        ways = [way for way in product((False, True), repeat=len(double)) if any(way)]
    return [_read(word, double, way) for way in ways]


def spoken(word: str) -> list[str]:
    """An Arabic word in Latin letters without its article, in every reading."""
    bare = _bare(word)
    return [roman(form).translate(PLAIN) for form in (bare, *_readings(bare))]


def _read(word: str, places: list[int], second: tuple[bool, ...]) -> str:
    letters = list(word)
    for place, other in zip(places, second, strict=True):
        letters[place] = SECOND_SOUNDS[letters[place]] if other else letters[place]
    return "".join(letters)


def shortened(word: str) -> set[str]:
    """Keys of the names that a compound is shortened to: Salah for Salaheddine."""
    parts = PARTS.fullmatch(word)
    names = [part for part in parts.groups() if part] if parts else []
    return {key for name in names for key in skeletons(name)}


def joined(one: str, two: str) -> str:
    """The skeleton of two words that others write as one (Nour Eddine, Noureddine)."""
    first, second = roman(_bare(one)), roman(_bare(two))
    return skeleton(first + re.sub("^h", "ħ", second))


def _bare(word: str) -> str:
    return ATTACHED.sub("", word, count=1) if ATTACHED.match(word) else word


def keys(names: Iterable[str]) -> list[str]:
    """The search keys of a person: the skeletons of all words of both scripts, of the parts of
    compounds, and of words that others write as one."""
    return sorted({key for name in names for key in _keys(name)})


@lru_cache(20_000)
def _keys(name: str) -> frozenset[str]:
    whole, apart = words(name), words_apart(name)
    found = {key for word in whole for key in (*skeletons(word), *shortened(word))}
    found |= {joined(one, two) for one, two in pairwise(apart)}
    return frozenset(found - {""})
