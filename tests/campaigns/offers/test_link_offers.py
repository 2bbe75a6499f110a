"""The offered days behind the link of an officer's message: shown, taken by one press, own unit alone."""

from datetime import time

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from campaigns.messaging import links
from campaigns.models import Campaign, Memo, Notification, Offer
from campaigns.offers import open_days
from tests.support import asking, factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer(reference):
    return factories.officer(factories.unit("SR-TAZ"))


@pytest.fixture
def memo(officer):
    return asking.memo("SR-TAZ", "PP-FES")


def address(memo, name="memo-link-offers", unit="SR-TAZ", *more) -> str:
    message = Notification.objects.get(kind="memo_issued", subject_id=memo.pk)
    return reverse(f"campaigns:{name}", args=[links.token(message, links.MEMO), unit, *more])


def offer_of(memo, client) -> Offer:
    client.get(address(memo))
    return Offer.objects.filter(unit__code="SR-TAZ", ended_at=None).order_by("day").first()


def take(memo, client, offer):
    return client.post(address(memo, "memo-link-take", "SR-TAZ", offer.pk), follow=True)


def test_link_leads_to_the_days_and_a_press_takes_one(client, memo, officer):
    token = links.token(Notification.objects.get(user=officer), links.MEMO)
    first = client.get(f"/ar/m/{token}/").content.decode()
    assert f"/ar/m/{token}/SR-TAZ/offers/" in first
    offer = offer_of(memo, client)
    shown = client.get(address(memo))
    assert shown["Referrer-Policy"] == "no-referrer"
    assert f"/SR-TAZ/offers/{offer.pk}/take/" in shown.content.decode()
    said = take(memo, client, offer)
    assert said.status_code == 200 and said.context["memo"] == memo
    row = memo.addressees.get(unit__code="SR-TAZ")
    assert (row.answer, row.planned_on, row.answered_by) == ("will", offer.day, officer)
    assert Campaign.objects.get().planned_on == offer.day
    take(memo, client, offer)
    assert Campaign.objects.count() == 1


def test_after_a_published_day_the_public_page_is_shown(client, memo):
    offer = offer_of(memo, client)
    manager = factories.staff(offer.center, "manager")
    open_days.publish(
        center=offer.center,
        day=offer.day,
        starts=time(9),
        ends=time(16),
        weeks=0,
        teams=1,
        beds=4,
        by=manager,
        now=timezone.now(),
    )
    said = take(memo, client, offer)
    campaign = Campaign.objects.get()
    assert said.status_code == 200
    assert said.request["PATH_INFO"].endswith(f"/campaigns/{campaign.public_id}/")


def test_link_opens_no_other_unit_and_no_exercise(client, memo):
    other = factories.unit("PP-FES")
    assert client.get(address(memo, unit=other.code)).status_code == 410
    offer = offer_of(memo, client)
    assert client.post(address(memo, "memo-link-take", other.code, offer.pk)).status_code == 410
    drill = asking.memo("SR-TAZ", kind=Memo.Kind.DRILL)
    assert client.get(address(drill)).status_code == 410
    assert not Campaign.objects.exists()


@pytest.mark.parametrize("keys", [[], ["k" * 40]])
def test_answer_by_text_is_told_where_texts_come_in(client, memo, settings, keys):
    settings.SMS_INBOUND_KEYS = keys
    with override("en"):
        shown = client.get(address(memo)).content.decode()
    assert ('<bdi dir="ltr">2 60</bdi>' in shown) == bool(keys)
