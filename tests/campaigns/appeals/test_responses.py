import pytest
from django.urls import reverse

from campaigns.appeals import appeals, responses
from campaigns.messaging import links
from campaigns.models import Appeal, Notification, Pledge
from centers.models import Appointment
from donors.errors import Refused
from tests.support import appealing, factories

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def built(shared_rows) -> int:
    return appealing.shared(people=3)


@pytest.fixture
def asked(built, reference) -> Notification:
    return appealing.invitation(Appeal.objects.get(pk=built))


@pytest.fixture
def appeal(asked):
    return asked.wave.appeal


def url(notification, name="answer"):
    purpose = links.UNSUBSCRIBE if name == "stop-appeals" else links.ANSWER
    return reverse(f"campaigns:{name}", args=[links.token(notification, purpose)])


def slot_of(appeal, now):
    return responses.slots(appeal, now).get()


def said(notification):
    return responses.given(notification.wave.appeal, notification.donor)


def test_answer_opens_without_signing_in_and_changes_nothing(client, asked):
    response = client.get(url(asked))
    assert response.status_code == 200
    assert "Blood is needed at" in response.text and "20 places left" in response.text
    assert said(asked) is None
    assert response["Referrer-Policy"] == "no-referrer"
    assert "no-store" in response["Cache-Control"]


def test_answer_address_says_nothing_of_the_person(asked):
    link = url(asked)
    assert str(asked.donor.public_id) not in link and "O+" not in link
    assert not client_contact(asked) or client_contact(asked) not in link


def client_contact(notification):
    return notification.contact.address if notification.contact else ""


def test_answer_page_says_nothing_of_the_person(client, asked):
    text = client.get(url(asked)).text
    assert asked.donor.family_name not in text and asked.contact.address not in text
    assert "O+" not in text


def test_answer_books_a_place_and_confirms_it(client, asked, appeal, now):
    slot = slot_of(appeal, now)
    response = client.post(url(asked, "answer-book"), {"slot": slot.pk}, follow=True)
    assert "You are expected" in response.text
    assert said(asked).state == Pledge.State.BOOKED
    assert said(asked).appointment.slot == slot
    assert Notification.objects.filter(kind="booking_confirmed", donor=asked.donor).count() == 1


def test_answer_books_where_no_cookie_is_kept(asked, appeal, now):
    from django.test import Client

    strict = Client(enforce_csrf_checks=True, headers={"origin": "null"})
    response = strict.post(url(asked, "answer-book"), {"slot": slot_of(appeal, now).pk})
    assert response.status_code == 302
    assert said(asked).state == Pledge.State.BOOKED


def test_answer_twice_books_once(client, asked, appeal, now):
    slot = slot_of(appeal, now)
    client.post(url(asked, "answer-book"), {"slot": slot.pk})
    again = client.post(url(asked, "answer-book"), {"slot": slot.pk})
    assert "a place booked already" in again.text
    assert Appointment.objects.filter(donor=asked.donor).count() == 1
    assert Pledge.objects.filter(donor=asked.donor).count() == 1


def test_answer_to_a_covered_appeal_presses_nobody_to_come(client, asked, appeal, now):
    assert "I come on" in client.get(url(asked)).text
    appeals.turn(appeal=appeal, to=Appeal.State.COVERED, now=now)
    text = client.get(url(asked)).text
    assert "Enough people have answered" in text
    assert "I come on" not in text and "I cannot this time" not in text
    assert "20 places left" in text  # a later place is offered all the same


def test_answer_without_a_time_says_so(client, asked):
    response = client.post(url(asked, "answer-book"), {})
    assert "Choose a time." in response.text and said(asked) is None


def test_answer_no_is_kept_and_may_be_taken_back(client, asked, appeal, now):
    response = client.post(url(asked, "answer-decline"), follow=True)
    assert "Thank you for telling us" in response.text
    assert said(asked).state == Pledge.State.DECLINED
    client.post(url(asked, "answer-decline"))
    client.post(url(asked, "answer-book"), {"slot": slot_of(appeal, now).pk})
    assert said(asked).state == Pledge.State.BOOKED


def test_answer_gives_a_booked_place_back(client, asked, appeal, now):
    slot = slot_of(appeal, now)
    client.post(url(asked, "answer-book"), {"slot": slot.pk})
    client.post(url(asked, "answer-decline"))
    slot.refresh_from_db()
    assert slot.taken == 0 and said(asked).state == Pledge.State.DECLINED


def test_answer_pauses_appeals(client, asked, today):
    response = client.post(url(asked, "answer-pause"), follow=True)
    asked.donor.refresh_from_db()
    assert (asked.donor.paused_until - today).days >= 55
    assert "are paused until" in response.text


def test_answer_after_the_appeal_is_met_offers_a_later_place(client, asked, appeal, now):
    appeals.stop(appeal=appeal, by=factories.administrator(), because="x", now=now)
    assert "This appeal is over" in client.get(url(asked)).text
    client.post(url(asked, "answer-book"), {"slot": slot_of(appeal, now).pk})
    assert Appointment.objects.filter(donor=asked.donor).exists()
    assert said(asked) is None


def test_answer_without_places_asks_nobody_to_come(client, asked, appeal, now):
    slot = slot_of(appeal, now)
    for _number in range(slot.places):
        Appointment.objects.create(slot=slot, donor=factories.donor(), made_at=now)
    assert "Please do not come without one" in client.get(url(asked)).text


def test_answer_by_a_forged_or_foreign_link_is_refused(client, asked):
    token = links.token(asked, links.ANSWER)
    for wrong in (token[:-1], "2" + token[1:], links.token(asked, links.UNSUBSCRIBE)):
        response = client.get(reverse("campaigns:answer", args=[wrong]))
        assert response.status_code == 410
        assert "no longer valid" in response.text
        book = reverse("campaigns:answer-book", args=[wrong])
        assert client.post(book, {"slot": 1}).status_code == 410


@pytest.mark.parametrize("name", ["answer-book", "answer-decline", "answer-pause"])
def test_answer_verbs_refuse_a_get(client, asked, name):
    assert client.get(url(asked, name)).status_code == 405
    assert said(asked) is None


def test_stop_page_asks_before_it_stops(client, asked):
    assert "Send me no more appeals" in client.get(url(asked, "stop-appeals")).text
    assert asked.donor.consents.live().exists()
    assert "You will get no more" in client.post(url(asked, "stop-appeals")).text
    assert not asked.donor.consents.live().exists()


def test_one_click_unsubscribe_needs_no_cookie_and_may_be_repeated(asked):
    from django.test import Client

    strict = Client(enforce_csrf_checks=True)
    path = reverse("unsubscribe", args=[links.token(asked, links.UNSUBSCRIBE)])
    assert strict.get(path).status_code == 302
    assert asked.donor.consents.live().exists()
    for _again in range(2):
        response = strict.post(path, {"List-Unsubscribe": "One-Click"})
        assert response.status_code == 204 and not response.cookies
    assert not asked.donor.consents.live().exists()
    assert strict.post(path[:-3] + "xx/").status_code == 410


def test_accept_refuses_a_donor_who_may_not_give(asked, appeal, now):
    from donors.models import Deferral, DeferralReason

    Deferral.objects.create(
        donor=asked.donor,
        reason=DeferralReason.objects.first(),
        permanent=True,
        starts_on=now.date(),
        recorded_at=now,
    )
    with pytest.raises(Refused, match="on this day"):
        responses.accept(appeal=appeal, donor=asked.donor, slot=slot_of(appeal, now), now=now)
