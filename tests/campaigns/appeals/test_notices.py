"""The shortage notice on the public page of an appeal."""

import pytest
from django.urls import reverse

from campaigns.appeals import appeals, notices
from campaigns.models import Appeal
from tests.support import appealing

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def built(shared_rows) -> int:
    return appealing.shared(people=6)


@pytest.fixture
def appeal(built, reference) -> Appeal:
    return Appeal.objects.get(pk=built)


def test_notice_gives_reason_impact_mitigation_and_other_ways(client, appeal):
    page = client.get(reverse("campaigns:appeal-public", args=[appeal.public_id])).text
    assert "Shortage notice" in page
    for said in ("Why: ", "What follows: ", "What is done: ", "How else to help: "):
        assert page.count(said) == 1
    assert "fell under what daily care needs" in page


def test_notice_tells_no_days_from_an_old_figure(appeal, now):
    appeal.reasons |= {"available": 6, "daily_use": 2.0, "figure_hours": 1.0}
    assert notices.of(appeal, now=now).days == 3.0
    assert not notices.of(appeal, now=now).daily_care_goes_on
    appeal.reasons["available"] = 200
    assert notices.of(appeal, now=now).daily_care_goes_on
    appeal.reasons["figure_hours"] = appeal.center.stale_after_hours + 1
    assert notices.of(appeal, now=now).days is None


def test_nothing_is_short_by_an_appeal_that_no_longer_asks(client, appeal, now):
    appeals.end(appeal=appeal, to=Appeal.State.MET, now=now)
    assert notices.of(appeal, now=now) is None
    page = client.get(reverse("campaigns:appeal-public", args=[appeal.public_id])).text
    assert "Shortage notice" not in page
