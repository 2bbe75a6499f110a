"""Many people at the last places: real threads, each with its own connection to a real Postgres."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from functools import partial

from django.db import connection
from django.utils import timezone

from campaigns.booking import place_requests, visits
from campaigns.models import Notification
from centers.models import Appointment, BookingRequest, Slot
from centers.sessions import booking, booking_requests, releases
from donors.contact import codes
from donors.errors import Refused
from donors.models import Donor
from tests.support import booking as steps

from .test_blood import sentences, together


def confirm(pk: int):
    """As the page does: the request is reloaded, its code comes from the mail."""
    asked = BookingRequest.objects.get(pk=pk)
    try:
        return place_requests.confirm(
            asked=asked, code=booking_requests.code_of(asked), now=timezone.now()
        )
    except Refused as refused:
        return str(refused)


def ask(slot, number: int = 0) -> int:
    address = f"person-{number}@example.org"
    born = date(1980, 1, 1) + timedelta(days=number)
    return steps.asked(slot, timezone.now(), address=address, birth_date=born).pk


def test_three_last_places_go_to_three_of_twenty(committed):
    slot = steps.slot(steps.campaign(places=3))
    requests = [ask(slot, number) for number in range(20)]
    answers = together(*[partial(confirm, pk) for pk in requests])
    assert Counter(sentences(answers)) == {"This time is full. Choose another one.": 17}
    slot.refresh_from_db()
    assert slot.taken == 3 == Appointment.objects.filter(state="booked").count()
    assert Donor.objects.count() == 3, "who got no place leaves no record"
    assert BookingRequest.objects.exclude(confirmed_at=None).count() == 3
    assert Notification.objects.filter(kind="booking_confirmed").count() == 3


def test_one_code_pressed_ten_times_is_one_place_and_one_message(committed):
    pk = ask(steps.slot(steps.campaign()))
    answers = together(*[partial(confirm, pk) for _ in range(10)])
    assert len({answer.pk for answer in answers}) == 1
    assert (Appointment.objects.count(), Donor.objects.count()) == (1, 1)
    assert Notification.objects.filter(kind="booking_confirmed").count() == 1


def test_one_person_at_two_campaigns_at_once_has_one_place(committed):
    requests = [ask(steps.slot(steps.campaign(days=day))) for day in (1, 2, 3)]
    answers = together(*[partial(confirm, pk) for pk in requests])
    assert len(sentences(answers)) == 2
    assert Appointment.objects.filter(state="booked").count() == 1


def test_place_given_back_while_others_wait_is_taken_once(committed):
    slot = steps.slot(steps.campaign(places=1))
    first = ask(slot)
    confirm(first)
    held = BookingRequest.objects.get(pk=first)
    waiting = [BookingRequest.objects.create(**copy(held, number)).pk for number in range(1, 9)]
    together(
        partial(visits.give_back, appointment=held.appointment, now=timezone.now()),
        *[partial(confirm, pk) for pk in waiting],
    )
    slot.refresh_from_db()
    assert slot.taken == 1, "kept for the one who gave it back"
    assert not Appointment.objects.filter(state="booked").exists()
    releases.end_kept(now=timezone.now() + booking.TAKEN_BACK)
    together(*[partial(confirm, pk) for pk in waiting])
    slot.refresh_from_db()
    assert slot.taken == Appointment.objects.filter(state="booked").count() == 1


def copy(of: BookingRequest, number: int) -> dict:
    """A request made while the place was still free."""
    same = (
        "slot",
        "channel",
        "family_name",
        "given_name",
        "sex",
        "language",
        "asked_at",
        "expires_at",
    )
    values = {name: getattr(of, name) for name in same}
    return values | {
        "address": f"w{number}@example.org",
        "birth_date": date(1970, 1, 1) + timedelta(days=number),
    }


def test_guesses_at_once_are_all_counted(committed):
    pk = ask(steps.slot(steps.campaign()))
    right = booking_requests.code_of(BookingRequest.objects.get(pk=pk))

    def guess(number: int):
        asked = BookingRequest.objects.get(pk=pk)
        wrong = f"{(int(right) + number) % 1_000_000:06d}"
        try:
            return place_requests.confirm(asked=asked, code=wrong, now=timezone.now())
        except Refused as refused:
            return str(refused)

    answers = together(*[partial(guess, number) for number in range(1, 21)])
    counted = Counter(sentences(answers))
    assert counted["This is not the code of the message. Look again."] == codes.MOST_ATTEMPTS
    assert BookingRequest.objects.get(pk=pk).attempts == codes.MOST_ATTEMPTS
    assert confirm(pk) == "Too many wrong codes were entered. Have a new one sent."


def test_rush_of_five_hundred_for_eighty_places(committed):
    """Twelve threads, five hundred codes, twenty slots with four places each."""
    campaign = steps.campaign(places=4)
    first = steps.slot(campaign)
    slots = [first]
    for number in range(1, 20):
        starts_at = first.starts_at + timedelta(minutes=10 * number)
        slots.append(Slot.objects.create(session=first.session, starts_at=starts_at, places=4))
    first_come = BookingRequest.objects.get(pk=ask(first))
    others = [
        BookingRequest(**copy(first_come, number) | {"slot": slots[number % 20]})
        for number in range(1, 500)
    ]
    requests = [first_come.pk, *(made.pk for made in BookingRequest.objects.bulk_create(others))]

    def come(pk: int):
        try:
            return confirm(pk)
        finally:
            connection.close()

    with ThreadPoolExecutor(12) as rush:
        answers = list(rush.map(come, requests))
    assert list(Counter(sentences(answers)).values()) == [420]  # all of them, in one sentence
    assert set(Slot.objects.values_list("taken", flat=True)) == {4}
    assert Appointment.objects.filter(state="booked").count() == 80 == Donor.objects.count()
    assert Notification.objects.filter(kind="booking_confirmed").count() == 80
