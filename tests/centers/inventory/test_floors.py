"""Floors in force, and the question about groups of which none is kept."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from centers.inventory import floors
from centers.models import Bag, Center, Floor, Movement, NoFloor, Request
from donors.errors import Refused
from tests.support import blood, factories, planned, supply
from tests.support.attack import refused
from tests.support.owner import past_the_guards

pytestmark = pytest.mark.django_db


def issued(**fields) -> Bag:
    bag = supply.fresh(blood.red_cells())
    supply.issue(bag=bag)
    return bag


def moved_to(bag: Bag, days_ago: int) -> None:
    with past_the_guards():
        rows = Movement.objects.filter(bag=bag, to_state="issued")
        rows.update(at=timezone.now() - timedelta(days=days_ago))
        asked_for = Request.objects.filter(issues__bag=bag)
        asked_for.update(received_at=timezone.now() - timedelta(days=days_ago))


def asked(center: Center) -> dict[str, tuple[int, int]]:
    found = floors.questions(center=center, now=timezone.now())
    return {one.blood_group: (one.issued, one.requested) for one in found}


@pytest.fixture
def here(reference) -> Center:
    return factories.center()


def test_what_is_used_and_not_kept_is_a_question(here):
    first = issued()
    assert asked(here) == {"O+": (1, 1)}
    supply.request(here, group="O-", count=3)
    assert asked(here) == {"O+": (1, 1), "O-": (0, 3)}
    assert not asked(factories.center("CRTS-FES"))
    planned.floor(here)  # a floor of 0
    assert "O+" in asked(here)
    planned.floor(here, relief=1)
    assert asked(here) == {"O-": (0, 3)}
    moved_to(first, 92)  # the clock has changed since: at night 91 days end a day later
    planned.floor(here)
    assert asked(here) == {"O-": (0, 3)}


def test_an_answer_is_kept_with_its_reason_for_a_year(here):
    bag = issued()
    said = {"center": here, "component": bag.component, "blood_group": "O+"}
    with pytest.raises(Refused, match="Say why"):
        floors.leave_out(**said, because=" ", **factories.acts())
    floors.leave_out(**said, because="Fez sends it within the hour", **factories.acts())
    assert not asked(here)
    assert "append-only" in refused("UPDATE centers_nofloor SET because = 'x'")
    with past_the_guards():
        NoFloor.objects.update(at=timezone.now() - timedelta(days=366))
    assert asked(here)
    assert "for_a_reason" in refused(
        "INSERT INTO centers_nofloor (center_id, component_id, blood_group, because, at, by_id)"
        " SELECT center_id, component_id, 'A+', '', at, by_id FROM centers_nofloor"
    )


def test_the_rows_show_ninety_days_in_fifteen_bars(here):
    bags = [issued() for _ in range(3)]
    for bag, ago in zip(bags, (0, 1, 90), strict=True):
        moved_to(bag, ago)
    row = {
        each.level.blood_group: each
        for each in floors.rows(center=here, component=bags[0].component, now=timezone.now())
    }["O+"]
    assert (row.issued, row.bars) == (2, [1, *[0] * 13, 1])  # today is not over


@pytest.fixture
def manager(client, settings, here):
    settings.DEMO = True
    settings.LANGUAGE_CODE = "en"
    client.force_login(factories.staff(here, "manager"))
    return client


def at(name, *more):
    return reverse(f"centers:{name}", args=["BS-TAZ", *more])


def test_the_manager_answers_on_the_page_of_floors(manager, here):
    issued()
    assert "1 group is issued and not kept" in manager.get(at("center-detail")).text
    assert "You have issued 1 bag in 90 days" in manager.get(at("floor-list")).text
    answer = at("floor-none", "RBC-SAGM", "O+")
    assert "Say why" in manager.post(answer, {"because": ""}).text
    manager.post(answer, {"because": "Fez sends it"})
    kept = NoFloor.objects.get()
    assert (kept.because, kept.by.jobs.get().center) == ("Fez sends it", here)
    assert "You have issued" not in manager.get(at("floor-list")).text


def test_the_other_answer_is_a_floor(manager, here):
    issued()
    said = {"routine": "4", "relief": "2", "ceiling": "9"}
    text = manager.post(at("floor-set", "RBC-SAGM", "O+"), said, follow=True).text
    assert "Floors of" in text and "You have issued" not in text


def test_the_age_of_a_stale_figure_is_set_there(manager, here):
    assert 'value="48"' in manager.get(at("floor-list")).text
    assert "between 1 and 720" in manager.post(at("stale-set"), {"hours": "0"}).text
    manager.post(at("stale-set"), {"hours": "24"})
    here.refresh_from_db()
    assert here.stale_after_hours == 24


def test_a_suggestion_stands_beside_what_is_in_force(here):
    component = planned.floor(here, routine=4, relief=2, ceiling=9).component
    made = floors.rows(center=here, component=component, now=timezone.now())
    said = {"center": here, "component": component, "rows": made, "may_set": False}
    assert "Suggested" not in render_to_string("centers/stock/_floors.html", said)
    more = Floor(routine=6, relief=3, ceiling=12)
    said |= {"rows": [replace(row, suggestion=more) for row in made], "suggested": True}
    assert render_to_string("centers/stock/_floors.html", said).count("6 + 3 · 12") == 8


def test_the_page_costs_the_same_for_many(manager, django_assert_max_num_queries):
    for _number in range(3):
        issued()
    for group in ("A-", "A+", "B-", "B+"):
        supply.request(factories.center(), group=group)
    with django_assert_max_num_queries(18):
        manager.get(at("floor-list"))
