"""Misspelt names of the demonstration, and the donor whom each should find."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass

from campaigns.demo.names import FILE
from donors.models import Donor
from donors.reference import rows

NEIGHBOURS = {
    "a": "qzs", "b": "vn", "c": "xv", "d": "sf", "e": "zr", "f": "dg", "g": "fh", "h": "gj",
    "i": "uo", "j": "hk", "k": "jl", "l": "km", "m": "l", "n": "b", "o": "ip", "r": "et",
    "s": "qd", "t": "ry", "u": "yi", "y": "tu", "z": "ae",
}  # fmt: skip
HAMZA = str.maketrans({"أ": "ا", "إ": "ا", "آ": "ا", "ة": "ه", "ى": "ي", "ؤ": "و", "ئ": "ي"})
ARTICLE = re.compile(r"^(El |Al |ال)")


@dataclass(frozen=True)
class Query:
    """``text`` was meant for the donor ``pk``; ``names`` are all spellings that count as right."""

    kind: str
    text: str
    pk: int
    names: frozenset[str]


class Misspelt:
    """Draws donors, and misspells their names."""

    def __init__(self, *, dice: random.Random) -> None:
        self.dice = dice
        self.spellings: dict[str, list[str]] = {}
        for row in rows(FILE):
            every = [row["latin"], *filter(None, row["variants"].split("|")), row["arabic"]]
            for one in every:
                self.spellings.setdefault(one, []).extend(every)

    def queries(self, count: int) -> Iterator[Query]:
        kinds = [self.variant, self.slip, self.two_slips, self.script, self.article, self.hamza]
        pks = list(Donor.objects.order_by("pk").values_list("pk", flat=True))
        chosen = self.dice.sample(pks, count)
        donors = Donor.objects.in_bulk(chosen)
        for number, pk in enumerate(chosen):
            donor, way = donors[pk], kinds[number % len(kinds)]
            given, family = self._name(donor)
            typed = way(given, family)
            if self.dice.random() < 0.4:
                typed = typed[::-1]
            right = {
                f"{g} {f}"
                for g in self.spellings.get(given, [given])
                for f in self.spellings.get(family, [family])
            }
            yield Query(way.__name__, " ".join(typed), pk, frozenset(right))

    def _name(self, donor: Donor) -> tuple[str, str]:
        if donor.family_name and (not donor.family_name_ar or self.dice.random() < 0.6):
            return donor.given_name, donor.family_name
        return donor.given_name_ar, donor.family_name_ar

    def variant(self, given: str, family: str) -> list[str]:
        """Another spelling in the same script."""
        return [self._other(given, same=True), self._other(family, same=True)]

    def script(self, given: str, family: str) -> list[str]:
        """The same name in the other script."""
        return [self._other(given, same=False), self._other(family, same=False)]

    def slip(self, given: str, family: str) -> list[str]:
        """One typing error in one of the two names."""
        return (
            [self._slip(given), family] if self.dice.random() < 0.5 else [given, self._slip(family)]
        )

    def two_slips(self, given: str, family: str) -> list[str]:
        """One typing error in each name."""
        return [self._slip(given), self._slip(family)]

    def article(self, given: str, family: str) -> list[str]:
        """The article left out, or added in front."""
        bare = ARTICLE.sub("", family)
        if bare != family:
            return [given, bare]
        return [given, ("El " if family.isascii() else "ال") + family]

    def hamza(self, given: str, family: str) -> list[str]:
        """Arabic without hamza and dotted ta, Latin without accents and spaces."""
        return [
            part.translate(HAMZA).replace("ï", "i").replace("-", " ").upper()
            for part in (given, family)
        ]

    def _other(self, name: str, *, same: bool) -> str:
        ascii_like = not re.search("[\u0600-\u06ff]", name)
        every = {
            one
            for one in self.spellings.get(name, [name])
            if (not re.search("[\u0600-\u06ff]", one)) == (ascii_like == same)
        }
        return self.dice.choice(sorted(every - {name}) or sorted(every) or [name])

    def _slip(self, name: str) -> str:
        place = self.dice.randrange(1, len(name))
        how = self.dice.randrange(4)
        if how == 0 and place + 1 < len(name):
            return name[:place] + name[place + 1] + name[place] + name[place + 2 :]
        if how == 1 and len(name) > 3:
            return name[:place] + name[place + 1 :]
        if how == 2:
            return name[:place] + name[place] + name[place:]
        letter = name[place].casefold()
        return name[:place] + self.dice.choice(NEIGHBOURS.get(letter, letter)) + name[place + 1 :]


def bearers(donors: list[Donor]) -> set[str]:
    return {
        name
        for d in donors
        for name in (f"{d.given_name} {d.family_name}", f"{d.given_name_ar} {d.family_name_ar}")
    }
