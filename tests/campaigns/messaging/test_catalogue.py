from datetime import timedelta

import pytest
from django.utils import timezone
from django.utils.translation import override

from campaigns.messaging import catalogue, sms_letters
from campaigns.messaging.forms.outbox import KINDS as SHOWN
from campaigns.messaging.sms_parts import sms_parts
from campaigns.models import Appeal, Notification, Wave
from centers.models import Appointment
from donors.models import Donor
from tests.support import appealing, factories
from tests.support import booking as steps
from tests.support.owner import owner

pytestmark = pytest.mark.django_db
State = Appeal.State
# The states in which those who were asked and have not answered are thanked.
ENDS = (State.COVERED, State.MET, State.ENDED, State.STOPPED)
LANGUAGES = ("ar", "fr", "en")


@pytest.fixture
def asked(reference, now):
    return appealing.invitation(appealing.opened(now, people=1))


def turn(state: str, now) -> None:
    """Put every appeal into a state; what belongs to the state comes with it."""
    settled = None if state in Appeal.OPEN else now
    by = factories.administrator() if state == State.STOPPED else None
    with owner():  # the rule of an end is tested elsewhere, here only its words
        Appeal.objects.update(
            state=state, settled_at=settled, stopped_by=by, because=by and "x" or ""
        )


def read_in(notification, language, channel="email", **changed):
    Donor.objects.filter(pk=notification.donor_id).update(language=language)
    fresh = Notification.objects.select_related("donor", "contact").get(pk=notification.pk)
    fresh.channel = channel
    for name, value in changed.items():
        setattr(fresh, name, value)
    return catalogue.render(fresh)


def test_catalogue_is_whole():
    assert catalogue.half_made_kinds(None) == []


def test_catalogue_rejects_a_half_made_kind(monkeypatch):
    half = catalogue.Kind("no_such_texts", context=dict, channels=("email", "sms"))
    monkeypatch.setitem(catalogue.KINDS, half.name, half)
    assert len(catalogue.half_made_kinds(None)) == 3


def test_page_of_sent_messages_knows_every_kind():
    assert {kind for kind, _label in SHOWN} == set(catalogue.KINDS)


@pytest.mark.parametrize("language", LANGUAGES)
def test_invitation_is_in_the_readers_language_with_its_links(asked, language):
    message = read_in(asked, language)
    with override(language):
        assert asked.wave.appeal.center.name in message.text
    assert message.language == language
    assert f"/{language}/a/" in message.text and asked.wave.appeal.code in message.text
    assert "/messages/stop/" in message.text
    assert message.subject and "\n" not in message.subject


@pytest.mark.parametrize("language", LANGUAGES)
def test_invitation_names_the_place_to_come_to_and_who_needs_the_blood(asked, language):
    away = factories.session(factories.center("CRTS-FES"), days=1)
    here = asked.wave.appeal.center
    with owner():
        Wave.objects.update(session=away)
    with override(language):
        far, near, town = away.center.name, here.city, away.center.city
    email = read_in(asked, language).text
    assert far in email
    sms = read_in(asked, language, "sms").text
    assert sms_letters.narrow(town) in sms or town in sms
    assert sms_letters.narrow(near) in sms or near in sms


@pytest.mark.parametrize("channel", ["email", "sms"])
def test_invitation_says_nothing_of_the_persons_health(asked, channel):
    text = read_in(asked, "en", channel).text
    for secret in ("O+", "O−", asked.donor.family_name, str(asked.donor.public_id), "group"):
        assert secret not in text


def test_invitation_may_be_refused_in_one_click(asked):
    headers = read_in(asked, "en").headers
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert headers["List-Unsubscribe"].startswith("<http")


def test_message_of_an_own_booking_is_on_no_list(asked, now):
    from campaigns.appeals import responses

    appeal = asked.wave.appeal
    slot = responses.slots(appeal, now).get()
    responses.accept(appeal=appeal, donor=asked.donor, slot=slot, now=now)
    confirmed = Notification.objects.get(kind="booking_confirmed")
    assert catalogue.render(confirmed).headers == {}


def test_message_has_the_same_key_at_every_try(asked):
    assert catalogue.render(asked).key == catalogue.render(asked).key == f"n{asked.pk}"


def test_message_bears_moroccan_time(asked, now):
    from campaigns.appeals import responses

    appeal = asked.wave.appeal
    slot = responses.slots(appeal, now).get()
    responses.accept(appeal=appeal, donor=asked.donor, slot=slot, now=now)
    text = read_in(Notification.objects.get(kind="booking_confirmed"), "en").text
    assert timezone.localtime(slot.starts_at).strftime("%H:%M") in text


OF_A_PLACE = ("visit_reminder", "booking_confirmed", "session_moved", "place_offered")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", OF_A_PLACE)
def test_message_of_a_place_says_from_when_or_sends_to_the_doctor(
    reference, settings, now, kind, language
):
    settings.SITE_URL = "https://don.sante.gov.ma"
    appointment = steps.confirmed(steps.slot(steps.campaign()), now)
    with owner():
        Appointment.objects.update(offered_until=now)
    notification = Notification.objects.get(kind="booking_confirmed")

    def read(channel):
        return read_in(notification, language, channel, kind=kind)

    before = {read("email").text, read("sms").text, read("email").subject}
    factories.sheet(appointment.donor, UNWELL=None)
    first = timezone.localdate() + timedelta(days=14)
    dated = {read("email").text, read("sms").text}
    factories.sheet(appointment.donor, CARRIER=None)
    sent = {read("email").text, read("sms").text}
    assert not before & (dated | sent | {read("email").subject}) and not dated & sent
    for text in dated | sent:
        assert str(appointment.public_id) in text
    assert all(str(first.day) in text and str(first.year)[2:] in text for text in dated)
    assert all(str(first.year) not in text or first.year == now.year for text in sent)
    assert sms_parts(read("sms").text) <= 2
    if language == "en":
        assert all("peak with the doctor before you travel" in text for text in sent)
        assert not any(word in " ".join(dated | sent) for word in ("fever", "HIV", "expected"))


SAID = {
    "covered": ("nough people", ("met", "there again")),
    "met": ("lood is there again", ("answered", "answer ")),
    "ended": ("over", ("met", "enough people answered")),
    "stopped": ("stopped", ("met", "nough people")),
}


@pytest.mark.parametrize("end", ENDS)
def test_stand_down_says_why_it_was_sent(asked, now, end):
    turn(end, now)
    said, never = SAID[end]
    email = read_in(asked, "en", kind="appeal_stand_down")
    sms = read_in(asked, "en", "sms", kind="appeal_stand_down")
    assert said in email.subject and said in sms.text
    for text in (email.subject, email.text, sms.text):
        assert not [word for word in never if word in text.lower().split() or f" {word} " in text]


@pytest.mark.parametrize("language", LANGUAGES)
def test_stand_downs_for_different_reasons_are_different_texts(asked, now, language):
    made = set()
    for end in ENDS:
        turn(end, now)
        email = read_in(asked, language, kind="appeal_stand_down")
        made |= {email.subject, email.text.split("\n")[0]}
        made.add(read_in(asked, language, "sms", kind="appeal_stand_down").text)
    assert len(made) == 3 * len(ENDS)
