"""Donor search by card, phone or name in either script."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from itertools import pairwise

from django.db.models import Case, IntegerField, Q, QuerySet, When
from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA, LCSseq

from donors.clock.calendar import day_and_month_exchanged
from donors.clock.partial_dates import DAY
from donors.errors import Refused
from donors.models import Contact, Donor, NameVariant

from . import names
from .identity import document_key, documents, normalise_phone
from .scanned_text import as_scanned

MATCHES = 20
CONSIDERED = 400
ALIKE = 24
GOOD = 88
POOR = 60
CROSSED = 0.93  # a name in the other script comes after the same one in this
BORN = re.compile(r"(?<!\d)(?:(\d{1,2})[/.\- ](\d{1,2})[/.\- ])?((?:19|20)\d{2})(?!\d)")


@dataclass(frozen=True)
class Asked:
    """Parsed input: the words of a name, and a date or year of birth if given."""

    words: list[str]
    born: tuple[date, date] | None = None
    rest: str = ""


def find(text: str, among: QuerySet[Donor] | None = None) -> list[Donor]:
    """The likeliest matches first, at most ``MATCHES``, among everybody or among ``among``.

    A card's code, a document and a phone find their owner. A name is found in either script, in any
    order, with typing errors; a date or year of birth after it narrows the search.
    """
    donors = Donor.objects.all() if among is None else among
    known = donors.filter(erased_at=None).select_related("merged_into")
    found = _find(text.strip(), known)
    return list(dict.fromkeys(donor.person for donor in found))


def by_card(text: str) -> Donor | None:
    """The donor whose card has this code; None for any other text."""
    code = _card(text.strip())
    found = code and Donor.objects.filter(public_id=code, erased_at=None)
    donor = found and found.select_related("merged_into").first()
    return donor.person if donor else None


def _find(text: str, donors: QuerySet[Donor]) -> list[Donor]:
    code = _card(text)
    if code:
        return list(donors.filter(public_id=code))
    numbered = any(c.isdigit() for number in documents(text) for c in number)
    exact = _by_number(text, donors) if numbered else []
    return exact or _by_name(read(text), donors)


def read(text: str) -> Asked:
    """Parse a search text; the birth span ends with the first day after it (exclusive)."""
    found = BORN.search(text)
    if not found:
        return Asked(names.words(text), rest=text)
    day, month, year = (int(part) if part else 0 for part in found.groups())
    rest = text[: found.start()] + " " + text[found.end() :]
    try:
        span = (date(year, month, day),) * 2 if day else (date(year, 1, 1), date(year, 12, 31))
    except ValueError:
        return Asked(names.words(rest), rest=rest)
    return Asked(names.words(rest), span, rest)


def _card(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(as_scanned(text))
    except ValueError:
        return None


def _by_number(text: str, donors: QuerySet[Donor]) -> list[Donor]:
    condition = Q(document_key__in=[document_key(number) for number in documents(text)])
    try:
        phone = normalise_phone(text)
        owners = Contact.objects.filter(address=phone, removed_at=None).values("donor")
        condition |= Q(pk__in=owners)
    except Refused:
        pass
    return list(donors.filter(condition).order_by("pk")[:MATCHES])


def _by_name(asked: Asked, donors: QuerySet[Donor]) -> list[Donor]:
    if asked.born:
        first, last = asked.born
        year = first.replace(month=1, day=1)
        then = donors.filter(birth_date__range=(year, last), latest_birth_date__gte=first)
        turned = day_and_month_exchanged(first) if first == last and asked.words else []
        found = _named(asked, then)
        return found or (
            _named(asked, donors.filter(birth_date__in=turned, birth_precision=DAY))
            if turned
            else []
        )
    return _named(asked, donors)


def _named(asked: Asked, donors: QuerySet[Donor]) -> list[Donor]:
    if not asked.words:
        return list(donors.order_by("name_key", "pk")[:MATCHES]) if asked.born else []
    strict = sounds(asked.words)
    best = _ranked(asked, donors, strict.values())
    if best and best[0][0] >= GOOD:
        return [donor for _score, donor in best[:MATCHES]]
    wide = [
        alike | names.shortened(word) | VOCABULARY.alike(word) for word, alike in strict.items()
    ]
    best = _ranked(asked, donors, wide) or best
    if not best and len(wide) > 2:
        spared = (wide[:i] + wide[i + 1 :] for i in range(len(wide)))
        best = sorted(
            (row for keys in spared for row in _ranked(asked, donors, keys)),
            key=lambda row: (-row[0], row[1].pk),
        )
    return list(dict.fromkeys(donor for score, donor in best if score >= POOR))[:MATCHES]


def sounds(words: list[str]) -> dict[str, set[str]]:
    """The keys of each word, and those of the word joined with its neighbours: a person is sought
    who has one key of each. Words of two letters count only where there are no others."""
    pairs = [names.joined(one, two) for one, two in pairwise(words)]
    keys = {
        word: {*names.skeletons(word), *pairs[max(i - 1, 0) : i + 1]}
        for i, word in enumerate(words)
    }
    return {word: keys[word] for word in words if len(word) > 2} or keys


def _ranked(
    asked: Asked, donors: QuerySet[Donor], keys: Iterable[set[str]]
) -> list[tuple[float, Donor]]:
    for alternatives in keys:
        donors = donors.filter(name_keys__overlap=sorted(alternatives))
    typed = names.fold(asked.rest)
    turned = " ".join(reversed(typed.split(" ", 1)))
    same = Q(name_key__in=[typed, turned]) | Q(name_key_ar__in=[typed, turned])
    exact = Case(When(same, then=0), default=1, output_field=IntegerField())
    rows = donors.order_by(exact, "pk") if len(asked.words) > 1 else donors
    scored = [(likeness(asked.words, donor), donor) for donor in rows[:CONSIDERED]]
    return sorted(scored, key=lambda row: (-row[0], row[1].pk))


def likeness(words: list[str], donor: Donor) -> float:
    """0 to 100: how near the words are to the donor's name in the script that fits better."""
    latin = f"{donor.given_name} {donor.family_name}"
    arabic = f"{donor.given_name_ar} {donor.family_name_ar}"
    written = [others for name in (latin, arabic) for others in _ways(name)]
    return max((_likeness(words, others) for others in written), default=0)


@lru_cache(20_000)
def _ways(name: str) -> list[list[str]]:
    """The words of a name, with its compounds as one word and, where it has any, as several."""
    whole = names.words(name)
    return [whole, names.words_apart(name)] if any(map(names.shortened, whole)) else [whole]


def _likeness(words: list[str], others: list[str]) -> float:
    if not words or not others:
        return 0
    best = [max(_word(word, other) for other in others) for word in words]
    apart = sum(best) / len(best) - 2 * max(0, len(others) - len(words))
    together = fuzz.ratio("".join(sorted(words)), "".join(sorted(others)))
    return max(apart, together, _as_one(words, others))


def _as_one(words: list[str], others: list[str]) -> float:
    """How alike two names are of which one has a word in two (Reg Ragui, Regragui)."""
    fewer, more = sorted((words, others), key=len)
    if len(more) != len(fewer) + 1:
        return 0
    ways = ([*more[:i], one + two, *more[i + 2 :]] for i, (one, two) in enumerate(pairwise(more)))
    return max(
        sum(max(_word(word, other) for other in way) for word in fewer) / len(fewer) for way in ways
    )


@lru_cache(20_000)
def _word(word: str, other: str) -> float:
    if other.startswith(word):
        return 90 + 10 * len(word) / len(other)
    same = names.sounds_same(word, other)
    bones = 100 if same else fuzz.ratio(names.skeleton(word), names.skeleton(other))
    heard = fuzz.ratio(names.roman(word), names.roman(other))
    if word.isascii() != other.isascii():
        return _across(word, other, bones)
    return max(fuzz.ratio(word, other), 0.5 * heard + 0.48 * bones)


def _across(word: str, other: str, bones: float) -> float:
    """How alike a Latin and an Arabic word are. Arabic writes long vowels only, so that those which
    it has should be in the other, in their order; they count for more in a short name."""
    latin, arabic = (word, other) if word.isascii() else (other, word)
    length = len(names.skeleton(latin))
    if length < 2:
        return CROSSED * (0.7 * fuzz.ratio(latin, names.roman(arabic)) + 0.3 * bones)
    vowels = _long_vowels(latin, arabic)
    weight = 0.5 if length == 2 else 0.2
    return CROSSED * (weight * vowels * 100 + (1 - weight) * bones)


def has_long_vowels(latin: str, arabic: str) -> bool:
    """Whether the Latin word has every letter that Arabic writes, in its order: Houssine has the
    long i of حسين, Hassan has not."""
    return _long_vowels(latin, arabic) == 1


def _long_vowels(latin: str, arabic: str) -> float:
    shares = (
        LCSseq.similarity(latin, said) / max(2, len(said) - said.endswith("i"))
        for said in names.spoken(arabic)
    )
    return min(1, max(shares))


@dataclass
class Vocabulary:
    """All words of registered names, cached from the table; a word is not linked to a person."""

    last: int = 0
    keys: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def refresh(self) -> None:
        # Transactions may commit out of key order: the latest rows are read again.
        for pk, form in NameVariant.objects.filter(pk__gt=self.last - 1000).values_list(
            "pk", "form"
        ):
            if form not in self.keys:
                self.keys[form] = names.skeletons(form)
            self.last = max(self.last, pk)

    def alike(self, word: str) -> set[str]:
        """Keys of known words that the given word may be a misspelling or a beginning of."""
        self.refresh()
        slips = 1 if len(word) < 5 else 2
        near = process.extract(
            word, self.keys.keys(), scorer=OSA.distance, score_cutoff=slips, limit=ALIKE
        )
        found = {key for form, _distance, _i in near for key in self.keys[form]}
        if len(word) > 2:
            begun = [form for form in self.keys if form.startswith(word)][:ALIKE]
            found |= {key for form in begun for key in self.keys[form]}
        bones = next(iter(names.skeletons(word)), "")
        if len(bones) > 2:
            every = {key for keys in self.keys.values() for key in keys}
            heard = process.extract(bones, every, scorer=OSA.distance, score_cutoff=1, limit=ALIKE)
            found |= {key for key, _distance, _i in heard}
        return found


VOCABULARY = Vocabulary()
