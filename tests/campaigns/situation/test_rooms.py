"""The country and an operation: who sees what, and what may be done there."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import translation

from campaigns.appeals import waves
from campaigns.models import Appeal, ChannelStop, Notification, PlanRequest, Wave
from campaigns.operations import orders
from centers.models import Center, ShelfCheck, Transfer
from tests.support import appealing, asking, factories, operating
from tests.support.crowd import crowd

pytestmark = pytest.mark.django_db
ROOM = "campaigns:situation"


@pytest.fixture(autouse=True)
def _by_day(settings, reference):
    settings.QUIET_HOURS = (24, 0)
    settings.DEMO = True  # a second factor is asked for otherwise


@pytest.fixture
def wave(now) -> Wave:
    """A plan proposes to ask people of Taza."""
    appealing.places(now, free=40)
    appealing.alert(now, ceiling=8)
    crowd(200, now=now)
    appealing.planned(now)
    return Wave.objects.get(state=Wave.State.PROPOSED)


@pytest.fixture
def held(wave, now) -> Wave:
    waves.approve(wave=wave, by=factories.administrator(), hold=timedelta(seconds=90), now=now)
    wave.refresh_from_db()
    return wave


def manager(code: str = "BS-TAZ"):
    return factories.staff(Center.objects.get(code=code), "manager")


def auditor():
    return factories.with_national_rights(is_auditor=True)


def test_strangers_are_asked_to_sign_in(client):
    response = client.get(reverse(ROOM))
    assert response.status_code == 302 and "/account/" in response["Location"]


@pytest.mark.parametrize("who", ["officer", "donor", "reception"])
def test_others_are_refused(client, who):
    user = {
        "officer": lambda: factories.officer(factories.unit()),
        "donor": factories.user,
        "reception": lambda: factories.staff(factories.center(), "reception"),
    }[who]()
    client.force_login(user)
    operation = asking.operation()
    for name in (ROOM, "campaigns:situation-now"):
        assert client.get(reverse(name)).status_code == 403
    for name in ("campaigns:situation-operation", "campaigns:situation-operation-now"):
        assert client.get(reverse(name, args=[operation.public_id])).status_code == 403
    assert client.post(reverse("campaigns:plan-now")).status_code == 403
    assert not PlanRequest.objects.exists()


def test_administrator_reads_the_first_line_five_figures_and_what_waits(client, wave):
    client.force_login(factories.administrator())
    page = client.get(reverse(ROOM)).text
    assert "1 decision waits" in page and "last plan" in page and "oldest figure" in page
    assert page.count('class="stat ') == 5
    assert "Ask " in page and wave.appeal.center.name in page
    assert reverse("campaigns:wave", args=[wave.public_id]) in page


def test_manager_sees_own_centre_and_no_neighbours(client, wave):
    client.force_login(manager())
    own = client.get(reverse(ROOM)).text
    assert "For 1 centre" in own and reverse("campaigns:wave", args=[wave.public_id]) in own
    client.force_login(manager("CRTS-RAB"))
    other = client.get(reverse(ROOM)).text
    assert "Nothing waits for a decision." in other
    assert wave.appeal.center.name not in other


def test_manager_does_not_read_operations(client):
    client.force_login(manager())
    page = reverse("campaigns:situation-operation", args=[asking.operation().public_id])
    assert client.get(page).status_code == 403


def test_auditor_reads_and_has_no_button(client, held):
    client.force_login(auditor())
    page = client.get(reverse(ROOM)).text
    assert "Leaves at" in page and "Somebody else decides this." in page
    main = page.split('id="main"')[1].split("<footer")[0]
    assert "<button" not in main and "Plan now" not in main
    assert client.post(reverse("campaigns:plan-now")).status_code == 403


def test_held_wave_shows_its_time_and_is_undone_from_the_room(client, held):
    client.force_login(manager())
    page = client.get(reverse(ROOM)).text
    undo = reverse("campaigns:wave-undo", args=[held.public_id])
    assert page.count(f'formaction="{undo}"') == 2  # where it waits, and among the decisions
    assert 'form="undo"' in page
    assert 'id="undo"' in page and 'name="because"' in page and 'name="hours"' in page
    client.post(undo, {"because": "A mistaken scan", "hours": "1"})
    held.refresh_from_db()
    assert held.state == Wave.State.UNDONE
    after = client.get(reverse(ROOM)).text
    assert "Undone:" in after and "A mistaken scan" in after and undo not in after


def test_every_link_of_the_room_opens_for_its_reader(client, held, now):
    operation = asking.operation()
    operating.order(operation, now, approval="nobody")
    Transfer.objects.create(
        sender=factories.center("CRTS-RAB"),
        receiver=factories.center(),
        component_id=appealing.RED_CELLS,
        blood_group="O+",
        count=3,
        proposed_at=now,
        proposed_by=factories.administrator(),
    )
    for user in (factories.administrator(), auditor(), manager()):
        client.force_login(user)
        page = client.get(reverse("campaigns:situation-now")).text
        # Who receives does not decide, and is not asked to.
        assert ("Send 3 bags from" in page) is (user.is_administrator or user.is_auditor)
        assert "× \u2066O+\u2069 proposed" in page
        links = set(re.findall(r'href="(/[^"#]+)"', page))
        assert links
        assert {link: client.get(link).status_code for link in links} == dict.fromkeys(links, 200)


def test_plan_now_is_asked_once_pressed(client):
    user = manager()
    client.force_login(user)
    response = client.post(reverse("campaigns:plan-now"))
    assert response.status_code == 302
    assert PlanRequest.objects.get().by == user


def test_live_part_is_not_sent_again_unchanged(client, held, monkeypatch):
    client.force_login(factories.administrator())
    first = client.get(reverse("campaigns:situation-now"))
    assert first.status_code == 200 and 'id="now"' in first.text
    # A secret in the part that is asked for again would make every answer a new one.
    assert "csrf" not in first.text
    again = client.get(reverse("campaigns:situation-now"), headers={"if-none-match": first["ETag"]})
    assert again.status_code == 304


def test_orders_and_shelves_and_stopped_channels_wait_too(client, now):
    operation = asking.operation()
    order = operating.order(operation, now, approval="nobody")
    center = factories.center()
    ShelfCheck.objects.create(center=center, component_id=appealing.RED_CELLS, asked_at=now)
    mail = Notification.objects.create(
        kind="sign_in_code",
        cause="x",
        recipient="u:1",
        subject_id=1,
        user=operation.opened_by,
        channel="email",
        made_at=now,
        due_at=now,
    )
    ChannelStop.objects.create(
        channel="email", reason="quota", code="550", since=now, opener=mail, next_probe_at=now
    )
    client.force_login(factories.administrator())
    page = client.get(reverse(ROOM)).text
    for said in ("Standing order to confirm", "Old figure", "Messages stopped", "3 decisions wait"):
        assert said in page
    orders.confirm(order=order, by=operating.another(), now=now)
    assert "Standing order to confirm" not in client.get(reverse(ROOM)).text


def test_who_gave_an_order_does_not_confirm_it(client, now):
    operation = asking.operation()
    operating.order(operation, now, approval="nobody")
    client.force_login(operation.opened_by)
    assert "Somebody else decides this." in client.get(reverse(ROOM)).text


@pytest.mark.parametrize("language", ["ar", "fr"])
def test_decisions_are_told_in_the_readers_language(client, held, language):
    client.force_login(factories.administrator())
    with translation.override(language):
        page = client.get(reverse(ROOM)).text.split('id="told-title"')[1]
    told = page.split("<footer")[0]
    for english in ("people", "Planned", "will be", "asked", "likely", "donations expected"):
        assert english not in told
    assert Appeal.objects.get().center.name_fr in told or language == "ar"


def test_operation_has_its_phase_estimate_trough_and_log(client, now):
    operation = asking.operation()
    operating.estimate(operation, now)
    client.force_login(auditor())
    page = client.get(reverse("campaigns:situation-operation", args=[operation.public_id])).text
    for said in ("Alert", "Estimate against use", "The trough to come", "The operation was opened"):
        assert said in page
    assert "Estimated by now" in page


def test_log_of_an_operation_has_the_planners_decisions_with_their_pages(client, now):
    operation = asking.operation()
    operation.provinces.add(factories.center().province)
    appealing.places(now, free=40)
    appealing.alert(now, ceiling=8)
    crowd(200, now=now)
    plan = appealing.planned(asking.now())
    client.force_login(auditor())
    for name in ("situation-operation-now", "operation-detail"):
        page = client.get(reverse(f"campaigns:{name}", args=[operation.public_id])).text
        assert "Planned to ask" in page
        assert reverse("campaigns:plan", args=[plan.public_id]) in page


def test_desk_opens_with_what_waits(client, wave):
    client.force_login(factories.administrator())
    page = client.get(reverse("campaigns:desk")).text
    assert page.index("What needs a decision now") < page.index('class="doors"')
    client.force_login(manager("CRTS-RAB"))
    assert "What needs a decision now" not in client.get(reverse("campaigns:desk")).text


def test_the_room_costs_the_same_for_many(client, now, django_assert_max_num_queries):
    for code in ("BS-TAZ", "CRTS-RAB", "CRTS-FES", "CRTS-AGD"):
        center = Center.objects.get(code=code)
        appealing.places(now, free=20)
        for group in ("O+", "A+"):
            appealing.alert(now, group=group, ceiling=8, at=center)
        crowd(40, now=now, at=center)
    appealing.planned(now)
    client.force_login(factories.administrator())
    client.get(reverse("campaigns:situation-now"))
    with django_assert_max_num_queries(75):
        client.get(reverse("campaigns:situation-now"))
