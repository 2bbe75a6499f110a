"""Messages to people with a place or on a waiting list, and when none is sent."""

from datetime import timedelta

import pytest
from django.utils import timezone

from campaigns.appeals import responses
from campaigns.booking import visits
from campaigns.messaging import links, outbox, unsubscribing
from campaigns.models import DeliveredCopy, Notification
from centers.models import Appointment, Session, Slot, Waiting
from centers.sessions import booking, waiting_list
from donors.models import Consent
from tests.support import appealing, factories
from tests.support import booking as steps
from tests.support.owner import owner

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _by_day(settings):
    settings.QUIET_HOURS = (24, 0)
    settings.DEMO = True


@pytest.fixture
def booked(reference, now):
    return steps.confirmed(steps.slot(steps.campaign(days=5)), now)


def day_before(booked):
    return booked.slot.starts_at - timedelta(hours=25)


def kinds(kind: str):
    return Notification.objects.filter(kind=kind)


def test_reminder_goes_once_the_day_before(booked):
    early = booked.slot.starts_at - timedelta(hours=27)
    assert visits.remind(now=early) == 0
    assert visits.remind(now=day_before(booked)) == 1
    assert visits.remind(now=day_before(booked)) == 0
    assert kinds("visit_reminder").get().donor == booked.donor


def test_no_reminder_of_a_place_that_was_booked_just_before(booked):
    with owner():
        Appointment.objects.update(made_at=day_before(booked) - timedelta(hours=2))
    assert visits.remind(now=day_before(booked)) == 0


@pytest.mark.parametrize("change", ["given back", "cancelled", "no address"])
def test_no_reminder_to_somebody_who_is_not_expected(booked, now, change):
    if change == "given back":
        booking.cancel(appointment=booked, now=now)
    elif change == "cancelled":
        Session.objects.update(state="cancelled", cancelled_because="Snow")
    else:
        booked.donor.contacts.update(failed_at=now)
    assert visits.remind(now=day_before(booked)) == 0


def test_reminder_dies_when_the_place_is_given_back_meanwhile(booked, now):
    visits.remind(now=day_before(booked))
    Notification.objects.update(due_at=now)
    booking.cancel(appointment=booked, now=now)
    outbox.deliver(now=now)
    assert kinds("visit_reminder").get().error == "visit changed"


def test_reminders_stop_by_one_press_and_appeals_do_not(booked, now):
    visits.remind(now=day_before(booked))
    reminder = kinds("visit_reminder").get()
    token = links.unsubscribe_url(reminder).rstrip("/").rsplit("/", 1)[1]
    unsubscribing.stop_for_good(notification=links.read(token, links.UNSUBSCRIBE), now=now)
    purposes = dict(Consent.objects.values_list("purpose", "withdrawn_at"))
    assert purposes["reminders"] == now
    Notification.objects.update(due_at=now)
    outbox.deliver(now=now)
    assert kinds("visit_reminder").get().error == "consent withdrawn"
    booking.cancel(appointment=booked, now=now)
    steps.confirmed(booked.slot, now)
    assert not Consent.objects.live().filter(purpose="reminders").exists(), "no stays no"


def test_reminder_leads_to_the_visit_and_out(booked):
    with owner():
        Slot.objects.update(starts_at=timezone.now() + timedelta(hours=25))
        Appointment.objects.update(made_at=timezone.now() - timedelta(days=2))
    visits.remind(now=timezone.now())
    outbox.deliver(now=timezone.now())
    text = DeliveredCopy.objects.get(notification__kind="visit_reminder").text
    assert f"/v/{booked.public_id}/" in text and "/messages/stop/" in text


@pytest.fixture
def line(reference, now):
    session = factories.session(places=1, days=3)
    holder = booking.book(slot=session.slots.get(), donor=factories.donor(), now=now)
    people = [factories.donor(email=f"w{n}@example.org") for n in range(2)]
    return holder, [waiting_list.join(session=session, donor=one, now=now) for one in people]


def test_offer_is_told_once_and_passes_on_when_nobody_takes_it(line, now):
    holder, (first, second) = line
    booking.cancel(appointment=holder, now=now)
    assert visits.offer(now=now) == 1
    assert visits.offer(now=now) == 0
    assert visits.offer(now=now + waiting_list.HOLD) == 1
    offered = list(kinds("place_offered").order_by("pk").values_list("donor", flat=True))
    assert offered == [first.donor_id, second.donor_id]


def test_offer_taken_is_confirmed_and_counts_for_the_appeal_that_asked(reference, now):
    appeal = appealing.opened(now, people=1)
    outbox.deliver(now=now)
    donor = appealing.invitation(appeal).donor
    slot = responses.slots(appeal, now).first()
    place = Appointment.objects.create(
        slot=slot, donor=donor, state="offered", made_at=now, offered_until=now + waiting_list.HOLD
    )
    visits.take(appointment=place, now=now)
    assert responses.given(appeal, donor).appointment == place
    assert kinds("booking_confirmed").count() == 1


def test_moved_place_stays_a_yes_to_the_appeal(reference, now):
    appeal = appealing.opened(now, people=1)
    donor = appealing.invitation(appeal).donor
    slot = responses.slots(appeal, now).first()
    first = responses.accept(appeal=appeal, donor=donor, slot=slot, now=now)
    other = Slot.objects.create(
        session=slot.session, starts_at=slot.starts_at + timedelta(minutes=30), places=1
    )
    moved = visits.move(appointment=first, slot=other, now=now)
    assert responses.given(appeal, donor).appointment == moved
    assert kinds("booking_confirmed").count() == 2


def test_line_that_waits_in_vain_is_told_once(line, now):
    _holder, people = line
    assert visits.end_lines(now=now) == 0
    late = Slot.objects.get().starts_at - timedelta(minutes=30)
    assert visits.end_lines(now=late) == 2
    assert visits.end_lines(now=late) == 0
    assert kinds("waiting_over").count() == 2
    assert not Waiting.objects.live().exists()


def test_cancelled_session_tells_those_with_a_place_or_an_offer(line, now):
    holder, (first, _second) = line
    booking.cancel(appointment=holder, now=now)
    Session.objects.update(state="cancelled", cancelled_because="Snow")
    assert visits.tell_released(now=now) == 1
    assert kinds("session_cancelled").get().donor == first.donor
    assert visits.tell_released(now=now) == 0
    assert visits.end_lines(now=now) == 1
