import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.demo.names import FILE
from donors.models import Donor
from donors.people import names, search

SPELT = Path(__file__).parents[2] / "data" / "spellings.txt"
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


def test_every_spelling_of_a_moroccan_name_finds_the_others():
    """Each line of the file: a name, then spellings of it in either script."""
    missed = []
    for line in SPELT.read_text(encoding="utf-8").splitlines():
        name, *others = line.split(" | ")
        for one, other in [(name, other) for other in others] + [(o, name) for o in others]:
            asked, stored = names.words(one), set(names.keys([other]))
            sought = [keys | names.shortened(word) for word, keys in search.sounds(asked).items()]
            arabic = "\u0600" <= other[0] <= "\u06ff"
            donor = Donor(**{"given_name_ar" if arabic else "given_name": other})
            found = all(keys & stored for keys in sought)
            if not found or search.likeness(asked, donor) < search.POOR:
                missed.append(f"{one} → {other}")
    assert missed == []


def test_nearly_all_spellings_of_the_demonstration_share_a_key():
    """The rest are other names."""
    apart = 0
    with FILE.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        every = [row["latin"], *filter(None, row["variants"].split("|")), row["arabic"]]
        first = set(names.keys(every[:1]))
        apart += any(not first & set(names.keys([other])) for other in every[1:])
    assert apart <= 0.015 * len(rows)


def test_different_names_stay_apart():
    apart = [("Karim", "Hassan"), ("فاطمة", "خديجة"), ("Alaoui", "Bennani"), ("كريم", "Rachid")]
    for one, other in [*apart, ("صلاح الدين", "Noureddine"), ("الكروج", "Regragui")]:
        assert not set(names.keys([one])) & set(names.keys([other]))


@given(st.text(max_size=40))
def test_any_text_is_folded_once_for_all(text):
    folded = names.fold(text)
    assert names.fold(folded) == folded
    assert all(names.keys([text]))
    assert names.keys([folded]) == names.keys([text])
