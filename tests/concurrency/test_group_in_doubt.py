"""A reading contradicts the donor's group while an act on the same blood is not committed."""

from __future__ import annotations

import pytest
from django.db import connection, transaction

from centers.collection import duplicate_review
from centers.distribution import requests
from centers.inventory import recalls
from centers.laboratory import release, screening, separation
from centers.models import Bag, GroupDoubt, Recall
from donors.models import Duplicate
from tests.support import blood, factories, supply
from tests.support.attack import MOVE

from .test_bad_news import states, waits


@pytest.fixture
def pair(committed):
    """A released O+ donation, and the donor's next one, unread."""
    first = blood.released()[0].donation
    with transaction.atomic():
        second = blood.again(first)
    return first, second


def news(second):
    said = factories.acts(technique="tube", lot="lot-8")
    return lambda: screening.enter(donation=second, outcomes={"ABO": "A"}, **said)


def acts(first):
    bag = supply.fresh(first.bags.get(component="RBC-SAGM"))
    asked, said = supply.request(bag.center), factories.acts()
    return {
        "reserve": lambda: requests.reserve(request=asked, bags=[bag], **said),
        "issue": lambda: supply.issue(request=asked, bag=bag, **said),
        "open": lambda: separation.open_bag(bag=bag, **said),
    }


@pytest.mark.parametrize("kind", ["reserve", "issue", "open"])
def test_an_act_waits_for_the_reading_and_is_refused(pair, kind):
    first, second = pair
    answer = waits(news(second), acts(first)[kind])
    assert isinstance(answer, str) and states(first) == {"blocked"}
    bag = first.bags.get(component="RBC-SAGM")
    assert bag.opened_at is None and not bag.reservations.exists()


def test_a_reservation_that_is_not_committed_is_taken_by_the_reading(pair):
    first, second = pair
    waits(acts(first)["reserve"], news(second))
    assert states(first) == {"blocked"}
    assert GroupDoubt.objects.filter(closed_at=None).exists()


def test_an_issue_that_is_not_committed_is_called_back_by_the_reading(pair):
    first, second = pair
    waits(acts(first)["issue"], news(second))
    assert states(first) == {"blocked", "issued"}
    assert Recall.objects.get().donation == first


def test_a_release_that_is_not_committed_is_taken_back_by_the_reading(committed):
    first = blood.tested()
    with transaction.atomic():
        second = blood.again(first)
    said = factories.acts()
    waits(lambda: release.release(donation=first, **said), news(second))
    assert states(first) == {"blocked"}


def test_a_movement_past_the_application_waits_and_is_refused(pair):
    first, second = pair
    waiting, by = second.bags.get(component="RBC-SAGM"), factories.user().pk

    def move():
        with connection.cursor() as cursor:
            cursor.execute(MOVE, ["issued", by, waiting.pk])

    with pytest.raises(Exception, match="quarantine|in doubt|no compatible"):
        waits(news(second), move)
    assert Bag.objects.get(pk=waiting.pk).state == "quarantined"


def test_two_first_groups_of_one_person_see_each_other(committed):
    first = blood.give()
    blood.separated(first)
    with transaction.atomic():
        second = blood.again(first)
    for entry, (technique, lot) in enumerate(blood.SHEETS):
        one = factories.acts(technique=technique, lot=lot)
        other = factories.acts(technique=technique, lot=lot)

        def read(donation, group, said):
            return lambda: screening.enter(
                donation=donation, outcomes={"ABO": group, "D": "positive"}, **said
            )

        waits(read(first, "O", one), read(second, "A", other))
        assert GroupDoubt.objects.filter(closed_at=None).exists() == (entry == 1)


def test_a_reservation_beside_an_uncommitted_joining_is_refused(committed):
    first, other = blood.released()[0].donation, blood.released(ABO="A")[0].donation
    pair = Duplicate.objects.create(
        one=first.donor, other=other.donor, reason="birth", found_at=factories.acts()["now"]
    )
    said = factories.acts(because="one card")
    answer = waits(
        lambda: duplicate_review.settle(pair=pair, same=True, **said), acts(first)["reserve"]
    )
    assert isinstance(answer, str) and states(first) == states(other) == {"blocked"}


def test_a_recall_waits_for_the_reading_and_does_not_end_with_using_the_bags(pair):
    first, second = pair
    recall = recalls.begin(donation=first, cause="call", because="fever", **factories.acts())
    said = {"recall": recall, "verdict": "use", "outcome": "well again", **factories.acts()}
    answer = waits(news(second), lambda: recalls.close(**said))
    assert isinstance(answer, str)
    assert Recall.objects.get(closed_at=None) == recall
