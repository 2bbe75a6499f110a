import uuid
from datetime import timedelta

import pytest

from campaigns.appeals import appeals, progress, responses, waves
from campaigns.messaging import outbox, sending
from campaigns.models import Appeal, Notification, Operation, Wave
from campaigns.planning import ticks
from centers.models import Appointment, StockAlert, Visit
from donors.errors import Refused
from donors.models import Province
from tests.support import appealing, asking, blood, factories
from tests.support.attack import denied, refused
from tests.support.owner import past_the_guards

pytestmark = pytest.mark.django_db
State = Appeal.State


@pytest.fixture(autouse=True)
def _by_day(settings, reference):
    settings.QUIET_HOURS = (24, 0)


def book(appeal, donor, now):
    slot = responses.slots(appeal, now).first()
    return responses.accept(appeal=appeal, donor=donor, slot=slot, now=now)


def close_alert(appeal, now):
    StockAlert.objects.filter(pk=appeal.alert_id).update(closed_at=now, level_at_closing=9)


def read(appeal) -> Appeal:
    appeal.refresh_from_db()
    return appeal


def stop(appeal, now, **until):
    by = factories.administrator()
    appeals.stop(appeal=appeal, by=by, because="x", now=now, **until)


def thanked() -> set[int]:
    rows = Notification.objects.filter(kind="appeal_stand_down")
    return set(rows.values_list("donor", flat=True))


def test_a_need_has_one_appeal_however_often_it_is_planned(now):
    appealing.places(now)
    factories.donor(blood_group="O+")
    alert = appealing.alert(now)
    assert appealing.asked(now) == 1
    assert appealing.asked(now) == 0
    assert Appeal.objects.get().alert == alert
    assert Wave.objects.count() == Notification.objects.count() == 1


def test_an_appeal_has_the_size_of_its_need_with_the_figures(now):
    appeal = appealing.opened(now, ceiling=5)
    assert appeal.needed == 5
    figures = appeal.reasons
    assert (figures["target"], figures["available"], figures["missing"]) == (5, 0, 5)
    assert appeal.pledges_wanted * figures["usable_per_pledge"] >= 5
    assert (appeal.pledges_wanted - 1) * figures["usable_per_pledge"] < 5
    assert appeal.expires_at == now + timedelta(days=7)


def test_an_appeal_without_a_place_asks_nobody_until_there_is_one(now):
    factories.donor(blood_group="O+")
    appealing.alert(now)
    assert appealing.asked(now) == 0
    assert Appeal.objects.get().state == State.WATCHING
    appealing.places(now)
    assert appealing.asked(now + timedelta(minutes=1)) == 1
    assert Appeal.objects.get().state == State.ASKING


def test_an_appeal_belongs_to_the_operation_of_its_province(now):
    operation = asking.operation()
    operation.provinces.set(Province.objects.filter(pk=factories.center().province_id))
    assert appealing.opened(now, people=0).operation == Operation.objects.get()


def test_promises_cover_a_need_and_only_blood_meets_it(now):
    appeal = appealing.opened(now, people=20, ceiling=3)
    donors = [row.donor for row in appealing.invited(appeal).select_related("donor")]
    appealing.delivered(now)
    for donor in donors[:12]:
        book(appeal, donor, now)
    appealing.planned(now)
    assert read(appeal).state == State.COVERED and appeal.settled_at is None
    assert thanked() == {donor.pk for donor in donors[12:]}
    close_alert(appeal, now)
    appealing.planned(now)
    assert (read(appeal).state, appeal.settled_at) == (State.MET, now)


def test_too_few_yeses_cover_nothing(now):
    appeal = appealing.opened(now, people=20, ceiling=8)
    appealing.delivered(now)
    for row in appealing.invited(appeal).select_related("donor")[:2]:
        book(appeal, row.donor, now)
    appealing.planned(now)
    assert read(appeal).state == State.ASKING and not thanked()


def test_a_full_centre_covers_nothing(now):
    appeal = appealing.opened(now, people=3, free=2, ceiling=50)
    appealing.delivered(now)
    for row in appealing.invited(appeal).select_related("donor")[:2]:
        book(appeal, row.donor, now)
    appealing.planned(now)
    assert read(appeal).state == State.ASKING and not thanked()
    appealing.places(now, free=20)
    factories.donor(blood_group="O+")
    assert appealing.asked(now + timedelta(hours=1)) == 1
    assert appeal.waves.filter(state=Wave.State.SENT).count() == 2


def test_a_place_that_is_held_no_more_is_not_counted(now):
    appeal = appealing.opened(now, people=3)
    for row in appealing.invited(appeal).select_related("donor"):
        book(appeal, row.donor, now)
    assert progress.booked(appeal) == 3
    lost = Appointment.objects.order_by("pk").first()
    Appointment.objects.filter(pk=lost.pk).update(state="cancelled", settled_at=now)
    assert progress.booked(appeal) == 2


def test_what_has_not_left_is_dropped_when_the_blood_is_there(now):
    appeal = appealing.opened(now, people=2)
    close_alert(appeal, now)
    appealing.planned(now)
    assert read(appeal).state == State.MET
    invited = set(appealing.invited(appeal).values_list("state", "error"))
    assert invited == {("skipped", "appeal over")} and not thanked()


def test_an_appeal_ends_unmet_when_its_time_is_over(now):
    appeal = appealing.opened(now)
    appealing.delivered(now)
    over = now + timedelta(days=7)
    appealing.planned(over)
    assert (read(appeal).state, appeal.settled_at) == (State.ENDED, over)
    assert len(thanked()) == 3


def test_a_need_that_outlives_its_appeal_gets_another_with_other_people(now):
    first = appealing.opened(now)
    appealing.delivered(now)
    over = now + timedelta(days=7)
    for _twice in range(2):
        appealing.looked_at(factories.center(), over)
        appealing.planned(over)
    second = Appeal.objects.exclude(pk=first.pk).get()
    assert read(first).state == State.ENDED and second.is_open
    assert second.alert == first.alert and second.code != first.code
    assert not appealing.invited(second).exists()  # those asked a week ago rest


def test_stop_ends_it_once_and_thanks_who_was_asked(now):
    appeal = appealing.opened(now, people=2)
    outbox.deliver(now=now)
    stop(appeal, now)
    assert read(appeal).state == State.STOPPED and appeal.stopped_by
    assert len(thanked()) == 2
    with pytest.raises(Refused, match="over already"):
        stop(appeal, now)


def test_a_stopped_need_asks_nobody_until_somebody_lifts_it(now):
    appeal = appealing.opened(now, people=1)
    stop(appeal, now)
    factories.donor(blood_group="O+")
    later = now + timedelta(hours=20)
    assert appealing.asked(later) == 0 and Appeal.objects.count() == 1
    appeals.lift(appeal=read(appeal), now=later)
    with pytest.raises(Refused, match="Nothing stops"):
        appeals.lift(appeal=read(appeal), now=later)
    assert appealing.asked(later) == 2  # the first was not written to in the end
    assert read(appeal).state == State.STOPPED


def test_a_stop_of_some_hours_ends_by_itself(now):
    appeal = appealing.opened(now, people=1)
    stop(appeal, now, resumes_at=now + timedelta(hours=12))
    assert appealing.asked(now + timedelta(hours=11)) == 0
    assert appealing.asked(now + timedelta(hours=12)) == 1


def test_a_second_alert_has_its_own_appeal_after_the_first_is_met(now):
    appeal = appealing.opened(now)
    close_alert(appeal, now)
    again = StockAlert.objects.create(
        floor=appeal.alert.floor, kind="routine", opened_at=now, level_at_opening=0
    )
    appealing.planned(now)
    appealing.planned(now)
    assert read(appeal).state == State.MET
    assert Appeal.objects.get(state__in=Appeal.OPEN).alert == again


def test_a_tick_sends_what_is_due_and_plans_once_a_minute(now):
    appealing.places(now)
    appealing.alert(now)
    factories.donor(blood_group="O+")
    first = ticks.tick(now=now)
    assert first and first.changed
    assert ticks.tick(now=now + timedelta(seconds=40)) is None
    wave = Wave.objects.get()
    at = now + timedelta(seconds=41)
    waves.approve(wave=wave, by=factories.administrator(), hold=timedelta(0), now=at)
    assert ticks.tick(now=at)  # something happened
    assert Notification.objects.count() == 1
    assert ticks.tick(now=at + timedelta(seconds=61))


def test_a_person_may_ask_for_a_plan_now(now):
    appealing.alert(now)
    ticks.tick(now=now)
    by, at = factories.administrator(), now + timedelta(seconds=20)
    ticks.ask(by=by, now=at)
    plan = ticks.tick(now=at)
    assert plan and plan.asked_by == by and plan.requests.count() == 1
    assert ticks.tick(now=at + timedelta(seconds=20)) is None


def test_the_funnel_counts_every_step(now):
    appeal = appealing.opened(now, people=3)
    yes, no, _silent = (n.donor for n in appealing.invited(appeal).select_related("donor"))
    outbox.deliver(now=now)
    book(appeal, yes, now)
    responses.decline(appeal=appeal, donor=no, now=now)
    counted = progress.funnel(appeal)
    assert (counted.asked, counted.delivered, counted.answered) == (3, 3, 2)
    assert (counted.booked, counted.declined, counted.came, counted.usable) == (1, 1, 0, 0)
    sent = appeal.waves.get()
    assert counted.expected_yeses == sent.yeses > 0
    assert counted.expected_donations == sent.donations > 0


def test_the_funnel_counts_who_was_asked_and_came_without_a_place(now):
    appeal = appealing.opened(now, people=2)
    outbox.deliver(now=now)
    asked = appealing.invited(appeal).first()
    visit = factories.visit(factories.session(), asked.donor, factories.user())
    blood.give(visit)
    unasked = factories.visit(visit.session, factories.donor(), factories.user())
    with past_the_guards():
        Visit.objects.filter(pk__in=[visit.pk, unasked.pk]).update(
            arrived_at=asked.made_at + timedelta(seconds=1)
        )
    counted = progress.funnel(appeal)
    assert (counted.booked, counted.came, counted.accepted) == (0, 1, 1)


def test_thanks_go_to_nobody_whose_invitation_never_left(now):
    appeal = appealing.opened(now, people=2)
    claimed = sending.claim(uuid.uuid4(), 1, channel="email")[0]
    stop(appeal, now)
    Notification.objects.filter(pk=claimed.pk).update(
        state="skipped", owner=None, lease_until=None, settled_at=now
    )
    outbox.deliver(now=now)
    thanks = Notification.objects.get(kind="appeal_stand_down")
    assert (thanks.state, thanks.error) == ("skipped", "was not asked after all")


def test_database_keeps_one_open_appeal_an_episode(now):
    appeal = appealing.opened(now, people=0)
    copy = (
        "INSERT INTO campaigns_appeal (public_id, code, center_id, component_id, blood_group, needed,"
        " state, reasons, opened_at, expires_at, because) SELECT gen_random_uuid(), 'ZZZZZZ',"
        " center_id, component_id, blood_group, 1, %s, '{}', now(), now(), '' FROM campaigns_appeal WHERE id = %s"
    )
    for state in Appeal.OPEN:
        assert "one_open_appeal_an_episode" in refused(copy, state, appeal.pk)


SETTLED = "UPDATE campaigns_appeal SET state = %s, settled_at = now() WHERE id = %s"


def test_database_keeps_the_appeal_and_its_answers_whole(now):
    appeal = appealing.opened(now)
    donor = appealing.invitation(appeal).donor
    assert "deleted" in refused("DELETE FROM campaigns_appeal WHERE id = %s", appeal.pk)
    for end in (State.MET, State.ENDED, State.STOPPED):
        unsettled = "UPDATE campaigns_appeal SET state = %s WHERE id = %s"
        assert "appeal_is_settled_at_a_time" in refused(unsettled, end, appeal.pk)
    for state in Appeal.OPEN:
        assert "appeal_is_settled_at_a_time" in refused(SETTLED, state, appeal.pk)
    assert "appeal_is_stopped_by_a_person" in refused(SETTLED, State.STOPPED, appeal.pk)
    by_somebody = "UPDATE campaigns_appeal SET state = %s, settled_at = now(), stopped_by_id = %s WHERE id = %s"
    by = factories.administrator().pk
    assert "stopped_appeal_says_why" in refused(by_somebody, State.STOPPED, by, appeal.pk)
    assert "appeal_is_stopped_by_a_person" in refused(by_somebody, State.ENDED, by, appeal.pk)
    assert "pledge_booked_has_a_place" in refused(
        "INSERT INTO campaigns_pledge (appeal_id, donor_id, state, answered_at)"
        " VALUES (%s, %s, 'booked', now())",
        appeal.pk,
        donor.pk,
    )
    responses.decline(appeal=appeal, donor=donor, now=now)
    assert "donor_pledges_once_an_appeal" in refused(
        "INSERT INTO campaigns_pledge (appeal_id, donor_id, state, answered_at)"
        " VALUES (%s, %s, 'declined', now())",
        appeal.pk,
        donor.pk,
    )


def test_the_role_does_not_change_what_an_appeal_is_for(now):
    appealing.opened(now, people=0)
    for change in (
        "alert_id = NULL",
        "code = 'AAAAAA'",
        "center_id = center_id",
        "opened_at = now()",
    ):
        assert "permission denied" in denied(f"UPDATE campaigns_appeal SET {change}")
