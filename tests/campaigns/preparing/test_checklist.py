"""The coordinator's checklist: sensible days, ticks on record, one digest instead of many."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from campaigns.checklists import items
from campaigns.messaging import catalogue, hindrances
from campaigns.models import Notification
from campaigns.preparing import reminders
from tests.support import asking, attack, factories
from tests.support.owner import past_the_guards

FIRST = date(2027, 3, 1)


@pytest.mark.parametrize("lead", [0, 1, 5, 10, 30, 84, 200])
def test_days_keep_their_order_and_lie_after_the_beginning(lead):
    begun = FIRST - timedelta(days=lead)
    days = [items.due_on(item, begun=begun, first=FIRST) for item in items.ITEMS]
    assert days == sorted(days) and days[0] >= begun
    assert items.due_on(items.CODES["thanks"], begun=begun, first=FIRST) > FIRST


def test_twelve_weeks_are_the_whole_list_and_a_near_day_leaves_out_what_makes_no_sense():
    begun = FIRST - timedelta(days=84)
    assert items.due_on(items.CODES["asked"], begun=begun, first=FIRST) == begun
    near = FIRST - timedelta(days=10)
    assert items.due_on(items.CODES["ready"], begun=near, first=FIRST) == date(2027, 2, 28)


@pytest.mark.django_db
def test_near_campaign_has_no_partners_to_speak_with(reference):
    codes = {line.item.code for line in items.of(asking.draft(days=3))}
    assert "partners" not in codes and "room" in codes
    assert "partners" in {line.item.code for line in items.of(asking.draft("PP-FES", days=90))}


def begun(campaign, days: int):
    """As if it had been drafted so many days ago."""
    earlier = timezone.now() - timedelta(days=days)
    with past_the_guards():
        type(campaign).objects.filter(pk=campaign.pk).update(drafted_at=earlier)
    campaign.refresh_from_db()
    return campaign


@pytest.fixture
def campaign(reference):
    return begun(asking.confirmed(days=10), 20)


@pytest.fixture(autouse=True)
def _demo(settings):
    settings.DEMO = True


def address(campaign, name) -> str:
    return reverse(f"campaigns:{name}", args=[campaign.public_id])


@pytest.mark.django_db
def test_tick_says_who_and_when_and_is_taken_back_once(client, campaign):
    client.force_login(campaign.drafted_by)
    client.post(address(campaign, "drive-tick"), {"item": "room"})
    client.post(address(campaign, "drive-tick"), {"item": "room"})
    tick = campaign.ticks.get()
    assert tick.by == campaign.drafted_by
    page = client.get(address(campaign, "drive-prepare"))
    assert f"Done, <bdi>{campaign.drafted_by.display_name}</bdi>" in page.text
    change = "UPDATE campaigns_checklisttick SET undone_at = now(), undone_by_id = %s WHERE id = %s"
    client.post(address(campaign, "drive-untick"), {"item": "room"})
    assert "tick_is_undone_once" in attack.refused(change, tick.by_id, tick.pk)
    client.post(address(campaign, "drive-tick"), {"item": "room"})
    assert campaign.ticks.count() == 2
    client.post(address(campaign, "drive-tick"), {"item": "nonsense"})
    assert campaign.ticks.count() == 2


@pytest.mark.django_db
def test_strangers_neighbours_and_the_centre_tick_nothing(client, campaign):
    page, press = address(campaign, "drive-prepare"), address(campaign, "drive-tick")
    assert client.get(page).status_code == 302
    for user, sees in (
        (factories.officer(factories.unit("PP-FES")), 404),
        (factories.staff(factories.center("CRTS-FES"), "manager"), 404),
        (factories.staff(campaign.center, "reception"), 404),
        (factories.staff(campaign.center, "manager"), 200),
    ):
        client.force_login(user)
        assert client.get(page).status_code == sees
        assert client.post(press, {"item": "room"}).status_code == 404
    assert not campaign.ticks.exists()


@pytest.mark.django_db
def test_coordinator_gets_one_digest_for_everything_and_again_after_three_days(campaign):
    other = begun(asking.confirmed(days=9), 20)
    type(other).objects.filter(pk=other.pk).update(coordinator=campaign.drafted_by)
    bystander = factories.officer(campaign.unit)
    now = timezone.now()
    assert reminders.remind(now=now) == 1 and reminders.remind(now=now) == 0
    digest = Notification.objects.get(kind="campaign_checklist")
    assert digest.user == campaign.drafted_by and digest.user != bystander
    text = catalogue.render(digest).text
    assert str(campaign.public_id) in text and str(other.public_id) in text
    told = [reminders.remind(now=now + timedelta(days=day)) for day in range(1, 4)]
    assert 1 <= sum(told) <= 3 and told[2] == 1


@pytest.mark.django_db
def test_digest_dies_when_all_is_done_and_goes_to_the_unit_without_its_coordinator(campaign):
    now = timezone.now()
    reminders.remind(now=now)
    digest = Notification.objects.get(kind="campaign_checklist")
    for line in items.of(campaign):
        if not line.done:
            items.tick(campaign=campaign, item=line.item.code, by=campaign.drafted_by, now=now)
    assert hindrances.hindrances([digest], now)[digest.pk] == "nothing left to do"
    left = begun(asking.confirmed("PP-FES", days=10), 20)
    left.drafted_by.is_active = False
    left.drafted_by.save(update_fields=["is_active"])
    deputy = factories.officer(left.unit)
    reminders.remind(now=now)
    assert Notification.objects.filter(kind="campaign_checklist", user=deputy).count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize(("state", "left"), [("running", "host"), ("closed", "thanks")])
def test_nobody_is_reminded_of_what_comes_too_late(campaign, state, left):
    with past_the_guards():
        type(campaign).objects.filter(pk=campaign.pk).update(state=state)
    campaign.refresh_from_db()
    codes = [line.item.code for line in items.of(campaign)]
    assert codes[0] == left and "story" in codes and "room" not in codes
    items.tick(campaign=campaign, item="room", by=campaign.drafted_by, now=timezone.now())
    assert items.of(campaign)[0].item.code == "room"
