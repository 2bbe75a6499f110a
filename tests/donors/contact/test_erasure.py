from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from campaigns.account import own_record
from campaigns.messaging import retention
from campaigns.models import Notification
from centers.models import Appointment, Donation
from centers.sessions import booking
from donors.contact import addresses, erasure, verification
from donors.eligibility import criteria, deferrals
from donors.errors import Refused
from donors.models import Consent, Contact, Deferral, DeferralReason, Donor, Membership, User
from donors.people import duplicates, identity, search
from tests.support import blood, factories
from tests.support.attack import refused
from tests.support.owner import owner

pytestmark = pytest.mark.django_db
CARD = {"document_number": "Z717171", "family_name": "Bennani", "given_name": "Salma"}


@pytest.fixture
def now():
    """Later than whatever the test sets up."""
    return timezone.now() + timedelta(minutes=1)


@pytest.fixture
def donor(reference):
    return factories.donor(phone="0661999888", **CARD)


def come_back(now, **more):
    person = {
        "sex": "M", "birth_date": date(1990, 1, 1), "document_kind": "cin", "by": None, "now": now,
    } | CARD  # fmt: skip
    return identity.register(**person | more)


def test_erased_nobody_finds_or_reaches_the_person(donor, now, today):
    Membership.objects.create(donor=donor, unit=factories.unit(), since=today - timedelta(days=9))
    account = verification.account_of(donor=donor)
    own_record.erase(donor=donor, now=now)
    for text in ("Bennani Salma", "0661999888", "Z717171", str(donor.public_id)):
        assert search.find(text) == []
    assert not Contact.objects.exclude(address="").filter(donor=donor).exists()
    assert not Consent.objects.live().filter(donor=donor).exists()
    assert not Membership.objects.filter(donor=donor).exists()
    account.refresh_from_db()
    assert not account.is_active
    assert not criteria.eligible(Donor.objects.filter(pk=donor.pk), today).filter(
        contacts__removed_at=None, contacts__isnull=False
    )


def test_what_the_law_keeps_stays(reference, now):
    donation = blood.give()
    erasure.erase(donor=donation.donor, now=now)
    assert Donation.objects.get().donor == donation.donor
    assert Deferral.objects.filter(donor=donation.donor).exists()


def test_while_a_bag_is_tested_its_giver_must_be_reachable(reference, now):
    donation = blood.give()
    with pytest.raises(Refused, match="still being looked at"):
        own_record.erase(donor=donation.donor, now=now)
    assert donation.donor.full_name


def test_a_place_goes_to_somebody_else(donor, now):
    session = factories.session(days=3)
    booking.book(slot=session.slots.get(), donor=donor, now=now)
    own_record.erase(donor=donor, now=now)
    assert not Appointment.objects.live().exists()
    assert session.slots.get().taken == 0


def test_who_comes_back_is_met_by_what_deferred_them(donor, now, today):
    reason = DeferralReason.objects.get(code="MA-DIABETES")
    by = factories.user()
    deferrals.defer(donor=donor, reason=reason, starts_on=today, by=by, now=now)
    own_record.erase(donor=donor, now=now)
    back = come_back(now, phone="0661000111")
    assert back == donor
    back.refresh_from_db()
    assert (back.family_name, back.erased_at) == ("Bennani", None)
    assert identity.open_document(back) == "Z717171"
    assert not criteria.assess(donor=back, on=today).allowed
    assert search.find("bennani salma") == [back]
    with pytest.raises(identity.AlreadyRegistered):
        come_back(now)


def test_joined_rows_are_erased_together_and_come_back_together(donor, now, today):
    other = factories.donor(family_name="Bennani", given_name="Salma", document_number="Z818181")
    by = factories.user()
    duplicates.merge(kept=other, gone=donor, by=by, because="same person", now=now)
    own_record.erase(donor=other, now=now)
    assert search.find("Bennani") == []
    back = come_back(now)
    assert back == other
    assert search.find("Z717171") == [other]
    assert Donor.objects.exclude(document_key=None).count() == 2


def test_staff_who_give_keep_their_account(donor, now):
    officer = factories.officer(factories.unit())
    Donor.objects.filter(pk=donor.pk).update(user=officer)
    own_record.erase(donor=donor, now=now)
    assert User.objects.get(pk=officer.pk).is_active


def test_the_database_keeps_an_erased_row_bare(donor, now):
    own_record.erase(donor=donor, now=now)
    sql = "UPDATE donors_donor SET family_name = 'Bennani' WHERE id = %s"
    assert "erased_donor_bears_nothing" in refused(sql, donor.pk)
    assert "donor_bears_a_name" in refused(
        "UPDATE donors_donor SET erased_at = NULL WHERE id = %s", donor.pk
    )


def test_the_donor_erases_themselves_in_two_steps(client, donor):
    client.force_login(verification.account_of(donor=donor))
    address = reverse("campaigns:me-erase")
    assert "30 years" in client.get(address).text
    assert "Tick the box" in client.post(address).text
    donor.refresh_from_db()
    assert donor.erased_at is None
    response = client.post(address, {"sure": "on"}, follow=True)
    assert "You are erased" in response.text
    assert client.get(reverse("campaigns:me")).status_code == 302
    donor.refresh_from_db()
    assert donor.erased_at


def test_nobody_erases_a_neighbour(client, donor):
    neighbour = factories.donor()
    client.force_login(verification.account_of(donor=neighbour))
    client.post(reverse("campaigns:me-erase"), {"sure": "on"})
    donor.refresh_from_db()
    assert donor.erased_at is None


def test_old_messages_and_addresses_are_forgotten(donor, now):
    contact = Contact.objects.filter(donor=donor).first()
    addresses.remove(contact=contact, now=now - timedelta(days=91))
    sent = {"kind": "proof_code", "channel": "email", "subject_id": 0, "state": "sent"}
    for days in (10, 800):
        at = now - timedelta(days=days)
        with owner():
            Notification.objects.create(
                cause=f"test:{days}", donor=donor, made_at=at, due_at=at, settled_at=at, **sent
            )
    gone = retention.forget(now=now)
    assert (gone["addresses"], gone["messages"]) == (1, 1)
    contact.refresh_from_db()
    assert contact.address == ""
    assert Notification.objects.get().cause == "test:10"
    assert retention.forget(now=now)["messages"] == 0
