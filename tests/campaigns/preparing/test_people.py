"""Invitations before, thanks and a report after; the unit learns numbers, never who."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from campaigns.messaging import catalogue, hindrances
from campaigns.models import Campaign, Notification
from campaigns.organising import drives
from campaigns.preparing import ending, invitations
from centers.models import Slot
from centers.sessions import booking
from donors.contact import consent
from donors.errors import Refused
from donors.models import Donor, Membership
from tests.support import asking, attack, factories
from tests.support.owner import past_the_guards

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _demo(settings):
    settings.DEMO = True


def member(unit="SR-TAZ", *, news=True, **fields) -> Donor:
    person = factories.donor(**fields)
    since = timezone.localdate() - timedelta(days=400)
    Membership.objects.create(donor=person, unit=factories.unit(unit), since=since)
    if news:
        consent.give(donor=person, purpose="news", language="ar", now=timezone.now())
    return person


def address(campaign, name) -> str:
    return reverse(f"campaigns:{name}", args=[campaign.public_id])


def written(kind) -> set:
    return set(Notification.objects.filter(kind=kind).values_list("donor", flat=True))


def test_invitation_reaches_those_who_agreed_once_and_nobody_else(client, reference):
    campaign = asking.confirmed()
    wanted = member()
    member(news=False)
    member("PP-FES")
    paused = member()
    Donor.objects.filter(pk=paused.pk).update(
        paused_until=timezone.localdate() + timedelta(days=99)
    )
    booked = member()
    slot = Slot.objects.filter(session__campaigns=campaign).first()
    booking.book(slot=slot, donor=booked, now=timezone.now())
    client.force_login(factories.officer(campaign.unit))
    page = client.get(address(campaign, "drive-prepare")).text
    assert wanted.given_name not in page and "&lt; 5" in page
    client.post(address(campaign, "drive-invite"))
    assert written("campaign_invitation") == {wanted.pk}
    assert campaign.ticks.get().item == "invited"  # and nobody is reminded of it
    with pytest.raises(Refused, match="Nobody can be invited"):
        invitations.invite(campaign=campaign, **factories.acts())
    text = catalogue.render(Notification.objects.get(kind="campaign_invitation")).text
    assert str(campaign.public_id) in text and "/messages/stop/" in text


def test_invitation_dies_with_the_consent_the_campaign_or_a_booking(reference):
    campaign, now = asking.confirmed(), timezone.now()
    people = [member() for _number in range(3)]
    invitations.invite(campaign=campaign, **factories.acts())
    consent.withdraw(donor=people[0], purpose="news", now=timezone.now())
    slot = Slot.objects.filter(session__campaigns=campaign).first()
    booking.book(slot=slot, donor=people[1], now=now)
    batch = list(Notification.objects.filter(kind="campaign_invitation").order_by("donor"))
    why = hindrances.hindrances(batch, now)
    assert [why.get(n.pk) for n in batch][:2] == ["consent withdrawn", "has a place"]
    boss = factories.staff(campaign.center, "manager")
    drives.cancel(campaign=campaign, because="Flood.", by=boss, now=now)
    assert hindrances.hindrances(batch[2:], now)[batch[2].pk] == "campaign over"


def test_who_was_asked_lately_is_left_alone(reference):
    member()
    invitations.invite(campaign=asking.confirmed(), **factories.acts())
    other = asking.confirmed(days=6)
    assert not invitations.invitable(other, timezone.now()).exists()
    assert invitations.invitable(other, timezone.now() + timedelta(days=15)).exists()


@pytest.fixture
def over(reference):
    """A campaign that is over; somebody gave, somebody came and left, somebody stayed away."""
    campaign = asking.confirmed()
    session = factories.session(campaign.center)
    campaign.sessions.set([session])
    staff = factories.staff(campaign.center, "reception")
    gave, left = member(news=True), member(news=True)
    silent = member(news=False)
    member(news=True)
    for person in (gave, silent):
        factories.visit(session, person, staff)
    factories.visit(session, left, staff, accepted=False)
    with past_the_guards():
        Campaign.objects.filter(pk=campaign.pk).update(state="closed")
    campaign.refresh_from_db()
    return campaign, {gave.pk, left.pk}


def test_everybody_who_came_is_thanked_once_whether_they_gave_or_not(client, over):
    campaign, came = over
    client.force_login(factories.officer(campaign.unit))
    client.post(address(campaign, "drive-thank-people"))
    assert written("campaign_thanks") == came
    page = client.post(address(campaign, "drive-thank-people"), follow=True).text
    assert "thanked already" in page and "&lt; 5" in page
    assert len(written("campaign_thanks")) == 2


def test_report_is_for_unit_and_centre_and_a_correction_is_another_row(client, over):
    campaign, _came = over
    client.force_login(factories.officer(campaign.unit))
    said = {"turned_away": "12", "went_wrong": "The line was long.", "next_time": "More beds."}
    client.post(address(campaign, "drive-report"), said)
    client.post(address(campaign, "drive-report"), said | {"turned_away": "14"})
    assert [row.turned_away for row in campaign.reports.all()] == [12, 14]
    assert attack.denied("UPDATE campaigns_campaignreport SET went_wrong = ''")
    empty = client.post(address(campaign, "drive-report"), {"went_wrong": " "})
    assert "at least one line" in empty.text
    client.force_login(factories.staff(campaign.center, "manager"))
    assert "The line was long." in client.get(address(campaign, "drive-prepare")).text
    assert client.post(address(campaign, "drive-report"), said).status_code == 404
    client.logout()
    public = client.get(reverse("campaigns:campaign-detail", args=[campaign.public_id])).text
    assert "The line was long." not in public


def test_nothing_of_the_end_before_the_end(reference):
    campaign = asking.confirmed()
    for rule, words in (
        (lambda: ending.thank_people(campaign=campaign, **factories.acts()), "over"),
        (
            lambda: ending.report(
                campaign=campaign,
                turned_away=1,
                went_wrong="",
                next_time="",
                **factories.acts(),
            ),
            "over",
        ),
    ):
        with pytest.raises(Refused, match=words):
            rule()
    with pytest.raises(Refused, match="once the page is public"):
        invitations.invite(campaign=asking.draft("PP-FES"), **factories.acts())


@pytest.mark.parametrize("verb", ["drive-invite", "drive-thank-people", "drive-report"])
def test_neighbours_and_the_centre_write_to_nobody(client, reference, verb):
    campaign = asking.confirmed()
    for user in (
        factories.officer(factories.unit("PP-FES")),
        factories.staff(factories.center("CRTS-FES"), "manager"),
        factories.staff(campaign.center, "manager"),
    ):
        client.force_login(user)
        assert client.post(address(campaign, verb)).status_code == 404
    client.logout()
    assert client.post(address(campaign, verb)).url.startswith(reverse("account_login"))
