import uuid
from datetime import timedelta

import pytest
from django.db import IntegrityError
from django.utils import timezone

from campaigns.appeals import appeals, planning, responses
from campaigns.messaging import outbox
from campaigns.models import Appeal, Notification, Operation, Wave
from centers.models import Appointment, StockAlert
from donors.errors import Refused
from donors.models import Province
from tests.support import appealing, factories
from tests.support.attack import refused

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _by_day(settings, reference):
    settings.QUIET_HOURS = (24, 0)


def book(appeal, donor, now):
    responses.accept(appeal=appeal, donor=donor, slot=responses.slots(appeal, now).first(), now=now)


def close_alert(appeal, now):
    StockAlert.objects.filter(pk=appeal.alert_id).update(closed_at=now, level_at_closing=9)


def test_alert_opens_one_appeal_however_often_it_is_seen(now):
    appealing.places(now)
    factories.donor(blood_group="O+")
    appealing.alert(now)
    assert appeals.open_for_alerts(now=now) == 1
    assert appeals.open_for_alerts(now=now) == 0
    assert Appeal.objects.count() == Wave.objects.count() == 1
    assert Notification.objects.count() == 1


def test_appeal_has_the_size_of_its_need_with_the_figures(now):
    appeal = appealing.opened(now, ceiling=5, free=20)
    assert appeal.needed == 5
    assert appeal.reasons["ceiling"] == 5 and appeal.reasons["available"] == 0
    assert appeal.pledges_wanted * planning.usable_per_pledge() >= 5
    assert (appeal.pledges_wanted - 1) * planning.usable_per_pledge() < 5
    assert appeal.expires_at == now + timedelta(hours=72)


def test_appeal_wants_no_more_people_than_there_are_places(now):
    appeal = appealing.opened(now, ceiling=50, free=4)
    assert appeal.pledges_wanted == appeal.reasons["free_places_72h"] == 4


def test_appeal_without_a_place_asks_nobody(now):
    factories.donor(blood_group="O+")
    appealing.alert(now)
    appeals.open_for_alerts(now=now)
    appeal = Appeal.objects.get()
    assert appeal.reasons["free_places_72h"] == 0
    assert not Notification.objects.exists() and appeal.state == Appeal.State.OPEN


def test_appeal_goes_on_when_places_come_later(now):
    factories.donor(blood_group="O+")
    appealing.alert(now)
    appeals.open_for_alerts(now=now)
    appealing.places(now, free=20)
    appeals.advance(now=appealing.later(now, minutes=1))
    appeal = Appeal.objects.get()
    assert Notification.objects.count() == 1 and appeal.pledges_wanted > 0


def test_appeal_belongs_to_the_operation_of_its_province(now):
    operation = Operation.objects.create(
        name_ar="زلزال",
        name_fr="Séisme",
        name_en="Earthquake",
        kind="earthquake",
        began_on=now.date(),
        opened_at=now,
        opened_by=factories.administrator(),
    )
    operation.provinces.set(Province.objects.filter(pk=factories.center().province_id))
    assert appealing.opened(now).operation == operation


def test_appeal_is_met_when_places_cover_the_need(now):
    appeal = appealing.opened(now, people=8, free=20, ceiling=3)
    assert appeal.pledges_wanted == appeal.reasons["pledges_for_need"] < 8
    *yes, last = [n.donor for n in Notification.objects.order_by("pk")[: appeal.pledges_wanted]]
    outbox.deliver(now=now)
    for donor in yes:
        book(appeal, donor, now)
    appeals.advance(now=now)
    appeal.refresh_from_db()
    assert appeal.state == Appeal.State.OPEN
    book(appeal, last, now)
    appeals.advance(now=now)
    appeal.refresh_from_db()
    assert appeal.state == Appeal.State.MET and appeal.settled_at == now
    assert appeal.met_by == Appeal.MetBy.ANSWERS
    thanked = Notification.objects.filter(kind="appeal_stand_down").values_list("donor", flat=True)
    assert thanked.count() == 8 - appeal.pledges_wanted
    assert not {donor.pk for donor in [*yes, last]} & set(thanked)


def test_appeal_is_not_met_because_its_centre_is_full(now):
    appeal = appealing.opened(now, people=3, free=2, ceiling=50)
    assert appeal.pledges_wanted == 2 < appeal.reasons["pledges_for_need"]
    outbox.deliver(now=now)
    for asked in Notification.objects.order_by("pk")[:2]:
        book(appeal, asked.donor, now)
    appeals.advance(now=now)
    appeal.refresh_from_db()
    assert appeal.state == Appeal.State.OPEN
    assert not Notification.objects.filter(kind="appeal_stand_down").exists()
    appealing.places(now, free=20)
    factories.donor(blood_group="O+")
    appeals.advance(now=appealing.later(now, minutes=21))
    appeal.refresh_from_db()
    assert appeal.state == Appeal.State.OPEN and appeal.pledges_wanted == 22
    assert appeal.waves.count() == 2


def test_a_place_that_is_held_no_more_covers_nothing(now):
    appeal = appealing.opened(now, people=8, free=20, ceiling=3)
    for asked in Notification.objects.order_by("pk")[: appeal.pledges_wanted]:
        book(appeal, asked.donor, now)
    lost = Appointment.objects.order_by("pk").first()
    Appointment.objects.filter(pk=lost.pk).update(state="cancelled", settled_at=now)
    appeals.advance(now=now)
    appeal.refresh_from_db()
    assert appeal.state == Appeal.State.OPEN
    assert appeals.booked(appeal) == appeal.pledges_wanted - 1


def test_only_a_met_appeal_was_met_by_something(now):
    appealing.opened(now)
    with pytest.raises(IntegrityError, match="only_what_is_met_was_met_by_something"):
        Appeal.objects.update(state="ended", settled_at=now, met_by="stock")


def test_appeal_is_met_when_the_stock_recovers(now):
    appeal = appealing.opened(now, people=2)
    close_alert(appeal, now)
    appeals.advance(now=now)
    appeal.refresh_from_db()
    assert appeal.state == Appeal.State.MET and appeal.met_by == Appeal.MetBy.STOCK
    invited = Notification.objects.filter(kind="appeal_invitation")
    assert set(invited.values_list("state", "error")) == {("skipped", "appeal over")}
    assert not Notification.objects.filter(kind="appeal_stand_down").exists()


def test_appeal_ends_when_its_time_is_over(now):
    appeal = appealing.opened(now)
    over = appealing.later(now, hours=72)
    appeals.advance(now=over)
    appeal.refresh_from_db()
    assert appeal.state == Appeal.State.ENDED and appeal.settled_at == over


def test_silence_brings_the_next_wave_after_its_time(now):
    appeal = appealing.opened(now, people=1, free=50, ceiling=30)
    factories.donor(blood_group="O+")
    appeals.advance(now=appealing.later(now, minutes=19))
    assert appeal.waves.count() == 1
    appeals.advance(now=appealing.later(now, minutes=21))
    assert [w.size for w in appeal.waves.all()] == [1, 1]
    appeals.advance(now=appealing.later(now, minutes=22))
    assert appeal.waves.count() == 2


def test_no_wave_leaves_at_night_after_the_first(now, settings):
    appeal = appealing.opened(now, people=1, free=50, ceiling=30)
    hour = timezone.localtime(now).hour
    settings.QUIET_HOURS = (hour, (hour + 2) % 24)
    appeals.advance(now=appealing.later(now, minutes=21))
    assert appeal.waves.count() == 1


def test_stop_ends_it_once_and_thanks_who_was_asked(now):
    appeal = appealing.opened(now, people=2)
    outbox.deliver(now=now)
    appeals.stop(appeal=appeal, by=factories.administrator(), now=now)
    appeal.refresh_from_db()
    assert appeal.state == Appeal.State.STOPPED
    assert Notification.objects.filter(kind="appeal_stand_down").count() == 2
    with pytest.raises(Refused, match="over already"):
        appeals.stop(appeal=appeal, by=factories.administrator(), now=now)


def test_a_second_alert_waits_for_the_end_of_the_running_appeal(now):
    appeal = appealing.opened(now)
    close_alert(appeal, now)
    StockAlert.objects.create(
        floor=appeal.alert.floor, kind="routine", opened_at=now, level_at_opening=0
    )
    assert appeals.open_for_alerts(now=now) == 0
    appeals.advance(now=now)
    assert appeals.open_for_alerts(now=now) == 1


def test_funnel_counts_every_step(now):
    appeal = appealing.opened(now, people=3)
    yes, no, _silent = (n.donor for n in Notification.objects.order_by("pk"))
    outbox.deliver(now=now)
    book(appeal, yes, now)
    responses.decline(appeal=appeal, donor=no, now=now)
    counted = appeals.funnel(appeal)
    assert (counted.asked, counted.delivered, counted.answered) == (3, 3, 2)
    assert (counted.booked, counted.declined, counted.came, counted.usable) == (1, 1, 0, 0)


def test_database_keeps_one_open_appeal_an_episode(now):
    appeal = appealing.opened(now)
    fields = {f: getattr(appeal, f) for f in ("center", "component", "blood_group")}
    with pytest.raises(IntegrityError, match="one_open_appeal_an_episode"):
        Appeal.objects.create(
            code="ZZZZZZ",
            needed=1,
            pledges_wanted=1,
            opened_at=now,
            expires_at=now,
            **fields,
        )


def test_database_keeps_the_appeal_and_its_answers_whole(now):
    appeal = appealing.opened(now)
    donor = Notification.objects.first().donor
    assert "deleted" in refused("DELETE FROM campaigns_appeal WHERE id = %s", appeal.pk)
    assert "appeal_is_settled_at_a_time" in refused(
        "UPDATE campaigns_appeal SET state = 'met' WHERE id = %s", appeal.pk
    )
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


def test_thanks_go_to_nobody_whose_invitation_never_left(now):
    appeal = appealing.opened(now, people=2)
    claimed = outbox._claim(uuid.uuid4(), 1)[0]
    appeals.stop(appeal=appeal, by=factories.administrator(), now=now)
    Notification.objects.filter(pk=claimed.pk).update(
        state="skipped", owner=None, lease_until=None, settled_at=now
    )
    outbox.deliver(now=now)
    thanks = Notification.objects.get(kind="appeal_stand_down")
    assert (thanks.state, thanks.error) == ("skipped", "was not asked after all")


def test_need_that_outlives_its_appeal_is_told_again(now):
    first = appealing.opened(now)
    over = appealing.later(now, hours=72)
    assert appeals.renew(now=now) == 0
    appeals.advance(now=over)
    assert appeals.renew(now=over) == 1
    assert appeals.open_for_alerts(now=over) == 1
    first.refresh_from_db()
    second = Appeal.objects.exclude(pk=first.pk).get()
    assert (first.state, second.state) == ("ended", "open")
    assert first.alert.closed_at == over and second.alert.closed_at is None
    asked = Notification.objects.filter(wave__appeal=second)
    assert not asked.exists()  # those asked three days ago are not asked again


def test_stopped_appeal_begins_no_other(now):
    appeal = appealing.opened(now)
    appeals.stop(appeal=appeal, by=factories.administrator(), now=now)
    later = appealing.later(now, days=4)
    assert appeals.renew(now=later) == 0 and appeals.open_for_alerts(now=later) == 0
