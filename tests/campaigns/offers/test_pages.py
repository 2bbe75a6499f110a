"""The officer's three cards, the rotation planner, open days, and who has no access."""

from datetime import date, time, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from campaigns.models import Campaign, Notification, Offer, OpenDay, TeamDay
from campaigns.offers import capacity, conflicts, holidays, renewal, rotation
from campaigns.organising import drives
from centers.models import Center
from donors.errors import Refused
from tests.support import asking, factories

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _demo(settings):
    settings.DEMO = True  # a second factor is asked for otherwise


@pytest.fixture
def memo(reference):
    return asking.memo("SR-TAZ", "PP-OUJ")


@pytest.fixture
def campaign(reference):
    """Agreed, not public, in eight days at least, on a weekday that is no holiday."""
    return agreed(calm_days(9))


def agreed(days: int, unit: str = "SR-TAZ") -> Campaign:
    """A campaign that the beds of one team suffice for."""
    return drives.propose(
        unit=factories.unit(unit),
        center=factories.center(),
        planned_on=timezone.localdate() + timedelta(days=days),
        target=40,
        **factories.acts(),
    )


def calm_days(least: int) -> int:
    """Days from today to the next Tuesday against which nothing speaks."""
    today = timezone.localdate()
    for days in range(least, least + 100):
        day = today + timedelta(days=days)
        if day.weekday() == 1 and not holidays.between(day, day) and not holidays.ramadan(day, day):
            return days
    raise AssertionError


def page(memo, name="memo-offers", *more) -> str:
    return reverse(f"campaigns:{name}", args=[memo.public_id, "SR-TAZ", *more])


@pytest.mark.parametrize("language", ["ar", "fr", "en"])
def test_the_officer_takes_one_of_three_cards(client, memo, language):
    client.force_login(factories.officer(factories.unit()))
    start = page(memo).replace("/ar/", f"/{language}/").replace("/en/", f"/{language}/")
    shown = client.get(start)
    offers = shown.context["offers"]
    assert len(offers) == 3 and memo.addressees.get(unit__code="SR-TAZ").seen_at
    text = shown.content.decode()
    for number, offer in enumerate(offers, 1):
        assert f"<bdi>{number}.</bdi>" in text  # by which it is taken in a text message
        assert page(memo, "offer-take", offer.pk).split("/", 2)[2] in text
    answer = client.post(page(memo, "offer-take", offers[1].pk))
    campaign = Campaign.objects.get()
    assert answer.url.endswith(f"/drives/{campaign.public_id}/")
    assert campaign.planned_on == offers[1].day
    assert not client.get(start).context["offers"]


def test_the_memo_leads_to_the_offers_and_back_to_the_empty_form(client, memo):
    client.force_login(factories.officer(factories.unit()))
    detail = reverse("campaigns:memo-detail", args=[memo.public_id])
    assert page(memo) in client.get(detail).content.decode()
    row = memo.addressees.get(unit__code="SR-TAZ")
    assert f"{detail}#own-{row.pk}" in client.get(page(memo)).content.decode()


def test_an_offer_that_is_gone_is_told_and_others_are_shown(client, memo):
    client.force_login(factories.officer(factories.unit()))
    offers = client.get(page(memo)).context["offers"]
    Offer.objects.filter(pk=offers[0].pk).update(ended_at=timezone.now())
    answer = client.post(page(memo, "offer-take", offers[0].pk), follow=True)
    assert "no longer open" in answer.content.decode() and answer.context["offers"]
    assert not Campaign.objects.exists()


def test_neighbours_superiors_and_strangers_take_nothing(client, memo):
    renewal.renew(now=timezone.now())
    offer = Offer.objects.filter(unit__code="SR-TAZ")[0]
    neighbour = factories.officer(factories.unit("PP-OUJ"))
    for reader in (neighbour, factories.officer(factories.unit("DGSN")), factories.administrator()):
        client.force_login(reader)
        assert client.get(page(memo)).status_code == 404
        assert client.post(page(memo, "offer-take", offer.pk)).status_code == 404
    client.force_login(neighbour)
    foreign = page(memo, "offer-take", offer.pk).replace("SR-TAZ", "PP-OUJ")
    assert client.post(foreign).status_code == 404, "an offer belongs to one unit"
    client.logout()
    assert client.get(page(memo)).status_code == 302


def test_the_rotation_shows_campaigns_by_week_with_their_bags(client, campaign):
    client.force_login(factories.administrator())
    shown = client.get(reverse("campaigns:rotation"))
    (row,) = shown.context["rows"]
    cell = next(cell for cell in row.cells if cell.campaigns)
    assert cell.begins <= campaign.planned_on < cell.begins + timedelta(days=7)
    week = next(week for week in shown.context["weeks"] if week.begins == cell.begins)
    assert 0 < week.agreed < campaign.target and (week.public, week.offered) == (0, 0)
    asking.confirm(campaign)
    weeks = client.get(reverse("campaigns:rotation")).context["weeks"]
    assert [w.public for w in weeks if w.begins == cell.begins] == [week.agreed]


def test_offers_count_for_a_third_in_the_forecast(reference, memo):
    renewal.renew(now=timezone.now())
    weeks = rotation.weeks(Center.objects.all(), Campaign.objects.none(), timezone.now())
    bags = sum(Offer.objects.values_list("bags", flat=True))
    assert sum(week.offered for week in weeks) == pytest.approx(bags / 3, abs=6)


def test_a_manager_moves_a_campaign_and_both_sides_are_told(client, campaign):
    officer, manager = factories.officer(campaign.unit), factories.staff(campaign.center, "manager")
    client.force_login(manager)
    url = reverse("campaigns:rotation-move", args=[campaign.public_id])
    day = timezone.localdate() + timedelta(days=calm_days(20))
    answer = client.post(url, {"day": day.isoformat()})
    assert answer.status_code == 302, answer.context["conflicts"]
    campaign.refresh_from_db()
    assert campaign.planned_on == day and TeamDay.objects.get(released_at=None).day == day
    told = Notification.objects.filter(kind="campaign_moved").values_list("user", flat=True)
    assert {officer.pk, manager.pk} <= set(told)
    again = timezone.localdate() + timedelta(days=calm_days(27))
    assert client.post(url, {"day": again.isoformat()}).status_code == 302
    assert TeamDay.objects.filter(released_at=None).count() == 1 < TeamDay.objects.count()


def test_conflicts_are_explained_and_the_planner_decides(client, campaign):
    client.force_login(factories.administrator())
    other = agreed(calm_days(30))
    url = reverse("campaigns:rotation-move", args=[campaign.public_id])
    day = timezone.localdate() + timedelta(days=calm_days(37))
    answer = client.post(url, {"day": day.isoformat()})
    (conflict,) = answer.context["conflicts"]
    assert "another campaign" in conflict.text and not conflict.blocks
    assert "Move in spite of this" in answer.content.decode()
    campaign.refresh_from_db()
    assert campaign.planned_on != day
    assert client.post(url, {"day": day.isoformat(), "despite": "on"}).status_code == 302
    campaign.refresh_from_db()
    assert campaign.planned_on == day != other.planned_on


def said(campaign, day: date) -> str:
    found = conflicts.of(campaign=campaign, day=day, now=timezone.now())
    return " ".join(f"{conflict.blocks} {conflict.text}" for conflict in found)


def test_each_kind_of_conflict_has_its_sentence(campaign):
    year = timezone.localdate().year + 1
    assert "holiday: Throne Day" in said(campaign, date(year, 7, 30))
    assert "in the evening" in said(campaign, date(2027, 2, 20))
    assert "True The day has to lie ahead" in said(campaign, timezone.localdate())
    sunday = timezone.localdate() + timedelta(days=13 - timezone.localdate().weekday())
    assert "does not usually collect" in said(campaign, sunday)
    full = timezone.localdate() + timedelta(days=calm_days(40))
    teams = capacity.habits(timezone.now()).get(campaign.center_id, capacity.Habit()).teams
    for _team in range(teams):
        asking.draft("PP-OUJ", campaign.center, days=(full - timezone.localdate()).days)
    assert "True All teams" in said(campaign, full)
    campaign.target = 500
    assert "500 are expected" in said(campaign, full)


def test_no_free_team_and_a_public_campaign_are_refused_whatever_is_ticked(campaign):
    full = timezone.localdate() + timedelta(days=calm_days(40))
    asking.draft("PP-OUJ", campaign.center, days=(full - timezone.localdate()).days)
    said = {"campaign": campaign, "despite": True} | factories.acts()
    with pytest.raises(Refused, match="All teams"):
        rotation.move(day=full, **said)
    asking.confirm(campaign)
    with pytest.raises(Refused, match="not yet public"):
        rotation.move(day=full + timedelta(days=7), **said)


def test_where_no_team_is_free_nothing_can_be_ticked(client, campaign):
    client.force_login(factories.administrator())
    full = timezone.localdate() + timedelta(days=calm_days(40))
    agreed((full - timezone.localdate()).days, "PP-OUJ")
    url = reverse("campaigns:rotation-move", args=[campaign.public_id])
    answer = client.post(url, {"day": full.isoformat(), "despite": "on"})
    text = answer.content.decode()
    assert "All teams" in text and "Choose another day." in text
    assert "Move in spite of this" not in text
    campaign.refresh_from_db()
    assert campaign.planned_on != full


def test_only_administrators_and_the_centres_managers_move(client, campaign):
    url = reverse("campaigns:rotation-move", args=[campaign.public_id])
    away = factories.staff(factories.center(other_center()), "manager")
    for reader in (factories.officer(campaign.unit), away):
        client.force_login(reader)
        assert client.post(url, {"day": "2030-01-01"}).status_code == 404
    assert client.get(reverse("campaigns:rotation")).context["rows"] == []
    client.force_login(factories.officer(campaign.unit))
    assert client.get(reverse("campaigns:rotation")).status_code == 403
    assert client.get(reverse("campaigns:open-days")).status_code == 403


def other_center() -> str:
    return Center.objects.collecting().exclude(code="BS-TAZ").order_by("code")[0].code


def test_a_manager_publishes_and_withdraws_open_days(client, reference):
    center = factories.center()
    client.force_login(factories.staff(center, "manager"))
    day = timezone.localdate() + timedelta(days=10)
    typed = {"center": center.pk, "day": day.isoformat(), "weeks": 2, "teams": 1, "beds": 4}
    typed |= {"starts": "09:00", "ends": "15:00"}
    url = reverse("campaigns:open-days")
    client.post(url, typed)
    assert [one.day for one in OpenDay.objects.all()] == [
        day + timedelta(weeks=week) for week in range(3)
    ]
    again = client.post(url, typed)
    assert "published already" in again.content.decode() and OpenDay.objects.count() == 3
    wrong = client.post(url, typed | {"day": "2020-01-01"})
    assert "lie ahead" in " ".join(wrong.context["form"].errors["day"])
    first = OpenDay.objects.all()[0]
    client.post(reverse("campaigns:open-day-withdraw", args=[first.pk]))
    first.refresh_from_db()
    assert first.withdrawn_at and first.starts == time(9)


def test_a_foreign_open_day_cannot_be_withdrawn(client, reference):
    by = factories.staff(factories.center(), "manager")
    day = OpenDay.objects.create(
        center=factories.center(),
        day=timezone.localdate() + timedelta(days=10),
        teams=1,
        beds=4,
        starts=time(9),
        ends=time(15),
        published_at=timezone.now(),
        published_by=by,
    )
    client.force_login(factories.staff(factories.center(other_center()), "manager"))
    url = reverse("campaigns:open-day-withdraw", args=[day.pk])
    assert client.post(url).status_code == 404
    assert OpenDay.objects.get().withdrawn_at is None
