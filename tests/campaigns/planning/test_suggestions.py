"""Floors suggested by the history of issues, applied by a person or by the centre's policy."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from campaigns.models import FloorChange, FloorPolicy
from campaigns.planning import suggestions
from centers.inventory import stock_levels
from centers.models import Component, Floor
from donors.clock.calendar import local_day
from donors.errors import Refused
from tests.support import factories, usage
from tests.support.owner import owner

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _without_a_second_factor(settings, reference):
    settings.DEMO = True


@pytest.fixture
def center(reference):
    return factories.center()


@pytest.fixture
def red_cells(reference):
    return Component.objects.get(code="RBC-SAGM")


@pytest.fixture
def used(center, now):
    """Two bags of O+ on each of the last ninety days."""
    return usage.used(now, a_day=2)


def floor(center, red_cells, now, *, routine=1, ceiling=2, relief=0, group="O+") -> Floor:
    return stock_levels.set_floor(
        center=center,
        component=red_cells,
        blood_group=group,
        routine=routine,
        relief=relief,
        ceiling=ceiling,
        now=now,
    )


def suggested(center, red_cells, now, group="O+"):
    rows = suggestions.of(center=center, component=red_cells, now=now)
    return next(row for row in rows if row.blood_group == group)


def apply(center, red_cells, now, *, groups=("O+",), because="the winter") -> int:
    return suggestions.apply(
        center=center,
        component=red_cells,
        groups=groups,
        because=because,
        by=factories.staff(center, "manager"),
        now=now,
    )


def test_the_floor_covers_the_days_in_which_asking_can_act(used, center, red_cells, now):
    row = suggested(center, red_cells, now)
    assert (row.issued, row.mean) == (180, 2.0)
    # 3.5 days of two bags are seven; nine times in ten a little more is enough.
    assert 7 < row.routine <= 12
    # 42 days would use 84; what is surely used before it expires is a little less.
    assert 65 <= row.ceiling < 84 and row.differs


def test_the_reserve_stays_and_the_ceiling_is_above_both(used, center, red_cells, now):
    floor(center, red_cells, now, routine=1, relief=200, ceiling=300)
    row = suggested(center, red_cells, now)
    assert row.ceiling > row.routine + 200
    apply(center, red_cells, now)
    assert Floor.objects.get(center=center, blood_group="O+").relief == 200


def test_a_group_never_used_suggests_nothing_and_is_a_question(used, center, red_cells, now):
    row = suggested(center, red_cells, now, "AB-")
    assert row.is_question and not row.differs
    with pytest.raises(Refused, match="whose floor differs"):
        apply(center, red_cells, now, groups=["AB-"])


def test_a_handful_of_issues_suggests_nothing(center, red_cells, now):
    usage.used(now, a_day=1, days=suggestions.ENOUGH - 1)
    row = suggested(center, red_cells, now)
    assert row.issued == 9 and not row.differs and not row.is_question


def test_a_person_applies_it_with_a_reason_and_the_change_is_kept(used, center, red_cells, now):
    floor(center, red_cells, now)
    row = suggested(center, red_cells, now)
    assert apply(center, red_cells, now) == 1
    there = Floor.objects.get(center=center, component=red_cells, blood_group="O+")
    assert (there.routine, there.ceiling) == (row.routine, row.ceiling)
    kept = FloorChange.objects.get()
    assert (kept.routine_before, kept.ceiling_before) == (1, 2)
    assert (kept.routine, kept.ceiling, kept.because) == (row.routine, row.ceiling, "the winter")
    with pytest.raises(Refused):
        apply(center, red_cells, now)


def test_a_change_without_a_reason_is_refused(used, center, red_cells, now):
    with pytest.raises(Refused, match="Say why"):
        apply(center, red_cells, now, because=" ")
    assert not Floor.objects.exists() and not FloorChange.objects.exists()


def monday(now):
    return now + timedelta(days=(8 - local_day(now).isoweekday()) % 7)


def near(center, red_cells, now, share: float) -> Floor:
    """A floor so far under what will be suggested on Monday."""
    row = suggested(center, red_cells, monday(now))
    return floor(
        center,
        red_cells,
        now,
        routine=round(row.routine * (1 - share)),
        ceiling=round(row.ceiling * (1 - share)),
    )


def policy(center, now, automatic=True):
    by = factories.staff(center, "manager")
    suggestions.set_policy(center=center, automatic=automatic, by=by, now=now)


def test_the_policy_applies_small_changes_on_mondays_once(used, center, red_cells, now):
    near(center, red_cells, now, 0.1)
    policy(center, now)
    on = monday(now)
    for day in range(1, 7):
        assert suggestions.apply_by_policy(now=on + timedelta(days=day)) == 0
    assert suggestions.apply_by_policy(now=on) == 1
    assert suggestions.apply_by_policy(now=on) == 0
    kept = FloorChange.objects.get()
    assert kept.by is None and kept.because == ""


def test_the_policy_leaves_great_changes_and_new_floors_to_people(used, center, red_cells, now):
    policy(center, now)
    assert suggestions.apply_by_policy(now=monday(now)) == 0  # no floor at all
    near(center, red_cells, now, 0.4)
    assert suggestions.apply_by_policy(now=monday(now)) == 0


def test_without_a_policy_nothing_is_applied(used, center, red_cells, now):
    near(center, red_cells, now, 0.1)
    assert suggestions.apply_by_policy(now=monday(now)) == 0
    policy(center, now)
    policy(center, now + timedelta(minutes=1), automatic=False)
    assert suggestions.apply_by_policy(now=monday(now)) == 0
    assert not FloorChange.objects.exists()


def url(name, center, *args):
    return reverse(f"campaigns:{name}", args=[center.code, *args])


def post(client, center, **said):
    said = {f"RBC-SAGM-{name}": value for name, value in said.items()}
    return client.post(url("floors-apply", center, "RBC-SAGM"), said, follow=True)


def test_a_manager_applies_it_on_the_page(client, used, center, red_cells, now):
    floor(center, red_cells, now)
    client.force_login(factories.staff(center, "manager"))
    page = client.get(url("floors-suggested", center)).text
    assert "Apply what is chosen" in page and "is that meant?" in page
    assert "Say why" in post(client, center, groups="O+").text
    assert not FloorChange.objects.exists()
    assert "1 floor is set." in post(client, center, groups="O+", because="winter").text
    assert FloorChange.objects.get().by
    client.post(url("floors-policy", center), {"automatic": "on"})
    assert suggestions.is_automatic(center)
    assert "winter" in client.get(url("floors-suggested", center)).text


@pytest.mark.parametrize(
    ("who", "reads", "sets"),
    [
        ("neighbour", 404, 404),
        ("reception", 404, 404),
        ("officer", 404, 404),
        ("auditor", 200, 404),
        ("administrator", 200, 302),
    ],
)
def test_floors_are_read_and_set_by_those_who_may(client, used, center, now, who, reads, sets):
    made = {
        "neighbour": lambda: factories.staff(factories.center("CRTS-FES"), "manager"),
        "reception": lambda: factories.staff(center, "reception"),
        "officer": lambda: factories.officer(factories.unit()),
        "auditor": lambda: factories.with_national_rights(is_auditor=True),
        "administrator": factories.administrator,
    }
    client.force_login(made[who]())
    assert client.get(url("floors-suggested", center)).status_code == reads
    said = {"RBC-SAGM-groups": "O+", "RBC-SAGM-because": "winter"}
    assert client.post(url("floors-apply", center, "RBC-SAGM"), said).status_code == sets
    assert client.post(url("floors-policy", center), {"automatic": "on"}).status_code == sets
    assert FloorChange.objects.exists() == (sets == 302)


def test_a_stranger_signs_in_first_and_others_have_no_list(client, center):
    assert client.get(url("floors-suggested", center)).status_code == 302
    client.force_login(factories.officer(factories.unit()))
    assert client.get(reverse("campaigns:floors-suggested-list")).status_code == 403
    client.force_login(factories.staff(center, "manager"))
    page = client.get(reverse("campaigns:floors-suggested-list"))
    assert page.status_code == 302 and page.url.endswith(f"/{center.code}/")


ATTACKS = [
    "UPDATE campaigns_floorchange SET routine = 1",
    "DELETE FROM campaigns_floorchange",
    "UPDATE campaigns_floorpolicy SET automatic = false",
    "DELETE FROM campaigns_floorpolicy",
    "INSERT INTO campaigns_floorchange (center_id, component_id, blood_group, routine, ceiling, mean, spread,"
    " at, by_id, because) SELECT center_id, component_id, blood_group, 1, 2, 1, 1, at, by_id, ''"
    " FROM campaigns_floorchange",
]


@pytest.mark.parametrize("attack", ATTACKS)
def test_the_database_keeps_what_was_applied(used, center, red_cells, now, attack):
    apply(center, red_cells, now)
    policy(center, now)
    with owner(), pytest.raises(IntegrityError), transaction.atomic():
        connection.cursor().execute(attack)
    assert FloorPolicy.objects.count() == 1
