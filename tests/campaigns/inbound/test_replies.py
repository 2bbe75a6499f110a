"""Replies by text: what each does, for whom, once, and what the answer says."""

import json
from datetime import timedelta

import pytest
from django.urls import reverse

from campaigns.inbound import replies
from campaigns.messaging import catalogue, outbox, retention
from campaigns.models import Addressee, Appeal, Campaign, Notification, Pledge, Reply
from campaigns.offers import renewal
from centers.models import Appointment, Center
from donors.clock.zones import MOROCCO
from donors.models import Consent
from tests.support import appealing, asking, factories, texting

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _open(settings):
    settings.QUIET_HOURS = (24, 0)
    settings.SMS_INBOUND_KEYS = [texting.KEY]


@pytest.fixture
def sent(reference, now):
    (row,) = texting.invited(now, texting.NUMBER)
    return row


def write(text: str, now, number: str = texting.NUMBER) -> Reply | None:
    """A little later: the consents of the donors were given after ``now``."""
    return replies.receive(number=number, text=text, now=now + timedelta(minutes=1))


def answers() -> list[str]:
    rows = Notification.objects.filter(kind="reply_answered").order_by("pk")
    return [catalogue.render(row).text for row in rows]


def hour(sent) -> int:
    return sent.wave.session.slots.first().starts_at.astimezone(MOROCCO).hour


def consents(*donors) -> int:
    return Consent.objects.live().filter(donor__in=donors).count()


def test_stop_withdraws_every_consent_and_is_answered_once_a_day(sent, now):
    assert consents(sent.donor) > 0
    assert write("قف", now).outcome == "stopped"
    assert write("STOP!!", now).outcome == "stopped"
    assert consents(sent.donor) == 0
    (text,) = answers()
    assert "لن تصلكم رسائل" in text and sent.donor.given_name not in text


def test_same_text_of_the_same_minute_or_id_counts_once(sent, now):
    assert write("oui", now) and write("oui", now) is None
    assert replies.receive(number=texting.NUMBER, text="non", gateway_id="g1", now=now)
    again = now + timedelta(hours=1)
    assert replies.receive(number=texting.NUMBER, text="non", gateway_id="g1", now=again) is None


@pytest.mark.parametrize(
    "number", ["0612345678", "00212612345678", "212612345678", "+212 6 12 34 56 78"]
)
def test_number_is_known_as_gateways_write_it(sent, now, number):
    assert write("stop", now, number).outcome == "stopped"


def test_yes_with_a_time_books_in_the_session_asked_for(sent, now):
    reply = write(f"نعم {hour(sent)}", now)
    assert reply.outcome == "booked" and reply.notification == sent
    place = Appointment.objects.get(donor=sent.donor)
    assert place.slot.session == sent.wave.session
    assert Pledge.objects.get(donor=sent.donor).appointment == place
    assert answers() == []  # the confirmation of the place is the answer
    assert Notification.objects.filter(kind="booking_confirmed", donor=sent.donor).count() == 1


@pytest.mark.parametrize("text", ["oui", "oui 3h59"])
def test_yes_without_a_free_time_asks_for_one(sent, now, text):
    assert write(text, now).outcome == "time"
    (said,) = answers()
    assert "/a/" in said or "http" in said
    assert not Appointment.objects.exists()


def test_yes_of_who_may_not_book_says_no_reason(sent, now):
    write(f"oui {hour(sent)}", now)
    later = now + timedelta(minutes=2)
    assert write(f"oui {hour(sent)}", later).outcome == "refused"
    (said,) = answers()
    assert "تعذر تسجيل هذا" in said and Appointment.objects.count() == 1


def test_no_declines(sent, now):
    assert write("لا شكرا", now).outcome == "declined"
    assert Pledge.objects.get(donor=sent.donor).state == "declined"


def test_reply_acts_for_a_recent_message_only(sent, now):
    assert write(f"oui {hour(sent)}", now + timedelta(days=7, minutes=1)).outcome == "person"
    assert not Appointment.objects.exists() and answers() == []


def test_unknown_number_is_answered_nothing(sent, now):
    for text in ("stop", "oui 15", "2 60", "bonjour"):
        assert write(text, now, "+212699999999").outcome == "person"
    assert answers() == [] and consents(sent.donor) > 0


def test_phone_of_a_family_stops_for_all_and_asks_who_comes(reference, now):
    first, second = texting.invited(now, texting.NUMBER, texting.NUMBER)
    assert write(f"oui {hour(first)}", now).outcome == "who"
    assert not Appointment.objects.exists()
    assert write("arrêt", now).outcome == "all"
    assert consents(first.donor, second.donor) == 0
    who, stop = answers()
    assert "من سيأتي يفتح رابط الرسالة" in who and "لكل من يستعمله" in stop
    for donor in (first.donor, second.donor):
        assert donor.given_name not in who + stop


@pytest.fixture
def officer(reference, now):
    person = texting.with_phone(factories.officer(factories.unit()), "+212655555555", now)
    asking.memo("SR-TAZ")
    outbox.deliver(now=now)
    assert Notification.objects.filter(user=person, channel="sms", state="sent").exists()
    return person


def test_officer_takes_the_second_day_with_so_many_donors(officer, now):
    unit = factories.unit()
    days = [offer.day for offer in renewal.current(unit=unit, now=now)]
    reply = write("2 60", now, "0655555555")
    assert reply.outcome == "taken"
    row = Addressee.objects.get(unit=unit)
    assert (row.answer, row.planned_on, row.expected_donors) == ("will", days[1], 60)
    campaign = Campaign.objects.get()
    assert campaign.planned_on == days[1] and campaign.target == 60
    (said,) = answers()
    assert f"{days[1]:%d/%m}" in said and "60" in said
    assert write("1 20", now, "0655555555").outcome == "refused"
    assert Campaign.objects.count() == 1


@pytest.mark.parametrize("text", ["9 60", "2 0", "2 9000"])
def test_choice_that_does_not_exist_leads_to_the_page(officer, now, text):
    renewal.current(unit=factories.unit(), now=now)
    assert write(text, now, "0655555555").outcome == "refused"
    assert "تعذر تسجيل هذا" in answers()[0] or "could not be noted" in answers()[0]
    assert not Campaign.objects.exists()


def post_kannel(
    client, body: bytes, *, key=texting.KEY, kind='text/plain; charset="UTF-16BE"', **headers
):
    """As Kannel 1.4.5 posts with ``send-sender = true``."""
    said = {"X-Kannel-From": texting.NUMBER, "X-Kannel-To": "1234", "X-Kannel-Coding": "2"}
    page = reverse("sms-reply", args=[key])
    return client.generic("POST", page, body, content_type=kind, headers=said | headers)


def test_kannel_posts_arabic_in_utf_16(client, sent):
    assert post_kannel(client, "قف".encode("utf-16-be"), key="x" * 40).status_code == 404
    assert not Reply.objects.exists()
    answer = post_kannel(client, "قف".encode("utf-16-be"))
    # Kannel would send the body of our answer to the person.
    assert answer.status_code == 200 and answer.content == b""
    assert Reply.objects.get().outcome == "stopped"


@pytest.mark.parametrize("kind", ["application/json", "application/x-www-form-urlencoded"])
def test_other_gateways_post_json_or_a_form(client, sent, kind):
    page = reverse("sms-reply", args=[texting.KEY])
    said = {"from": texting.NUMBER, "text": "stop", "id": "7"}
    body = json.dumps(said) if kind.endswith("json") else "from=%2B212612345678&text=stop&id=7"
    for _time in range(2):
        assert client.generic("POST", page, body, content_type=kind).status_code == 200
    assert Reply.objects.get().meaning == "stop"


def test_envoisms_passes_replies_on(client, sent):
    body = {
        "event": "message.received",
        "data": {"id": "in_1", "from": texting.NUMBER, "text": "STOP"},
    }
    texting.signed(client, body)
    texting.signed(client, body)
    assert Reply.objects.get().outcome == "stopped" and consents(sent.donor) == 0


def test_text_too_large_is_refused(client, sent):
    assert post_kannel(client, b"x" * 20_001, kind="text/plain").status_code == 413
    assert not Reply.objects.exists()


def test_page_shows_managers_their_own_and_a_person_settles(client, sent, settings, now):
    settings.DEMO = True
    write("combien de temps cela dure-t-il exactement chez vous ?", now)
    write("bonjour", now, "+212699999999")
    page = reverse("campaigns:came-back")
    manager = factories.staff(Appeal.objects.get().center, "manager")
    client.force_login(manager)
    text = client.get(page).text
    assert "combien de temps" in text and "bonjour" not in text and "Delivery reports" not in text
    own, other = Reply.objects.order_by("pk")
    assert client.post(reverse("campaigns:reply-read", args=[other.pk])).status_code == 404
    assert client.post(reverse("campaigns:reply-read", args=[own.pk])).status_code == 302
    own.refresh_from_db()
    assert own.read_by == manager
    client.force_login(factories.administrator())
    text = client.get(page).text
    assert "bonjour" in text and "Delivery reports" in text and manager.display_name in text


def _another() -> Center:
    return Center.objects.exclude(code="BS-TAZ").order_by("pk").first()


@pytest.mark.parametrize("who", ["laboratory", "officer", "elsewhere"])
def test_others_do_not_read_replies(client, sent, settings, now, who):
    settings.DEMO = True
    write("bonjour", now)
    person = {
        "laboratory": lambda: factories.staff(factories.center(), "laboratory"),
        "officer": lambda: factories.officer(factories.unit()),
        "elsewhere": lambda: factories.staff(_another(), "manager"),
    }[who]()
    client.force_login(person)
    answer = client.get(reverse("campaigns:came-back"))
    assert answer.status_code == 403 or texting.NUMBER not in answer.text
    settled = client.post(reverse("campaigns:reply-read", args=[Reply.objects.get().pk]))
    assert settled.status_code == 404 and Reply.objects.get().read_at is None


def test_numbers_and_words_are_forgotten_after_ninety_days(sent, now):
    write("stop", now)
    retention.forget(now=now + timedelta(days=91))
    reply = Reply.objects.get()
    assert (reply.number, reply.text, reply.outcome) == ("", "", "stopped")
    assert appealing.invitation(Appeal.objects.get())
