"""What the database itself refuses about blood, attacked with raw SQL."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from centers.models import Bag, Donation, Pick
from tests.support import blood, factories, supply
from tests.support.attack import MOVE, denied, refused
from tests.support.owner import past_the_guards

pytestmark = pytest.mark.django_db


def red(donation: Donation) -> Bag:
    return donation.bags.get(component="RBC-SAGM")


def test_bag_without_results_stays_in_quarantine(reference):
    donation = blood.give()
    blood.separated(donation)
    bag = red(donation)
    assert "not released" in refused(MOVE, "released", factories.user().pk, bag.pk)


def test_bag_with_one_entry_stays_in_quarantine(reference):
    donation = blood.give()
    blood.separated(donation)
    blood.enter(donation, factories.user(), 0)
    label = "UPDATE centers_bag SET blood_group = 'O+' WHERE donation_id = %s"
    assert "two people determined" in refused(label, donation.pk)
    assert "not released" in refused(MOVE, "released", factories.user().pk, red(donation).pk)


def test_bag_is_released_by_somebody_who_entered_nothing(reference):
    donation = blood.tested()
    entered_by = donation.results.first().entered_by_id
    assert "releaser" in refused(MOVE, "released", entered_by, red(donation).pk)
    assert "releaser" in refused(MOVE, "released", None, red(donation).pk)


def test_bag_changes_by_a_movement_only(reference):
    bag = red(blood.tested())
    assert "movement only" in refused(
        "UPDATE centers_bag SET state = 'available' WHERE id = %s", bag.pk
    )
    other = factories.center("CRTS-MAR").pk
    assert "movement only" in refused(
        "UPDATE centers_bag SET center_id = %s WHERE id = %s", other, bag.pk
    )
    assert "keeps its" in refused(
        "UPDATE centers_bag SET expires_at = expires_at + interval '1 day' WHERE id = %s", bag.pk
    )
    assert "keeps its" in refused("UPDATE centers_bag SET blood_group = 'A+' WHERE id = %s", bag.pk)
    assert "never deleted" in refused("DELETE FROM centers_bag WHERE id = %s", bag.pk)


def test_bag_does_not_leap(reference):
    bag = red(blood.tested())
    for state in ("transfused", "reserved", "in_transit"):
        assert "does not go" in refused(MOVE, state, factories.user().pk, bag.pk)


def test_bag_expired_is_not_issued(reference):
    bag = blood.red_cells()
    past = timezone.now() - timedelta(minutes=1)
    assert "shows another expiry" in refused(
        "UPDATE centers_bag SET expires_at = %s WHERE id = %s", past, bag.pk
    )
    with past_the_guards():
        Bag.objects.filter(pk=bag.pk).update(expires_at=past)
    assert "has expired" in refused(MOVE, "issued", factories.user().pk, bag.pk)
    assert "has expired" in refused(MOVE, "reserved", factories.user().pk, bag.pk)


def test_bag_is_not_issued_without_a_compatible_issue(reference):
    bag = blood.red_cells()
    by = factories.user().pk
    assert "no compatible issue" in refused(MOVE, "issued", by, bag.pk)
    asked = supply.request(bag.center, "O-")
    supply.crossmatched(asked, bag)
    pick = Pick.objects.create(
        bag=bag, request=asked, scanned_group="O+", by=factories.user(), at=timezone.now()
    )
    paper = (
        "SET CONSTRAINTS ALL DEFERRED;"
        "INSERT INTO centers_issue (bag_id, request_id, pick_id, hospital, request_reference,"
        " recipient_group, issued_at, issued_by_id, reserve_because)"
        " VALUES (%s, %s, %s, 'x', 'x', 'O-', now(), %s, '');"
    )
    said = (bag.pk, asked.pk, pick.pk, by)
    assert "no compatible issue" in refused(paper + MOVE, *said, "issued", by, bag.pk)
    assert "no movement" in refused(paper + "SET CONSTRAINTS ALL IMMEDIATE", *said)


def test_bag_discarded_never_comes_back(reference):
    bag = red(blood.tested(HIV="reactive"))
    for state in ("available", "quarantined", "blocked", "issued"):
        assert "does not go" in refused(MOVE, state, factories.user().pk, bag.pk)


def test_bag_never_expires_later_than_its_product(reference):
    donation = blood.give()
    assert "later than" in refused(
        "INSERT INTO centers_bag (public_id, donation_id, component_id, division, center_id,"
        " blood_group, collected_on, expires_at, state) VALUES (gen_random_uuid(), %s, 'WB-CPD',"
        " '01', %s, '', %s, now() + interval '23 days', '')",
        donation.pk,
        donation.center_id,
        donation.collected_on,
    )


@pytest.mark.parametrize(
    "table", ["centers_movement", "centers_result", "centers_label", "centers_labelcheck"]
)
def test_ledgers_are_append_only(reference, table):
    blood.released()
    assert "append-only" in refused(f"UPDATE {table} SET id = id")
    assert "append-only" in refused(f"DELETE FROM {table}")
    assert "append-only" in refused(f"TRUNCATE {table} CASCADE")


def test_stock_is_counted_never_set(reference):
    blood.red_cells()
    assert "permission denied" in denied("UPDATE centers_stocklevel SET available = 99")
    assert "never deleted" in refused("DELETE FROM centers_stocklevel")


def test_donation_row_never_changes(reference):
    donation = blood.give()
    other = factories.donor().pk
    assert "never changed" in refused(
        "UPDATE centers_donation SET donor_id = %s WHERE id = %s", other, donation.pk
    )
    assert "never deleted" in refused("DELETE FROM centers_donation WHERE id = %s", donation.pk)


def test_donation_number_needs_its_check_character(reference):
    visit = blood.accepted_visit()
    number, _check = factories.din()
    for wrong in ("0", "Z"):
        with (
            pytest.raises(IntegrityError, match=r"check_character|is_isbt128"),
            transaction.atomic(),
        ):
            factories.donation(
                visit, visit.decided_by, din=number[:-1] + "X", check_character=wrong
            )


def test_donation_under_eighteen_is_refused(reference, today):
    by = factories.staff(factories.center(), "collection")
    young = factories.donor(birth_date=today - timedelta(days=17 * 365))
    with pytest.raises(IntegrityError, match="under 18"), transaction.atomic():
        factories.visit(factories.session(), young, by)
    visit = factories.visit(factories.session(), young, by, accepted=False)
    with pytest.raises(IntegrityError, match="not accepted"):
        factories.donation(visit, by)


def test_donation_cannot_be_backdated_past_its_rules(reference, today):
    visit = blood.accepted_visit()
    with pytest.raises(IntegrityError, match="of today"):
        factories.donation(visit, visit.decided_by, collected_on=today - timedelta(days=3))


def test_places_are_counted_never_set(reference):
    slot = factories.session(places=1).slots.get()
    assert "permission denied" in denied("UPDATE centers_slot SET taken = 1")
    book = (
        "INSERT INTO centers_appointment (public_id, slot_id, donor_id, state, made_at)"
        " VALUES (gen_random_uuid(), %s, %s, 'booked', now())"
    )
    connection.cursor().execute(book, [slot.pk, factories.donor().pk])
    assert "never_over_its_places" in refused(book, slot.pk, factories.donor().pk)
    assert "never deleted" in refused("DELETE FROM centers_appointment")
