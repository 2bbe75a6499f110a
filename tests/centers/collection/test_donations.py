import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from centers.models import Bag, Donation, Movement, StockLevel
from donors.eligibility import criteria
from donors.errors import Refused
from tests.support import blood, factories

pytestmark = pytest.mark.django_db


def test_record_puts_the_bag_in_quarantine(reference, today):
    donation = blood.give()
    bag = Bag.objects.get(donation=donation)
    assert (bag.component_id, bag.state, bag.blood_group) == ("WB-CPD", "quarantined", "")
    assert timezone.localtime(bag.expires_at).strftime("%H:%M") == "23:59"
    assert timezone.localdate(bag.expires_at) == today + timedelta(days=21)
    assert StockLevel.objects.get(component="WB-CPD", blood_group="").quarantined == 1


def test_record_begins_the_donors_interval(reference, today):
    donation = blood.give()
    assessment = criteria.assess(donor=donation.donor, on=today)
    assert not assessment.allowed
    assert assessment.next_on == today + timedelta(days=62)


def test_record_sent_twice_is_one_donation(reference):
    visit = blood.accepted_visit()
    number, check = factories.din()
    same = {"submission_id": uuid.uuid4(), "number": number + check}
    one = blood.give(visit, **same)
    assert blood.give(visit, **same) == one
    assert Donation.objects.count() == 1
    with pytest.raises(Refused, match="other values"):
        blood.give(visit, **same, volume=300)


def test_record_used_number_is_refused_whole(reference):
    number, check = factories.din()
    blood.give(number=number + check)
    with pytest.raises(Refused, match="already used"):
        blood.give(number=number + check)
    assert Donation.objects.count() == 1
    assert Movement.objects.count() == 1


def test_record_of_a_deferred_donor_is_refused(reference):
    visit = blood.accepted_visit()
    again = factories.visit(factories.session(), visit.donor, visit.decided_by)
    blood.give(visit)
    with pytest.raises(Refused, match=r"deferral|interval"):
        blood.give(again)


def test_record_of_an_undecided_visit_is_refused(reference):
    by = factories.staff(factories.center(), "collection")
    visit = factories.visit(factories.session(), factories.donor(), by, accepted=False)
    with pytest.raises(Refused, match="not been accepted"):
        blood.give(visit, by=by)


def test_late_entry_that_conflicts_is_kept_and_blocked(reference):
    visit = blood.accepted_visit()
    late = factories.visit(factories.session(), visit.donor, visit.decided_by)
    blood.give(visit)
    donation = blood.record(late)
    assert donation.conflict == "donor_deferred"
    assert set(donation.bags.values_list("state", flat=True)) == {"blocked"}
