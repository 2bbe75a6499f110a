from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from campaigns.models import Operation
from campaigns.operations import operations, trough
from donors.eligibility import deferrals
from tests.support import asking, factories
from tests.support.owner import past_the_guards

pytestmark = pytest.mark.django_db
DAY = date(2026, 3, 2)


def gave(person, days_ago: int, now) -> None:
    """A donation of the past with its interval, as the rules of that day wrote them."""
    at = factories.session()
    by = factories.staff(at.center, "collection")
    day = timezone.localdate(now) - timedelta(days=days_ago)
    visit = factories.visit(at, person, by)
    with past_the_guards():
        factories.donation(visit, by, collected_on=day)
        deferrals.after_donation(donor=person.pk, on=day, by=None, now=now)


def reckon(**said):
    """10,000 donations since a week ago, 1,000 a week in the year before; one row of donors."""
    free_on = DAY + timedelta(weeks=8)
    usual = {
        "since": DAY - timedelta(days=6),
        "today": DAY,
        "given": 10_000,
        "before": 52_000,
        "history": 52.0,
        "rows": [trough.Resting(free_on, 9_000, Decimal(5_200))],
    }
    return trough.reckon(**usual | said)


def test_missing_is_what_those_at_rest_used_to_give_beyond_the_usual():
    found = reckon()
    # Nine tenths went beyond the usual; 5,200 donations in 52 weeks are 100 a week.
    assert found.usual == 1000 and found.fewer == 90
    assert [week.missing for week in found.weeks] == [90] * 8 + [0] * 8
    assert [week.resting for week in found.weeks] == [9_000] * 8 + [0] * 8
    assert (found.first.begins, found.last.begins) == (DAY, DAY + timedelta(weeks=7))
    assert found.bars[0] == (0, 5, 55) and found.bars[15] == (150, 0, 60)


def test_giving_as_usual_makes_no_trough():
    found = reckon(given=1_000)
    assert found.first is None and found.fewer == 0 and found.weeks[0].resting == 9_000
    assert reckon(given=0, before=0, rows=[]).bars[0][2] == 0


def test_small_counts_are_not_shown():
    few = reckon(rows=[trough.Resting(DAY + timedelta(weeks=3), 4, Decimal(200))])
    assert few.weeks[0].resting is None and few.weeks[0].missing is None
    assert few.weeks[3].resting == 0 and few.first is None


def test_who_gave_since_rests_by_the_criteria_of_men_and_women(reference, now):
    operation = asking.operation()  # a disaster of 2023, opened today: the last seven days count
    assert operations.counts_from(operation) == timezone.localdate(now) - timedelta(days=7)
    for sex in "MF":
        for _number in range(5):
            gave(factories.donor(sex=sex), 2, now)
    gave(factories.donor(), 40, now)  # before it began
    found = trough.trough(now=now)
    resting = [week.resting for week in found.weeks]
    # Men rest for two months, women for three.
    assert resting[0] == 10 and resting[9] == 5 and resting[13] == 0
    assert found == trough.trough(now=now, operation=operation)


def test_without_an_operation_there_is_no_trough(reference, now):
    assert trough.trough(now=now) is None
    operation = asking.operation()
    operations.close(operation=operation, by=operation.opened_by, now=asking.now(), because="x")
    assert Operation.objects.exists() and trough.trough(now=now) is None
