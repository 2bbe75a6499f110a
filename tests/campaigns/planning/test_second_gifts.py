"""Who gave for the first time through an appeal is offered, once, a place in the weeks after."""

import uuid
from datetime import timedelta

import pytest
from django.urls import reverse

from campaigns.appeals import later, responses
from campaigns.messaging import links, outbox
from campaigns.models import DeliveredCopy, Notification, Wish
from campaigns.planning import second_gifts
from centers.models import Donation, Visit
from donors.contact import consent
from donors.models import Deferral, DeferralReason
from tests.support import appealing, blood, factories
from tests.support.owner import past_the_guards

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _by_day(settings, reference):
    settings.QUIET_HOURS = (24, 0)


def gave(now, *, days: int = 22, first: bool = True, asked: bool = True):
    """Somebody asked by an appeal who gave so many days ago."""
    appeal = appealing.opened(now)
    row = appealing.invitation(appeal)
    donor = row.donor
    ago = now - timedelta(days=days)
    gift = blood.give(blood.accepted_visit(donor=donor))
    with past_the_guards():
        Visit.objects.filter(donor=donor).update(arrived_at=ago)
        Donation.objects.filter(pk=gift.pk).update(collected_on=ago.date())
        Notification.objects.filter(pk=row.pk).update(
            state="sent" if asked else "failed",
            made_at=ago - timedelta(days=2),
            settled_at=ago - timedelta(days=2),
        )
        Deferral.objects.filter(donor=donor).update(
            starts_on=ago.date(), ends_on=ago.date() + timedelta(days=60)
        )
        if not first:
            came, before = Visit.objects.get(donor=donor), Donation.objects.get(pk=gift.pk)
            came.pk, came.public_id, came.session = None, uuid.uuid4(), factories.session(days=1)
            came.arrived_at = ago - timedelta(days=200)
            Visit.objects.bulk_create([came])
            before.pk, before.public_id, before.visit = None, uuid.uuid4(), came
            before.din, before.check_character = factories.din()
            before.submission_id, before.collected_on = uuid.uuid4(), came.arrived_at.date()
            Donation.objects.bulk_create([before])
    return donor


def told() -> list[Notification]:
    return list(Notification.objects.filter(kind="second_gift"))


def test_a_first_gift_is_followed_after_three_weeks_and_once(now):
    donor = gave(now)
    assert [second_gifts.offer(now=now) for _again in range(3)] == [1, 0, 0]
    (row,) = told()
    assert row.donor == donor and row.cause == "second-gift"
    outbox.deliver(now=now)
    row.refresh_from_db()
    assert row.state == "sent"
    text = DeliveredCopy.objects.get(notification=row).text
    assert "/a/" in text and donor.family_name not in text


@pytest.mark.parametrize("said", [{"days": 20}, {"days": 36}, {"asked": False}, {"first": False}])
def test_others_are_not_written_to(now, said):
    gave(now, **said)
    assert second_gifts.offer(now=now) == 0 and not told()


@pytest.mark.parametrize(("left", "sent"), [(11, 1), (10, 0), (1, 0), (0, 1)])
def test_nobody_is_written_to_in_the_ten_days_before_they_may_give_again(now, today, left, sent):
    donor = gave(now)
    with past_the_guards():
        Deferral.objects.filter(donor=donor).update(ends_on=today + timedelta(days=left))
    assert second_gifts.offer(now=now) == sent


def test_consent_a_pause_and_a_doctors_no_are_respected(now, today):
    donor = gave(now)
    consent.pause(donor=donor, until=today + timedelta(days=3))
    assert second_gifts.offer(now=now) == 0
    consent.pause(donor=donor, until=None)
    after = now + timedelta(minutes=1)
    consent.withdraw(donor=donor, purpose="appeals", now=after)
    assert second_gifts.offer(now=after) == 0
    consent.give(donor=donor, purpose="appeals", language="ar", now=after)
    Deferral.objects.create(
        donor=donor,
        reason=DeferralReason.objects.first(),
        permanent=True,
        starts_on=today,
        recorded_at=now,
    )
    assert second_gifts.offer(now=after) == 0


def test_what_changed_meanwhile_is_looked_at_when_it_leaves(now, today):
    donor = gave(now)
    assert second_gifts.offer(now=now) == 1
    with past_the_guards():
        Deferral.objects.filter(donor=donor).update(ends_on=today + timedelta(days=5))
    outbox.deliver(now=now)
    (row,) = told()
    assert (row.state, row.error) == ("skipped", "not to be asked now")


def test_its_page_offers_weeks_from_the_day_on(client, now, today):
    donor = gave(now)
    second_gifts.offer(now=now)
    (row,) = told()
    page = reverse("campaigns:answer", args=[links.token(row, links.ANSWER)])
    text = client.get(page).text
    assert "Thank you for your first gift." in text and "Keep me for later" in text
    weeks = later.weeks(donor=donor, near=responses.near(row, now), now=now)
    assert weeks and all(week.begins >= today + timedelta(days=38) for week in weeks)
    keep = reverse("campaigns:answer-keep", args=[links.token(row, links.ANSWER)])
    client.post(keep, {"week": f"{weeks[0].begins:%Y-%m-%d}"})
    assert Wish.objects.get(donor=donor).from_on == weeks[0].begins
