import re
from datetime import date, timedelta

import pytest
from django.urls import reverse

from campaigns.models import Notification
from centers.models import Appointment, BookingRequest, Slot
from centers.sessions import booking_requests
from donors.contact import codes
from tests.support import booking as steps
from tests.support import factories

pytestmark = pytest.mark.django_db
BAD = "Something has to be put right"


@pytest.fixture
def campaign(reference):
    return steps.campaign()


@pytest.fixture
def slot(campaign):
    return steps.slot(campaign)


def when(campaign) -> str:
    return reverse("campaigns:booking-when", args=[campaign.public_id])


def who(campaign, slot) -> str:
    return reverse("campaigns:booking-who", args=[campaign.public_id, slot.pk])


def page(name, asked) -> str:
    return reverse(f"campaigns:booking-{name}", args=[asked.public_id])


def visit() -> str:
    return reverse("campaigns:visit", args=[Appointment.objects.get().public_id])


def send(client, campaign, at, **typed):
    return client.post(who(campaign, at), steps.PERSON | typed)


def test_a_stranger_books_in_three_steps(client, campaign, slot):
    first = client.get(when(campaign))
    assert "10 places left" in first.text and "no-store" in first["Cache-Control"]
    second = client.get(when(campaign), {"slot": slot.pk})
    assert second["Location"] == who(campaign, slot)
    assert "Given name" in client.get(second["Location"]).text
    third = send(client, campaign, slot)
    asked = BookingRequest.objects.get()
    assert third["Location"] == page("code", asked)
    assert "salma@example.org" in client.get(third["Location"]).text
    last = client.post(page("code", asked), {"code": booking_requests.code_of(asked)}, follow=True)
    assert "You are expected" in last.text and last["X-Robots-Tag"] == "noindex"
    assert Appointment.objects.get().slot == slot
    assert client.get(page("code", asked))["Location"] == visit()


def test_addresses_say_nothing_of_the_person(client, campaign, slot):
    response = send(client, campaign, slot)
    asked = BookingRequest.objects.get()
    end = client.post(page("code", asked), {"code": booking_requests.code_of(asked)})
    for address in (response["Location"], end["Location"]):
        assert re.fullmatch(r"/en/(bookings|v)/[0-9a-f-]{36}/", address)


def test_booked_page_names_nobody(client, campaign, slot, now):
    asked = steps.asked(slot, now)
    client.post(page("code", asked), {"code": booking_requests.code_of(asked)})
    text = client.get(visit()).text
    assert not any(word in text for word in ("Salma", "Bennani", "salma@", "1991"))


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"given_name": ""}, "Type the given name"),
        ({"family_name": "x" * 81}, "at most 80"),
        ({"given_name": "a\0b"}, "Null characters"),
        ({"birth_date": "31/02/1990"}, "day, month and year"),
        ({"birth_date": "02/04/2099"}, "has not been yet"),
        ({"birth_date": "02/04/1850"}, "Check the year"),
        ({"birth_date": ""}, "Enter your date of birth"),
        ({"sex": "X"}, "Select a valid choice"),
        ({"sex": ""}, "Choose as the card says"),
        ({"address": "salma@"}, "not an e-mail address"),
        ({"address": "06 61 12"}, "Write a number like"),
        ({"address": ""}, "Enter where the code may go"),
    ],
)
def test_who_says_what_is_wrong_and_keeps_the_rest(client, campaign, slot, typed, sentence):
    text = send(client, campaign, slot, wants_appeals="on", **typed).text
    assert BAD in text and sentence in text
    for name, value in (steps.PERSON | typed).items():
        if value and name not in ("sex", "given_name"):
            assert f'value="{value}"' in text
    assert re.search(r'name="wants_appeals"[^>]*checked', text)
    assert not BookingRequest.objects.exists() and not Notification.objects.exists()


def test_who_too_young_says_from_when(client, campaign, slot, today):
    born = date(today.year - 17, 1, 1).strftime("%d/%m/%Y")
    text = send(client, campaign, slot, birth_date=born).text
    assert "You may give from" in text and f'value="{born}"' in text


def test_who_empty_asks_for_everything(client, campaign, slot):
    text = client.post(who(campaign, slot), {}).text
    assert BAD in text and "Type the family name" in text


def test_who_after_its_time_is_taken_keeps_what_was_typed(client, campaign, slot, now):
    other = steps.later_slot(campaign)
    steps.fill(slot, now)
    text = send(client, campaign, slot).text
    assert "has just been taken" in text and 'value="Bennani"' in text
    assert f'value="{other.pk}"' in text
    response = send(client, campaign, slot, slot=other.pk)
    assert response.status_code == 302 and BookingRequest.objects.get().slot == other


def test_who_after_every_place_is_taken_leads_elsewhere(client, campaign, slot, now):
    steps.fill(slot, now)
    text = send(client, campaign, slot).text
    assert "last free place" in text and 'value="Bennani"' in text and "free=on" in text


def test_who_without_a_free_time_goes_back_to_the_times(client, campaign, slot, now):
    steps.later_slot(campaign)
    steps.fill(slot, now)
    response = client.get(who(campaign, slot), follow=True)
    assert "has just been taken" in response.text and "5 places left" in response.text


@pytest.mark.parametrize("number", ["0", "99999999999999999999999"])
def test_who_of_no_slot_goes_back_to_the_times(client, campaign, number):
    path = f"{when(campaign)}{number}/"
    assert when(campaign) in client.get(path)["Location"]
    assert client.post(path, steps.PERSON).status_code == 200


def test_who_of_another_campaigns_slot_is_no_way_in(client, campaign):
    other = steps.campaign(days=3)
    assert client.get(who(campaign, steps.slot(other))).status_code == 302


@pytest.mark.parametrize("typed", ["", "x", "-1", "٣", "1 OR 1=1"])
def test_when_with_a_bad_choice_asks_again(client, campaign, typed):
    text = client.get(when(campaign), {"slot": typed}).text
    assert BAD in text and "10 places left" in text


def test_when_without_a_choice_asks_for_one(client, campaign):
    assert "Choose a time." in client.get(when(campaign), {"go": "1"}).text
    assert BAD not in client.get(when(campaign), {"utm_source": "x"}).text


def test_when_shows_no_past_or_full_time(client, campaign, slot, now):
    past = steps.later_slot(campaign)
    Slot.objects.filter(pk=past.pk).update(starts_at=now - timedelta(minutes=1))
    steps.fill(slot, now)
    text = client.get(when(campaign)).text
    assert "Every place is taken" in text and f'value="{slot.pk}"' not in text


@pytest.mark.parametrize("state", ["asked", "declined"])
def test_campaigns_that_are_not_public_take_no_booking(client, reference, state):
    hidden = steps.campaign(state=state)
    assert client.get(when(hidden)).status_code == 404
    assert client.get(who(hidden, steps.slot(hidden))).status_code == 404
    assert send(client, hidden, steps.slot(hidden)).status_code == 404


def test_times_cost_the_same_queries_for_any_number(
    client, campaign, django_assert_max_num_queries
):
    starts_at = steps.slot(campaign).starts_at
    Slot.objects.bulk_create(
        Slot(
            session=campaign.sessions.get(),
            starts_at=starts_at + timedelta(minutes=n),
            places=factories.MEASURES["pulse"],
        )
        for n in range(1, 40)
    )
    with django_assert_max_num_queries(3):
        client.get(when(campaign))


def test_who_hears_when_too_many_codes_went_to_the_address(client, campaign, slot, now):
    for _number in range(codes.MOST_REQUESTS):
        steps.asked(slot, now)
    text = send(client, campaign, slot).text
    assert "Many codes" in text and 'value="salma@example.org"' in text


def test_a_year_of_two_digits_is_asked_about(client, campaign, slot):
    page = client.post(who(campaign, slot), steps.PERSON | {"birth_date": "7/3/90"}).text
    assert "Is it 07/03/1990?" in page
    assert 'value="07/03/1990"' in page
    page = client.post(who(campaign, slot), steps.PERSON | {"birth_date": "7/3/20"}).text
    assert "Is it 07/03/1920 or 07/03/2020?" in page
    assert 'value="7/3/20"' in page


def test_a_landline_is_offered_no_code(client, campaign, slot):
    typed = steps.PERSON | {"address": "05 37 77 12 34"}
    assert "No text message reaches a landline" in client.post(who(campaign, slot), typed).text


def test_digits_are_no_name(client, campaign, slot):
    typed = steps.PERSON | {"family_name": "123"}
    assert "without digits" in client.post(who(campaign, slot), typed).text
