from datetime import timedelta

import pytest

from campaigns.planner import Policy
from campaigns.planning import needs
from campaigns.situation import figures
from centers.inventory import stock_levels
from centers.models import Component
from tests.support import appealing, factories

pytestmark = pytest.mark.django_db


def test_a_shelf_that_nobody_ever_counted_has_no_age(reference, now):
    appealing.alert(now)
    stock_levels.set_floor(
        center=factories.center("CRTS-FES"),
        component=Component.objects.get(code=appealing.RED_CELLS),
        blood_group="O+",
        routine=2,
        relief=0,
        ceiling=5,
        now=now,
    )
    later = now + timedelta(hours=3)
    read = needs.read(now=later, policy=Policy(), collecting=set())
    assert figures.oldest(read, later) == (now, 1)
