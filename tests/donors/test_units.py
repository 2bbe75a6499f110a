import pytest

from donors.models import Unit
from donors.privacy import shown_count
from tests import factories

pytestmark = pytest.mark.django_db


def test_subtree_and_chain_of_command(reference):
    marrakech = factories.unit("PP-MAR")
    below = set(Unit.objects.below(marrakech).values_list("code", flat=True))
    assert {"PP-MAR", "DP-ESI", "AR-MAR-24"} <= below
    assert "PP-AGD" not in below
    above = Unit.objects.above(factories.unit("DP-ESI"))
    assert [u.code for u in above] == ["DGSN", "PP-MAR"]


def test_officer_commands_own_subtree_only(reference, today):
    person = factories.officer(factories.unit("PP-MAR"))
    codes = set(Unit.objects.commanded_by(person, today).values_list("code", flat=True))
    assert "DP-ESI" in codes
    assert codes.isdisjoint({"DGSN", "SR-TAZ"})
    assert not Unit.objects.commanded_by(factories.user(), today).exists()


@pytest.mark.parametrize(("count", "shown"), [(0, 0), (1, None), (4, None), (5, 5), (120, 120)])
def test_small_groups_are_not_counted_out_loud(count, shown):
    assert shown_count(count) == shown
