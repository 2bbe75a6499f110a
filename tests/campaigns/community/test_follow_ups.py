"""Two wishes that are asked for: where my blood went, and news of a campaign that I came to."""

from datetime import datetime, time, timedelta

import pytest
from django.urls import reverse

from campaigns.community import follow_ups
from campaigns.messaging import catalogue, links, told_facts
from campaigns.messaging.hindrances import hindrances
from campaigns.models import Campaign, Notification
from centers.models import Bag, Donation, Issue, LookBack, Marker
from donors.clock.zones import MOROCCO
from donors.contact import consent
from donors.models import Deferral, Donor
from tests.support import blood, doubt, factories
from tests.support import booking as steps
from tests.support.owner import past_the_guards

pytestmark = pytest.mark.django_db
LANGUAGES = ("ar", "fr", "en")


@pytest.fixture(autouse=True)
def _reference(reference):
    pass


@pytest.fixture
def evening(today):
    return datetime.combine(today, time(18, 30), MOROCCO)


def gift(evening, *, days: int = 22, wishes: bool = True, free_in: int = 40) -> Donation:
    """A donation of so many days ago whose red cells went to a hospital after a week."""
    bag = blood.red_cells()
    doubt.give_out(bag)
    ago = evening - timedelta(days=days)
    donation = bag.donation
    with past_the_guards():
        Donation.objects.filter(pk=donation.pk).update(collected_on=ago.date())
        Bag.objects.filter(donation=donation).update(collected_on=ago.date())
        Issue.objects.update(issued_at=ago + timedelta(days=7))
        Deferral.objects.filter(donor=donation.donor).update(
            starts_on=ago.date(), ends_on=evening.date() + timedelta(days=free_in)
        )
    if wishes:
        consent.give(donor=donation.donor, purpose="follow_up", language="fr", now=ago)
    return donation


def told(kind="blood_followed") -> list[Notification]:
    return list(Notification.objects.filter(kind=kind))


def test_gift_is_followed_once_in_the_evening_and_names_no_hospital(evening):
    donation = gift(evening)
    assert [follow_ups.tell(now=evening) for _again in range(2)] == [1, 0]
    (row,) = told()
    assert row.donor == donation.donor
    hospital = Issue.objects.get().place
    for language in LANGUAGES:
        row.donor.language = language
        message = catalogue.render(row)
        assert hospital not in message.text and hospital not in message.html
        assert "List-Unsubscribe" in message.headers
        assert donation.donor.family_name not in message.text


def test_town_is_named_only_where_one_patient_is_one_of_many(evening, monkeypatch):
    gift(evening)
    follow_ups.tell(now=evening)
    (row,) = told()
    row.donor.language = "fr"
    assert "Taza" not in catalogue.render(row).text
    monkeypatch.setattr(told_facts, "TOWN_ISSUES", 1)
    assert "Taza" in catalogue.render(row).text


@pytest.mark.parametrize("said", [{"days": 20}, {"days": 57}, {"wishes": False}])
def test_others_are_not_told(evening, said):
    gift(evening, **said)
    assert follow_ups.tell(now=evening) == 0


@pytest.mark.parametrize("state", ["expired", "discarded", "available", "blocked"])
def test_nothing_is_said_of_blood_that_was_not_used(evening, state):
    donation = gift(evening)
    with past_the_guards():
        Bag.objects.filter(donation=donation).update(state=state)
    assert follow_ups.tell(now=evening) == 0


def test_nothing_is_said_while_a_result_is_looked_into(evening):
    donation = gift(evening)
    with past_the_guards():
        LookBack.objects.create(donation=donation, marker=Marker.objects.first(), opened_at=evening)
    assert follow_ups.tell(now=evening) == 0


@pytest.mark.parametrize(("free_in", "sent"), [(11, 1), (10, 0), (1, 0), (0, 1)])
def test_nobody_is_told_in_the_ten_days_before_they_may_give_again(evening, free_in, sent):
    gift(evening, free_in=free_in)
    assert follow_ups.tell(now=evening) == sent


@pytest.mark.parametrize(("ago", "sent"), [(13, 0), (15, 1)])
@pytest.mark.parametrize("kind", ["appeal_invitation", "campaign_story"])
def test_one_allowance_holds_for_telling_too(evening, ago, sent, kind):
    donor = gift(evening).donor
    made = evening - timedelta(days=ago)
    with past_the_guards():
        Notification.objects.create(
            kind=kind, cause="x", recipient=f"d:{donor.pk}", subject_id=1, donor=donor,
            contact=donor.contacts.first(), channel="email", made_at=made, due_at=made,
            state="sent", settled_at=made,
        )  # fmt: skip
    assert follow_ups.tell(now=evening) == sent


@pytest.mark.parametrize(("hour", "sent"), [(17, 0), (18, 1), (19, 1), (20, 0), (9, 0)])
def test_told_between_six_and_eight_in_the_evening(evening, hour, sent):
    gift(evening)
    assert follow_ups.tell(now=evening.replace(hour=hour)) == sent


def test_message_that_missed_its_evening_waits_for_the_next(evening):
    gift(evening)
    follow_ups.tell(now=evening)
    late = evening.replace(hour=21)
    rows = list(
        Notification.objects.filter(kind="blood_followed").select_related("donor", "contact")
    )
    assert hindrances(rows, evening) == {}
    next_evening = datetime.combine(evening.date() + timedelta(days=1), time(18), MOROCCO)
    assert hindrances(rows, late) == {rows[0].pk: next_evening}
    assert hindrances(rows, evening + timedelta(days=8)) == {rows[0].pk: "too late"}
    consent.withdraw(donor=rows[0].donor, purpose="follow_up", now=evening)
    assert hindrances(rows, evening) == {rows[0].pk: "consent withdrawn"}


def came(evening, *, days: int = 10, afterword: str = "Merci !", wishes: bool = True):
    campaign = steps.campaign()
    donor = factories.donor()
    factories.visit(campaign.sessions.get(), donor, factories.user())
    with past_the_guards():
        Campaign.objects.update(
            state="closed",
            planned_on=evening.date() - timedelta(days=days),
            afterword_fr=afterword,
        )
        Deferral.objects.filter(donor=donor).delete()
    if wishes:
        consent.give(donor=donor, purpose="news", language="fr", now=evening - timedelta(days=2))
    return campaign, donor


def test_story_of_a_campaign_reaches_those_who_came_once(evening):
    campaign, donor = came(evening)
    assert [follow_ups.tell(now=evening) for _again in range(2)] == [1, 0]
    (row,) = told("campaign_story")
    assert row.donor == donor
    for language in LANGUAGES:
        row.donor.language = language
        message = catalogue.render(row)
        assert f"/{language}/campaigns/{campaign.public_id}/" in message.text
        assert donor.family_name not in message.text


@pytest.mark.parametrize("said", [{"days": 61}, {"afterword": ""}, {"wishes": False}])
def test_story_that_nobody_wrote_or_wants_is_not_sent(evening, said):
    came(evening, **said)
    assert follow_ups.tell(now=evening) == 0


@pytest.mark.parametrize(
    ("kind", "purpose", "words"),
    [("campaign_story", "news", "no more news"), ("blood_followed", "follow_up", "your blood")],
)
def test_stop_link_ends_this_wish_and_no_other(client, evening, kind, purpose, words):
    donor = gift(evening).donor if purpose == "follow_up" else came(evening)[1]
    consent.give(donor=donor, purpose="appeals", language="fr", now=evening - timedelta(days=2))
    follow_ups.tell(now=evening)
    (row,) = told(kind)
    page = reverse("campaigns:stop-appeals", args=[links.token(row, links.UNSUBSCRIBE)])
    assert words in client.get(page).content.decode().lower()
    assert words in client.post(page).content.decode().lower()
    assert consent.purposes(Donor.objects.get(pk=donor.pk)) & {purpose, "appeals"} == {"appeals"}
