import csv

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.demo.names import FILE
from donors.people import names

SPELLINGS = [
    ("محمد", "Muhammad"),
    ("Mohamed", "Mohammed"),
    ("بنعلي", "Ben Ali"),
    ("عبدالله", "Abdallah"),
    ("عبد الرحمن", "Abderrahmane"),
    ("Abd el Kader", "Abdelkader"),
    ("العلوي", "Alaoui"),
    ("El-Alaoui", "Elalaoui"),
    ("Fatimazahra", "Fatima Zahra"),
    ("Nour Eddine", "Noureddine"),
    ("Ibrahim", "Brahim"),
    ("آيت الطالب", "Aït Taleb"),
    ("حياة", "Hayat"),
]


@pytest.mark.parametrize(("one", "other"), SPELLINGS)
def test_spellings_of_one_name_share_a_key(one, other):
    assert set(names.keys([one])) & set(names.keys([other]))


def test_nearly_all_spellings_of_the_demonstration_share_a_key():
    """The rest are other names (Salah, Salaheddine) or beyond any rule (Guessous, كسوس)."""
    apart = 0
    with FILE.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        every = [row["latin"], *filter(None, row["variants"].split("|")), row["arabic"]]
        first = set(names.keys(every[:1]))
        apart += any(not first & set(names.keys([other])) for other in every[1:])
    assert apart <= 0.03 * len(rows)


def test_different_names_stay_apart():
    for one, other in [("Karim", "Hassan"), ("فاطمة", "خديجة"), ("Alaoui", "Bennani")]:
        assert not set(names.keys([one])) & set(names.keys([other]))


@given(st.text(max_size=40))
def test_any_text_is_folded_once_for_all(text):
    folded = names.fold(text)
    assert names.fold(folded) == folded
    assert all(names.keys([text]))
    assert names.keys([folded]) == names.keys([text])
