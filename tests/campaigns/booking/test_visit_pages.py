"""The page of a booked visit, opened by its secret address."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from campaigns.booking import visits
from centers.models import Appointment, Session, Slot, Waiting
from centers.sessions import booking, waiting_list
from tests.support import booking as steps
from tests.support import factories
from tests.support.owner import owner

pytestmark = pytest.mark.django_db


@pytest.fixture
def campaign(reference):
    return steps.campaign()


@pytest.fixture
def booked(campaign, now):
    return steps.confirmed(steps.slot(campaign), now)


def page(name, of) -> str:
    verb = f"-{name}" if name else ""
    return reverse(f"campaigns:visit{verb}", args=[of.public_id])


def test_page_shows_the_visit_and_names_nobody(client, booked):
    response = client.get(page("", booked))
    assert "You are expected" in response.text and response["X-Robots-Tag"] == "noindex"
    assert not any(word in response.text for word in ("Salma", "Bennani", "salma@", "1991"))


def test_place_is_given_back_once_by_a_post(client, booked):
    assert "Give this place back?" in client.get(page("give-back", booked)).text
    for _again in range(2):
        response = client.post(page("give-back", booked), follow=True)
        assert "Your place is given back" in response.text and "Take my place back" in response.text
    assert Slot.objects.get(pk=booked.slot_id).taken == 1, "kept for ten minutes"
    assert "You are expected" in client.post(page("take-back", booked), follow=True).text
    client.post(page("give-back", booked))
    over = timezone.now() + booking.TAKEN_BACK
    visits.offer(now=over)
    assert Slot.objects.get(pk=booked.slot_id).taken == 0
    assert "Take my place back" not in client.get(page("", booked)).text
    text = client.post(page("take-back", booked), follow=True).text
    assert "gone to somebody else" in text and "Your place is given back" in text


def test_a_page_that_was_sent_on_says_whose_place_it_is(client, campaign, booked):
    text = client.get(page("", booked)).text
    assert "This place is kept for" in text and "S. B" in text
    assert reverse("campaigns:booking-when", args=[campaign.public_id]) in text


@pytest.mark.parametrize("name", ["take-back", "take", "set-out"])
def test_verbs_refuse_a_get_and_a_post_without_the_token(booked, name):
    strict = Client(enforce_csrf_checks=True)
    assert strict.get(page(name, booked)).status_code == 405
    assert strict.post(page(name, booked)).status_code == 403
    assert strict.post(page("move", booked)).status_code == 403


@pytest.mark.parametrize("name", ["visit", "visit-move", "visit-calendar", "waiting"])
def test_pages_of_nobodys_visit_are_not_there(client, reference, name):
    path = reverse(f"campaigns:{name}", args=["00000000-0000-0000-0000-000000000000"])
    assert client.get(path).status_code == 404


def test_visit_moves_to_another_time_and_its_old_address_follows(client, campaign, booked):
    other = steps.later_slot(campaign)
    assert "stays yours until you take another" in client.get(page("move", booked)).text
    response = client.post(page("move", booked), {"slot": other.pk})
    moved = Appointment.objects.get(state="booked")
    assert moved.slot == other and response["Location"] == page("", moved)
    assert client.get(page("", booked))["Location"] == page("", moved)
    assert Slot.objects.get(pk=booked.slot_id).taken == 0
    assert client.get(page("move", booked))["Location"] == page("", booked)


def test_move_to_a_time_that_is_taken_meanwhile_keeps_the_old_one(client, campaign, booked, now):
    other = steps.later_slot(campaign, places=1)
    steps.fill(other, now)
    text = client.post(page("move", booked), {"slot": other.pk}).text
    assert "This time has just been taken" in text
    booked.refresh_from_db()
    assert booked.state == "booked"


@pytest.mark.parametrize("typed", [{}, {"slot": "x"}, {"slot": "0"}])
def test_move_to_no_time_asks_again(client, booked, typed):
    assert "Choose another time" in client.post(page("move", booked), typed).text


def test_move_without_another_time_says_so(client, booked):
    assert "No other time here" in client.get(page("move", booked)).text


def test_on_the_way_is_said_on_the_day_and_reception_sees_it(client, booked, settings):
    assert "I am on my way" not in client.get(page("", booked)).text
    assert "on the day itself" in client.post(page("set-out", booked), follow=True).text
    Slot.objects.update(starts_at=booked.made_at + timedelta(hours=2))
    assert "I am on my way" in client.get(page("", booked)).text
    text = client.post(page("set-out", booked), follow=True).text
    assert "Reception knows" in text and "I am on my way" not in text
    session = booked.slot.session
    Session.objects.update(state="open")
    settings.DEMO = True
    client.force_login(factories.staff(session.center, "reception"))
    assert "On the way" in client.get(reverse("centers:donor-find", args=[session.public_id])).text
    board = client.get(reverse("centers:session-board", args=[session.public_id])).text
    assert "On the way" in board


@pytest.mark.parametrize(
    ("state", "sentence"),
    [("arrived", "Thank you for coming"), ("missed", "This time is over")],
)
def test_page_says_what_became_of_the_place(client, booked, now, state, sentence):
    Appointment.objects.update(state=state, settled_at=now)
    text = client.get(page("", booked)).text
    assert sentence in text and "give my place back" not in text


def test_page_says_when_the_session_is_cancelled(client, booked):
    Session.objects.update(state="cancelled", cancelled_because="Heavy snow")
    text = client.get(page("", booked)).text
    assert "Please do not come" in text and "Heavy snow" in text


def test_visit_goes_into_a_calendar_while_it_is_booked(client, booked):
    response = client.get(page("calendar", booked))
    assert response["Content-Type"].startswith("text/calendar")
    assert page("", booked) in response.text.replace("\r\n ", "")
    client.post(page("give-back", booked))
    assert "STATUS:CANCELLED" in client.get(page("calendar", booked)).text


@pytest.fixture
def line(reference, now):
    """A full session with one place, far enough ahead, and a person on its waiting list."""
    campaign = steps.campaign(places=1, days=3)
    slot = steps.slot(campaign)
    holder = booking.book(slot=slot, donor=factories.donor(), now=now)
    row = waiting_list.join(session=slot.session, donor=factories.donor(), now=now)
    return holder, row


def test_stranger_waits_in_a_line_with_a_code(client, line):
    holder, _stands = line
    session = holder.slot.session
    campaign = session.campaigns.get()
    when = client.get(reverse("campaigns:booking-when", args=[campaign.public_id])).text
    path = reverse("campaigns:booking-wait", args=[campaign.public_id, session.public_id])
    assert path in when
    response = client.post(path, steps.PERSON | {"address": "06 61 12 34 56"})
    code = client.get(response["Location"])
    assert "You are on the waiting list" in code.text and "+212661123456" in code.text
    asked = session.requests.get()
    right = steps.booking_requests.code_of(asked)
    text = client.post(response["Location"], {"code": right}, follow=True).text
    assert "You are number 2 in the line" in text
    row = Waiting.objects.get(donor__contacts__address="+212661123456")
    left = client.post(reverse("campaigns:waiting-leave", args=[row.public_id]), follow=True)
    assert "You wait no longer" in left.text


def test_no_line_while_a_place_is_free(client, campaign):
    session = campaign.sessions.get()
    path = reverse("campaigns:booking-wait", args=[campaign.public_id, session.public_id])
    assert "/book/" in client.get(path)["Location"]
    assert client.post(path, steps.PERSON).status_code == 302
    assert not Waiting.objects.exists()


def test_offered_place_is_taken_or_left(client, line, now, settings):
    settings.QUIET_HOURS = (24, 0)
    holder, row = line
    booking.cancel(appointment=holder, now=now)
    row.refresh_from_db()
    place = reverse("campaigns:waiting", args=[row.public_id])
    text = client.get(place, follow=True).text
    assert "A place has come free for you" in text
    assert "You are expected" in client.post(page("take", row.offer), follow=True).text


def test_offer_that_ran_out_says_so(client, line, now, settings):
    settings.QUIET_HOURS = (24, 0)
    holder, row = line
    booking.cancel(appointment=holder, now=now)
    row.refresh_from_db()
    with owner():
        Appointment.objects.filter(pk=row.offer_id).update(offered_until=now - timedelta(minutes=1))
    assert "no longer held" in client.post(page("take", row.offer), follow=True).text
    waiting_list.lapse(now=now)
    assert "went to the next in the line" in client.get(page("", row.offer)).text
