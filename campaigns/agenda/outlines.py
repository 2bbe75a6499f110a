"""Where each province lies in ``static/img/morocco.svg``, the outlines that every map draws."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.contrib.staticfiles import finders

TENTHS = 10  # the file's numbers are tenths of the map's unit
SHAPE = re.compile(r'id="(MA-[A-Z]{3})" d="([^"]+)"')
RING = re.compile(r"[mM](-?\d+)[ ]?(-?\d+)l([^mMz]+)z")
NUMBER = re.compile(r"-?\d+")


@dataclass(frozen=True)
class Box:
    """A part of the map, in its units; ``y`` grows to the south."""

    x: float
    y: float
    width: float
    height: float

    def contains(self, x: float, y: float) -> bool:
        return self.x <= x <= self.x + self.width and self.y <= y <= self.y + self.height

    def around(self, *, margin: float, shape: float) -> Box:
        """This part in the middle of a larger one: ``margin`` is a share of its longer side,
        ``shape`` the ratio of width to height."""
        longer = max(self.width, self.height * shape) * (1 + 2 * margin)
        width, height = longer, longer / shape
        x, y = self.x + self.width / 2, self.y + self.height / 2
        return Box(x - width / 2, y - height / 2, width, height)


@cache
def boxes() -> dict[str, Box]:
    """The smallest box around each province, by code."""
    found = finders.find("img/morocco.svg")
    if found is None:
        raise FileNotFoundError("img/morocco.svg")
    return {code: _box(drawn) for code, drawn in SHAPE.findall(Path(found).read_text())}


def _box(drawn: str) -> Box:
    xs, ys = [], []
    for x, y, moves in RING.findall(drawn):
        at = [int(x), int(y)]
        numbers = [int(number) for number in NUMBER.findall(moves)]
        for right, down in [(0, 0), *zip(numbers[::2], numbers[1::2], strict=True)]:
            at = [at[0] + right, at[1] + down]
            xs.append(at[0] / TENTHS)
            ys.append(at[1] / TENTHS)
    return Box(min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys))
