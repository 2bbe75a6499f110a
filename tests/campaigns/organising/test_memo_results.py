"""The account of a memo: true sums against the ledger, and small figures that nobody can compute."""

from datetime import timedelta

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from campaigns.models import Campaign
from campaigns.organising import addressee_answers, memo_counts, memo_results
from centers.inventory import expiry
from centers.models import Bag
from tests.support import asking, blood, factories
from tests.support.owner import past_the_guards

pytestmark = pytest.mark.django_db
LEDGER = """
    SELECT count(DISTINCT d.id),
        count(b.id) FILTER (WHERE last.to_state IN
            ('available', 'reserved', 'in_transit', 'issued', 'transfused')),
        count(b.id) FILTER (WHERE last.to_state IN ('issued', 'transfused')),
        count(b.id) FILTER (WHERE last.to_state = 'expired')
    FROM centers_donation d LEFT JOIN centers_bag b ON b.donation_id = d.id
    LEFT JOIN LATERAL (SELECT to_state FROM centers_movement WHERE bag_id = b.id
        ORDER BY seq DESC LIMIT 1) last ON true
"""


@pytest.fixture(autouse=True)
def _demo(settings):
    settings.DEMO = True  # a second factor is asked for otherwise


@pytest.fixture
def memo(reference):
    return asking.memo("SR-TAZ", "PP-OUJ", "CP-GUF", "DP-OUJ-1", "PP-FES")


def campaign(memo, code: str, *, gave: int, deferred: int = 0):
    row = memo.addressees.get(unit__code=code)
    day = timezone.localdate() + timedelta(days=3)
    said = {"planned_on": day, "expected_donors": 60, "center": factories.center()}
    addressee_answers.answer_will(
        addressee=row, by=factories.officer(row.unit), now=timezone.now(), **said
    )
    session, nurse = factories.session(), factories.user()
    made = Campaign.objects.get(addressee=row)
    made.sessions.add(session)
    for _number in range(gave):
        factories.donation(factories.visit(session, factories.donor(), nurse), nurse)
    for _number in range(deferred):
        visit = factories.visit(session, factories.donor(), nurse, accepted=False)
        now = timezone.now()
        type(visit).objects.filter(pk=visit.pk).update(
            outcome="deferred", decided_at=now, decided_by=nurse
        )
    return made


def lines(memo) -> dict:
    return {row.code: row for row in memo_results.of(memo).branches}


def test_sums_are_true_and_a_second_one_covers_the_small_one(memo):
    campaign(memo, "SR-TAZ", gave=3)
    campaign(memo, "PP-FES", gave=7)
    campaign(memo, "CP-GUF", gave=6, deferred=5)
    found = memo_results.of(memo)
    assert found.total.donations == 16 and found.total.deferred == 5 and found.total.came == 21
    rows = lines(memo)
    assert rows["SR-TAZ"].donations is None and rows["SR-TAZ"].usable is None
    covers = [code for code, row in rows.items() if row.donations is None and code != "SR-TAZ"]
    assert covers  # or three could be computed from sixteen
    assert rows["PP-OUJ"].campaigns == 1


def test_few_deferred_are_told_by_no_difference(memo):
    campaign(memo, "SR-TAZ", gave=6, deferred=2)
    campaign(memo, "PP-FES", gave=8, deferred=9)
    rows = lines(memo)
    assert rows["SR-TAZ"].donations == 6
    assert rows["SR-TAZ"].deferred is None and rows["SR-TAZ"].came is None
    assert rows["PP-FES"].deferred is None  # eleven together less nine would tell two
    assert memo_results.of(memo).total.deferred == 11


def test_the_account_adds_up_against_the_ledger(memo):
    made = campaign(memo, "SR-TAZ", gave=0)
    session, by = made.sessions.get(), factories.staff(made.center, "collection")
    for _number in range(6):
        given = blood.give(factories.visit(session, factories.donor(), by))
        blood.separated(given)
    blood.tested(given)
    doctor = factories.staff(made.center, "doctor")
    blood.shelve(donation=given, by=doctor, now=timezone.now())
    old = given.bags.filter(state="available").first()
    with past_the_guards():
        Bag.objects.filter(pk=old.pk).update(expires_at=timezone.now() - timedelta(minutes=1))
    assert expiry.expire(now=timezone.now()) == 1
    with connection.cursor() as cursor:
        cursor.execute(LEDGER)
        ledger = cursor.fetchone()
    total, days = memo_results.of(memo).total, memo_results.of(memo).days
    assert (total.donations, total.usable, total.issued, total.expired) == ledger
    assert total.usable and total.expired
    assert sum(day.donations for day in days) == ledger[0] == 6


def test_a_session_of_two_campaigns_counts_once(memo):
    first, second = campaign(memo, "SR-TAZ", gave=6), campaign(memo, "PP-FES", gave=5)
    second.sessions.add(first.sessions.get())
    assert memo_results.of(memo).total.donations == 11


def test_forecast_is_the_target_within_the_places_and_none_of_a_declined_campaign(memo):
    made = campaign(memo, "SR-TAZ", gave=0)
    session = made.sessions.get()  # ten places for a target of sixty
    assert sum(memo_counts.of(memo).forecast.values()) == 850
    made.sessions.remove(session)
    week = memo_results.of(memo).weeks[0]
    assert week.forecast == 51 and week.on.weekday() == 0
    Campaign.objects.filter(pk=made.pk).update(
        state="declined", decided_at=timezone.now(), decided_by=factories.user()
    )
    assert memo_results.of(memo).weeks == []


def page(memo, name="memo-account", *more) -> str:
    return reverse(f"campaigns:{name}", args=[memo.public_id, *more])


def test_an_officer_reads_the_own_subtree_alone(client, memo):
    campaign(memo, "CP-GUF", gave=6)
    campaign(memo, "SR-TAZ", gave=8)
    client.force_login(factories.officer(factories.unit("PP-OUJ")))
    shown = client.get(page(memo)).context["results"]
    assert {row.code for row in shown.branches} == {"PP-OUJ", "CP-GUF"}
    assert not (shown.days or shown.weeks)
    sheet = client.get(page(memo, "memo-account-sheet", "csv")).content.decode()
    assert "SR-TAZ" not in sheet and "CP-GUF" in sheet


def test_page_asks_the_database_as_often_for_many_as_for_few(
    client, memo, django_assert_max_num_queries
):
    for code in ("SR-TAZ", "PP-FES", "CP-GUF"):
        campaign(memo, code, gave=5)
    client.force_login(memo.issued_by)
    with django_assert_max_num_queries(13):
        client.get(page(memo))
