from collections import Counter
from datetime import date

import pytest

from donors import reference
from donors.models import BloodGroup, Criterion, DeferralReason, Province, Region, Unit

pytestmark = pytest.mark.usefixtures("as_owner")
KINDS = (Region, Province, Unit, Criterion, DeferralReason)


def picture():
    return {kind: list(kind.objects.order_by("pk").values_list()) for kind in KINDS}


def test_reference_loaded_twice_is_the_same():
    counts = reference.load()
    once = picture()
    assert reference.load() == counts
    assert picture() == once
    assert counts["provinces"] == Province.objects.count() == 75


def test_reference_brings_an_edited_row_back_to_the_file():
    reference.load()
    Province.objects.filter(code="MA-TAZ").update(name_fr="elsewhere")
    reference.load()
    assert Province.objects.get(code="MA-TAZ").name_fr == "Taza"


def test_unit_path_follows_the_chain_of_command():
    reference.load()
    essaouira = Unit.objects.get(code="DP-ESI")
    assert essaouira.path == "/DGSN/PP-MAR/DP-ESI/"
    assert list(Unit.objects.above(essaouira).values_list("code", flat=True)) == ["DGSN", "PP-MAR"]
    for unit in Unit.objects.exclude(parent=None).select_related("parent"):
        assert unit.path == f"{unit.parent.path}{unit.code}/"


def test_unverified_rows_stay_marked():
    reference.load()
    verified = Counter(Unit.objects.values_list("verified", flat=True))
    assert verified["no"] == 24
    assert Criterion.objects.get(code="MA-HAEMOGLOBIN-F-MIN").verified == "no"


def test_decree_is_in_force_from_its_day():
    reference.load()
    reason = DeferralReason.objects.get(code="MA-HIV")
    assert (reason.valid_from, reason.in_use) == (date(1995, 11, 16), True)
    assert Criterion.objects.get(code="MA-AGE-MAX").valid_from == date(2000, 1, 1)


def test_interval_is_a_reason_to_defer():
    reference.load()
    reason = DeferralReason.objects.get(code="MA-INTERVAL")
    assert reason.kind == DeferralReason.Kind.TEMPORARY
    assert all([reason.name_ar, reason.name_fr, reason.name_en, reason.in_use])


def test_group_frequencies_cover_everybody():
    frequencies = reference.group_frequencies()
    assert set(frequencies) == set(BloodGroup.values)
    assert sum(frequencies.values()) == 100
