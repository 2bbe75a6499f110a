"""“Keep me for later”, the nearest session first, and what became of a yes."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from campaigns.account import own_data, own_record
from campaigns.appeals import appeals, later, responses
from campaigns.messaging import links
from campaigns.models import Appeal, Askable, Notification, Pledge, Wish
from campaigns.planning import register
from centers.models import Appointment, Visit
from donors.clock.calendar import local_day, midnight
from donors.errors import Refused
from donors.models import Donor
from donors.people import duplicates
from tests.support import appealing, factories
from tests.support.owner import owner, past_the_guards

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
    return reverse(f"campaigns:{name}", args=[links.token(notification, links.ANSWER)])


def offered(asked, now):
    near = responses.near(asked, now)
    return later.weeks(donor=asked.donor, near=near, now=now)


def keep(asked, now, number=0) -> Wish:
    weeks = offered(asked, now)
    appeal = responses.appeal_of(asked)
    week = weeks[number].begins
    return responses.keep_for_later(
        appeal=appeal, donor=asked.donor, week=week, offered=weeks, now=now
    )


def test_the_session_of_the_invitation_leads_then_the_nearest(client, asked, appeal, now):
    own = asked.wave.session
    near_by = factories.session(factories.center("CRTS-FES"), days=1)  # 90 km from Taza
    far = factories.session(factories.center("CRTS-AGD"), days=1)
    other = factories.session(days=2)
    found = [one.session for one in responses.near(asked, now)]
    assert found == [own, other, near_by] and far not in found
    text = client.get(url(asked)).text
    assert text.count('name="slot"\n') + text.count("I come on") >= 3
    assert "km away" in text


def test_a_place_is_two_taps_from_the_message(client, asked, now):
    slot = asked.wave.session.slots.get()
    assert f'value="{slot.pk}"' in client.get(url(asked)).text
    client.post(url(asked, "answer-book"), {"slot": slot.pk})
    assert responses.given(responses.appeal_of(asked), asked.donor).appointment.slot == slot


def test_a_place_may_be_taken_at_another_centre(client, asked, appeal, now):
    slot = factories.session(factories.center("CRTS-FES"), days=1).slots.get()
    client.post(url(asked, "answer-book"), {"slot": slot.pk})
    assert responses.given(appeal, asked.donor).appointment.slot == slot


def test_weeks_are_offered_when_the_appeal_is_covered(client, asked, appeal, now):
    assert "Keep me for later" not in client.get(url(asked)).text
    appeals.turn(appeal=appeal, to=Appeal.State.COVERED, now=now)
    text = client.get(url(asked)).text
    weeks = offered(asked, now)
    assert "Keep me for later" in text and len(weeks) == later.OFFERED
    for week in weeks:
        assert f'value="{week.begins:%Y-%m-%d}"' in text


def test_a_wish_is_one_tap_more_and_ends_with_a_tap(client, asked, appeal, now):
    appeals.turn(appeal=appeal, to=Appeal.State.COVERED, now=now)
    week = offered(asked, now)[1].begins
    page = client.post(url(asked, "answer-keep"), {"week": f"{week:%Y-%m-%d}"}, follow=True)
    assert "You are kept for later" in page.text
    wish = Wish.objects.get(donor=asked.donor)
    assert (wish.from_on, wish.appeal, wish.ended_at) == (week, appeal, None)
    assert responses.given(appeal, asked.donor).state == Pledge.State.DECLINED
    client.post(url(asked, "answer-unkeep"))
    wish.refresh_from_db()
    assert wish.ended_at


@pytest.mark.parametrize("week", ["2020-01-01", "", "x"])
def test_a_week_that_is_not_offered_is_refused(client, asked, week):
    page = client.post(url(asked, "answer-keep"), {"week": week}, follow=True)
    assert "no longer offered" in page.text and not Wish.objects.exists()


def test_no_week_is_offered_in_which_the_allowance_forbids_to_ask(asked, now):
    weeks = offered(asked, now)
    assert min(week.begins for week in weeks) >= local_day(now) + timedelta(days=14)


def test_the_emptiest_weeks_are_offered_first(asked, appeal, now):
    full = factories.session(days=15, places=1)
    Appointment.objects.create(slot=full.slots.get(), donor=factories.donor(), made_at=now)
    factories.session(days=29)
    weeks = offered(asked, now)
    week_of = {week.begins: week.worth for week in weeks}
    today = local_day(now)
    # Nothing is booked in the fifth week; in the third every place is taken, yet it is planned.
    assert week_of[today + timedelta(weeks=4)] == 1.0
    full_week = today + timedelta(weeks=2)
    assert week_of.get(full_week, 0.0) == 0.0


def test_somebody_with_a_place_is_not_kept_for_later(asked, appeal, now):
    slot = asked.wave.session.slots.get()
    responses.accept(appeal=appeal, donor=asked.donor, slot=slot, now=now)
    with pytest.raises(Refused, match="a place booked already"):
        keep(asked, now)
    assert responses.given(appeal, asked.donor).state == Pledge.State.BOOKED


def test_a_place_ends_the_wish(asked, appeal, now):
    wish = keep(asked, now)
    slot = asked.wave.session.slots.get()
    responses.accept(appeal=appeal, donor=asked.donor, slot=slot, now=now)
    wish.refresh_from_db()
    assert wish.ended_at == now


def test_a_wish_replaces_the_one_before(asked, now):
    first, second = keep(asked, now), keep(asked, now, 1)
    first.refresh_from_db()
    assert first.ended_at and second.ended_at is None
    assert own_record.kept_for(asked.donor, now) == second


def test_the_register_asks_not_before_the_week_and_first_in_it(asked, now):
    wish = keep(asked, now, 2)
    register.renew(now=now)
    assert Askable.objects.get(donor=asked.donor).rests_until == midnight(wish.from_on)
    inside = midnight(wish.from_on) + timedelta(hours=9)
    register.renew(now=inside)
    first = Askable.objects.order_by("turn").first()
    assert first.donor == asked.donor
    assert first.rests_until is None or first.rests_until <= inside
    # After its week a wish has no effect: the person was asked as lately as the others.
    register.renew(now=inside + timedelta(days=7))
    assert Askable.objects.get(donor=asked.donor).turn > 0


def test_a_wish_follows_the_person_of_a_joined_record(asked, now):
    wish = keep(asked, now, 2)
    kept = factories.donor(blood_group="O+", birth_date=asked.donor.birth_date)
    gone, by = asked.donor, factories.staff(factories.center(), "doctor")
    duplicates.merge(kept=kept, gone=gone, by=by, because="same card", now=now)
    register.renew(now=now)
    assert Askable.objects.get(donor=kept).rests_until == midnight(wish.from_on)
    assert own_record.kept_for(kept, now) == wish


def test_a_wish_is_exported_and_ends_with_an_erasure(asked, now):
    wish = keep(asked, now)
    assert own_data.everything(asked.donor, now)["kept_for_later"] == [
        {"from_on": wish.from_on, "made_at": now, "ended_at": None}
    ]
    after = now + timedelta(minutes=1)
    own_record.erase(donor=asked.donor, now=after)
    wish.refresh_from_db()
    assert wish.ended_at == after


ATTACKS = [
    "INSERT INTO campaigns_wish (donor_id, appeal_id, from_on, made_at) "
    "SELECT donor_id, appeal_id, from_on, made_at FROM campaigns_wish",
    "UPDATE campaigns_wish SET ended_at = made_at - interval '1 hour'",
    "UPDATE campaigns_wish SET from_on = from_on + 7",
    "DELETE FROM campaigns_wish",
]


@pytest.mark.parametrize("attack", ATTACKS)
def test_the_database_keeps_a_wish(asked, now, attack):
    keep(asked, now)
    with owner(), pytest.raises(IntegrityError), transaction.atomic():
        connection.cursor().execute(attack)


def test_an_ended_wish_stays_ended(asked, now):
    keep(asked, now)
    own_record.unkeep(donor=asked.donor, now=now)
    with owner(), pytest.raises(IntegrityError), transaction.atomic():
        connection.cursor().execute("UPDATE campaigns_wish SET ended_at = NULL")


def test_somebody_who_missed_the_place_reads_so_and_is_not_asked_again(client, asked, appeal, now):
    slot = asked.wave.session.slots.get()
    place = responses.accept(appeal=appeal, donor=asked.donor, slot=slot, now=now)
    Appointment.objects.filter(pk=place.pk).update(state="missed", settled_at=now)
    text = client.get(url(asked)).text
    assert "You could not come on" in text and "I come on" in text
    appealing.asked(now + timedelta(hours=2))
    mine = Notification.objects.filter(kind="appeal_invitation", donor=asked.donor)
    assert mine.count() == 1
    # And may say no to the rest of it, although the place is over.
    responses.decline(appeal=appeal, donor=asked.donor, now=now)
    assert responses.given(appeal, asked.donor).state == Pledge.State.DECLINED


def test_a_walk_in_reads_thanks_instead_of_a_question(client, asked, now):
    staff = factories.staff(factories.center(), "reception")
    visit = factories.visit(factories.session(), asked.donor, staff, accepted=False)
    with past_the_guards():
        Visit.objects.filter(pk=visit.pk).update(arrived_at=asked.made_at + timedelta(seconds=1))
    text = client.get(url(asked)).text
    assert "Thank you for coming." in text and "I come on" not in text


def test_a_forwarded_link_leads_to_a_place_of_ones_own(client, asked):
    text = client.get(url(asked)).text
    assert "This message was not sent to you?" in text
    assert reverse("campaigns:campaign-list") in text


def test_the_wish_stands_on_the_persons_own_page_and_may_be_taken_back(client, asked, now):
    wish = keep(asked, now)
    user = factories.user()
    Donor.objects.filter(pk=asked.donor.pk).update(user=user)
    client.force_login(user)
    home = reverse("campaigns:me")
    assert "Do not keep me for that week" in client.get(home).text
    client.post(reverse("campaigns:me-unkeep"))
    wish.refresh_from_db()
    assert wish.ended_at and "Do not keep me for that week" not in client.get(home).text
