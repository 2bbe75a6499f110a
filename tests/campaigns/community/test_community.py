"""Units are thanked in bands and tell their own people sums; no figure points at anybody."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from campaigns.community import recognition
from campaigns.messaging import links
from campaigns.models import Campaign
from centers.models import Donation
from donors.models import Membership, Unit
from tests.support import asking, factories
from tests.support.owner import past_the_guards

pytestmark = pytest.mark.django_db


@pytest.fixture
def shares(monkeypatch):
    """Small numbers, so that few people have to be made; the rules stay."""
    monkeypatch.setattr(recognition, "LEAST_PEOPLE", 4)
    monkeypatch.setattr(recognition, "LEAST", 2)


def people(code: str, *, of: int, gave: int) -> None:
    unit, staff = factories.unit(code), factories.user()
    session = factories.session()
    for number in range(of):
        donor = factories.donor()
        Membership.objects.create(donor=donor, unit=unit, since=date(2020, 1, 1))
        if number < gave:
            factories.donation(factories.visit(session, donor, staff), staff)


def names(bands) -> list:
    return [(band.least, sorted(unit.code for unit in band.units)) for band in bands]


def test_band_of_too_few_units_joins_the_one_below_and_the_last_is_left_out(shares):
    for code in ("SR-TAZ", "PP-FES"):
        people(code, of=5, gave=2)
    assert recognition.by_share(timezone.now()) == []
    people("PP-MEK", of=5, gave=2)
    assert names(recognition.by_share(timezone.now())) == [(20, ["PP-FES", "PP-MEK", "SR-TAZ"])]


def test_unit_in_which_nearly_all_or_nearly_none_gave_is_not_shown(reference, shares):
    for code, gave in (("SR-TAZ", 4), ("PP-FES", 1), ("PP-MEK", 5)):
        people(code, of=5, gave=gave)
    assert recognition.by_share(timezone.now()) == []


def test_regularity_counts_half_years_with_donations():
    today = date(2026, 11, 27)
    days = [today - timedelta(days=number) for number in (3, 200, 400, 600)]
    assert [recognition._half(day, today) for day in days] == [0, 1, 2, 3]
    bands = recognition._bands({}, (4, 2, 1))
    assert bands == []


@pytest.fixture
def over(reference):
    campaign = asking.confirmed()
    session = factories.session(campaign.center)
    campaign.sessions.set([session])
    staff = factories.user()
    for _number in range(6):
        factories.donation(factories.visit(session, factories.donor(), staff), staff)
    with past_the_guards():
        Campaign.objects.filter(pk=campaign.pk).update(
            state="closed", planned_on=timezone.localdate() - timedelta(days=1)
        )
    campaign.refresh_from_db()
    return campaign


def path(url: str) -> str:
    return url.partition("testserver")[2]


def test_own_tally_opens_by_its_address_alone_and_shows_no_small_figure(client, over):
    address = path(links.tally_url(over.unit, "en"))
    answer = client.get(address)
    assert "6 donations" in answer.text and "no-store" in answer["Cache-Control"]
    assert answer["X-Robots-Tag"] == "noindex"
    session = over.sessions.get()
    with past_the_guards():
        keep = Donation.objects.filter(session=session).values_list("pk", flat=True)[:2]
        Donation.objects.filter(pk__in=list(keep)).update(session=factories.session())
    few = client.get(address).text
    assert "fewer than five donations" in few and "Donations this year" not in few
    other = Unit.objects.get(code="PP-FES")
    wrong = address.replace(over.unit.code, other.code)
    assert client.get(wrong).status_code == 404
    assert client.get(reverse("campaigns:unit-tally", args=["1~SR-TAZ~x"])).status_code == 404


def test_page_of_thanks_names_no_figure_and_no_person(client, over):
    shown = client.get(reverse("campaigns:unit-thanks"))
    assert shown.status_code == 200
    assert "No unit is ranked" in shown.text and over.unit.name not in shown.text
