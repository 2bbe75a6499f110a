import csv
from pathlib import Path

import pytest
from django.db import connection

from centers import labels
from centers.errors import Refused

VECTORS = list(csv.DictReader((Path(__file__).parent.parent / "data" / "din_vectors.csv").open()))
WHOLE = [v for v in VECTORS if v["valid"] == "yes" and v["kind"] != "published_short"]
WRONG = [v for v in VECTORS if v["kind"] == "negative"]
MISSHAPEN = [v for v in VECTORS if v["kind"] == "negative_format" and not v["din"].startswith("a")]


@pytest.mark.parametrize("vector", WHOLE, ids=lambda v: v["din"])
def test_parse_knows_every_published_number(vector):
    typed = f"{vector['din'][:5]} {vector['din'][5:7]} {vector['din'][7:]} {vector['check_char']}"
    assert labels.parse(typed.lower()).din == vector["din"]
    scanned = labels.parse(f"={vector['din']}00")
    assert (scanned.din, scanned.check) == (vector["din"], vector["check_char"])


@pytest.mark.parametrize("vector", WRONG, ids=lambda v: v["note"])
def test_parse_refuses_a_wrong_check_character(vector):
    with pytest.raises(Refused, match="swapped"):
        labels.parse(vector["din"] + vector["check_char"])


@pytest.mark.parametrize("vector", MISSHAPEN, ids=lambda v: v["note"])
def test_parse_refuses_a_misshapen_number(vector):
    with pytest.raises(Refused):
        labels.parse(vector["din"] + "0")


def test_parse_without_check_character_asks_for_it():
    with pytest.raises(Refused, match="check character"):
        labels.parse("A999926000001")


@pytest.mark.django_db
def test_database_makes_the_same_check_characters():
    with connection.cursor() as cursor:
        for vector in VECTORS:
            if vector["valid"] == "yes":
                cursor.execute("SELECT din_check_character(%s)", [vector["din"]])
                assert cursor.fetchone()[0] == vector["check_char"]
