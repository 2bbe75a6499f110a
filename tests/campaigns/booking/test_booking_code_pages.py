"""Booking after the form: the code, another slot, a new code, and the booked place."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from centers.models import Appointment, BookingRequest, Slot
from centers.sessions import booking_requests
from donors.contact import codes
from tests.support import booking as steps
from tests.support.owner import past_the_guards

pytestmark = pytest.mark.django_db
BAD = "Something has to be put right"


@pytest.fixture
def campaign(reference):
    return steps.campaign()


@pytest.fixture
def slot(campaign):
    return steps.slot(campaign)


def page(name, asked) -> str:
    return reverse(f"campaigns:booking-{name}", args=[asked.public_id])


def test_wrong_code_says_so_and_stands_beside_its_field(client, slot, now):
    asked = steps.asked(slot, now)
    bad = "000000" if booking_requests.code_of(asked) != "000000" else "111111"
    text = client.post(page("code", asked), {"code": bad}).text
    assert BAD in text and "This is not the code" in text and f'value="{bad}"' in text


@pytest.mark.parametrize("typed", ["", "   ", "x" * 13, "a\0b", "abc"])
def test_code_of_no_sense_is_refused(client, slot, now, typed):
    asked = steps.asked(slot, now)
    assert BAD in client.post(page("code", asked), {"code": typed}).text


def test_too_many_codes_lead_to_a_new_one(client, slot, now):
    asked = steps.asked(slot, now)
    BookingRequest.objects.update(attempts=codes.MOST_ATTEMPTS)
    text = client.post(page("code", asked), {"code": booking_requests.code_of(asked)}).text
    assert "Too many wrong codes" in text and page("again", asked) in text


def test_old_code_leads_to_a_new_one_and_nothing_is_typed_again(client, slot, now):
    asked = steps.asked(slot, now - timedelta(minutes=31))
    assert "too old" in client.get(page("code", asked)).text
    assert (
        "too old"
        in client.post(page("code", asked), {"code": booking_requests.code_of(asked)}).text
    )
    response = client.post(page("again", asked), follow=True)
    assert "A new code is on its way" in response.text
    renewed = BookingRequest.objects.latest("pk")
    client.post(page("code", renewed), {"code": booking_requests.code_of(renewed)})
    assert Appointment.objects.get().donor.family_name == "Bennani"


def test_new_codes_are_bounded(client, slot, now):
    for _number in range(codes.MOST_REQUESTS):
        asked = steps.asked(slot, now)
    response = client.post(page("again", asked), follow=True)
    assert "Try again in an hour" in response.text


def test_code_of_a_full_time_offers_another(client, campaign, slot, now):
    asked = steps.asked(slot, now)
    other = steps.later_slot(campaign)
    steps.fill(slot, now)
    assert "Choose another time" in client.get(page("code", asked)).text
    text = client.post(page("code", asked), {"code": booking_requests.code_of(asked)}).text
    assert "This time is full" in text and f'value="{other.pk}"' in text
    client.post(page("move", asked), {"slot": other.pk})
    client.post(page("code", asked), {"code": booking_requests.code_of(asked)})
    assert Appointment.objects.get(donor__family_name="Bennani").slot == other


def test_code_of_a_past_time_says_so(client, campaign, slot, now):
    asked = steps.asked(slot, now)
    Slot.objects.update(starts_at=now - timedelta(minutes=1))
    text = client.post(page("code", asked), {"code": booking_requests.code_of(asked)}).text
    assert "is over or was cancelled" in text and "Please do not come without one" in text


@pytest.mark.parametrize("typed", [{}, {"slot": "x"}, {"slot": "0"}])
def test_move_to_no_time_asks_again(client, campaign, slot, now, typed):
    asked = steps.asked(slot, now)
    response = client.post(page("move", asked), typed)
    assert response.status_code == 200 and "Choose another time" in response.text


def test_second_place_of_one_person_says_how_to_go_on(client, campaign, slot, now):
    steps.confirmed(slot, now)
    asked = steps.asked(steps.later_slot(campaign), now)
    text = client.post(page("code", asked), {"code": booking_requests.code_of(asked)}).text
    assert "You have a place already" in text


@pytest.mark.parametrize("name", ["move", "again"])
def test_verbs_refuse_a_get_and_a_post_without_the_token(slot, now, name):
    asked = steps.asked(slot, now)
    strict = Client(enforce_csrf_checks=True)
    assert strict.get(page(name, asked)).status_code == 405
    assert strict.post(page(name, asked)).status_code == 403


def test_page_of_nobodys_request_is_not_there(client, reference):
    path = reverse("campaigns:booking-code", args=["00000000-0000-0000-0000-000000000000"])
    assert client.get(path).status_code == 404


def test_forgotten_request_leads_to_the_times(client, campaign, slot, now):
    asked = steps.asked(slot, now - timedelta(hours=25))
    assert booking_requests.forget(now=now) == 1
    text = client.get(page("code", asked)).text
    assert "too old" in text
    text = client.post(page("code", asked), {"code": booking_requests.code_of(asked)}).text
    assert "This request is too old" in text
    assert "This request is too old" in client.post(page("again", asked), follow=True).text


def test_link_to_the_campaign_is_never_a_drafts(client, slot, now, campaign):
    campaign.state, campaign.decided_at, campaign.decided_by = "asked", None, None
    asked = steps.asked(slot, now)
    with past_the_guards():
        campaign.save()
    text = client.get(page("code", asked)).text
    assert str(campaign.public_id) not in text
    client.post(page("code", asked), {"code": booking_requests.code_of(asked)})
    assert Appointment.objects.exists()
