"""States that a stranger to the code found untrue."""

from datetime import timedelta

import pytest

from campaigns.appeals import appeals, responses, waves
from campaigns.models import Appeal, Wave
from centers.inventory import stock_levels
from centers.models import Component
from centers.sessions import booking
from tests.support import appealing, factories
from tests.support.crowd import crowd
from tests.support.owner import past_the_guards

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _by_day(settings, reference):
    settings.QUIET_HOURS = (24, 0)


def test_a_covered_appeal_asks_again_when_a_place_is_given_back_and_nobody_is_left(now):
    appeal = appealing.opened(now, people=6, ceiling=3)
    appealing.delivered(now)
    for row in appealing.invited(appeal).select_related("donor"):
        slot = responses.slots(appeal, now).first()
        responses.accept(appeal=appeal, donor=row.donor, slot=slot, now=now)
    appealing.planned(now)
    appeal.refresh_from_db()
    assert appeal.state == Appeal.State.COVERED
    for pledge in appeal.pledges.select_related("appointment")[:4]:
        booking.cancel(appointment=pledge.appointment, now=now)
    appealing.planned(now + timedelta(minutes=1))
    appeal.refresh_from_db()
    assert appeal.state == Appeal.State.ASKING


def test_a_stop_is_not_walked_round_by_another_component_of_the_same_people(now):
    appealing.places(now, free=200)
    appealing.alert(now, ceiling=10)
    crowd(2000, now=now)
    assert appealing.asked(now)
    appeal = Appeal.objects.get()
    appeals.stop(appeal=appeal, by=factories.administrator(), because="x", now=now)
    center, plasma = factories.center(), Component.objects.get(code="FFP")
    appealing.looked_at(center, now, "FFP")
    stock_levels.set_floor(
        center=center,
        component=plasma,
        blood_group="O+",
        routine=5,
        relief=0,
        ceiling=20,
        now=now,
    )
    assert appealing.asked(now + timedelta(minutes=1)) == 0


def test_a_small_wave_that_a_person_approved_is_not_dropped_as_a_supplement(now):
    appealing.places(now, free=60)
    second = factories.session(days=2, places=60)
    appealing.alert(now, ceiling=8)
    crowd(2500, now=now)
    appealing.planned(now)
    appeal = Appeal.objects.get()
    big = appeal.waves.filter(state=Wave.State.PROPOSED).order_by("-size_wanted").first()
    by = factories.administrator()
    waves.approve(wave=big, by=by, hold=timedelta(0), now=now)
    assert waves.send_due(now=now)
    later = now + timedelta(minutes=2)
    stock_levels.set_floor(
        center=factories.center(),
        component=Component.objects.get(code=appealing.RED_CELLS),
        blood_group="O+",
        routine=2,
        relief=0,
        ceiling=12,
        now=later,
    )
    appealing.planned(later)
    wave = appeal.waves.filter(state=Wave.State.PROPOSED).first()
    assert wave and second
    waves.approve(wave=wave, by=by, hold=timedelta(seconds=90), now=later)
    # Many more people are counted as asked, so that what waits is a small part of them.
    with past_the_guards():
        Wave.objects.filter(pk=big.pk).update(size=100_000)
    appealing.planned(later + timedelta(seconds=30))
    wave.refresh_from_db()
    assert wave.state == Wave.State.HELD
