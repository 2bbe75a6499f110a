"""The lot of a bag or a reagent, as scanned or typed."""

from __future__ import annotations

import re

from django.utils.translation import gettext as _

from donors.errors import Refused

from . import data_structures
from .donation_numbers import compact

# Where a barcode's data begin; the guard lot_is_no_barcode has the same.
IDENTIFIER = re.compile(r"=|&[^0-9A-Za-z ]")


def is_barcode(text: str, *, din: str = "") -> bool:
    """Does an identifier of ISBT 128, or the number ``din`` itself, occur anywhere in it?"""
    return bool(IDENTIFIER.search(text) or din and din in compact(text))


def read(text: str, *, din: str = "", field: str = "lot") -> str:
    """The lot, without the identifier of its own barcode.

    Raises ``Refused`` beside ``field`` for another barcode of the label: a recall by the lot would
    not find the bag.
    """
    plain = text.strip()
    said = data_structures.parse(plain)
    if said and said.kind == "lot":
        return str(said.value)
    if is_barcode(plain, din=din):
        raise Refused(_("This is the barcode of the number. Scan the one of the lot."), field)
    return plain
