"""Offers to the units of a memo: computed, renewed, taken; what the database refuses."""

from datetime import time, timedelta

import pytest
from django.utils import timezone

from campaigns.models import Addressee, Campaign, Offer, OpenDay, TeamDay
from campaigns.offers import capacity, facts, renewal, taking
from campaigns.organising import addressee_answers, drives
from donors.clock.calendar import local_day
from donors.errors import Refused
from donors.models import Deferral, DeferralReason, Membership
from tests.support import asking, attack, factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def memo(reference):
    return asking.memo("SR-TAZ", "PP-OUJ")


@pytest.fixture
def offers(memo):
    now = timezone.now()
    assert renewal.renew(now=now) == 6
    return list(Offer.objects.filter(unit__code="SR-TAZ").order_by("day"))


def addressee(code: str = "SR-TAZ"):
    return Addressee.objects.get(unit__code=code)


def take(offer, code: str = "SR-TAZ", **said):
    return taking.take(offer=offer, addressee=addressee(code), **factories.acts(**said))


def open_day(offer, **said) -> OpenDay:
    by = factories.staff(offer.center, "manager")
    usual = {"teams": 1, "beds": 4, "starts": time(9), "ends": time(15)}
    rest = {"published_at": timezone.now(), "published_by": by}
    return OpenDay.objects.create(center=offer.center, day=offer.day, **(usual | rest | said))


def test_each_addressed_unit_gets_three_days_at_its_nearest_centre(offers):
    assert len(offers) == 3 == len({one.day for one in offers})
    for one in offers:
        assert one.expected >= 1 and one.bags < one.expected and one.beds >= 1
        assert one.center_id in {c.pk for c in drives.nearest_centers(one.unit, 3)}
        assert one.reasons["rested"] == "" and one.reasons["km"] >= 0


def test_offers_stay_until_one_is_gone_and_end_with_the_answer(offers):
    now = timezone.now()
    assert renewal.renew(now=now) == 0
    assert renewal.renew(now=now + renewal.LASTS) == 6, "expired offers are renewed"
    addressee_answers.answer_cannot(addressee=addressee(), because="x", **factories.acts())
    renewal.renew(now=now + renewal.LASTS)
    assert not Offer.objects.filter(unit__code="SR-TAZ", ended_at=None).exists()
    assert Offer.objects.filter(unit__code="SR-TAZ").count() == 6, "what was offered is kept"


def test_taking_an_offer_answers_and_asks_the_centre(offers):
    campaign = take(offers[1])
    row = addressee()
    assert (row.answer, row.planned_on) == ("will", offers[1].day)
    assert row.expected_donors == offers[1].expected == campaign.target
    assert (campaign.state, campaign.center_id) == ("asked", offers[1].center_id)
    bound = TeamDay.objects.get()
    assert (bound.campaign, bound.offer, bound.day) == (campaign, offers[1], offers[1].day)
    assert not Offer.objects.filter(unit=row.unit, ended_at=None).exists()


def test_an_offer_of_another_unit_or_that_ended_is_refused(offers):
    with pytest.raises(Refused, match="no longer open"):
        take(offers[0], "PP-OUJ")
    with pytest.raises(Refused, match="no longer open"):
        take(offers[0], now=timezone.now() + renewal.LASTS)
    take(offers[0])
    with pytest.raises(Refused, match="no longer open"):
        take(offers[0])
    assert Campaign.objects.count() == 1


def test_a_team_that_another_campaign_has_is_refused_and_offered_no_more(offers):
    offer = offers[0]
    for _team in range(
        capacity.habits(timezone.now()).get(offer.center_id, capacity.Habit()).teams
    ):
        days = (offer.day - timezone.localdate()).days
        asking.draft("CP-GUF", offer.center, days=days)
    with pytest.raises(Refused, match="has just taken this team"):
        take(offer)
    assert addressee().answer == "", "nothing of the refused act stays"


def test_a_published_day_becomes_a_public_campaign_at_once(offers):
    published = open_day(offers[0])
    campaign = take(offers[0])
    campaign.refresh_from_db()
    assert (campaign.state, campaign.decided_by) == ("confirmed", published.published_by)
    session = campaign.sessions.get()
    assert timezone.localtime(session.starts_at).time() == time(9)
    assert local_day(session.starts_at) == offers[0].day and session.kind == "mobile"
    assert capacity.bound(offers[0].day, offers[0].day)[session.center_id][offers[0].day] == 1


def test_an_evening_of_ramadan_ends_on_the_next_day(offers):
    open_day(offers[0], starts=time(21), ends=time(1))
    session = take(offers[0]).sessions.get()
    assert session.ends_at - session.starts_at == timedelta(hours=4)


def test_a_declined_campaign_gives_its_team_back(offers):
    campaign = take(offers[0])
    drives.decline(campaign=campaign, because="x", **factories.acts())
    assert TeamDay.objects.get().released_at
    assert capacity.free_team(offers[0].center, offers[0].day, now=timezone.now())


def test_the_database_keeps_offers_and_teams(offers):
    campaign, other = take(offers[0]), asking.draft("PP-OUJ", offers[0].center)
    bound = TeamDay.objects.get()
    change = "UPDATE campaigns_offer SET expected = 5 WHERE id = %s"
    assert "offer_ends_once" in attack.refused(change, offers[1].pk)
    again = "UPDATE campaigns_offer SET ended_at = NULL WHERE id = %s"
    assert "offer_ends_once" in attack.refused(again, offers[0].pk)
    assert "offer_ends_once" in attack.refused(
        "DELETE FROM campaigns_offer WHERE id = %s", offers[0].pk
    )
    moved = "UPDATE campaigns_teamday SET campaign_id = %s WHERE id = %s"
    assert "team_day_is_released_once" in attack.refused(moved, other.pk, bound.pk)
    insert = (
        "INSERT INTO campaigns_teamday (campaign_id, center_id, day, team, at, by_id)"
        " VALUES (%s, %s, %s, %s, now(), %s)"
    )
    wrong_day = (other.pk, bound.center_id, bound.day, 1, bound.by_id)
    assert "team_day_fits_its_campaign" in attack.refused(insert, *wrong_day)
    Campaign.objects.filter(pk=other.pk).update(planned_on=bound.day)
    same = (other.pk, bound.center_id, bound.day, bound.team, bound.by_id)
    assert "team_is_bound_once_a_day" in attack.refused(insert, *same)
    twice = (campaign.pk, bound.center_id, bound.day, bound.team + 1, bound.by_id)
    assert "campaign_binds_one_team" in attack.refused(insert, *twice)
    published = open_day(offers[1])
    more = "UPDATE campaigns_openday SET teams = 9 WHERE id = %s"
    assert "open_day_is_withdrawn_once" in attack.refused(more, published.pk)


def test_people_are_counted_from_five_and_by_their_return(reference):
    unit, other, today = factories.unit(), factories.unit("PP-OUJ"), timezone.localdate()
    for number in range(9):
        donor = factories.donor()
        home = unit if number < 5 else other
        Membership.objects.create(donor=donor, unit=home, since=today)
        if number < 2:
            Deferral.objects.create(
                donor=donor,
                reason=DeferralReason.objects.get(code="MA-HIJAMA"),
                starts_on=today,
                ends_on=today + timedelta(days=21),
                recorded_at=timezone.now(),
            )
    shares = facts.free_shares([unit.pk, other.pk], today)
    assert set(shares) == {unit.pk}, "four people are not counted"
    assert shares[unit.pk][:4] == (0.6, 0.6, 0.6, 1.0)


def test_a_units_own_turnout_counts_and_is_shrunk_to_the_mean(reference):
    unit, other = factories.unit(), factories.unit("PP-OUJ")
    campaign = asking.confirmed()
    before = facts.usual_donors([unit.pk, other.pk])
    assert before[unit.pk] == before[other.pk] == facts.TARGET * facts.TURNOUT
    Campaign.objects.filter(pk=campaign.pk).update(state="closed")
    after = facts.usual_donors([unit.pk, other.pk])
    assert after[unit.pk] < after[other.pk] < before[other.pk]
