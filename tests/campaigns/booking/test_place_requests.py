from datetime import date, timedelta

import pytest

from campaigns.appeals import progress, responses
from campaigns.booking import place_requests, visits
from campaigns.messaging import outbox
from campaigns.models import DeliveredCopy, Notification
from centers.errors import Refused as CenterRefused
from centers.models import Appointment, BookingRequest
from centers.sessions import booking, booking_requests
from donors.contact import codes
from donors.eligibility import deferrals
from donors.errors import Refused
from donors.models import Contact, DeferralReason, Donor
from tests.support import appealing, factories
from tests.support import booking as steps
from tests.support.owner import owner

pytestmark = pytest.mark.django_db


SALMA = {
    "email": "salma@example.org",
    "given_name": "Salma",
    "family_name": "Bennani",
    "sex": "F",
    "birth_date": date(1991, 4, 2),
}


@pytest.fixture
def slot(reference):
    return steps.slot(steps.campaign())


def wrong(asked) -> str:
    return f"{(int(booking_requests.code_of(asked)) + 1) % 1_000_000:06d}"


def test_code_goes_to_the_address_and_nowhere_else(slot, now, settings):
    settings.DEMO = True
    asked = steps.asked(slot, now)
    outbox.deliver(now=now)
    copy = DeliveredCopy.objects.get()
    assert copy.notification.request == asked and booking_requests.code_of(asked) in copy.text
    assert not any(
        booking_requests.code_of(asked) in str(value)
        for value in BookingRequest.objects.values_list().get()[2:]
    )


def test_nothing_is_taken_before_the_code(slot, now):
    steps.asked(slot, now)
    slot.refresh_from_db()
    assert slot.taken == 0 and not Donor.objects.exists()


def test_code_books_registers_and_confirms_once(slot, now):
    appointment = steps.confirmed(slot, now, wants_appeals=True)
    donor = appointment.donor
    assert (donor.family_name, donor.birth_date) == ("Bennani", date(1991, 4, 2))
    assert donor.blood_group == "" and donor.document_key is None
    assert donor.contacts.get().verified_at == now
    assert set(donor.consents.live().values_list("purpose", flat=True)) == {"appeals", "reminders"}
    assert Notification.objects.filter(kind="booking_confirmed", donor=donor).count() == 1


def test_consent_is_given_only_by_a_tick(slot, now):
    given = steps.confirmed(slot, now).donor.consents.values_list("purpose", flat=True)
    assert list(given) == ["reminders"]


def test_code_twice_is_one_place(slot, now):
    asked = steps.asked(slot, now)
    code = booking_requests.code_of(asked)
    first = place_requests.confirm(asked=asked, code=code, now=now)
    assert place_requests.confirm(asked=asked, code=code, now=now) == first
    assert Appointment.objects.count() == 1
    assert Notification.objects.filter(kind="booking_confirmed").count() == 1


@pytest.mark.parametrize("typed", ["{0} {1}", "{0}-{1}", "\u200e{0}{1} "])
def test_code_is_read_however_it_is_copied(slot, now, typed):
    asked = steps.asked(slot, now)
    code = booking_requests.code_of(asked)
    assert place_requests.confirm(asked=asked, code=typed.format(code[:3], code[3:]), now=now)


def test_code_in_arabic_digits_is_read(slot, now):
    asked = steps.asked(slot, now)
    arabic = booking_requests.code_of(asked).translate({48 + n: 0x660 + n for n in range(10)})
    assert place_requests.confirm(asked=asked, code=arabic, now=now)


def test_wrong_codes_are_counted_and_end(slot, now):
    asked = steps.asked(slot, now)
    for _try in range(codes.MOST_ATTEMPTS):
        with pytest.raises(Refused, match="not the code"):
            place_requests.confirm(asked=asked, code=wrong(asked), now=now)
    with pytest.raises(Refused, match="Too many wrong codes"):
        place_requests.confirm(asked=asked, code=booking_requests.code_of(asked), now=now)
    assert not Appointment.objects.exists()


def test_old_code_is_refused_and_a_new_one_needs_no_typing(slot, now):
    asked = steps.asked(slot, now)
    late = now + codes.LIVES
    with pytest.raises(Refused, match="too old"):
        place_requests.confirm(asked=asked, code=booking_requests.code_of(asked), now=late)
    renewed = place_requests.ask_again(asked=asked, now=late)
    assert renewed != asked and booking_requests.code_of(renewed) != booking_requests.code_of(asked)
    assert Notification.objects.filter(kind="booking_code").count() == 2
    donor = place_requests.confirm(
        asked=renewed, code=booking_requests.code_of(renewed), now=late
    ).donor
    assert donor.family_name == "Bennani"


def test_codes_to_one_address_are_bounded(slot, now):
    for _try in range(codes.MOST_REQUESTS):
        asked = steps.asked(slot, now)
    with pytest.raises(Refused, match="Many codes") as refused:
        steps.asked(slot, now, address="SALMA@example.org ")
    assert refused.value.field == "address"
    with pytest.raises(Refused, match="Many codes"):
        place_requests.ask_again(asked=asked, now=now)
    assert steps.asked(slot, now + codes.WINDOW)


def test_full_time_is_refused_and_another_takes_the_same_code(slot, now):
    asked = steps.asked(slot, now)
    steps.fill(slot, now)
    with pytest.raises(Refused, match="full") as refused:
        place_requests.confirm(asked=asked, code=booking_requests.code_of(asked), now=now)
    assert refused.value.field == "slot"
    other = steps.later_slot(slot.session.campaigns.get())
    place_requests.move(asked=asked, slot=other, now=now)
    asked.refresh_from_db()
    assert (
        place_requests.confirm(asked=asked, code=booking_requests.code_of(asked), now=now).slot
        == other
    )


def test_move_takes_no_full_or_past_time(slot, now):
    asked = steps.asked(slot, now)
    full = steps.later_slot(slot.session.campaigns.get(), places=1)
    steps.fill(full, now)
    with pytest.raises(Refused, match="full"):
        place_requests.move(asked=asked, slot=full, now=now)
    with pytest.raises(Refused, match="over or was cancelled"):
        place_requests.move(asked=asked, slot=slot, now=slot.starts_at)


def test_past_and_cancelled_times_are_refused(slot, now):
    with pytest.raises(Refused, match="over or was cancelled"):
        steps.asked(slot, slot.starts_at)
    slot.session.state = "cancelled"
    with owner():
        slot.session.save()
    with pytest.raises(Refused, match="over or was cancelled"):
        steps.asked(slot, now)


def test_second_place_of_one_person_is_refused(slot, now):
    first = steps.confirmed(slot, now)
    other = steps.later_slot(slot.session.campaigns.get())
    asked = steps.asked(other, now)
    with pytest.raises(Refused, match="You have a place already"):
        place_requests.confirm(asked=asked, code=booking_requests.code_of(asked), now=now)
    booking.cancel(appointment=first, now=now)
    assert (
        place_requests.confirm(asked=asked, code=booking_requests.code_of(asked), now=now).slot
        == other
    )
    assert Donor.objects.count() == 1


def test_place_given_back_is_free_for_somebody_else(reference, now):
    slot = steps.slot(steps.campaign(places=1))
    asked = steps.asked(slot, now)
    place_requests.confirm(asked=asked, code=booking_requests.code_of(asked), now=now)
    slot.refresh_from_db()
    with pytest.raises(Refused, match="full"):
        steps.asked(slot, now, address="other@example.org")
    asked.refresh_from_db()
    for _twice in range(2):
        visits.give_back(appointment=asked.appointment, now=now)
    visits.offer(now=now + booking.TAKEN_BACK)
    slot.refresh_from_db()
    assert slot.taken == 0
    assert steps.confirmed(slot, now, address="other@example.org", birth_date=date(1980, 1, 1))


@pytest.mark.parametrize("verified", [True, False])
def test_deferred_person_cannot_book_by_proving_the_address_again(slot, now, verified):
    donor = factories.donor(**SALMA)
    if not verified:
        Contact.objects.update(verified_at=None)
    deferrals.defer(
        donor=donor,
        reason=DeferralReason.objects.get(code="MA-HIJAMA"),
        starts_on=now.date(),
        by=factories.user(),
        now=now,
    )
    asked = steps.asked(slot, now)
    with pytest.raises(Refused, match="cannot give on this day yet") as refused:
        place_requests.confirm(asked=asked, code=booking_requests.code_of(asked), now=now)
    assert refused.value.field == "slot"
    assert "hijama" not in str(refused.value).lower()
    assert Donor.objects.count() == 1 and not Appointment.objects.exists()


def test_known_person_stays_one_person(slot, now):
    donor = factories.donor(**SALMA)
    assert steps.confirmed(slot, now).donor == donor


def test_two_people_of_one_address_are_two(slot, now):
    mother = steps.confirmed(slot, now).donor
    son = steps.confirmed(slot, now, sex="M", birth_date=date(2005, 1, 1)).donor
    assert mother != son


@pytest.mark.parametrize(("years", "sentence"), [(17, "You may give from"), (90, "doctor decides")])
def test_age_is_refused_at_once_with_what_to_do(slot, now, years, sentence):
    born = date(now.year - years, now.month, 1)
    with pytest.raises(Refused, match=sentence) as refused:
        steps.asked(slot, now, birth_date=born)
    assert refused.value.field == "birth_date"


def test_confirmation_shows_the_way_to_give_the_place_back(slot, now, settings):
    settings.DEMO = True
    asked = steps.asked(slot, now)
    code = booking_requests.code_of(asked)
    booked = place_requests.confirm(asked=asked, code=code, now=now)
    outbox.deliver(now=now)
    text = DeliveredCopy.objects.get(notification__kind="booking_confirmed").text
    assert f"/ar/v/{booked.public_id}/" in text


def test_missed_place_is_settled_a_day_later(slot, now):
    appointment = steps.confirmed(slot, now)
    assert booking.settle_missed(now=slot.session.ends_at + timedelta(hours=23)) == 0
    assert booking.settle_missed(now=slot.session.ends_at + timedelta(hours=24)) == 1
    appointment.refresh_from_db()
    assert appointment.state == Appointment.State.MISSED
    slot.refresh_from_db()
    assert slot.taken == 0


def test_place_booked_without_the_link_is_a_yes_to_the_appeal_that_asked(reference, now, settings):
    settings.QUIET_HOURS = (24, 0)
    appeal = appealing.opened(now, people=2)
    outbox.deliver(now=now)
    donor = appealing.invitation(appeal).donor
    who = {"address": donor.contacts.get().address, "sex": "M", "birth_date": donor.birth_date}
    who |= {"given_name": donor.given_name, "family_name": donor.family_name}
    slot = responses.slots(appeal, now).first()
    asked = steps.asked(slot, now, **who)
    for _twice in range(2):
        place_requests.confirm(asked=asked, code=booking_requests.code_of(asked), now=now)
        asked.refresh_from_db()
    assert responses.given(appeal, donor).appointment == asked.appointment
    assert appeal.pledges.count() == 1
    assert progress.booked(appeal) == 1
    visits.give_back(appointment=asked.appointment, now=now)
    assert progress.booked(appeal) == 0


def test_place_of_somebody_not_asked_is_no_answer(reference, now):
    appeal = appealing.opened(now)
    steps.confirmed(responses.slots(appeal, now).first(), now)
    assert not appeal.pledges.exists()


def test_codes_asked_for_from_one_network_are_bounded_unless_they_come_back(slot, now, monkeypatch):
    monkeypatch.setattr(codes, "MOST_FROM_ONE_SENDER", 2)
    for number in range(4):  # many people at one network address: each enters the code
        asked = steps.asked(slot, now, address=f"q{number}@example.org", sender="10.0.0.1")
        with pytest.raises(Refused):
            place_requests.confirm(asked=asked, code="", now=now)
    for number in range(2):
        steps.asked(slot, now, address=f"x{number}@example.org", sender="10.0.0.1")
    with pytest.raises(Refused, match="from your network") as refused:
        steps.asked(slot, now, address="y@example.org", sender="10.0.0.1")
    assert refused.value.field == "address"
    assert steps.asked(slot, now, address="y@example.org", sender="10.0.0.2")
    assert "10.0.0" not in str(list(BookingRequest.objects.values_list()))


def test_request_keeps_nothing_of_the_person_after_a_day(slot, now):
    steps.confirmed(slot, now, sender="10.0.0.1")
    later = now + codes.LIVES + booking_requests.KEPT
    assert booking_requests.forget(now=later - timedelta(seconds=1)) == 0
    assert booking_requests.forget(now=later) == 1
    kept = str(list(BookingRequest.objects.values_list()))
    for said in ("Salma", "Bennani", "salma@", "1991"):
        assert said not in kept
    assert Donor.objects.get().family_name == "Bennani"


def test_no_second_code_for_a_confirmed_request_that_is_forgotten(slot, now):
    steps.confirmed(slot, now)
    later = now + codes.LIVES + booking_requests.KEPT
    booking_requests.forget(now=later)
    with pytest.raises(CenterRefused, match="too old"):
        booking_requests.again(asked=BookingRequest.objects.get(), now=later)
