import csv
from pathlib import Path

import pytest
from django.db import connection

from centers.isbt128 import donation_numbers
from donors.errors import Refused

VECTORS = list(csv.DictReader((Path(__file__).parents[2] / "data" / "din_vectors.csv").open()))
WHOLE = [v for v in VECTORS if v["valid"] == "yes" and v["kind"] != "published_short"]
WRONG = [v for v in VECTORS if v["kind"] == "negative"]
MISSHAPEN = [v for v in VECTORS if v["kind"] == "negative_format" and not v["din"].startswith("a")]


@pytest.mark.parametrize("vector", WHOLE, ids=lambda v: v["din"])
def test_parse_knows_every_published_number(vector):
    typed = f"{vector['din'][:5]} {vector['din'][5:7]} {vector['din'][7:]} {vector['check_char']}"
    assert donation_numbers.parse(typed.lower()).din == vector["din"]
    scanned = donation_numbers.parse(f"={vector['din']}00")
    assert (scanned.din, scanned.check) == (vector["din"], vector["check_char"])


@pytest.mark.parametrize("vector", WRONG, ids=lambda v: v["note"])
def test_parse_refuses_a_wrong_check_character(vector):
    with pytest.raises(Refused, match="swapped"):
        donation_numbers.parse(vector["din"] + vector["check_char"])


@pytest.mark.parametrize("vector", MISSHAPEN, ids=lambda v: v["note"])
def test_parse_refuses_a_misshapen_number(vector):
    with pytest.raises(Refused):
        donation_numbers.parse(vector["din"] + "0")


def test_parse_without_check_character_asks_for_it():
    with pytest.raises(Refused, match="check character"):
        donation_numbers.parse("A999926000001")


@pytest.mark.django_db
def test_database_makes_the_same_check_characters():
    with connection.cursor() as cursor:
        for vector in VECTORS:
            if vector["valid"] == "yes":
                cursor.execute("SELECT din_check_character(%s)", [vector["din"]])
                assert cursor.fetchone()[0] == vector["check_char"]


DIN, CHECK = "A999926000001", donation_numbers.check_character("A999926000001")
SAYS_CHECK = f"{60 + donation_numbers.VALUES.index(CHECK):02d}"


@pytest.mark.parametrize(
    "text",
    [
        f"={DIN}00",
        f"={DIN}{SAYS_CHECK}",
        f"]C0={DIN}00",  # the scanner sends a symbology identifier
        f"={DIN}{CHECK}",
        f"{DIN}00",  # without the =
        f"{DIN}{SAYS_CHECK}",
        f"{DIN}{CHECK}",
        f"A9999 26 000001 00 {CHECK}",  # flags and check character, as printed on the label
        "=Qççççé-ààààà&àà",  # AZERTY
        "=ش9999٢٦000001٠٠",  # Arabic, without Shift
        "=\u0650999926000001" + "00",  # Arabic, with Shift
    ],
)
def test_what_can_mean_one_number_only_is_read(text):
    assert donation_numbers.parse(text) == donation_numbers.Number(DIN, CHECK)
    assert donation_numbers.read(text) == DIN


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (f"={DIN}{int(SAYS_CHECK) % 96 + 1:02d}", "swapped"),
        (f"{DIN}{int(SAYS_CHECK) - 1:02d}", "swapped"),
        (f"{DIN}98", "has 13 characters"),
        (f"{DIN}{CHECK}X", "has 13 characters"),
        (f"={DIN}X", "swapped"),
        (f"{DIN}00X", "swapped"),
        (f"={DIN}0X", "not a donation number"),
        ("=+04000=A99992600000100=%5100", "square code"),
    ],
)
def test_what_does_not_fit_its_check_character_is_refused(text, words):
    with pytest.raises(Refused, match=words):
        donation_numbers.parse(text)


def test_a_check_character_that_may_be_a_flag_is_asked_for():
    din = next(
        number
        for number in (f"A999926{serial:06d}" for serial in range(1, 500))
        if donation_numbers.check_character(number) == "0"
    )
    assert donation_numbers.parse(f"{din}0").din == din
    with pytest.raises(Refused, match="two ways"):
        donation_numbers.parse(f"{din}00")
    assert donation_numbers.parse(f"{din}60").din == din
    assert donation_numbers.parse(f"={din}00").din == din


@pytest.mark.parametrize(
    "text", ["=={0}00", "==={0}00", "= ={0}00", "=={0}{1}", "==Qççççé-ààààà&àà"]
)
def test_a_sign_that_arrived_twice_is_one(text):
    assert donation_numbers.parse(text.format(DIN, CHECK)) == donation_numbers.Number(DIN, CHECK)
    assert donation_numbers.read(text.format(DIN, CHECK)) == DIN
