"""Donation identification numbers of ISBT 128, as scanned and as typed."""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from stdnum.iso7064 import mod_37_2

from centers.models.donation import DIN_PATTERN
from donors.errors import Refused
from donors.people.scanned_text import as_scanned

from . import data_structures

SPACES = re.compile(r"[\s\u200e\u200f-]+")
# What some scanners say before the data: which symbology they read (AIM).
SYMBOLOGY = re.compile(r"^\][A-Za-z][0-9A-Za-z]")
SIGNS = re.compile(r"^=+")
LENGTH = 13
OTHERS = {
    "group": gettext_noop("This is the barcode of the group. Scan the one of the number above it."),
    "product": gettext_noop("This is the barcode of the product. Scan the one of the number."),
    "expiry day": gettext_noop("This is the barcode of the date. Scan the one of the number."),
    "collection": gettext_noop("This is the barcode of the date. Scan the one of the number."),
    "compound": gettext_noop(
        "This is the square code of the whole bag. Scan the bars of the number."
    ),
}
FLAGS = 2
# Flags of the third type are 60 and the value of the check character; above them all are reserved.
CHECKING, RESERVED = 60, 97
VALUES = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ*"


@dataclass(frozen=True)
class Number:
    """Thirteen characters and the check character that goes with them."""

    din: str
    check: str


def check_character(din: str) -> str:
    """ISO/IEC 7064 modulus 37-2; needed for keyboard entry, not in the barcode."""
    return mod_37_2.calc_check_digit(din)


def compact(text: str) -> str:
    """What was scanned or typed, without spaces, in Latin capitals whatever the keyboard's layout, with
    one sign however often it arrived."""
    plain = SPACES.sub("", as_scanned(SYMBOLOGY.sub("", text.strip())))
    return SIGNS.sub("=", plain)  # no identifier begins with two


def parse(text: str) -> Number:
    """A scanned ``=A99992600000100`` or a typed number with its check character.

    Without the sign ``=``, or typed with the flags beside the box, it is read where that can mean
    one number only. Raises ``Refused`` with a sentence that says what is wrong.
    """
    plain = compact(text)
    if plain.startswith("="):
        return _scanned(plain[1:])
    if len(plain) == LENGTH + FLAGS:
        return _without_sign(plain)
    if len(plain) == LENGTH + FLAGS + 1 and plain[LENGTH:-1].isdigit():  # flags, then the box
        return _checked(plain[:LENGTH], plain[-1])
    if len(plain) == LENGTH:
        raise Refused(_("Type the check character in the box after the number as well."))
    if len(plain) != LENGTH + 1:
        raise Refused(
            _("A donation number has 13 characters and a check character; this has %(length)s.")
            % {"length": len(plain)}
        )
    return _checked(plain[:LENGTH], plain[LENGTH])


def _checked(din: str, check: str) -> Number:
    _shape(din)
    if check_character(din) != check:
        raise Refused(
            _("One character is wrong, or two were swapped. Compare the number with the label.")
        )
    return Number(din, check)


def read(text: str) -> str:
    """The number as lists show it: to look for a bag it needs no check character."""
    plain = compact(text)
    if len(plain) == LENGTH and re.match(DIN_PATTERN, plain):
        return plain
    return parse(text).din


def _scanned(content: str) -> Number:
    other = data_structures.parse(f"={content}")
    kind = "compound" if content.startswith("+") else other.kind if other else ""
    if kind in OTHERS:
        raise Refused(_(OTHERS[kind]))
    if len(content) == LENGTH + 1:  # the sign typed before the number with its box
        return _checked(content[:LENGTH], content[LENGTH])
    if len(content) != LENGTH + FLAGS:
        raise Refused(_("This barcode is not a donation number. Scan the one that begins with =."))
    return _flagged(content[:LENGTH], content[LENGTH:])


def _flagged(din: str, flags: str) -> Number:
    """Raises ``Refused`` where flags that carry the check character carry another one."""
    _shape(din)
    if not flags.isdigit():
        raise Refused(_("This barcode is not a donation number. Scan the one that begins with =."))
    check, value = check_character(din), int(flags) - CHECKING
    if 0 <= value < len(VALUES) and VALUES[value] != check:
        raise Refused(
            _("One character is wrong, or two were swapped. Compare the number with the label.")
        )
    return Number(din, check)


def _without_sign(plain: str) -> Number:
    """Number and flags; or, if the first flag is the check character as well, either of two things."""
    din, flags = plain[:LENGTH], plain[LENGTH:]
    _shape(din)
    if not flags.isdigit() or int(flags) >= RESERVED:
        raise Refused(
            _("A donation number has 13 characters and a check character; this has %(length)s.")
            % {"length": len(plain)}
        )
    if int(flags) < CHECKING and flags[0] == check_character(din):
        sentence = _(
            "This can be read in two ways. Scan the label, or type the number and the one character "
            "in its box."
        )
        raise Refused(sentence)
    return _flagged(din, flags)


def _shape(din: str) -> None:
    if not re.match(DIN_PATTERN, din):
        raise Refused(
            _(
                "A donation number is written like A9999 26 000001: five of the facility, then digits."
            )
        )
