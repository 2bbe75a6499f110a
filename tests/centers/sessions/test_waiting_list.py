from datetime import timedelta

import pytest
from django.utils import timezone

from centers.models import Appointment, Session, Slot, Waiting
from centers.sessions import booking, waiting_list
from donors.eligibility import deferrals
from donors.errors import Refused
from donors.models import DeferralReason
from tests.support import factories
from tests.support.attack import refused

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _by_day(settings):
    settings.QUIET_HOURS = (24, 0)


@pytest.fixture
def full(reference, now):
    """A session with one place, booked."""
    session = factories.session(places=1, days=3)
    return booking.book(slot=session.slots.get(), donor=factories.donor(), now=now)


def join(full, now, minutes=0):
    at = now + timedelta(minutes=minutes)
    return waiting_list.join(session=full.slot.session, donor=factories.donor(), now=at)


def offered() -> Appointment | None:
    return Appointment.objects.filter(state="offered").first()


def test_place_given_back_is_held_for_the_first_in_line(full, now):
    late, early = join(full, now, 5), join(full, now)
    booking.cancel(appointment=full, now=now)
    assert offered().donor == early.donor and offered().offered_until == now + waiting_list.HOLD
    slot = Slot.objects.get()
    assert slot.free == 0, "nobody else takes it meanwhile"
    late.refresh_from_db()
    assert late.left_at is None and waiting_list.ahead(late) == 0


def test_place_held_may_be_taken_once_and_in_time(full, now):
    join(full, now)
    booking.cancel(appointment=full, now=now)
    place = offered()
    with pytest.raises(Refused, match="no longer held"):
        waiting_list.take(appointment=place, now=place.offered_until)
    waiting_list.take(appointment=place, now=now)
    place.refresh_from_db()
    assert place.state == "booked"
    with pytest.raises(Refused):
        waiting_list.take(appointment=place, now=now)


def test_offer_left_or_lapsed_goes_to_the_next(full, now):
    people = [join(full, now, minute) for minute in range(3)]
    booking.cancel(appointment=full, now=now)
    booking.cancel(appointment=offered(), now=now)
    assert offered().donor == people[1].donor
    later = now + waiting_list.HOLD
    assert waiting_list.lapse(now=later - timedelta(seconds=1)) == 0
    assert waiting_list.lapse(now=later) == 1
    assert offered().donor == people[2].donor


def test_line_passes_over_who_may_not_give_and_who_has_a_place(full, now):
    deferred, booked, next_one = (join(full, now, minute) for minute in range(3))
    reason = DeferralReason.objects.get(code="MA-HIJAMA")
    by = factories.user()
    deferrals.defer(donor=deferred.donor, reason=reason, starts_on=now.date(), by=by, now=now)
    elsewhere = factories.session(places=2, days=2)
    booking.book(slot=elsewhere.slots.get(), donor=booked.donor, now=now)
    booking.cancel(appointment=full, now=now)
    assert offered().donor == next_one.donor
    assert Waiting.objects.live().count() == 2


def test_nobody_is_called_too_late_to_come(full, now):
    join(full, now)
    starts_at = full.slot.starts_at
    booking.cancel(appointment=full, now=starts_at - waiting_list.NOTICE + timedelta(minutes=1))
    assert offered() is None and Slot.objects.get().free == 1


def test_night_gives_time_in_the_morning(full, settings):
    settings.QUIET_HOURS = (21, 8)
    starts_at = timezone.localtime(full.slot.starts_at)
    night = starts_at.replace(hour=23, minute=0, second=0, microsecond=0) - timedelta(days=2)
    heard_at = night.replace(hour=8) + timedelta(days=1)
    assert waiting_list.hold_until(full.slot, night) == heard_at + waiting_list.HOLD


def test_two_places_go_to_two_people_in_order(reference, now):
    session = factories.session(places=2, days=3)
    slot = session.slots.get()
    holders = [booking.book(slot=slot, donor=factories.donor(), now=now) for _two in range(2)]
    line = [
        waiting_list.join(session=session, donor=factories.donor(), now=now) for _two in range(2)
    ]
    for holder in holders:
        booking.cancel(appointment=holder, now=now)
    held = Appointment.objects.filter(state="offered").order_by("pk")
    assert [place.donor_id for place in held] == [row.donor_id for row in line]


def test_line_is_joined_once_and_not_with_a_place(full, now):
    row = join(full, now)
    assert waiting_list.join(session=full.slot.session, donor=row.donor, now=now) == row
    with pytest.raises(Refused, match="You have a place already"):
        waiting_list.join(session=full.slot.session, donor=full.donor, now=now)
    waiting_list.leave(waiting=row, now=now)
    assert waiting_list.join(session=full.slot.session, donor=row.donor, now=now) != row


def test_cancelled_session_offers_nothing_and_its_line_is_in_vain(full, now):
    row = join(full, now)
    assert list(waiting_list.in_vain(now)) == []
    Session.objects.update(state="cancelled", cancelled_because="Snow")
    full.slot.session.refresh_from_db()
    booking.cancel(appointment=full, now=now)
    assert offered() is None and list(waiting_list.in_vain(now)) == [row]
    with pytest.raises(Refused, match="over or was cancelled"):
        join(full, now)


def test_move_frees_the_old_place_for_the_line(full, now):
    row = join(full, now)
    other = Slot.objects.create(
        session=full.slot.session, starts_at=full.slot.starts_at + timedelta(hours=1), places=1
    )
    made = booking.move(appointment=full, slot=other, now=now)
    full.refresh_from_db()
    assert (full.state, full.moved_to) == ("cancelled", made)
    assert offered().donor == row.donor and offered().slot == full.slot


def test_move_to_a_full_time_keeps_the_place(full, now):
    other = Slot.objects.create(
        session=full.slot.session, starts_at=full.slot.starts_at + timedelta(hours=1), places=1
    )
    booking.book(slot=other, donor=factories.donor(), now=now)
    with pytest.raises(Refused, match="full"):
        booking.move(appointment=full, slot=other, now=now)
    full.refresh_from_db()
    assert full.state == "booked"
    with pytest.raises(Refused, match="this time already"):
        booking.move(appointment=full, slot=full.slot, now=now)


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE centers_appointment SET state = 'offered'",
        "UPDATE centers_appointment SET moved_to_id = id",
        "UPDATE centers_waiting SET offer_id = (SELECT id FROM centers_appointment)",
    ],
)
def test_database_refuses_offers_of_no_sense(full, now, sql):
    join(full, now)
    refused(sql)
