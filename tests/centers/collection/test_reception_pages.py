import pytest
from django.urls import reverse

from centers.models import Appointment, Session, Visit
from donors.models import AccessLog, Donor
from donors.people import identity
from tests.support import factories

pytestmark = pytest.mark.django_db
CARD = {
    "document_kind": "cin",
    "document_number": "ta 123456",
    "family_name_ar": "بناني",
    "given_name_ar": "سلمى",
    "family_name": "Bennani",
    "given_name": "Salma",
    "birth_date": "02/04/1991",
    "sex": "F",
    "phone": "06 61 12 34 56",
    "language": "fr",
    "wants_appeals": "on",
}


@pytest.fixture
def session(reference, settings):
    settings.DEMO = True
    return factories.session()


@pytest.fixture
def reception(client, session):
    client.force_login(factories.staff(session.center, "reception"))
    return client


def page(name, session):
    return reverse(f"centers:{name}", args=[session.public_id])


@pytest.mark.parametrize("typed", ["ta-900 100", "0661987654", "benn", "سلم"])
def test_find_by_card_phone_or_name(reception, session, typed):
    donor = factories.donor(
        family_name="Bennani",
        family_name_ar="بناني",
        given_name_ar="سلمى",
        document_number="TA900100",
        phone="+212661987654",
    )
    typed = "بناني سلم" if typed == "سلم" else typed
    response = reception.post(page("donor-find", session), {"text": typed})
    assert str(donor.public_id) in response.text
    assert AccessLog.objects.filter(donor=donor).count() == 1


def test_find_says_what_to_do_when_nobody_is_found(reception, session):
    response = reception.post(page("donor-find", session), {"text": "TA000001"})
    assert "Nobody found" in response.text and page("donor-register", session) in response.text
    assert "Type a card number" in reception.post(page("donor-find", session), {"text": ""}).text


def test_find_shows_who_is_expected_and_notes_the_arrival(reception, session, now):
    donor = factories.donor()
    booked = Appointment.objects.create(slot=session.slots.get(), donor=donor, made_at=now)
    assert donor.full_name in reception.get(page("donor-find", session)).text
    response = reception.post(page("donor-arrive", session), {"donor": donor.public_id})
    visit = Visit.objects.get()
    assert response["Location"] == reverse("centers:visit-detail", args=[visit.public_id])
    assert visit.appointment == booked


def test_find_leads_to_the_visit_of_who_arrived_already(reception, session):
    donor = factories.donor(document_number="TA900100")
    visit = factories.visit(session, donor, factories.user(), accepted=False)
    text = reception.post(page("donor-find", session), {"text": "TA900100"}).text
    assert reverse("centers:visit-detail", args=[visit.public_id]) in text
    response = reception.post(
        page("donor-arrive", session), {"donor": donor.public_id}, follow=True
    )
    assert "already arrived" in response.text


@pytest.mark.parametrize("donor", ["", "nonsense", "00000000-0000-0000-0000-000000000000"])
def test_arrive_of_nobody_is_not_found(reception, session, donor):
    assert reception.post(page("donor-arrive", session), {"donor": donor}).status_code == 404


def test_register_keeps_what_the_card_says(reception, session):
    response = reception.post(page("donor-register", session), CARD)
    visit = Visit.objects.get()
    assert response["Location"] == reverse("centers:visit-detail", args=[visit.public_id])
    donor = visit.donor
    assert (donor.family_name_ar, donor.given_name, donor.sex) == ("بناني", "Salma", "F")
    assert (donor.birth_date.isoformat(), donor.language) == ("1991-04-02", "fr")
    assert identity.open_document(donor) == "TA123456"
    assert donor.contacts.get().address == "+212661123456"
    assert donor.consents.live().get().purpose == "appeals"
    assert donor.blood_group == ""


WRONG = {
    "no name at all": (
        {"family_name": "", "given_name": "", "family_name_ar": "", "given_name_ar": ""},
        "Enter the name of the card",
    ),
    "half a name": ({"given_name": ""}, "other half"),
    "arabic in latin": ({"family_name": "بناني"}, "in Latin letters"),
    "latin in arabic": ({"given_name_ar": "Salma"}, "in Arabic letters"),
    "no date": ({"birth_date": ""}, "Enter the date of birth"),
    "no such date": ({"birth_date": "31/02/1990"}, "like 07/03/1990"),
    "not born yet": ({"birth_date": "01/01/2093"}, "Nobody was born"),
    "no sex": ({"sex": ""}, "Choose as the card says"),
    "bad phone": ({"phone": "0661"}, "06 61 12 34 56"),
    "a bag's number": (
        {"document_kind": "passport", "document_number": "=A99992600000100"},
        "barcode of a bag",
    ),
    "a card in the name": ({"given_name": "AW754103"}, "A name has no digits"),
    "bad card": ({"document_number": "1234567890"}, "like AB123456"),
    "kind alone": ({"document_number": ""}, "Enter the number of this document"),
    "number alone": ({"document_kind": ""}, "Say which document"),
}


@pytest.mark.parametrize("case", WRONG)
def test_register_says_what_to_put_right_and_keeps_the_rest(reception, session, case):
    changed, sentence = WRONG[case]
    response = reception.post(page("donor-register", session), CARD | changed)
    assert sentence in response.text
    for name in {"family_name", "phone", "birth_date", "document_number"} - set(changed):
        assert f'value="{CARD[name]}"' in response.text
    assert not Donor.objects.exists()


def test_register_of_a_known_card_offers_its_owner(reception, session):
    known = factories.donor(document_number="TA123456")
    response = reception.post(page("donor-register", session), CARD)
    assert "already registered" in response.text and str(known.public_id) in response.text
    assert 'value="Bennani"' in response.text
    assert Donor.objects.count() == 1


def test_register_of_a_namesake_asks_first(reception, session):
    reception.post(page("donor-register", session), CARD)
    other = CARD | {"document_number": "TA654321"}
    response = reception.post(page("donor-register", session), other)
    assert "I compared the cards" in response.text
    assert "open the visit" in response.text
    assert Donor.objects.count() == 1
    reception.post(page("donor-register", session), other | {"another_person": "on"})
    assert Donor.objects.count() == 2


def test_register_at_a_closed_session_says_so(reception, session):
    Session.objects.update(state="closed")
    response = reception.post(page("donor-register", session), CARD)
    assert "This session is not open" in response.text and 'value="Bennani"' in response.text
    assert not Donor.objects.exists()


def test_find_costs_the_same_for_many(reception, session, django_assert_max_num_queries):
    for _number in range(8):
        factories.donor(family_name="Ziani")
    with django_assert_max_num_queries(32):  # one row of the access log each
        reception.post(page("donor-find", session), {"text": "ziani"})


def test_register_by_the_year_alone_shows_the_year_alone(reception, session):
    response = reception.post(page("donor-register", session), CARD | {"birth_date": "1991"})
    donor = Donor.objects.get()
    assert (donor.birth_precision, donor.born.isoformat()) == ("year", "1991")
    shown = reception.get(response["Location"]).text
    assert '<bdi dir="ltr">1991</bdi>' in shown and "01/01/1991" not in shown


def test_card_scanned_in_vain_is_kept_for_who_is_found_by_name(reception, session):
    known = factories.donor(family_name="Bennani", given_name="Salma", document_number="")
    shown = reception.post(page("donor-find", session), {"text": "TA123456"}).text
    assert "Nobody has the card TA123456" in shown and 'name="card" value="TA123456"' in shown
    typed = {"text": "Salma Bennani", "card": "TA123456"}
    assert "keep the card" in reception.post(page("donor-find", session), typed).text
    here = {"donor": known.public_id, "document_kind": "cin", "document_number": "TA123456"}
    reception.post(page("donor-arrive", session), here)
    assert (
        str(known.public_id)
        not in reception.post(page("donor-find", session), {"text": "TA000001"}).text
    )
    assert Visit.objects.get().donor == known
    found = reception.post(page("donor-find", session), {"text": "ta 123 456"}).text
    assert "Bennani" in found and "open the visit" in found
