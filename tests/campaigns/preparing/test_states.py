"""The states of a campaign: who may change them, in which order, and what stays on record."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from campaigns.models import Campaign, Notification
from campaigns.organising import drives
from donors.errors import Refused
from tests.support import asking, attack, factories
from tests.support.owner import past_the_guards

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _demo(settings):
    settings.DEMO = True


def address(campaign, name="drive-detail") -> str:
    return reverse(f"campaigns:{name}", args=[campaign.public_id])


def public(campaign) -> str:
    return reverse("campaigns:campaign-detail", args=[campaign.public_id])


def steps(campaign) -> list:
    return [(step.state, step.by) for step in campaign.steps.order_by("pk")]


def sketched(unit="SR-TAZ") -> Campaign:
    organiser = factories.unit(unit)
    return drives.propose(
        unit=organiser,
        center=factories.center(),
        planned_on=timezone.localdate() + timedelta(days=30),
        target=40,
        by=factories.officer(organiser),
        now=timezone.now(),
        ask=False,
    )


def rooms(campaign, **fields) -> dict:
    return {
        "kind": "mobile",
        "place_ar": "قاعة",
        "place_fr": "Salle",
        "place_en": "Room",
        "on": campaign.planned_on.isoformat(),
        "begins": "09:00",
        "ends": "11:00",
        "beds": "2",
        "slot_minutes": "30",
    } | fields


def test_campaign_goes_from_draft_to_close_and_each_step_is_on_record(client, reference):
    campaign = sketched()
    officer, manager = campaign.drafted_by, factories.staff(campaign.center, "manager")
    client.force_login(manager)
    assert client.get(address(campaign)).status_code == 404
    assert not Notification.objects.filter(kind="campaign_proposed").exists()
    client.force_login(officer)
    client.post(address(campaign, "drive-ask"))
    assert Notification.objects.get(kind="campaign_proposed").user == manager
    client.force_login(manager)
    client.post(address(campaign, "drive-confirm"), rooms(campaign))
    campaign.refresh_from_db()
    assert campaign.state == "agreed" and client.get(public(campaign)).status_code == 404
    client.force_login(officer)
    client.post(address(campaign, "drive-publish"))
    assert client.get(public(campaign)).status_code == 200
    begins = campaign.sessions.get().starts_at
    assert drives.begin_due(now=begins - timedelta(minutes=1)) == 0
    assert drives.begin_due(now=begins) == 1 and drives.begin_due(now=begins) == 0
    assert client.get(public(campaign)).status_code == 200
    assert drives.close_past(now=begins + timedelta(days=2)) == 1
    assert steps(campaign) == [
        ("draft", officer),
        ("asked", officer),
        ("agreed", manager),
        ("confirmed", officer),
        ("running", None),
        ("closed", None),
    ]
    assert "by the calendar" in client.get(address(campaign)).text


@pytest.mark.parametrize(
    ("state", "after"),
    [
        ("draft", "confirmed"),
        ("asked", "running"),
        ("cancelled", "confirmed"),
        ("closed", "running"),
        ("declined", "asked"),
        ("withdrawn", "draft"),
    ],
)
def test_database_refuses_a_way_back_and_a_short_cut(reference, state, after):
    campaign = sketched()
    with past_the_guards():
        Campaign.objects.filter(pk=campaign.pk).update(
            state=state,
            decided_at=None if state == "draft" else timezone.now(),
            decided_by=None if state == "draft" else campaign.drafted_by,
        )
    change = "UPDATE campaigns_campaign SET state = %s, decided_at = now(), decided_by_id = %s WHERE id = %s"
    values = (after, campaign.drafted_by_id, campaign.pk)
    assert "campaign_goes_its_way" in attack.refused(change, *values)


def test_nobody_writes_or_changes_the_history(reference):
    campaign = sketched()
    assert attack.denied("UPDATE campaigns_campaignstep SET by_id = NULL")
    assert attack.denied("DELETE FROM campaigns_campaignstep")
    forged = (
        "INSERT INTO campaigns_campaignstep (campaign_id, state, at, because)"
        " VALUES (%s, 'closed', now(), '')"
    )
    assert attack.denied(forged, campaign.pk)


def test_cancelled_while_under_way_is_said_and_ends_its_sessions(client, reference):
    campaign = asking.confirmed(days=1)
    now = campaign.sessions.get().starts_at
    drives.begin_due(now=now)
    boss = factories.staff(campaign.center, "manager")
    drives.cancel(campaign=campaign, because="The power failed.", by=boss, now=now)
    assert [state for state, _by in steps(campaign)][-2:] == ["running", "cancelled"]
    assert "The power failed." in client.get(public(campaign)).text


def test_another_day_is_held_against_the_cap(client, reference):
    campaign = asking.confirmed()
    client.force_login(factories.staff(campaign.center, "manager"))
    day = campaign.planned_on + timedelta(days=1)
    client.post(address(campaign, "drive-day"), rooms(campaign, on=day.isoformat()))
    assert campaign.sessions.count() == 2
    many = rooms(campaign, on=day.isoformat(), ends="21:00", beds="10")
    assert "Take fewer beds" in client.post(address(campaign, "drive-day"), many).text
    assert campaign.sessions.count() == 2
    client.force_login(factories.officer(campaign.unit))
    assert client.post(address(campaign, "drive-day"), rooms(campaign)).status_code == 404


def test_target_cap_and_partners_are_the_units_and_the_centres(client, reference):
    campaign = asking.confirmed()
    said = {"target": "50", "cap": "70", "partners_en": "The commune of Taza"}
    client.force_login(factories.officer(campaign.unit))
    client.post(address(campaign, "drive-aim"), said)
    assert "The commune of Taza" in client.get(public(campaign)).text
    refused = client.post(address(campaign, "drive-aim"), said | {"cap": "20"})
    assert "under the number hoped for" in refused.text
    client.force_login(factories.officer(factories.unit("PP-FES")))
    assert client.post(address(campaign, "drive-aim"), said).status_code == 404
    campaign.refresh_from_db()
    assert (campaign.target, campaign.cap) == (50, 70)


def test_draft_is_kept_and_discarded_by_its_unit_alone(client, reference):
    campaign = sketched()
    for stranger in (
        factories.officer(factories.unit("PP-FES")),
        factories.staff(campaign.center, "manager"),
        factories.staff(factories.center("CRTS-FES"), "manager"),
    ):
        client.force_login(stranger)
        for verb in ("ask", "discard", "publish", "coordinate"):
            assert client.post(address(campaign, f"drive-{verb}")).status_code in (302, 404)
        campaign.refresh_from_db()
        assert campaign.state == "draft" and campaign.coordinator == campaign.drafted_by
    client.force_login(campaign.drafted_by)
    client.post(address(campaign, "drive-discard"))
    campaign.refresh_from_db()
    assert campaign.state == "withdrawn"
    with pytest.raises(Refused, match="decided already"):
        drives.ask(campaign=campaign, by=campaign.drafted_by, now=timezone.now())


def test_plan_form_saves_a_draft_without_asking_the_centre(client, reference):
    unit = factories.unit("SR-TAZ")
    client.force_login(factories.officer(unit))
    day = timezone.localdate() + timedelta(days=9)
    said = {"unit": unit.pk, "center": factories.center().pk, "planned_on": day, "target": "40"}
    client.post(reverse("campaigns:drive-plan"), said | {"later": "yes"})
    campaign = Campaign.objects.get()
    assert campaign.state == "draft"
    assert "Only your unit sees this draft" in client.get(address(campaign)).text
