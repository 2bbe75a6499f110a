"""Which days are offered to which unit: the pure arithmetic."""

from collections import Counter
from datetime import date, timedelta

import pytest

from campaigns.offers import holidays
from campaigns.offers.choices import GAP, LEAD, SHARED, WEEKS, Body, OpenDay, Site, World, choose

TODAY = date(2026, 11, 30)  # a Monday
WEEKDAYS = frozenset(range(5))


def site(**said) -> Site:
    usual = {"weekdays": WEEKDAYS, "teams": 2, "beds": 6, "per_bed": 12, "weekly_use": 100}
    return Site(**({"id": 1, "latitude": 34.0, "longitude": -6.8} | usual | said))


def body(number: int = 1, **said) -> Body:
    return Body(**({"id": number, "latitude": 34.0, "longitude": -6.8, "usual": 40} | said))


def world(*sites: Site, **said) -> World:
    usual = {"today": TODAY, "usable": 0.8, "shelf_weeks": 6, "sites": sites or (site(),)}
    return World(**(usual | said))


def test_a_unit_gets_three_days_in_three_weeks_on_days_of_collection():
    found = choose([body()], world())
    first, second, third = [one.day for one in found]
    assert second - first >= GAP <= third - second
    for one in found:
        assert one.day.weekday() in WEEKDAYS and one.day >= TODAY + timedelta(days=LEAD)
        assert (one.expected, one.beds, one.bags) == (40, 4, 32.0)


def test_the_same_facts_give_the_same_choices_in_any_order():
    bodies = [body(number, usual=20 + number % 7) for number in range(60)]
    assert choose(bodies, world()) == choose(reversed(bodies), world())


def test_a_wave_of_good_will_is_spread_over_the_weeks():
    found = choose([body(number) for number in range(40)], world(site(teams=8)))
    weeks = Counter(one.week for one in found)
    assert len(found) == 120 and len(weeks) == WEEKS - 1, "the first week is too near"
    assert max(weeks.values()) <= 120 / WEEKS + 3


def test_a_team_is_offered_to_no_more_units_than_it_may_be():
    found = choose([body(number) for number in range(200)], world(site(teams=1)))
    out = Counter((one.site, one.day, one.team) for one in found)
    assert max(out.values()) <= SHARED
    assert len(found) < 600, "more was offered than the centre's teams can hold"


def test_bound_teams_and_holidays_are_not_offered():
    first = TODAY + timedelta(days=7)
    days = [first + timedelta(days=n) for n in range(5)]
    full = site(teams=1, taken=dict.fromkeys(days[:3], 1))
    found = choose([body(n) for n in range(30)], world(full, holidays=frozenset(days[3:])))
    assert found and not {one.day for one in found} & set(days)


def test_weeks_in_which_donations_are_missing_come_first():
    missing = tuple(0.6 if week in (7, 8, 9) else 0.0 for week in range(WEEKS))
    assert {7, 9} < {one.week for one in choose([body()], world(missing=missing))}


def test_people_who_still_rest_move_the_offer_behind_their_return():
    free = tuple(0.2 if week < 6 else 0.9 for week in range(WEEKS))
    assert min(one.week for one in choose([body(free=free)], world())) >= 6
    resting = body(rests_until=TODAY + timedelta(weeks=7))
    assert min(one.week for one in choose([resting], world())) >= 7


def test_a_shelf_that_will_be_full_is_left_for_another_centre():
    near, other = site(id=1), site(id=2, latitude=34.3)
    loads = {(1, week): 250.0 for week in range(WEEKS)}
    assert {one.site for one in choose([body()], world(near, other))} == {1}
    assert {one.site for one in choose([body()], world(near, other, loads=loads))} == {2}


def test_only_a_lonely_unit_is_offered_a_far_centre():
    far = site(id=2, latitude=30.0)
    assert {one.site for one in choose([body()], world(site(), far))} == {1}
    assert [one.km for one in choose([body()], world(far))] == [444] * 3


def test_a_published_day_is_preferred_and_gives_its_own_beds():
    day = TODAY + timedelta(days=12)  # a Saturday
    found = choose([body()], world(site(open_days={day: OpenDay(1, 3)})))
    (one,) = [one for one in found if one.published]
    assert (one.day, one.beds, one.expected) == (day, 3, 36)


def test_an_evening_of_ramadan_is_said_and_brings_fewer():
    evenings = frozenset(TODAY + timedelta(days=n) for n in range(100))
    assert {(one.evening, one.expected) for one in choose([body()], world(evenings=evenings))} == {
        (True, 32)
    }


@pytest.mark.parametrize(
    ("first", "begins"),
    [  # Morocco's first day of Ramadan; within a day of the table
        (2023, date(2023, 3, 23)),
        (2024, date(2024, 3, 12)),
        (2025, date(2025, 3, 2)),
        (2026, date(2026, 2, 19)),
    ],
)
def test_the_table_of_the_moon_has_ramadan_of_the_years_known(first, begins):
    days = holidays.ramadan(date(first, 1, 1), date(first, 12, 31))
    assert begins in days and min(days) >= begins - timedelta(days=1)
    assert begins + timedelta(days=28) in days and len(days) <= 31


def test_holidays_of_both_calendars_are_found_with_their_names():
    found = holidays.between(date(2026, 5, 1), date(2027, 1, 14))
    assert found[date(2026, 5, 27)].en == "Eid al-Adha"  # Morocco, 2026
    assert found[date(2026, 11, 18)].fr == "Fête de l’Indépendance"
    assert found[date(2027, 1, 14)].ar == "رأس السنة الأمازيغية"
    assert date(2026, 12, 1) not in found
