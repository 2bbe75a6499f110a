"""People who share an address and a birth date, such as twins, told apart by their given names.

Who proves an address proves that they read its messages, not which of its people they are.
"""

from __future__ import annotations

from collections.abc import Iterable

from rapidfuzz import fuzz

from donors.models import Donor

from . import names, search

SPELT_ALIKE = 82  # Mohamed and Mohammed are one name, Mohamed and Mahmoud are two
FAMILY_ALIKE = 70


def bearer(people: Iterable[Donor], *, given: str, family: str = "") -> Donor | None:
    """The one of these people with this name, in either script and order; None if there is none,
    or more than one.

    A misspelt given name finds nobody rather than another person: two rows of one person are found
    later, and one row for two people never.
    """
    every = list(people)
    found = [one for one in every if _is(one, given, family) or _is(one, family, given)]
    exact = [one for one in found if _folded(given) in map(_folded, _given(one))]
    likeliest = exact or found
    return likeliest[0] if len(likeliest) == 1 else None


def same_name(one: str, other: str) -> bool:
    """Whether two whole names may be one person's: each word of the shorter one is in the other, in
    any order and in either script. Initials tell nothing."""
    found = [[w for w in names.words(name) if len(w) > 1] for name in (one, other)]
    shorter, longer = sorted(found, key=len)
    return all(any(_alike(word, own) for own in longer) for word in shorter)


def _is(donor: Donor, given: str, family: str) -> bool:
    if not any(same_given_name(given, own) for own in _given(donor)):
        return False
    if not family:
        return True
    written = names.words(family)
    families = [donor.family_name, donor.family_name_ar]
    others = [Donor(family_name=name, family_name_ar=name) for name in families if name]
    return any(search.likeness(written, other) >= FAMILY_ALIKE for other in others)


def _given(donor: Donor) -> list[str]:
    return [name for name in (donor.given_name, donor.given_name_ar) if name]


def _folded(name: str) -> str:
    return "".join(names.words(name))


def same_given_name(one: str, other: str) -> bool:
    """Stricter than a search: حسن and حسين, Hassan and Houssine are often twins."""
    return _alike(_folded(one), _folded(other))


def _alike(first: str, second: str) -> bool:
    if not first or not second:
        return False
    if first == second:
        return True
    if not names.sounds_same(first, second):
        return False
    if first.isascii() and second.isascii():
        return fuzz.ratio(first, second) >= SPELT_ALIKE
    if not first.isascii() and not second.isascii():  # only the alif is written or not: عبد الرحمان
        return first.replace("ا", "") == second.replace("ا", "")
    latin, arabic = (first, second) if first.isascii() else (second, first)
    return search.has_long_vowels(latin, arabic)
