"""Planning: copies, several days, past midnight; staff, beds, the day's list."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from centers.models import OnDuty, Session, Staff
from centers.sessions import booking, capacity, planning
from donors.clock.calendar import MOROCCO
from donors.errors import Refused
from donors.models import AccessLog
from tests.support import blood, factories
from tests.support.owner import owner, past_the_guards

pytestmark = pytest.mark.django_db
PLAN = {
    "kind": "fixed", "name_ar": "مسجد", "name_fr": "Mosquée", "name_en": "Mosque yard",
    "begins": "21:00", "ends": "01:00", "beds": "4", "slot_minutes": "30", "room": "Door 2",
    "also_on": "",
}  # fmt: skip


@pytest.fixture
def manager(client, reference, settings):
    settings.DEMO = True
    user = factories.staff(factories.center(), "manager")
    client.force_login(user)
    return client


def day(days: int) -> str:
    return (timezone.localdate() + timedelta(days=days)).isoformat()


def plan_page(query=""):
    return reverse("centers:session-plan", args=[factories.center().code]) + query


def page(name, session):
    return reverse(f"centers:{name}", args=[session.public_id])


def planned(manager, **changed) -> Session:
    province = factories.center().province_id
    answer = manager.post(plan_page(), PLAN | {"province": province, "on": day(5)} | changed)
    assert answer.status_code == 302, answer.text
    return Session.objects.order_by("pk").last()


def test_an_evening_of_ramadan_ends_after_midnight(manager):
    made = planned(manager)
    begins, ends = (at.astimezone(MOROCCO) for at in (made.starts_at, made.ends_at))
    assert (begins.hour, ends.hour) == (21, 1) and ends.date() - begins.date() == timedelta(days=1)
    assert made.slots.count() == 8 and made.room == "Door 2"


def test_the_same_evening_on_several_days_all_or_none(manager):
    planned(manager, also_on=f"{day(12)}, {day(19)}")
    assert Session.objects.count() == 3
    begins = [at.astimezone(MOROCCO) for at in Session.objects.values_list("starts_at", flat=True)]
    assert {at.hour for at in begins} == {21}
    data = PLAN | {"province": factories.center().province_id, "on": day(6)}
    past = manager.post(plan_page(), data | {"also_on": day(-3)})
    assert "would begin in the past" in past.text and Session.objects.count() == 3
    wrong = manager.post(plan_page(), data | {"also_on": "tomorrow"})
    assert "This is no day: tomorrow" in wrong.text and "Mosque yard" in wrong.text


def test_hours_on_the_wall_stay_where_the_clock_changes(reference):
    """Morocco left summer time on 20 September 2026: one Monday is before, one after."""
    at = factories.center()
    said = {"kind": "fixed", "province": at.province, "latitude": 0.0, "longitude": 0.0}
    first = datetime(2026, 9, 14, 10, tzinfo=MOROCCO)
    made = planning.plan_days(
        center=at,
        days=[first.date(), first.date() + timedelta(days=14)],
        starts_at=first,
        ends_at=first + timedelta(hours=4),
        name_ar="أ",
        name_fr="A",
        name_en="A",
        beds=2,
        slot_minutes=30,
        by=factories.user(),
        now=datetime(2026, 9, 7, tzinfo=MOROCCO),
        **said,
    )
    hours = [(s.starts_at.astimezone(MOROCCO).hour, s.slots.count()) for s in made]
    assert hours == [(10, 8), (10, 8)]
    assert [s.starts_at.astimezone(UTC).hour for s in made] == [9, 10]


def test_like_an_earlier_one_with_its_staff(manager):
    first = planned(manager)
    nurse = factories.staff(first.center, "collection")
    gone = factories.staff(first.center, "doctor")
    rows = Staff.objects.filter(user__in=(nurse, gone))
    manager.post(page("session-team", first), {"staff": [row.pk for row in rows]})
    assert first.on_duty.count() == 2
    with owner():
        Staff.objects.filter(user=gone).update(until=timezone.localdate() + timedelta(days=10))
    text = manager.get(plan_page(f"?like={first.public_id}")).text
    assert "Like Mosque yard" in text and 'value="21:00"' in text and 'value="30"' in text
    again = planned(manager, on=day(20), like=str(first.public_id))
    assert list(again.on_duty.values_list("user", "job")) == [(nurse.pk, "collection")]
    assert "Plan it like an earlier one" in manager.get(plan_page()).text


def test_nobody_is_on_duty_without_the_job(manager):
    made = planned(manager)
    stranger = factories.staff(factories.center("CRTS-RAB"), "doctor")
    row = Staff.objects.get(user=stranger)
    answer = manager.post(page("session-team", made), {"staff": row.pk})
    assert answer.status_code == 200 and "invalid-feedback" in answer.text
    assert not made.on_duty.exists()
    with pytest.raises(IntegrityError, match="without the job"), transaction.atomic():
        OnDuty.objects.create(session=made, user=stranger, job="doctor")
    manager.post(page("session-team", made), {})
    assert not made.on_duty.exists()


def test_beds_change_until_people_have_booked_them(manager):
    made = planned(manager)
    manager.post(page("session-arrange", made), {"beds": "6", "room": "Hall"})
    made.refresh_from_db()
    assert (made.beds, made.room, made.slots.first().places) == (6, "Hall", 6)
    slot = made.slots.first()
    for _number in range(2):
        booking.book(donor=factories.donor(), slot=slot, now=timezone.now())
    response = manager.post(page("session-arrange", made), {"beds": "1", "room": "Cellar"})
    made.refresh_from_db()
    assert "booked by 2 people already" in response.text
    assert (made.beds, made.room) == (6, "Hall") and "Cellar" in response.text
    planning.open_now(session=made, now=made.starts_at)
    said = {"beds": "1", "room": "Cellar", "despite": "on"}
    assert manager.post(page("session-arrange", made), said).status_code == 302
    first, last = slot.appointments.order_by("pk")
    assert (first.state, last.state, last.released) == ("booked", "cancelled", "fewer")
    Session.objects.update(state="closed")
    with pytest.raises(Refused, match="planned or open"):
        capacity.arrange(session=made, beds=9, room="", now=timezone.now())


def test_a_shorter_and_a_longer_end_take_and_make_times(manager):
    made = planned(manager)
    slots = list(made.slots.all())
    later = booking.book(donor=factories.donor(), slot=slots[-1], now=timezone.now())
    said = {"session": made, "beds": made.beds, "room": "", "now": timezone.now()}
    end = slots[-1].starts_at
    assert capacity.arrange(ends_at=end, despite=True, **said) == 1
    later.refresh_from_db()
    assert later.released == "ended" and made.slots.last().places == 0
    longer = made.ends_at + (slots[1].starts_at - slots[0].starts_at)
    assert capacity.arrange(ends_at=longer, **said) == 0
    assert made.slots.count() == len(slots) + 1
    assert {slot.places for slot in made.slots.all()} == {made.beds}


def test_a_session_closed_early_tells_who_comes_later(manager):
    made = planned(manager)
    place = booking.book(donor=factories.donor(), slot=made.slots.last(), now=timezone.now())
    planning.open_now(session=made, now=made.starts_at)
    board = manager.get(page("session-board", made)).text
    assert "1 person is booked for a later time" in " ".join(board.split())
    manager.post(page("session-close", made))
    place.refresh_from_db()
    assert (place.state, place.released) == ("cancelled", "ended")


def test_sheet_of_the_day_names_who_booked_and_notes_the_look(manager):
    made = planned(manager)
    donor = factories.donor(family_name="Zeroual")
    booking.book(donor=donor, slot=made.slots.first(), now=timezone.now())
    text = manager.get(page("session-day", made)).text
    assert "Zeroual" in text and "Door 2" in text and "Nobody named yet" in text
    assert AccessLog.objects.filter(donor=donor, reason="sheet of the day").exists()


@pytest.fixture
def board(client, reference, settings):
    settings.DEMO = True
    visit = blood.accepted_visit()
    client.force_login(factories.staff(visit.session.center, "reception", "collection"))
    return client, visit


def test_unchanged_board_is_a_304_and_any_step_a_new_page(board):
    client, visit = board
    address = page("session-arrivals", visit.session)
    tag = client.get(address)["ETag"]

    def again():
        return client.get(address, headers={"If-None-Match": tag})

    assert again().status_code == 304
    blood.give(visit)
    changed = again()
    assert changed.status_code == 200 and changed["ETag"] != tag
    tag = changed["ETag"]
    visit.donor.family_name = "Corrected"
    with past_the_guards():  # without a correction of the record
        visit.donor.save()
    assert "Corrected" in again().text
    tag = client.get(address)["ETag"]
    booking.book(donor=factories.donor(), slot=visit.session.slots.get(), now=timezone.now())
    assert again().status_code == 200
    tag = client.get(address)["ETag"]
    assert client.get(address.replace("/en/", "/fr/"), headers={"If-None-Match": tag}).text
    client.force_login(factories.staff(visit.session.center, "stock"))
    assert again().status_code == 403


def test_unchanged_board_costs_few_queries(board, django_assert_max_num_queries):
    client, visit = board
    address = page("session-arrivals", visit.session)
    tag = client.get(address)["ETag"]
    with django_assert_max_num_queries(6):
        client.get(address, headers={"If-None-Match": tag})


def test_arrivals_through_the_day_as_picture_and_table(board):
    client, visit = board
    blood.give(visit)
    text = client.get(page("session-board", visit.session)).text
    assert "Arrivals through the day" in text and "<rect" in text
    empty = factories.session(visit.session.center, days=3)
    assert "Arrivals through the day" not in client.get(page("session-board", empty)).text
