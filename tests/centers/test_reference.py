import pytest

import donors.reference
from centers import reference
from centers.models import Center, Compatibility, Component, Family, Marker
from donors.models import DeferralReason

pytestmark = pytest.mark.usefixtures("as_owner")
KINDS = (Center, Component, Compatibility, Marker)


@pytest.fixture(autouse=True)
def places(as_owner):
    donors.reference.load()


def picture():
    return {kind: list(kind.objects.order_by("pk").values_list()) for kind in KINDS}


def test_reference_loaded_twice_is_the_same():
    counts = reference.load()
    once = picture()
    assert reference.load() == counts
    assert picture() == once


def test_component_has_its_family_and_a_local_code():
    reference.load()
    family = dict(Component.objects.values_list("code", "family"))
    assert family["RBC-SAGM"] == Family.RED_CELLS
    assert family["PLASMA-CRYOPOOR"] == family["FFP"] == Family.PLASMA
    for code in Component.objects.values_list("local_code", flat=True):
        assert len(code) == 5 and code.startswith("D")


def test_red_cells_of_o_negative_go_to_everybody():
    reference.load()
    verdicts = Compatibility.objects.filter(family=Family.RED_CELLS, donor="O-")
    assert set(verdicts.values_list("verdict", flat=True)) == {"compatible"}
    assert Compatibility.objects.filter(family="red_cells", verdict="compatible").count() == 27


def test_every_infection_marker_names_a_reason_to_defer():
    reference.load()
    markers = Marker.objects.filter(kind=Marker.Kind.INFECTION)
    assert [m.code for m in markers] == ["HIV", "HBSAG", "HCV", "SYPHILIS", "ALT"]
    for marker in markers:
        assert DeferralReason.objects.filter(code=marker.deferral_code, valid_until=None).exists()


def test_only_c_and_e_are_for_rh_negative_groups_alone():
    reference.load()
    alone = Marker.objects.filter(rh_negative_only=True).values_list("code", flat=True)
    assert list(alone) == ["C", "E"]


def test_a_new_load_keeps_what_a_centre_decided():
    reference.load()
    own = {"second_check": "scan", "electronic_issue": True, "stale_after_hours": 24}
    Center.objects.filter(code="BS-TAZ").update(**own)
    reference.load()
    assert Center.objects.filter(code="BS-TAZ", **own).exists()


def test_unverified_centres_stay_marked():
    reference.load()
    assert Center.objects.get(code="BS-KEN").verified == "no"
    assert Center.objects.get(code="BS-TAZ").verified == "yes"
