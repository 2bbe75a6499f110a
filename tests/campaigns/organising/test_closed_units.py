"""Closed units: nothing new is addressed to them, their earlier records stay."""

import pytest

from campaigns import access
from campaigns.models import Campaign
from campaigns.organising import addressee_answers, officer_invitations
from donors.clock.calendar import local_day
from donors.errors import Refused
from donors.models import Unit
from donors.units import officers, tree
from tests.support import asking, factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def close(reference, now):
    def act(code):
        unit = factories.unit(code)
        tree.close(unit=unit, by=factories.administrator(), because="decision 7", now=now)
        return factories.unit(code)

    return act


def test_a_memo_to_the_whole_tree_leaves_closed_units_out(close):
    closed = close("DP-ESI")
    memo = asking.memo(*Unit.objects.values_list("code", flat=True))
    assert memo.addressees.exists()
    assert not memo.addressees.filter(unit=closed).exists()


def test_a_memo_to_a_closed_unit_alone_reaches_nobody(close):
    close("DP-ESI")
    with pytest.raises(Refused, match="at least one unit"):
        asking.memo("DP-ESI")


def test_a_closed_unit_proposes_no_campaign(close):
    unit = close("DP-ESI")
    with pytest.raises(Refused, match="is closed"):
        asking.drives.propose(
            unit=unit, center=factories.center(), planned_on=local_day(asking.now()), target=9,
            by=factories.administrator(), now=asking.now(),
        )  # fmt: skip
    assert not Campaign.objects.exists()


def test_a_memo_answered_after_the_unit_closed_makes_no_campaign(close, today):
    memo = asking.memo("DP-ESI")
    close("DP-ESI")
    with pytest.raises(Refused, match="is closed"):
        addressee_answers.answer_will(
            addressee=memo.addressees.get(), planned_on=today, expected_donors=20,
            center=factories.center(), by=factories.administrator(), now=asking.now(),
        )  # fmt: skip
    assert memo.addressees.get().answer == ""


def test_an_old_memo_stays_with_its_unit_and_is_read_from_above(close, today):
    memo = asking.memo("DP-ESI")
    closed = close("DP-ESI")
    above = factories.officer(factories.unit("PP-MAR"))
    assert memo.addressees.get().unit == closed
    assert memo in access.memos(above)


def test_nobody_is_told_of_a_command_of_a_closed_unit(close, now):
    row = officers.invite(
        unit=factories.unit("DP-ESI"), name="A", email="a@example.org",
        by=factories.administrator(), now=now,
    )  # fmt: skip
    officers.approve(invitation=row, by=factories.administrator(), now=now)
    close("DP-ESI")
    assert officer_invitations.tell(now=now) == 0
