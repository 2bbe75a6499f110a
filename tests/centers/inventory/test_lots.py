"""Lots of bags and reagents: refused past their date, found and recalled with what they touched."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from centers.inventory import lots, recalls
from centers.laboratory import extended_tests
from centers.models import Bleeding, Lot, Recall
from donors.errors import Refused
from tests.support import blood, factories, supply
from tests.support.attack import refused

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def bags(shared_rows):
    """On the shelf; taken into bags of lot L, read with lots lot-1 and lot-2."""
    return blood.released()


def test_bags_past_their_date_are_not_used(reference):
    visit = blood.accepted_visit()
    supply.lot(visit.session.center, "l", "bags", days=-1)
    with pytest.raises(Refused, match="past its date") as error:
        blood.give(visit)
    assert error.value.field == "lot" and not Bleeding.objects.filter(visit=visit).exists()
    supply.lot(visit.session.center, "L", "bags", days=0)  # to the end of the day
    blood.give(visit)
    assert Lot.objects.get().number == "l"


def test_good_news_is_not_read_with_a_reagent_past_its_date(reference):
    donation = blood.give()
    supply.lot(donation.center, "lot-1", days=-1)
    with pytest.raises(Refused, match="past its date"):
        blood.enter(donation, factories.user())
    bad = dict.fromkeys(blood.ALL_NEGATIVE, "") | {"HIV": "reactive"}
    blood.enter(donation, factories.user(), **bad)
    assert donation.results.get().outcome == "reactive"
    blood.enter(donation, factories.user(), sheet=1)


def test_a_recalled_reagent_recalls_what_was_read_with_it(bags):
    center = bags[0].center
    lot = supply.lot(center, "LOT-2")
    lots.recall(lot=lot, because="reads B as O", **factories.acts())
    (recall,) = Recall.objects.all()
    assert recall.donation_id == bags[0].donation_id and recall.cause == "lot"
    assert recall.because == "Lot LOT-2: reads B as O"
    assert set(
        bags[0].donation.bags.exclude(state="separated").values_list("state", flat=True)
    ) == {"blocked"}
    with pytest.raises(Refused, match="recalled already"):
        lots.recall(lot=lot, because="again", **factories.acts())
    with pytest.raises(Refused, match="lot is recalled"):
        blood.enter(blood.give(), factories.user(), sheet=1)
    assert "recalled_once" in refused(
        "UPDATE centers_lot SET recalled_at = NULL, recalled_by_id = NULL, recalled_because = ''"
    )
    with pytest.raises(Refused, match="recalled already"):
        supply.lot(center, "lot-2")


def test_a_reagent_for_antigens_is_a_lot_like_the_others(bags):
    said = {"donation": bags[0].donation, "lot": "anti-k"}
    extended_tests.enter(outcomes={"K": "negative"}, **said, **factories.acts())
    center, now = bags[0].center, timezone.now()
    assert ("reagent", "ANTI-K") in lots.unknown(center=center, now=now)
    lot = supply.lot(center, "ANTI-K", days=-1)
    with pytest.raises(Refused, match="past its date"):
        extended_tests.enter(outcomes={"CMV": "negative"}, **said, **factories.acts())
    (recall,) = lots.recall(lot=lot, because="reads nothing", **factories.acts())
    assert recall.donation == bags[0].donation
    with pytest.raises(Refused, match="lot is recalled"):
        extended_tests.enter(outcomes={"CMV": "negative"}, **said, **factories.acts())
    extended_tests.enter(outcomes={"K": "positive"}, **said, **factories.acts())


def test_a_recall_that_is_open_already_is_kept(bags):
    before = recalls.begin(donation=bags[0].donation, cause="call", because="x", **factories.acts())
    made = lots.recall(
        lot=supply.lot(bags[0].center, "L", "bags"), because="leaks", **factories.acts()
    )
    assert made == [] and Recall.objects.get() == before


def test_lots_are_entered_found_and_recalled_on_their_pages(client, settings, bags):
    settings.DEMO = True  # a second factor is asked for otherwise
    center = bags[0].center
    client.force_login(factories.staff(center, "manager", "collection"))
    listed = reverse("centers:lot-list", args=[center.code])
    text = client.get(listed).text
    assert all(f"number={number}" in text for number in ("L", "LOT-1", "LOT-2"))
    day = timezone.localdate() + timedelta(days=10)
    said = {"kind": "bags", "number": "L", "what": "Triple CPD, Maker", "expires_on": day}
    assert "The lot is entered" in client.post(listed, said, follow=True).text
    assert "expires soon" in client.get(listed, {"q": "triple"}).text
    lot = Lot.objects.get()
    page = reverse("centers:lot-detail", args=[lot.public_id])
    assert "1 donation used it" in client.get(page).text
    recall = reverse("centers:lot-recall", args=[lot.public_id])
    assert "Say why" in client.post(recall, {"because": ""}).text
    assert "and 1 donation with it" in client.post(recall, {"because": "leaks"}, follow=True).text
