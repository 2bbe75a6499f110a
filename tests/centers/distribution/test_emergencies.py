"""Emergency release: by two people, with a label that says so, and never against bad news."""

from datetime import timedelta

import pytest
from django.utils import timezone

from centers.distribution import emergencies
from centers.models import Bag, Issue
from donors.errors import Refused
from tests.support import blood, factories, supply
from tests.support.attack import MOVE, refused

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module", autouse=True)
def on_the_shelf(shared_rows) -> int:
    return blood.red_cells().pk


@pytest.fixture
def bag(on_the_shelf, reference) -> Bag:
    return supply.fresh(Bag(pk=on_the_shelf))


def issued(bag, asked=None) -> Issue:
    asked = asked or supply.request(bag.center)
    return supply.issue(request=asked, bag=bag, **factories.acts())


def state(bag) -> str:
    return Bag.objects.get(pk=bag.pk).state


def emergency(bag, asked, physician=None):
    return emergencies.ask(
        request=asked,
        bag=bag,
        because="bleeding",
        **factories.acts(by=physician or factories.user()),
    )


def test_an_emergency_is_two_peoples(reference):
    bag = supply.fresh(blood.tested().bags.get(component="RBC-SAGM"))
    asked = supply.request(bag.center)
    with pytest.raises(Refused, match="present state"):
        issued(bag, asked)
    physician = factories.user()
    row = emergency(bag, asked, physician)
    with pytest.raises(Refused, match="present state"):
        issued(supply.fresh(bag), asked)
    with pytest.raises(Refused, match="second person"):
        emergencies.agree(emergency=row, bag=bag, **factories.acts(by=physician))
    with pytest.raises(Refused, match="not the bag"):
        emergencies.agree(emergency=row, bag=blood.red_cells(), **factories.acts())
    with pytest.raises(Refused, match="was not read back"):
        emergencies.agree(emergency=row, bag=bag, **factories.acts())
    blood.label([bag])
    emergencies.agree(emergency=row, bag=bag, **factories.acts())
    assert state(bag) == "issued"
    assert "two_peoples" in refused(
        "INSERT INTO centers_emergencyrelease (bag_id, request_id, physician_id, because, at,"
        " second_id, second_at) SELECT %s, request_id, physician_id, 'x', now(), physician_id, now()"
        " FROM centers_emergencyrelease",
        blood.red_cells().pk,
    )


def test_an_emergency_lets_an_rh_positive_bag_go_to_a_negative_patient(bag):
    asked = supply.request(bag.center, "O-")
    with pytest.raises(Refused, match="does not fit"):
        issued(bag, asked)
    emergencies.agree(emergency=emergency(bag, asked), bag=bag, **factories.acts())
    assert state(bag) == "issued"


def test_an_emergency_never_crosses_abo(reference):
    bag = supply.fresh(blood.red_cells(ABO="A"))
    with pytest.raises(Refused, match="does not fit"):
        emergency(bag, supply.request(bag.center, "O+"))
    assert state(bag) == "available" and not Issue.objects.exists()


def test_an_emergency_waives_neither_date_nor_bad_news(reference):
    donation = blood.tested()
    bag = supply.fresh(donation.bags.get(component="RBC-SAGM"))
    asked = supply.request(bag.center)
    row = emergency(bag, asked)
    past = timezone.now() - timedelta(minutes=1)
    Bag.objects.filter(pk=bag.pk).update(expires_at=past)
    with pytest.raises(Refused, match="expired"):
        emergencies.agree(emergency=row, bag=supply.fresh(bag), **factories.acts())
    donation = blood.give()
    blood.separated(donation)
    blood.enter(donation, factories.user(), 0, HIV="reactive")
    blocked = supply.fresh(donation.bags.get(component="RBC-SAGM"))
    with pytest.raises(Refused, match="present state"):
        emergency(blocked, asked)
    assert "does not go" in refused(MOVE, "issued", factories.user().pk, blocked.pk)


def test_no_label_no_emergency(reference):
    donation = blood.give()
    blood.separated(donation)
    bag = supply.fresh(donation.bags.get(component="RBC-SAGM"))
    with pytest.raises(Refused, match="not determined"):
        emergency(bag, supply.request(bag.center))
    assert state(bag) == "quarantined"
