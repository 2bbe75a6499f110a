from datetime import date

import pytest
from django.urls import reverse

from centers.collection import arrivals, donor_search, duplicate_review
from centers.models import Appointment, Visit
from centers.sessions import booking, waiting_list
from donors.errors import Refused
from donors.models import AccessLog, Duplicate, Merge
from tests.support import blood, factories
from tests.support.attack import refused

pytestmark = pytest.mark.django_db
BORN = date(1990, 3, 7)


@pytest.fixture(autouse=True)
def _demo(settings):
    settings.DEMO = True


@pytest.fixture
def by():
    return factories.user()


@pytest.fixture
def pair(reference, now):
    one = factories.donor(family_name="Alaoui", given_name="Mohamed", birth_date=BORN)
    other = factories.donor(family_name="Alaoui", given_name="Mohammed", birth_date=BORN)
    return Duplicate.objects.create(one=one, other=other, reason="birth", found_at=now)


def settle(pair, by, now, **more):
    duplicate_review.settle(
        pair=pair, by=by, now=now, **{"same": True, "because": "same card"} | more
    )


def test_the_row_with_the_longer_history_stays(pair, by, now):
    blood.give(blood.accepted_visit(donor=pair.other))
    sides = duplicate_review.compare(pair=pair, by=by, now=now)
    assert [side.donor for side in sides] == [pair.other, pair.one]
    settle(pair, by, now)
    merge = Merge.objects.get()
    assert (merge.kept, merge.gone) == (pair.other, pair.one)


def test_every_comparison_is_noted_in_both_records(pair, by, now):
    duplicate_review.compare(pair=pair, by=by, now=now)
    assert set(AccessLog.objects.values_list("donor", flat=True)) == {pair.one_id, pair.other_id}


def test_nobody_is_joined_while_one_of_them_is_in_the_queue(pair, by, now):
    visit = arrivals.arrive(session=factories.session(), donor=pair.other, by=by, now=now)
    with pytest.raises(Refused, match="at a session just now"):
        settle(pair, by, now)
    arrivals.leave(visit=visit, by=by, now=now)
    settle(pair, by, now)


def test_the_joined_row_arrives_as_the_person(pair, by, now):
    """From an old card, or a search result opened before the joining."""
    settle(pair, by, now)
    gone = Merge.objects.get().gone
    gone.refresh_from_db()
    visit = arrivals.arrive(session=factories.session(), donor=gone, by=by, now=now)
    assert visit.donor == Merge.objects.get().kept
    assert "joined to another row" in refused(
        "INSERT INTO centers_visit (public_id, session_id, donor_id, arrived_at, arrived_by_id, "
        "outcome) VALUES (gen_random_uuid(), %s, %s, now(), %s, '')",
        visit.session_id,
        gone.pk,
        by.pk,
    )
    assert Visit.objects.count() == 1


def test_a_donation_number_finds_who_gave(reference, by, now):
    donation = blood.give()
    session = donation.session
    for text in (f"={donation.din}00", f"{donation.din} {donation.check_character}", donation.din):
        found = donor_search.look_up(session=session, text=text, by=by, now=now)
        assert found == [donation.donor], text


def test_a_pair_is_settled_in_the_browser(client, pair):
    client.force_login(factories.staff(factories.center(), "manager"))
    listed = client.get(reverse("centers:duplicate-list", args=["BS-TAZ"])).content.decode()
    address = reverse("centers:duplicate-detail", args=["BS-TAZ", pair.public_id])
    assert address in listed
    shown = client.get(address).content.decode()
    assert "Alaoui" in shown and "TA0" not in shown and "donor-" not in shown
    settle_at = reverse("centers:duplicate-settle", args=["BS-TAZ", pair.public_id])
    refused_page = client.post(settle_at, {"same": "yes", "because": ""})
    assert "what shows it" in refused_page.content.decode()
    assert Merge.objects.count() == 0
    client.post(settle_at, {"same": "yes", "because": "same card"})
    merge = Merge.objects.get()
    assert (
        address
        not in client.get(reverse("centers:duplicate-list", args=["BS-TAZ"])).content.decode()
    )
    part_at = reverse("centers:merge-part", args=["BS-TAZ", merge.public_id])
    client.post(part_at, {"because": ""})
    merge.refresh_from_db()
    assert merge.undone_at is None
    client.post(part_at, {"because": "two cards"})
    merge.refresh_from_db()
    assert merge.undone_because == "two cards"


def test_two_people_are_settled_without_a_merge(client, pair):
    client.force_login(factories.staff(factories.center(), "doctor"))
    client.post(
        reverse("centers:duplicate-settle", args=["BS-TAZ", pair.public_id]),
        {"same": "no", "because": "father and son"},
    )
    pair.refresh_from_db()
    assert pair.same is False
    assert Merge.objects.count() == 0


def test_registering_another_person_settles_the_pair(reference, by, now):
    known = factories.donor(family_name="Alaoui", given_name="Mohamed", birth_date=BORN)
    session = factories.session()
    person = {
        "family_name": "El Alaoui", "given_name": "Muhammad", "family_name_ar": "",
        "given_name_ar": "", "birth_date": BORN, "sex": "M", "language": "ar",
    }  # fmt: skip
    with pytest.raises(Refused, match="this name"):
        arrivals.register(session=session, by=by, now=now, **person)
    visit = arrivals.register(session=session, by=by, now=now, another_person=True, **person)
    settled = Duplicate.objects.get()
    assert (settled.one, settled.other, settled.same) == (known, visit.donor, False)


def test_of_two_places_the_earlier_is_kept_and_the_other_goes_to_who_waits(pair, by, now):
    early, late = factories.session(days=1), factories.session(places=1, days=2)
    first = booking.book(slot=early.slots.get(), donor=pair.other, now=now)
    second = booking.book(slot=late.slots.get(), donor=pair.one, now=now)
    next_one = factories.donor()
    waiting_list.join(session=late, donor=next_one, now=now)
    settle(pair, by, now)
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, second.state) == ("booked", "cancelled")
    assert Appointment.objects.get(donor=next_one).state == "offered"
    kept = pair.one.person
    sql = "INSERT INTO centers_appointment (public_id, slot_id, donor_id, state, made_at)"
    values = "VALUES (gen_random_uuid(), %s, %s, 'booked', now())"
    slot = factories.session(days=3).slots.get().pk
    assert "has a place already" in refused(f"{sql} {values}", slot, kept.pk)
    assert "joined to another row" in refused(f"{sql} {values}", slot, Merge.objects.get().gone_id)
