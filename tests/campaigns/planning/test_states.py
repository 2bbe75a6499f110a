"""States that a stranger to the code found untrue."""

from datetime import timedelta

import pytest

from campaigns.appeals import appeals, responses
from campaigns.models import Appeal
from centers.inventory import stock_levels
from centers.models import Component
from centers.sessions import booking
from tests.support import appealing, factories
from tests.support.crowd import crowd

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
    appeals.stop(appeal=appeal, by=factories.administrator(), now=now)
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
