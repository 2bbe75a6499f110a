"""No page or message invites somebody on a day that their own answers, or their record, exclude."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from campaigns.messaging import links, outbox
from campaigns.models import Notification
from centers.collection import doctor
from centers.models import Appointment, Center
from centers.sessions import advice, booking, waiting_list
from donors.contact import verification
from donors.eligibility import deferrals, questionnaire
from donors.errors import Refused
from donors.models import DeferralReason
from tests.support import appealing, factories
from tests.support import booking as steps
from tests.support.owner import owner

pytestmark = pytest.mark.django_db
INVITING = ("You may give today", "You are expected", "on my way")
TELLING = ("fever", "ill today", "HIV", "hepatitis", "dentist", "cold")
PHONE = "0535 67 40 52"


@pytest.fixture
def donor(reference):
    with owner():
        Center.objects.update(phone=PHONE)
    return factories.donor(email="salma@example.org", language="en")


@pytest.fixture
def me(client, donor):
    client.force_login(verification.account_of(donor=donor))
    return client


@pytest.fixture
def place(donor, now):
    return booking.book(slot=steps.slot(steps.campaign()), donor=donor, now=now)


def page(name: str, *args) -> str:
    return reverse(f"campaigns:{name}", args=args)


def fill(me, donor, **yes):
    """Answer the questionnaire on the donor's own telephone; returns the next page."""
    said = {q.code: "no" for q in questionnaire.questions(sex=donor.sex)}
    for code, on in yes.items():
        said |= {code: "yes"} | ({f"{code}_on": on.strftime("%d/%m/%Y")} if on else {})
    return me.post(page("me-questions"), said, follow=True).text


def main(text: str) -> str:
    return text[text.index("<main") : text.index("</main>")]


def invites(text: str) -> list[str]:
    return [words for words in INVITING if words in main(text)]


def tells(text: str) -> list[str]:
    return [word for word in TELLING if word.lower() in main(text).lower()]


def day(on) -> str:
    return f"{on.day} {on:%B %Y}"


def test_answers_for_the_doctor_end_with_the_doctor_and_not_with_a_yes(me, donor, place):
    text = fill(me, donor, UNWELL=None, CARRIER=None)
    assert invites(text) == [] and tells(text) == []
    assert "Speak with the doctor before you travel" in text and PHONE in text
    assert page("visit", place.public_id) in text


def test_answers_with_an_end_name_the_first_day_and_offer_another_one(me, donor, place, today):
    text = fill(me, donor, UNWELL=None)
    first = today + timedelta(days=14)
    assert invites(text) == [] and tells(text) == []
    assert f"You may give again from {day(first)}" in text and "Please do not come on" in text
    dated = fill(me, donor, DENTIST=today - timedelta(days=1))
    assert f"from {day(first)}" in dated  # the earlier yes of the day still counts


def test_an_answer_that_ended_before_the_day_of_the_place_leaves_it(me, donor, now, today):
    slot = steps.slot(steps.campaign(days=20))
    booking.book(slot=slot, donor=donor, now=now)
    text = fill(me, donor, DENTIST=today)
    assert f"You may give again from {day(today + timedelta(days=7))}" in text
    assert "You are expected" in text and "Please do not come" not in text


def test_no_answer_against_giving_still_ends_with_a_yes(me, donor, place):
    text = fill(me, donor)
    assert "You may give today" in text and "You are expected" in text


def test_all_pages_of_the_place_say_the_same(me, donor, place):
    fill(me, donor, CARRIER=None)
    for name, args in (("visit", [place.public_id]), ("me", []), ("desk", [])):
        text = me.get(page(name, *args)).text
        assert invites(text) == [] and tells(text) == [], name
        assert "Speak with the doctor before you travel" in text and PHONE in text, name
    calendar = me.get(page("visit-calendar", place.public_id))
    assert "STATUS:CANCELLED" in calendar.text
    questions = me.get(page("me-questions")).text
    assert "When you may give" in questions and "notice good" not in questions


def test_a_place_moves_to_a_day_that_fits_or_is_given_back(me, donor, place, today):
    fill(me, donor, UNWELL=None)
    early, late = factories.session(days=3, places=5), factories.session(days=15, places=5)
    visit = me.get(page("visit", place.public_id)).text
    assert page("visit-move", place.public_id) in visit
    assert page("visit-give-back", place.public_id) in visit
    move = me.get(page("visit-move", place.public_id)).text
    offered, refused = late.slots.get(), early.slots.get()
    assert f'value="{offered.pk}"' in move and f'value="{refused.pk}"' not in move
    me.post(page("visit-move", place.public_id), {"slot": offered.pk})
    assert Appointment.objects.get(state="booked").slot == offered
    assert "You are expected" in me.get(page("me")).text


def test_the_doctors_word_is_no_day_to_move_to(me, donor, place):
    fill(me, donor, CARRIER=None)
    factories.session(days=15, places=5)
    move = me.get(page("visit-move", place.public_id)).text
    assert 'name="slot"' not in move and "Speak with the doctor" in move


def test_setting_out_and_booking_are_refused(me, donor, now):
    slot = steps.slot(steps.campaign(days=0))
    place = booking.book(slot=slot, donor=donor, now=now)
    fill(me, donor, UNWELL=None)
    later = timezone.now()
    with pytest.raises(Refused, match="do not set out"):
        booking.set_out(appointment=place, now=later)
    booking.cancel(appointment=place, now=later)
    for act in (
        lambda: booking.book(slot=slot, donor=donor, now=later),
        lambda: waiting_list.join(session=slot.session, donor=donor, now=later),
    ):
        with pytest.raises(Refused, match="cannot give on this day yet"):
            act()


def test_a_held_place_cannot_be_taken_against_the_answers(me, donor, now):
    slot = steps.slot(steps.campaign())
    held = Appointment.objects.create(
        slot=slot, donor=donor, state="offered", made_at=now, offered_until=now + timedelta(hours=2)
    )
    fill(me, donor, UNWELL=None)
    text = me.get(page("visit", held.public_id)).text
    assert "I take this place" not in text and "Please do not come" in text
    me.post(page("visit-take", held.public_id))
    held.refresh_from_db()
    assert held.state == "offered"


def test_answers_count_until_the_centre_accepted_or_another_day_says_no(me, donor, now, today):
    fill(me, donor, DIABETES=None)
    later = timezone.now()
    tomorrow = today + timedelta(days=1)
    assert advice.on(donor=donor, day=tomorrow, now=later).first is None
    next_day = later + timedelta(days=1)
    none = {q.code: questionnaire.Answer(False) for q in questionnaire.questions(sex=donor.sex)}
    asked = {"language": "en", "by": factories.user(), "by_donor": True}
    questionnaire.fill(donor=donor, answers=none, now=next_day, **asked)
    assert not advice.on(donor=donor, day=tomorrow, now=next_day).against


def test_a_doctor_who_cleared_the_answers_ends_their_word(me, donor, today):
    fill(me, donor, DIABETES=None)
    visit = factories.visit(factories.session(), donor, factories.user(), accepted=False)
    doctor.clear(
        visit=visit, ground="other", because="diet alone", by=factories.user(), now=timezone.now()
    )
    assert not advice.on(donor=donor, day=today, now=timezone.now()).against


def test_a_deferral_noted_after_the_booking_counts_like_an_answer(me, donor, place, today):
    reason = DeferralReason.objects.get(code="MA-HIJAMA")
    acts = factories.acts()
    deferrals.defer(donor=donor, reason=reason, starts_on=today, **acts)
    text = me.get(page("visit", place.public_id)).text
    assert "Please do not come" in text and invites(text) == [] and "ijama" not in text


def test_an_invitation_does_not_leave_to_somebody_who_answered_against_it(reference, now):
    appeal = appealing.opened(now, people=2)
    asked = appealing.invitation(appeal)
    factories.sheet(asked.donor, CARRIER=None)
    outbox.deliver(now=timezone.now())
    asked.refresh_from_db()
    assert (asked.state, asked.error) == ("skipped", "not to be asked now")
    others = Notification.objects.filter(kind="appeal_invitation").exclude(pk=asked.pk)
    assert set(others.values_list("state", flat=True)) == {"sent"}


def test_the_page_of_an_appeal_offers_no_time_against_the_answers(client, reference, now):
    appeal = appealing.opened(now, people=1)
    asked = appealing.invitation(appeal)
    address = "/" + links.answer_url(asked, "en").split("/", 3)[3]
    factories.sheet(asked.donor, CARRIER=None)
    text = client.get(address).text
    assert "Speak with the doctor before you travel" in text and 'name="slot"' not in text
