import pytest
from django.utils import timezone

from centers import release, screening
from centers.errors import Refused
from centers.models import Bag, LookBack, StockLevel
from donors.models import Deferral
from tests import blood, factories

pytestmark = pytest.mark.django_db


def states(donation) -> set[str]:
    return set(Bag.objects.filter(donation=donation).values_list("state", flat=True))


def releaser(donation):
    return factories.staff(donation.center, "doctor")


def test_two_agreeing_sheets_label_the_bags(reference):
    donation = blood.tested()
    assert set(donation.bags.values_list("blood_group", flat=True)) == {"O+"}
    assert states(donation) == {"quarantined"}


def test_same_person_cannot_make_both_entries(reference):
    donation = blood.give()
    by = factories.staff(donation.center, "laboratory")
    blood.enter(donation, by, 0)
    with pytest.raises(Refused, match="somebody else"):
        blood.enter(donation, by, 1)


def test_missing_result_is_named(reference):
    donation = blood.give()
    with pytest.raises(Refused, match="HIV"):
        blood.enter(donation, factories.user(), 0, HIV="")


def test_disagreement_stops(reference):
    donation = blood.give()
    blood.enter(donation, factories.user(), 0, ABO="A")
    reached = blood.enter(donation, factories.user(), 1, ABO="O")
    assert reached.disagreeing == ["ABO"]
    assert release.hindrances(donation=donation, by=releaser(donation))
    with pytest.raises(Refused):
        release.release(donation=donation, by=releaser(donation), now=timezone.now())


def test_release_raises_stock_and_knows_the_donor(reference):
    donation = blood.tested()
    before = StockLevel.objects.filter(blood_group="O+", component="RBC-SAGM").get()
    assert (before.quarantined, before.available) == (1, 0)
    release.release(donation=donation, by=releaser(donation), now=timezone.now())
    after = StockLevel.objects.filter(blood_group="O+", component="RBC-SAGM").get()
    assert (after.quarantined, after.available) == (0, 1)
    donation.donor.refresh_from_db()
    assert donation.donor.blood_group == "O+"


def test_release_by_somebody_who_entered_is_refused(reference):
    donation = blood.give()
    first = factories.staff(donation.center, "laboratory")
    blood.enter(donation, first, 0)
    blood.enter(donation, factories.user(), 1)
    with pytest.raises(Refused, match="cannot release"):
        release.release(donation=donation, by=first, now=timezone.now())


def test_one_reactive_entry_blocks_at_once(reference):
    donation = blood.give()
    blood.enter(donation, factories.user(), 0, HCV="reactive")
    assert states(donation) == {"blocked"}
    assert not Deferral.objects.filter(donor=donation.donor, permanent=True).exists()


def test_final_reactive_discards_defers_and_looks_back(reference):
    donation = blood.tested(HIV="reactive")
    assert states(donation) == {"discarded"}
    assert LookBack.objects.filter(donation=donation, closed_at=None).exists()
    assert Deferral.objects.filter(donor=donation.donor, reason__code="MA-HIV").count() == 1
    with pytest.raises(Refused, match="No bag"):
        release.release(donation=donation, by=releaser(donation), now=timezone.now())


def test_rh_negative_needs_c_and_e(reference):
    negative = {"D": "negative", "C": "negative", "E": "negative"}
    assert blood.red_cells(**negative).blood_group == "O-"
    donation = blood.tested(**negative | {"E": "positive"})
    assert any(
        "D, C and E" in s for s in release.hindrances(donation=donation, by=releaser(donation))
    )


def test_another_group_than_the_donors_is_stopped(reference):
    visit = blood.accepted_visit()
    visit.donor.blood_group = "A+"
    visit.donor.save(update_fields=["blood_group"])
    donation = blood.tested(blood.give(visit))
    assert any(
        "new sample" in s for s in release.hindrances(donation=donation, by=releaser(donation))
    )


def twice(donation, first: tuple, second: tuple):
    for technique, lot in (first, second):
        screening.enter(
            donation=donation,
            outcomes=blood.ALL_NEGATIVE,
            technique=technique,
            lot=lot,
            by=factories.user(),
            now=timezone.now(),
        )


@pytest.mark.parametrize(
    ("second", "field"), [(("Gel ", "two"), "technique"), (("tube", "one"), "lot")]
)
def test_second_entry_by_the_same_lot_or_technique_is_told_at_once(reference, second, field):
    donation = blood.give()
    with pytest.raises(Refused) as no:
        twice(donation, ("gel", "one"), second)
    assert no.value.field == field and not donation.results.filter(entry=2).exists()


def test_same_lot_or_technique_twice_is_no_second_determination(reference, monkeypatch):
    donation = blood.give()
    monkeypatch.setattr(screening, "_of_another_kind", lambda *said: None)  # the database stands
    twice(donation, ("gel", "one"), ("gel", "one"))
    assert any(
        "two lots" in s for s in release.hindrances(donation=donation, by=releaser(donation))
    )
