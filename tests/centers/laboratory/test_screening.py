import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from centers.laboratory import release, screening
from centers.models import Bag, Donation, LookBack, Marker, StockLevel
from donors.errors import Refused
from donors.models import Deferral
from tests.support import blood, factories
from tests.support.attack import refused

pytestmark = pytest.mark.django_db


def states(donation) -> set[str]:
    made = Bag.objects.filter(donation=donation).exclude(state="separated")
    return set(made.values_list("state", flat=True))


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


def test_a_test_left_out_keeps_the_bags_in_quarantine(reference):
    donation = blood.tested(HIV="")
    assert set(donation.bags.values_list("blood_group", flat=True)) == {"O+"}
    assert any("missing" in s for s in release.hindrances(donation=donation, by=releaser(donation)))


def test_group_o_is_not_released_without_its_haemolysins(reference):
    donation = blood.tested(HAEMOLYSIN="")
    assert any(
        "haemolysins" in s for s in release.hindrances(donation=donation, by=releaser(donation))
    )
    assert blood.red_cells(ABO="A", HAEMOLYSIN="").blood_group == "A+"


def again(donation, code, because="new_sample"):
    screening.repeat(
        donation=donation,
        marker=Marker.objects.get(code=code),
        because=because,
        by=releaser(donation),
        now=timezone.now(),
    )


def test_group_against_history_is_cleared_up_by_a_new_sample(reference):
    visit = blood.accepted_visit()
    visit.donor.blood_group = "A+"
    visit.donor.save(update_fields=["blood_group"])
    donation = blood.tested(blood.give(visit))
    assert set(donation.bags.values_list("blood_group", flat=True)) == {""}
    again(donation, "ABO")
    for sheet in (0, 1):
        technique, lot = blood.SHEETS[sheet]
        said = {"technique": technique, "lot": lot, "by": factories.user()}
        screening.enter(donation=donation, outcomes={"ABO": "A"}, now=timezone.now(), **said)
    # That tube was another person's, and so were its infection results.
    (waiting,) = release.waiting(donation.center.donations.all(), by=releaser(donation))
    assert "not of this donor" in " ".join(release.sentences(waiting))
    with pytest.raises(Refused, match="not of this donor"):
        blood.shelve(donation=donation, by=releaser(donation), now=timezone.now())
    for code in ("D", *blood.INFECTIONS, "HAEMOLYSIN"):
        again(donation, code)
    for sheet in (0, 1):
        blood.enter(donation, factories.user(), sheet, ABO="")
    blood.shelve(donation=donation, by=releaser(donation), now=timezone.now())
    assert set(donation.bags.values_list("blood_group", flat=True)) == {"A+"}


def test_one_slip_in_the_first_tube_disproves_nothing(reference):
    donation = blood.give()
    blood.enter(donation, factories.user(), 0, ABO="A")
    blood.enter(donation, factories.user(), 1)
    again(donation, "ABO")
    for technique, lot in blood.SHEETS:
        said = {"technique": technique, "lot": lot, "by": factories.user()}
        screening.enter(donation=donation, outcomes={"ABO": "O"}, now=timezone.now(), **said)
    blood.shelve(donation=donation, by=releaser(donation), now=timezone.now())
    assert states(donation) == {"available"}


def test_two_reactive_readings_stay_final(reference):
    donation = blood.tested(HIV="reactive")
    with pytest.raises(Refused, match="final"):
        again(donation, "HIV")


def test_reader_of_any_version_does_not_release(reference):
    donation = blood.give()
    first = factories.staff(donation.center, "laboratory")
    blood.enter(donation, first, 0, HCV="reactive")
    blood.enter(donation, factories.user(), 1)
    again(donation, "HCV", "control")
    for _turn in range(2):
        said = {"outcomes": {"HCV": "negative"}, "technique": "", "lot": "", "now": timezone.now()}
        screening.enter(donation=donation, by=factories.user(), **said)
    with pytest.raises(Refused, match="cannot release"):
        blood.shelve(donation=donation, by=first, now=timezone.now())
    blood.shelve(donation=donation, by=releaser(donation), now=timezone.now())
    assert states(donation) == {"available"}


def test_database_refuses_a_repeat_of_what_is_final(reference):
    blood.tested(HIV="reactive")
    with pytest.raises(IntegrityError, match="final"), transaction.atomic():
        connection.cursor().execute(
            "INSERT INTO centers_repeat (donation_id, marker_id, version, because, asked_by_id, "
            "asked_at) SELECT donation_id, marker_id, 2, 'control', entered_by_id, now() "
            "FROM centers_result WHERE entry = 1 AND marker_id = "
            "(SELECT id FROM centers_marker WHERE code = 'HIV')"
        )


def test_database_refuses_a_version_nobody_opened_and_a_repeat_that_changes(reference):
    donation = blood.tested(ABO="A", HAEMOLYSIN="")
    with pytest.raises(IntegrityError, match="not open"), transaction.atomic():
        connection.cursor().execute(
            "INSERT INTO centers_result (donation_id, marker_id, version, entry, outcome, "
            "technique, lot, entered_by_id, entered_at) SELECT donation_id, marker_id, 2, entry, "
            "outcome, technique, lot, entered_by_id, now() FROM centers_result LIMIT 1"
        )
    again(donation, "ABO")
    for attack in ("UPDATE centers_repeat SET version = 9", "DELETE FROM centers_repeat"):
        assert "append-only" in refused(attack)


@pytest.mark.parametrize(("haemolysin", "titre"), [("negative", "low"), ("positive", "high")])
def test_titre_follows_the_haemolysins(reference, haemolysin, titre):
    donation = blood.tested(HAEMOLYSIN=haemolysin)
    waiting = release.waiting(Donation.objects.all(), by=releaser(donation)).get()
    assert waiting.titre == titre and not release.sentences(waiting)


def test_disagreement_stops(reference):
    donation = blood.give()
    blood.enter(donation, factories.user(), 0, ABO="A")
    reached = blood.enter(donation, factories.user(), 1, ABO="O")
    assert reached.disagreeing == ["ABO"]
    assert release.hindrances(donation=donation, by=releaser(donation))
    with pytest.raises(Refused):
        blood.shelve(donation=donation, by=releaser(donation), now=timezone.now())


def test_release_raises_stock_and_knows_the_donor(reference):
    donation = blood.tested()
    before = StockLevel.objects.filter(blood_group="O+", component="RBC-SAGM").get()
    assert (before.quarantined, before.available) == (1, 0)
    blood.shelve(donation=donation, by=releaser(donation), now=timezone.now())
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
        blood.shelve(donation=donation, by=first, now=timezone.now())


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
        blood.shelve(donation=donation, by=releaser(donation), now=timezone.now())


def test_rh_negative_needs_c_and_e(reference):
    negative = {"D": "negative", "C": "negative", "E": "negative"}
    assert blood.red_cells(**negative).blood_group == "O-"
    bag = blood.red_cells(**negative | {"E": "positive"})
    assert (bag.blood_group, bag.donation.donor.blood_group) == ("O+", "")


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
    monkeypatch.setattr(screening, "_of_another_kind", lambda *said: None)  # only the database
    twice(donation, ("gel", "one"), ("gel", "one"))
    assert any(
        "two lots" in s for s in release.hindrances(donation=donation, by=releaser(donation))
    )
