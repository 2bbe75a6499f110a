"""Names as on Moroccan identity cards, in both scripts; common ones are drawn more often."""

from __future__ import annotations

import random
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path

from donors.people.names import fold, keys
from donors.reference import rows

FILE = Path(__file__).parents[1] / "data" / "names.csv"


@dataclass(frozen=True)
class Name:
    latin: str
    arabic: str
    key: str
    key_ar: str
    keys: tuple[str, ...]
    keys_ar: tuple[str, ...]


def _name(latin: str, arabic: str) -> Name:
    return Name(
        latin, arabic, fold(latin), fold(arabic), tuple(keys([latin])), tuple(keys([arabic]))
    )


class Names:
    """The spellings of one kind (``male``, ``female`` or ``family``), to draw from."""

    def __init__(self, kind: str) -> None:
        self.spellings: list[list[Name]] = []
        for row in rows(FILE):
            if row["kind"] == kind:
                latin = [row["latin"], *filter(None, row["variants"].split("|"))]
                self.spellings.append([_name(one, row["arabic"]) for one in latin])
        self.weights = list(accumulate(1 / (12 + rank) for rank in range(len(self.spellings))))

    def draw(self, dice: random.Random, count: int) -> list[Name]:
        drawn = dice.choices(self.spellings, cum_weights=self.weights, k=count)
        return [s[0] if dice.random() < 0.7 else s[-1] for s in drawn]
