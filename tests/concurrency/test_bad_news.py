"""Bad news while an act on the same blood is not committed yet."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial

import pytest
from django.db import connection, transaction
from django.utils import timezone

from centers.collection import duplicate_review
from centers.inventory import recalls
from centers.laboratory import release, screening
from centers.models import Bag, Donation, Marker, Result
from donors.errors import Refused
from donors.models import Deferral, DeferralReason, Donor, Duplicate
from donors.people import duplicates
from tests.support import blood, factories
from tests.support.attack import MOVE
from tests.support.locks import until_waiting

from .test_blood import sentences, together


def outcome(act: Callable[[], object]) -> object:
    """The return value of an act run in its own thread, or the sentence of its refusal."""
    try:
        return act()
    except Refused as refused:
        return str(refused)
    finally:
        connection.close()


def waits(first: Callable[[], object], second: Callable[[], object]) -> object:
    """``second`` begins while ``first`` is done and not committed; returns the result of
    ``second``."""
    done, ended = threading.Event(), threading.Event()

    def before():
        with transaction.atomic():
            first()
            done.set()
            until_waiting(1)
            assert not ended.is_set(), "the second one did not wait for the first"

    def after():
        assert done.wait(10)
        try:
            return outcome(second)
        finally:
            ended.set()

    with ThreadPoolExecutor(2) as pool:
        running = [pool.submit(outcome, before), pool.submit(after)]
        assert running[0].result() is None
        return running[1].result()


def states(donation: Donation) -> set[str]:
    return set(donation.bags.exclude(state="separated").values_list("state", flat=True))


def defer(donor: Donor, by) -> None:
    """Starts before today, so that everything given today is covered."""
    Deferral.objects.create(
        donor=donor,
        reason=DeferralReason.objects.get(code="MA-HIV"),
        permanent=True,
        starts_on=timezone.localdate() - timedelta(days=1),
        recorded_at=timezone.now(),
        recorded_by=by,
    )


def news(donation: Donation) -> dict[str, Callable[[], object]]:
    said = factories.acts()
    marker = Marker.objects.get(code="HIV")
    return {
        "repeat": lambda: screening.repeat(
            donation=donation, marker=marker, because="control", **said
        ),
        "recall": lambda: recalls.begin(donation=donation, cause="call", because="x", **said),
        "deferral": lambda: defer(donation.donor, said["by"]),
    }


@pytest.mark.parametrize("kind", ["repeat", "recall", "deferral"])
def test_of_a_release_that_is_not_committed_bad_news_takes_the_bags(committed, kind):
    donation = blood.tested()
    said = factories.acts()
    waits(lambda: release.release(donation=donation, **said), news(donation)[kind])
    assert states(donation) == {"blocked"}


def test_of_a_movement_past_the_application_bad_news_takes_the_bag(committed):
    donation = blood.tested()
    bag, by = donation.bags.get(component="RBC-SAGM"), factories.user().pk

    def move():
        with connection.cursor() as cursor:
            cursor.execute(MOVE, ["released", by, bag.pk])

    waits(move, news(donation)["repeat"])
    assert donation.bags.get(pk=bag.pk).state == "blocked"


def test_bags_blocked_before_are_taken_from_a_second_release_too(committed):
    donation = blood.tested()
    closed = recalls.begin(donation=donation, cause="call", because="x", **factories.acts())
    recalls.close(recall=closed, verdict="use", outcome="checked", **factories.acts())
    said = factories.acts()
    waits(lambda: release.release(donation=donation, **said), news(donation)["recall"])
    assert states(donation) == {"blocked"}


@pytest.mark.parametrize("kind", ["repeat", "recall", "deferral"])
def test_a_release_waits_for_bad_news_and_is_refused(committed, kind):
    donation = blood.tested()
    said = factories.acts()
    answer = waits(news(donation)[kind], lambda: release.release(donation=donation, **said))
    assert isinstance(answer, str) and "released" not in states(donation)


def test_a_deferral_under_one_row_stops_a_donation_under_the_other(committed):
    kept, gone = factories.donor(), factories.donor()
    visit = blood.accepted_visit(donor=gone)
    duplicates.merge(kept=kept, gone=gone, because="x", **factories.acts())
    by = factories.user()
    answer = waits(lambda: defer(kept, by), lambda: blood.give(visit))
    assert isinstance(answer, str) and not Donation.objects.exists()


def test_a_donation_under_one_row_is_taken_by_a_deferral_under_the_other(committed):
    kept, gone = factories.donor(), factories.donor()
    visit = blood.accepted_visit(donor=gone)
    duplicates.merge(kept=kept, gone=gone, because="x", **factories.acts())
    by = factories.user()
    waits(lambda: blood.give(visit), lambda: defer(kept, by))
    given = Donation.objects.get()
    blood.separated(given)
    with pytest.raises(Refused, match="deferral"):
        release.release(donation=blood.tested(given), **factories.acts())


def test_two_first_releases_of_one_person_whose_groups_differ_are_both_refused(committed):
    one = blood.tested(ABO="A")
    with transaction.atomic():
        two = blood.again(one)
    blood.tested(two)
    said, other = factories.acts(), factories.acts()
    answers = together(
        lambda: release.release(donation=one, **said),
        lambda: release.release(donation=two, **other),
    )
    assert len(sentences(answers)) == 2
    assert not Bag.objects.filter(state="released").exists()
    assert Donor.objects.get(pk=one.donor_id).blood_group == ""


def crossed(donation: Donation, *acts: Callable[[], object]) -> list[object]:
    """Each act holds its first locks and waits at the donation's bags until these are released."""
    with ThreadPoolExecutor(len(acts)) as pool:
        with transaction.atomic():
            list(Bag.objects.select_for_update(of=("self",)).filter(donation=donation))
            running = []
            for number, act in enumerate(acts, start=1):
                running.append(pool.submit(outcome, act))
                until_waiting(number)
        return [act.result() for act in running]


def reactive(donation: Donation) -> Callable[[], object]:
    said = {"technique": "", "lot": "", "by": factories.user(), "now": timezone.now()}
    return lambda: screening.enter(donation=donation, outcomes={"HIV": "reactive"}, **said)


def test_two_reactive_donations_of_one_donor_are_both_told(committed):
    one = blood.tested()
    with transaction.atomic():
        two = blood.again(one)
    screening.repeat(
        donation=one, marker=Marker.objects.get(code="HIV"), because="control", **factories.acts()
    )
    reactive(one)()
    reactive(two)()
    answers = crossed(one, reactive(one), reactive(two))
    assert not sentences(answers) and len(answers) == 2
    assert Result.objects.filter(outcome="reactive").count() == 4
    assert states(one) == states(two) == {"discarded"}


def test_a_final_reactive_result_and_a_joining_are_both_told(committed):
    kept, gone = factories.donor(), factories.donor()
    donation = blood.give(blood.accepted_visit(donor=gone))
    defer(kept, factories.user())
    reactive(donation)()
    said = factories.acts(because="one card")
    pair = Duplicate.objects.create(one=kept, other=gone, reason="birth", found_at=timezone.now())
    join = partial(duplicate_review.settle, pair=pair, same=True, **said)
    answers = crossed(donation, reactive(donation), join)
    assert not sentences(answers)
    assert Donor.objects.exclude(merged_into=None).count() == 1
    for row in (kept, gone):
        assert Deferral.objects.filter(donor=row, permanent=True, ended_at=None).exists()
    assert states(donation) == {"discarded"}


def test_a_deferral_beside_an_uncommitted_joining_follows_the_person(committed):
    kept, gone = factories.donor(), factories.donor()
    said, by = factories.acts(because="x"), factories.user()
    waits(lambda: duplicates.merge(kept=kept, gone=gone, **said), lambda: defer(gone, by))
    assert Deferral.objects.filter(donor=kept, permanent=True).exists()
