"""ISBT 128 data structures as barcodes carry them (ST-001 v6.2.2: docs/sources.md).

Identifier and length are both looked at: some identifiers begin alike.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from donors.clock.zones import MOROCCO

# gg of the structure =%ggre; r and e 0: neither further antigens nor an intended use are said.
GROUPS = {
    "O-": "95",
    "O+": "51",
    "A-": "06",
    "A+": "62",
    "B-": "17",
    "B+": "73",
    "AB-": "28",
    "AB+": "84",
}
VOLUNTEER = "V"
BAG, PILOT_TUBE, TEST_TUBE, RECORD = "00", "06", "07", "08"

PATTERNS = {
    "number": r"=([A-NP-Z1-9][A-NP-Z0-9]{2}\d{4}\d{6})(\d{2})",
    "group": r"=%([0-9A-Z]{2})[0-9A-Z]{2}",
    "product": r"=<([A-Z][0-9A-Z]\d{3})([0-9A-Z])([A-Z0]0|[A-Z][a-z])",
    "expiry": r"&>(\d{10})",
    "expiry day": r"=>(\d{6})",
    "collection": r"=\*(\d{6})",
    "collection time": r"&\*(\d{10})",
    "lot": r"&\)([0-9A-Z]{10})",
    "compound": r"=\+(\d{2})(\d{3})",
}


@dataclass(frozen=True)
class Structure:
    """``kind`` as in ``PATTERNS``; ``value`` is a number, a group, a product code, a day or a time."""

    kind: str
    value: str | date | datetime
    detail: str = ""


def number(din: str, flags: str = BAG) -> str:
    return f"={din}{flags}"


def group(of: str) -> str:
    return f"=%{GROUPS[of]}00"


def product(code: str, division: str = "00") -> str:
    """A product description code of five characters, given by volunteers."""
    return f"=<{code}{VOLUNTEER}{division}"


def expiry(at: datetime) -> str:
    local = at.astimezone(MOROCCO)
    return f"&>{_day(local.date())}{local:%H%M}"


def collection(on: date) -> str:
    return f"=*{_day(on)}"


def compound(*parts: str) -> str:
    """Several structures one after the other, as a two-dimensional code carries them."""
    return f"=+{len(parts):02d}000{''.join(parts)}"


def parse(text: str) -> Structure | None:
    """What one barcode says; None for what is none of these structures."""
    for kind, pattern in PATTERNS.items():
        match = re.fullmatch(pattern, text)
        if match:
            return _read(kind, match)
    return None


def parse_compound(text: str) -> list[Structure]:
    """The structures of a two-dimensional code; an empty list where one of them is not understood."""
    head = re.match(PATTERNS["compound"], text)
    found = parse_several(text[head.end() :]) if head else []
    return found if head and len(found) == int(head[1]) else []


def parse_several(text: str) -> list[Structure]:
    """A two-dimensional code, or bars read one after the other as scanners join them; an empty list
    where a part is not understood."""
    if re.match(PATTERNS["compound"], text):
        return parse_compound(text)
    rest, found = text, []
    while rest:
        match = next(((kind, m) for kind, p in PATTERNS.items() if (m := re.match(p, rest))), None)
        said = _read(*match) if match else None
        if not match or not said:
            return []
        found.append(said)
        rest = rest[match[1].end() :]
    return found


def _read(kind: str, match: re.Match[str]) -> Structure | None:
    value = match[1]
    if kind == "group":
        known = {code: name for name, code in GROUPS.items()}
        return Structure(kind, known[value]) if value in known else None
    if kind in ("expiry day", "collection"):
        day = _date(value)
        return Structure(kind, day) if day else None
    if kind in ("expiry", "collection time"):
        day, clock = _date(value[:6]), value[6:]
        if not day or clock > "2359" or clock[2:] > "59":
            return None
        at = datetime(day.year, day.month, day.day, int(clock[:2]), int(clock[2:]), tzinfo=MOROCCO)
        return Structure(kind, at)
    return Structure(kind, value, "".join(match.groups()[1:]))


def _day(on: date) -> str:
    """cyyjjj: the century's last digit but one, the year, the day of the year."""
    return f"{on.year // 100 % 10}{on:%y%j}"


def _date(text: str) -> date | None:
    century, year, day = int(text[0]), int(text[1:3]), int(text[3:])
    of_year = (2000 if century < 9 else 1000) + century * 100 + year
    found = date(of_year, 1, 1) + timedelta(days=day - 1)
    return found if day and found.year == of_year else None
