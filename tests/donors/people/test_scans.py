"""Cards and documents as scanners send them under different keyboard layouts."""

import pytest

from centers.collection.forms.donors import read_from
from donors.models import Donor
from donors.people import identity, mrz, search
from tests.support import factories

CARD = "a1b29f30-7c58-4d64-9e07-00aab1c2d3e4"
TD1 = "I<UTOD231458907<<<<<<<<<<<<<<<7408122F1204159UTO<<<<<<<<<<<6ERIKSSON<<ANNA<MARIA<<<<<<<<<<"
TD3 = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<L898902C36UTO7408122F1204159ZE184226B<<<<<10"


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        (TD1, ["D23145890"]),
        (TD1[:30].lower(), ["D23145890"]),
        (f"{TD1[:30]} {TD1[30:60]} {TD1[60:]}", ["D23145890"]),
        (TD3, ["L898902C3"]),
        ("IDMARX0000001<" + str(mrz.check_digit("X0000001<")) + "AW754103<<<<<<<", ["X0000001", "AW754103"]),
        (TD1.replace("D2314", "D2341"), []),
        ("AW754103", []),
    ],
)  # fmt: skip
def test_the_lines_of_the_standard_are_read(text, numbers):
    assert mrz.numbers(text) == numbers


SCANNED = [
    "AW754103",
    "aw 754103",
    "شص754103",  # Arabic
    "\u0650\u064b754103",  # Arabic, with Shift
    "QZè('&à\"",  # AZERTY
]


@pytest.mark.parametrize("text", SCANNED)
def test_an_identity_card_is_read_under_every_layout(text):
    assert read_from(text) == {"document_kind": "cin", "document_number": "AW754103"}


@pytest.mark.django_db
def test_a_card_scanned_under_another_layout_is_found(reference):
    donor = factories.donor(document_number="AW754103")
    for text in SCANNED:
        assert search.find(text) == [donor], text
    line = "IDMARAW754103<" + str(mrz.check_digit("AW754103<")) + "<" * 15
    assert search.find(line) == [donor]
    assert identity.card(line) == "AW754103"


@pytest.mark.django_db
def test_a_donors_card_is_read_under_azerty(reference):
    donor = factories.donor()
    Donor.objects.filter(pk=donor.pk).update(public_id=CARD)
    keys = dict(zip("1234567890-aq", "&é\"'(-è_çà)qa", strict=True))
    typed = "".join(keys.get(c, c) for c in CARD)
    assert search.by_card(typed) == donor
