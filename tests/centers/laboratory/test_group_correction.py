"""The group on record against a new sample: who may correct it, and the consequences."""

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from centers.laboratory import group_correction, screening
from centers.models import Bag, Donation, GroupCorrection, Marker, Recall, Result
from donors.errors import Refused
from donors.models import AccessLog, Donor
from donors.people import duplicates
from tests.support import blood, factories, supply
from tests.support.attack import refused

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("released")]


def read(donation: Donation, **said) -> None:
    """Two people read the group once more, where a repeat is open."""
    for technique, lot in (("tube", "lot-8"), ("gel", "lot-9")):
        screening.enter(
            donation=donation, outcomes=said, technique=technique, lot=lot, **factories.acts()
        )


def repeat(donation: Donation, because: str, **said) -> None:
    for code in said:
        marker = Marker.objects.get(code=code)
        screening.repeat(donation=donation, marker=marker, because=because, **factories.acts())
    read(donation, **said)


def read_anew(donation: Donation, **said) -> None:
    group_correction.read_anew(donation=donation, **factories.acts())
    read(donation, **blood.ALL_NEGATIVE | said)


@pytest.fixture
def today(reference) -> Donation:
    """Group A on record from bags of which one is issued; determined as O today."""
    first = blood.released(ABO="A")[0].donation
    red = supply.fresh(first.bags.get(component="RBC-SAGM"))
    supply.issue(request=supply.request(red.center, group="A+"), bag=red, **factories.acts())
    return blood.tested(blood.again(first))


def correct(donation: Donation, **more) -> GroupCorrection:
    return group_correction.correct(
        donation=donation, **factories.acts(because="two tubes were swapped in May") | more
    )


def test_the_record_is_corrected_by_a_new_sample_and_the_old_bags_are_called_back(today):
    assert set(today.bags.values_list("blood_group", flat=True)) == {""}
    with pytest.raises(Refused, match="new sample decides"):
        correct(today)
    repeat(today, "same_sample", ABO="O")
    with pytest.raises(Refused, match="new sample decides"):
        correct(today)
    read_anew(today)
    correct(today)
    donor = Donor.objects.get(pk=today.donor_id)
    assert donor.blood_group == "O+"
    assert set(today.bags.values_list("blood_group", flat=True)) == {"O+"}
    earlier = Bag.objects.filter(donation__donor=donor).exclude(donation=today)
    states = dict(earlier.exclude(state="separated").values_list("component", "state"))
    assert states == {"RBC-SAGM": "issued", "FFP": "blocked", "PLT-STD": "blocked"}
    recall = Recall.objects.get()
    assert recall.donation != today and recall.closed_at is None
    blood.shelve(donation=today, **factories.acts())
    with pytest.raises(Refused, match="does not differ"):
        correct(today)


def test_a_new_sample_that_agrees_with_the_record_needs_no_correction(today):
    read_anew(today, ABO="A")
    with pytest.raises(Refused, match="does not differ"):
        correct(today)
    assert set(today.bags.values_list("blood_group", flat=True)) == {"A+"}


def test_a_reader_of_the_group_does_not_correct_the_record(today):
    read_anew(today)
    with pytest.raises(Refused, match="another doctor"):
        correct(today, by=today.results.filter(marker__code="ABO").last().entered_by)
    with pytest.raises(Refused, match="what shows"):
        correct(today, because=" ")


def test_half_a_group_from_the_new_sample_proves_nothing(today):
    repeat(today, "new_sample", D="positive")
    with pytest.raises(Refused, match="whole group"):
        correct(today)
    repeat(today, "new_sample", ABO="O")
    repeat(today, "mistyped", ABO="O")
    with pytest.raises(Refused, match="whole group"):
        correct(today)
    group_correction.read_anew(donation=today, **factories.acts())
    read(today, ABO="O")
    correct(today)


def test_readings_through_the_same_glasses_prove_nothing_to_the_database(today):
    group_correction.read_anew(donation=today, **factories.acts())
    for code, outcome in (("ABO", "O"), ("D", "positive")):
        for entry in (1, 2):
            Result.objects.create(
                donation=today,
                marker=Marker.objects.get(code=code),
                version=2,
                entry=entry,
                outcome=outcome,
                technique="gel",
                lot="lot-9",
                entered_by=factories.user(),
                entered_at=timezone.now(),
            )
    with pytest.raises(Refused, match="whole group"):
        correct(today)


def test_who_lacks_d_is_never_known_as_rh_positive(reference):
    lacking = {"D": "negative", "C": "negative", "E": "negative"}
    first = blood.released(ABO="A", **lacking)[0].donation
    today = blood.tested(blood.again(first), **lacking | {"C": "positive"})
    read_anew(today, **lacking | {"C": "positive"})
    assert correct(today).after == "O+"
    assert Donor.objects.get(pk=first.donor_id).blood_group == ""


def test_the_database_learns_a_group_and_lets_it_go_with_no_bag_that_bears_it(today):
    forget = "UPDATE donors_donor SET blood_group = '' WHERE id = %s"
    stranger = factories.donor(blood_group="B-")
    for donor in (today.donor, stranger):
        connection.cursor().execute(forget, [donor.pk])
        donor.refresh_from_db()
    assert (today.donor.blood_group, stranger.blood_group) == ("A+", "")


def test_two_who_are_parted_keep_the_group_of_their_own_bags(reference):
    gone, kept = factories.donor(blood_group="A+"), factories.donor()
    merge = duplicates.merge(kept=kept, gone=gone, because="one card", **factories.acts())
    given = blood.give(blood.accepted_visit(donor=kept))
    blood.separated(given)
    blood.shelve(donation=blood.tested(given, ABO="A"), **factories.acts())
    duplicates.part(merge=merge, because="two cards", **factories.acts())
    kept.refresh_from_db()
    assert kept.blood_group == "A+"


def test_the_database_keeps_a_known_group(today):
    known = "UPDATE donors_donor SET blood_group = %s WHERE id = %s"
    assert "by a correction only" in refused(known, "O+", today.donor_id)
    read_anew(today)
    made = correct(today)
    assert "by a correction only" in refused(known, "B+", today.donor_id)
    for sql in (
        "UPDATE centers_groupcorrection SET after = 'B+'",
        "DELETE FROM centers_groupcorrection",
    ):
        assert "append-only" in refused(sql)
    again = (
        "INSERT INTO centers_groupcorrection (donation_id, before, after, because, by_id, at)"
        " VALUES (%s, %s, %s, 'x', %s, now())"
    )
    by = factories.user().pk
    assert "another group" in refused(again, today.pk, "A+", made.after, by)
    assert "by a new sample" in refused(again, today.pk, made.after, "B+", by)


def test_a_doctor_corrects_it_on_the_page(client, settings, today):
    settings.DEMO = True
    client.force_login(factories.staff(today.center, "doctor"))
    results = reverse("centers:result-detail", args=[today.public_id])
    page = reverse("centers:group-correct", args=[today.public_id])
    assert page in client.get(results).text
    text = client.get(page).text
    assert "may have been swapped" in text and 'name="because"' not in text
    assert AccessLog.objects.filter(donor=today.donor, reason="group in question").exists()
    answer = client.post(reverse("centers:group-anew", args=[today.public_id]), follow=True)
    assert "reads everything again" in answer.text
    read(today, ABO="O", D="positive")
    assert text.count("A+") >= 3
    assert "Say what shows" in client.post(page, {"because": ""}).text
    answer = client.post(page, {"because": "swapped in May"}, follow=True)
    assert "is corrected" in answer.text and page not in answer.text
