"""The situations in which the first engine asked wrongly, each with what is right."""

from datetime import timedelta

import pytest

from campaigns.appeals import appeals, responses, waves
from campaigns.models import Appeal, DeliveredCopy, Notification, Wave
from campaigns.planner.response import ANSWER
from centers.inventory import stock_levels
from centers.models import Appointment, Component, Session, ShelfCheck, StockAlert
from donors.models import Donor
from tests.support import appealing, factories
from tests.support.crowd import crowd
from tests.support.owner import past_the_guards

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def _by_day(settings, reference):
    settings.QUIET_HOURS = (24, 0)


def total() -> int:
    return Notification.objects.filter(kind="appeal_invitation").count()


def say_yes(appeal: Appeal, count: int, now, *, since=None) -> None:
    """So many of the silent say yes, at even steps from ``since`` to ``now``."""
    step = (now - since) / count if since and count else timedelta(0)
    said = appeal.pledges.values("donor")
    silent = appealing.invited(appeal).exclude(donor__in=said)
    for number, row in enumerate(silent.select_related("donor")[:count], 1):
        slot = responses.slots(appeal, now).first()
        at = since + number * step if since else now
        responses.accept(appeal=appeal, donor=row.donor, slot=slot, now=at)


def expected(appeal: Appeal) -> float:
    return sum(wave.yeses for wave in appeal.waves.filter(state=Wave.State.SENT))


def test_silence_of_the_first_hours_is_not_answered_with_more_messages(now):
    appealing.places(now, free=400)
    appealing.alert(now, ceiling=20)
    crowd(3000, now=now)
    first = appealing.asked(now)
    assert 200 < first < 1200
    for minutes in range(20, 320, 20):
        appealing.asked(now + timedelta(minutes=minutes))
    # All 3,000 were asked by waves every 20 minutes. What the silent will still bring is counted, and
    # the longer nobody answers the less that is.
    assert total() < 2 * first


def test_people_who_answer_as_expected_are_enough(now):
    appealing.places(now, free=400)
    appealing.alert(now, ceiling=20)
    crowd(3000, now=now)
    first = appealing.asked(now)
    appeal = Appeal.objects.get()
    appealing.delivered(now)
    wanted, before = expected(appeal), now
    for hour in (1, 6, 24):
        at = now + timedelta(hours=hour) - timedelta(minutes=1)
        missing = round(wanted * ANSWER.share(hour)) - appeal.pledges.count()
        say_yes(appeal, max(missing, 0), at, since=before)
        appealing.asked(at)
        before = at
    assert total() <= 1.25 * first


def test_four_groups_share_the_places_of_their_centre(now):
    appealing.places(now, free=20)
    for group in ("O+", "A+", "B+", "AB+"):
        appealing.alert(now, group=group, ceiling=20)
        crowd(1000, now=now, group=group)
    appealing.asked(now)
    sent = Wave.objects.filter(state=Wave.State.SENT)
    assert sum(wave.yeses for wave in sent) <= 20
    assert total() < 600


def test_nobody_is_asked_to_come_from_far(now):
    appealing.places(now)
    appealing.alert(now)
    crowd(50, now=now, at=factories.center("CRTS-AGD"))
    for hours in range(0, 4):
        appealing.asked(now + hours * HOUR)
    assert total() == 0
    assert Appeal.objects.get().state == Appeal.State.WATCHING


def test_people_far_away_are_asked_to_their_own_session_and_the_bag_travels(now):
    away = factories.center("CRTS-FES")
    appealing.places(now, at=away)
    appealing.looked_at(away, now)
    appealing.alert(now)
    crowd(400, now=now, at=away)
    assert appealing.asked(now)
    wave = Wave.objects.get(state=Wave.State.SENT)
    assert wave.session.center == away and wave.appeal.center == factories.center()


def test_a_rare_group_is_spent_where_nothing_else_fits(now):
    appealing.places(now, free=60)
    appealing.alert(now, group="A+", ceiling=5)
    crowd(800, now=now, group="A+")
    crowd(30, now=now, group="O-")
    appealing.asked(now)
    rare = Notification.objects.filter(donor__blood_group="O-").count()
    assert total() and rare <= 3
    appealing.alert(now, group="O-", ceiling=5)
    appealing.asked(now + HOUR)
    assert Notification.objects.filter(donor__blood_group="O-").count() >= 20


def test_one_donation_serves_red_cells_platelets_and_plasma(now):
    appealing.places(now, free=200)
    appealing.alert(now, ceiling=10)
    crowd(3000, now=now)
    alone = appealing.planned(now)
    people = sum(wave.size_wanted for wave in Wave.objects.filter(state__in=Wave.OPEN))
    for code in ("PLT-STD", "FFP"):
        component = Component.objects.get(code=code)
        appealing.looked_at(factories.center(), now, code)
        stock_levels.set_floor(
            center=factories.center(),
            component=component,
            blood_group="O+",
            routine=2,
            relief=0,
            ceiling=10,
            now=now,
        )
    appealing.planned(now)
    together = sum(wave.size_wanted for wave in Wave.objects.filter(state__in=Wave.OPEN))
    assert alone and people and together <= 1.3 * people


def test_nothing_is_made_at_night(now, settings):
    settings.QUIET_HOURS = (now.hour, (now.hour + 10) % 24)
    appealing.places(now)
    appealing.alert(now)
    crowd(50, now=now)
    for hours in range(0, 3):
        assert appealing.asked(now + hours * HOUR) == 0
    assert not Wave.objects.exists() and not Notification.objects.exists()


def test_nobody_is_spent_who_was_not_written_to(now):
    appeal = appealing.opened(now, people=4)
    appeals.stop(appeal=appeal, by=factories.administrator(), because="x", now=now, resumes_at=now)
    assert set(appealing.invited(appeal).values_list("state", flat=True)) == {"skipped"}
    StockAlert.objects.update(closed_at=now, level_at_closing=9)
    stock_levels.review_all(now=now)
    assert appealing.asked(now) == 4


def test_a_need_that_grows_is_followed(now):
    appealing.places(now, free=300)
    appealing.alert(now, ceiling=4)
    crowd(2000, now=now)
    first = appealing.asked(now)
    stock_levels.set_floor(
        center=factories.center(),
        component=Component.objects.get(code=appealing.RED_CELLS),
        blood_group="O+",
        routine=2,
        relief=0,
        ceiling=12,
        now=now,
    )
    assert appealing.asked(now + HOUR) > first
    assert Appeal.objects.get().needed >= 8


def test_people_who_do_not_come_open_the_need_again(now):
    appeal = appealing.opened(now, people=60, free=60, ceiling=3)
    appealing.delivered(now)
    say_yes(appeal, 14, now)
    appealing.planned(now)
    appeal.refresh_from_db()
    assert appeal.state == Appeal.State.COVERED
    assert Notification.objects.filter(kind="appeal_stand_down").exists()
    crowd(300, now=now)
    Session.objects.update(starts_at=now - 9 * HOUR, ends_at=now - HOUR, state="closed")
    Appointment.objects.update(state="missed", settled_at=now)
    appealing.places(now, free=60)
    assert appealing.asked(now + 2 * HOUR)
    appeal.refresh_from_db()
    assert appeal.state == Appeal.State.ASKING


def test_bookings_weeks_ahead_do_not_cover_a_need_of_this_week(now):
    appeal = appealing.opened(now, people=40, free=20, ceiling=3)
    appealing.delivered(now)
    far = factories.session(days=40, places=60).slots.get()
    for row in appealing.invited(appeal).select_related("donor")[:15]:
        responses.accept(appeal=appeal, donor=row.donor, slot=far, now=now)
    appealing.planned(now)
    appeal.refresh_from_db()
    assert appeal.state == Appeal.State.ASKING


def test_a_stale_figure_asks_the_centre_and_not_the_public(now):
    appealing.places(now)
    appealing.alert(now)
    crowd(100, now=now)
    with past_the_guards():
        ago = now - timedelta(days=20)
        ShelfCheck.objects.update(asked_at=ago, answered_at=ago)
    assert appealing.asked(now) == 0
    assert ShelfCheck.objects.filter(answered_at=None).count() == 1
    assert Appeal.objects.get().state == Appeal.State.WATCHING


def test_a_mistaken_scan_is_undone_before_anybody_is_written_to(now):
    appealing.places(now)
    appealing.alert(now)
    crowd(100, now=now)
    appealing.planned(now)
    wave = Wave.objects.get()
    waves.approve(wave=wave, by=factories.administrator(), hold=timedelta(seconds=90), now=now)
    assert waves.send_due(now=now + timedelta(seconds=60)) == 0
    StockAlert.objects.update(closed_at=now, level_at_closing=9)
    appealing.planned(now + timedelta(seconds=61))
    assert waves.send_due(now=now + timedelta(seconds=120)) == 0
    wave.refresh_from_db()
    assert wave.state == Wave.State.DROPPED and total() == 0


@pytest.mark.parametrize(
    ("end", "sentence"),
    [
        (Appeal.State.MET, "there again"),
        (Appeal.State.COVERED, "Enough people have answered"),
        (Appeal.State.ENDED, "was over before enough"),
        (Appeal.State.STOPPED, "was stopped by the people"),
    ],
)
def test_everybody_asked_hears_the_true_reason_of_the_end(now, end, sentence):
    appeal = appealing.opened(now, people=2)
    Donor.objects.update(language="en")
    appealing.delivered(now)
    if end == Appeal.State.COVERED:
        appeals.turn(appeal=appeal, to=end, now=now)
    else:
        by = factories.administrator() if end == Appeal.State.STOPPED else None
        appeals.end(appeal=appeal, to=end, now=now, by=by, because=by and "x" or "")
    appealing.delivered(now)
    rows = DeliveredCopy.objects.filter(notification__kind="appeal_stand_down")
    letters = list(rows.values_list("text", flat=True))
    assert len(letters) == 2 and all(sentence in letter for letter in letters)
