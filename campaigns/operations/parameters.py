"""Published figures about disasters (``campaigns/data/disaster_parameters.csv``), each with its source."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FILE = Path(__file__).parents[1] / "data" / "disaster_parameters.csv"


@dataclass(frozen=True)
class Parameter:
    """``low`` and ``high`` are the value where the source gives no range; ``assumed``: no source."""

    value: float
    low: float
    high: float
    assumed: bool
    source: str
    note: str


@cache
def parameter(name: str) -> Parameter:
    with FILE.open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["parameter"] == name:
                value = float(row["value"])
                low, high = (float(row[bound] or value) for bound in ("low", "high"))
                return Parameter(
                    value, low, high, row["verified"] == "no", row["source"], row["note"]
                )
    raise KeyError(name)
