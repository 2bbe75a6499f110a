"""The donor's own pages, and access by others."""

import json

import pytest
from django.urls import reverse

from campaigns.account import own_record
from campaigns.models import Notification
from centers.models import Bag
from centers.sessions import booking
from donors.contact import consent, verification
from donors.eligibility import deferrals
from donors.models import Contact, DeferralReason, Donor
from donors.people import privacy
from tests.support import blood, factories, supply
from tests.support import booking as steps

pytestmark = pytest.mark.django_db
PAGES = ["me", "me-history", "me-card", "me-card-code", "me-wishes", "me-data", "me-export"]


@pytest.fixture
def donor(reference):
    return factories.donor(email="salma@example.org", family_name="Bennani")


@pytest.fixture
def me(client, donor):
    client.force_login(verification.account_of(donor=donor))
    return client


def page(name: str, *args) -> str:
    return reverse(f"campaigns:{name}", args=args)


@pytest.mark.parametrize("name", PAGES)
def test_pages_show_the_own_record_to_nobody_else(client, donor, name):
    neighbour = factories.donor(email="n@example.org", family_name="Tazi")
    client.force_login(verification.account_of(donor=neighbour))
    response = client.get(page(name))
    assert "Bennani" not in response.text and "salma@" not in response.text
    assert str(donor.public_id) not in response.text
    assert "no-store" in response["Cache-Control"]


@pytest.mark.parametrize("name", PAGES)
def test_pages_lead_a_stranger_and_staff_to_the_way_in(client, reference, settings, name):
    assert client.get(page(name)).status_code == 302
    settings.DEMO = True
    client.force_login(factories.administrator())
    assert client.get(page(name))["Location"] == page("me-enter")


def test_home_says_from_when_and_never_why(me, donor, today):
    assert "You may give today" in me.get(page("me")).text
    reason = DeferralReason.objects.get(code="MA-HIJAMA")
    by = factories.user()
    deferrals.defer(donor=donor, reason=reason, starts_on=today, by=by, now=donor.registered_at)
    text = me.get(page("me")).text
    assert "You may give again from" in text and "ijama" not in text


def test_home_shows_the_place_and_its_page(me, donor, now):
    slot = steps.slot(steps.campaign())
    booked = booking.book(slot=slot, donor=donor, now=now)
    text = me.get(page("me")).text
    assert "You are expected" in text and page("visit", booked.public_id) in text


@pytest.fixture
def given(donor):
    return blood.give(blood.accepted_visit(donor=donor))


def test_history_tells_the_way_of_the_blood_only_on_wish(me, donor, given, now):
    assert given.din in me.get(page("me-history")).text.replace(" ", "")
    assert "Being tested" not in me.get(page("me-history")).text
    consent.give(donor=donor, purpose="follow_up", language="en", now=now)
    assert "Being tested" in me.get(page("me-history")).text


def test_history_never_tells_of_a_discarded_bag(donor, given, now):
    consent.give(donor=donor, purpose="follow_up", language="en", now=now)
    own_record.withhold(donation=given, now=now)
    (gift,) = own_record.gifts(donor)
    assert gift.fate == ""


def test_own_blood_is_withheld_without_a_reason_and_the_manager_hears(me, donor, given):
    manager = factories.staff(given.center, "manager")
    assert me.get(page("me-withhold")).status_code == 405
    text = me.post(page("me-withhold"), follow=True).text
    assert "will not be used" in text and "Do not use my blood" not in text
    states = set(Bag.objects.filter(donation=given).values_list("state", flat=True))
    assert states == {"discarded"}
    message = Notification.objects.get(kind="blood_withheld")
    assert message.user == manager
    me.post(page("me-withhold"))
    assert Notification.objects.filter(kind="blood_withheld").count() == 1


def test_wishes_are_kept_and_undone(me, donor):
    said = {
        "purposes": ["appeals", "news"],
        "language": "fr",
        "pause": "8",
        "quiet_from": "13",
        "quiet_until": "15",
    }
    me.post(page("me-wishes"), said)
    donor.refresh_from_db()
    assert consent.purposes(donor) == {"appeals", "news"} and donor.language == "fr"
    assert donor.quiet_hours == (13, 15) and donor.paused_until
    me.post(page("me-wishes"), {"purposes": [], "language": "ar", "pause": "0"})
    donor.refresh_from_db()
    assert consent.purposes(donor) == set() and donor.quiet_hours is None
    assert donor.paused_until is None
    assert donor.consents.count() == 2, "what was agreed once stays on record"


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"quiet_from": "13"}, "Give both hours"),
        ({"quiet_from": "13", "quiet_until": "13"}, "Give both hours"),
        ({"purposes": ["spam"]}, "Select a valid choice"),
        ({"language": "xx"}, "Select a valid choice"),
    ],
)
def test_wishes_of_no_sense_change_nothing(me, donor, typed, sentence):
    text = me.post(page("me-wishes"), {"language": "ar", "purposes": ["news"]} | typed).text
    assert sentence in text and consent.purposes(donor) == {"appeals"}


def test_address_is_removed_and_the_next_one_takes_its_place(me, donor, now):
    first = donor.contacts.get()
    second = Contact.objects.create(
        donor=donor, channel="sms", address="+212661123456", verified_at=now
    )
    me.post(page("me-drop-address", first.pk))
    second.refresh_from_db()
    assert second.preferred and list(Contact.objects.reachable()) == [second]
    assert "+212661123456" in me.get(page("me-wishes")).text


def test_address_of_somebody_else_is_out_of_reach(me, donor):
    other = factories.donor(email="n@example.org").contacts.get()
    for verb in ("me-drop-address", "me-prefer-address"):
        assert me.post(page(verb, other.pk)).status_code == 404


def test_data_is_whole_and_says_who_looked(me, donor, given, now):
    nurse = factories.staff(given.center, "reception")
    privacy.log_access(donor=donor, by=nurse, reason="visit")
    assert given.center.name in me.get(page("me-data")).text
    kept = json.loads(me.get(page("me-export")).text)
    assert kept["person"]["names"]["latin"].endswith("Bennani")
    assert kept["addresses"][0]["address"] == "salma@example.org"
    assert len(kept["donations"]) == 1 and kept["looked_at"]
    assert "reactive" not in json.dumps(kept)


def test_card_bears_the_key_that_reception_scans(me, donor):
    assert "Bennani" in me.get(page("me-card")).text
    assert me.get(page("me-card-code"))["Content-Type"] == "image/svg+xml"
    assert Donor.objects.get(public_id=donor.public_id) == donor


def test_a_group_in_doubt_is_left_out_until_it_is_settled(me, donor):
    Donor.objects.filter(pk=donor.pk).update(blood_group="O+")
    pages = [page("me-card"), page("me-data"), page("me-export")]
    assert all("O+" in me.get(path).text for path in pages)
    supply.group_doubt(donor)
    texts = [me.get(path).text for path in pages]
    assert not any("O+" in text for text in texts)
    assert all("being checked again" in text for text in texts[:2])
    assert json.loads(texts[2])["person"]["blood_group_is_checked_again"] is True
