"""A contradicted group holds every bag of the donor, until a new sample and a doctor settle it."""

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from centers.collection import duplicate_review
from centers.distribution import emergencies, requests, transfers
from centers.inventory import recalls, stock_levels
from centers.laboratory import group_correction, group_doubts, screening, separation
from centers.models import (
    GroupDoubt,
    Marker,
    Recall,
    Relabelling,
    StockAlert,
    StockLevel,
)
from donors.errors import Refused
from donors.models import Donor, Duplicate
from donors.people import duplicates
from tests.support import blood, factories, supply
from tests.support.attack import MOVE, refused
from tests.support.doubt import both, give_out, given_next, one, red, states

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("released")]
HELD = "group of this donor is in doubt"
RESULT = (
    "INSERT INTO centers_result (donation_id, marker_id, version, entry, outcome, technique, lot,"
    " entered_by_id, entered_at) SELECT %s, id, 1, %s, %s, %s, %s, %s, now() FROM centers_marker"
    " WHERE code = 'ABO'"
)


def test_a_contradiction_holds_every_bag_and_calls_back_what_left(first, second):
    give_out(red(first))
    one(second, ABO="A", D="positive")
    assert states(first) == {"RBC-SAGM": "issued", "FFP": "blocked", "PLT-STD": "blocked"}
    recall = Recall.objects.get(donation=first)
    assert (recall.cause, recall.closed_at) == (Recall.Cause.GROUP, None)
    rows = {row.bag.component_id: row for row in recalls.followed(recall)}
    assert rows["RBC-SAGM"].left and not rows["RBC-SAGM"].ended
    one(second, 1, ABO="A", D="positive")
    doubt = GroupDoubt.objects.get()
    assert (doubt.donation, doubt.known, doubt.two_read) == (second, "O+", True)
    available = StockLevel.objects.filter(component__in=["FFP", "PLT-STD", "RBC-SAGM"])
    assert not any(available.values_list("available", flat=True))


def test_a_contradicting_row_past_the_application_holds_the_bags(first, second):
    by = [factories.user().pk for _ in "12"]
    with connection.cursor() as cursor:
        cursor.execute(RESULT, [second.pk, 1, "A", "tube", "l", by[0]])
        assert set(states(first).values()) == {"blocked"}
        cursor.execute(RESULT, [second.pk, 2, "A", "gel", "m", by[1]])
    assert GroupDoubt.objects.get(closed_at=None).two_read


def test_the_database_lets_nothing_of_a_held_donor_go(first, second):
    one(second, ABO="A")
    bag, by = red(first), factories.user().pk
    for state in ("available", "reserved", "issued", "in_transit", "separated"):
        refused(MOVE, state, by, bag.pk)
        refused(MOVE, state, by, red(second).pk)
    assert "in doubt" in refused(MOVE, "separated", by, bag.pk)
    opened = "UPDATE centers_bag SET opened_at = now(), opened_by_id = %s WHERE id = %s"
    assert "in doubt" in refused(opened, by, bag.pk)
    hurry = (
        "INSERT INTO centers_emergencyrelease (request_id, bag_id, physician_id, because, at)"
        " VALUES (%s, %s, %s, 'x', now())"
    )
    asked = supply.request(bag.center)
    assert "in doubt" in refused(hurry, asked.pk, red(second).pk, by)
    for sql in (
        "DELETE FROM centers_groupdoubt",
        "UPDATE centers_groupdoubt SET known = 'B+'",
        "UPDATE centers_groupdoubt SET verdict = 'slip', closed_at = now(), closed_by_id = opened_by_id",
    ):
        refused(sql)
    one(second, 1, ABO="A")
    assert "ended once" in refused("UPDATE centers_groupdoubt SET two_read = false")
    settle = (
        "UPDATE centers_groupdoubt SET verdict = 'stands', proof_id = %s, closed_at = now(),"
        " closed_by_id = %s"
    )
    assert "by a new sample" in refused(settle, second.pk, by)
    begun = (
        "INSERT INTO centers_groupdoubt (public_id, donor_id, cause, known, since, two_read, opened_at,"
        ' verdict, because, "group", rows, closed_at, closed_by_id) SELECT gen_random_uuid(), id,'
        " 'reading', '', 0, false, now(), 'slip', '', '', '{}', now(), %s FROM donors_donor LIMIT 1"
    )
    assert "begins open" in refused(begun, by)


def test_the_rules_say_why_a_held_bag_does_not_move(first, second):
    one(second, ABO="A")
    bag, asked = red(first), supply.request(first.center)
    said = factories.acts()
    with pytest.raises(Refused):
        requests.reserve(request=asked, bags=[bag], **said)
    with pytest.raises(Refused):
        supply.issue(request=asked, bag=bag, **said)
    with pytest.raises(Refused, match=HELD):
        blood.shelve(donation=first, **said)
    with pytest.raises(Refused, match=HELD):
        separation.open_bag(bag=bag, **said)
    with pytest.raises(Refused):
        emergencies.ask(request=asked, bag=red(second), because="now", **said)
    for choice in separation.choices(bag=red(first), now=timezone.now()):
        assert HELD in " ".join(choice.against)
    away = supply.transfer(first.center, factories.center("CRTS-FES"))
    with pytest.raises(Refused):
        transfers.put_in(transfer=away, bag=bag, **said)


def test_a_labelled_bag_in_quarantine_does_not_leave_in_an_emergency(reference):
    first = blood.give()
    blood.separated(first)
    both(first, ABO="O", D="positive")
    second = blood.again(first)
    asked = supply.request(first.center)
    emergency = emergencies.ask(
        request=asked, bag=red(first), because="bleeding", **factories.acts()
    )
    both(second, ABO="A", D="positive")
    with pytest.raises(Refused, match=HELD):
        emergencies.agree(emergency=emergency, bag=red(first), **factories.acts())


def test_a_slip_of_one_reader_lets_the_bags_be_released_again(first, second):
    one(second, ABO="A", D="positive")
    one(second, 1, ABO="O", D="positive")
    assert GroupDoubt.objects.get().verdict == GroupDoubt.Verdict.SLIP
    assert set(states(first).values()) == {"blocked"}
    blood.shelve(donation=first, **factories.acts())
    assert set(states(first).values()) == {"available"}
    with pytest.raises(Refused):
        blood.shelve(donation=second, **factories.acts())


def test_a_second_reader_who_slips_takes_no_bag(first, second):
    one(second, ABO="O", D="positive")
    one(second, 1, ABO="A", D="positive")
    assert not GroupDoubt.objects.exists() and set(states(first).values()) == {"available"}


def test_the_same_tube_read_again_does_not_settle_what_two_people_saw(first, doubted):
    marker = Marker.objects.get(code="ABO")
    screening.repeat(donation=doubted, marker=marker, because="same_sample", **factories.acts())
    assert GroupDoubt.objects.get().closed_at is None
    both(doubted, ABO="O")
    assert GroupDoubt.objects.get().closed_at is None
    with pytest.raises(Refused, match="new sample decides"):
        group_doubts.confirm_group(doubt=GroupDoubt.objects.get(), because="x", **factories.acts())


def test_a_new_sample_that_agrees_lets_the_bags_go_again(first, doubted):
    group_correction.read_anew(donation=doubted, **factories.acts())
    assert GroupDoubt.objects.get().closed_at is None
    both(doubted, ABO="O", D="positive")
    assert GroupDoubt.objects.get().verdict == GroupDoubt.Verdict.STANDS
    recall, bag = Recall.objects.get(donation=first), red(first)
    said = {"recall": recall, "bag": bag, "words": "Dr Alami"}
    recalls.note(kind="cleared", **said, **factories.acts())
    recalls.close(recall=recall, verdict="use", outcome="swap cleared up", **factories.acts())
    blood.shelve(donation=first, **factories.acts())
    assert states(first) == {"RBC-SAGM": "issued", "FFP": "available", "PLT-STD": "available"}


def test_no_all_clear_is_given_while_the_group_is_in_doubt(first, doubted):
    recall = Recall.objects.get(donation=first)
    with pytest.raises(Refused, match="still speaks against"):
        recalls.note(recall=recall, bag=red(first), kind="cleared", words="x", **factories.acts())


def test_no_recall_ends_with_using_the_bags_while_the_group_is_in_doubt(first, second):
    recall = recalls.begin(donation=first, cause="call", because="fever", **factories.acts())
    one(second, ABO="A", D="positive")
    said = {"recall": recall, "outcome": "swap cleared up"}
    with pytest.raises(Refused, match="once the doctor has settled") as refusal:
        recalls.close(verdict="use", **said, **factories.acts())
    assert refusal.value.field == "verdict"
    by_hand = "UPDATE centers_recall SET verdict = 'use', outcome = 'x', closed_at = now(), closed_by_id = %s"
    assert "in doubt" in refused(by_hand, factories.user().pk)
    one(second, 1, ABO="O", D="positive")
    recalls.close(verdict="use", **said, **factories.acts())
    blood.shelve(donation=first, **factories.acts())
    assert set(states(first).values()) == {"available"}


def test_a_recall_may_end_against_using_the_bags_while_the_group_is_in_doubt(first, doubted):
    recall = Recall.objects.get(donation=first)
    recalls.note(recall=recall, bag=red(first), kind="destroyed", words="", **factories.acts())
    recalls.close(recall=recall, verdict="discard", outcome="gone", **factories.acts())
    assert set(states(first).values()) == {"discarded"}


def test_staff_read_a_group_in_doubt_with_these_words(client, settings, first, second):
    settings.DEMO = True
    donor, visit = second.donor, second.visit
    client.force_login(factories.staff(first.center, "doctor", "reception"))
    find = reverse("centers:donor-find", args=[visit.session.public_id])
    pile = reverse("centers:paper-list", args=[visit.session.public_id])

    def read() -> list[bool]:
        typed = {"text": second.din}
        texts = [
            client.get(reverse("centers:visit-detail", args=[visit.public_id])).text,
            client.get(reverse("centers:trace-forward", args=[visit.public_id])).text,
            client.post(find, typed).text,
            client.post(pile, typed).text,
        ]
        assert all("O+" in text for text in texts)
        return [">in doubt<" in text for text in texts]

    assert not any(read())
    one(second, ABO="A")
    assert all(read())
    assert donor.blood_group == "O+"


def test_two_records_are_compared_with_the_doubt_about_one(client, settings, first, second):
    settings.DEMO = True
    one(second, ABO="A")
    other = factories.donor(blood_group="A+")
    pair = Duplicate.objects.create(
        one=first.donor, other=other, reason="birth", found_at=timezone.now()
    )
    client.force_login(factories.staff(first.center, "doctor"))
    page = reverse("centers:duplicate-detail", args=[first.center.code, pair.public_id])
    assert client.get(page).text.count(">in doubt<") == 1


def test_a_later_donation_that_agrees_lets_a_doctor_end_the_doubt(first, doubted):
    third = given_next(doubted)
    with pytest.raises(Refused, match=HELD):
        blood.separated(third)
    doubt = GroupDoubt.objects.get()
    both(third, ABO="O", D="positive")
    doubt.refresh_from_db()
    assert doubt.closed_at is None and group_doubts.proof(doubt) == third
    reader = third.results.first().entered_by
    with pytest.raises(Refused, match="another doctor"):
        group_doubts.confirm_group(doubt=doubt, because="x", **factories.acts(by=reader))
    group_doubts.confirm_group(doubt=doubt, because="third tube", **factories.acts())
    assert Donor.objects.get(pk=first.donor_id).blood_group == "O+"
    # Settled readings do not open a doubt again; a new contradicting one does.
    blood.separated(third)
    fourth = given_next(third)
    both(fourth, ABO="O", D="positive")
    assert not GroupDoubt.objects.filter(closed_at=None).exists()


def test_a_corrected_group_leaves_each_bag_to_the_doctor(first, doubted):
    group_correction.read_anew(donation=doubted, **factories.acts())
    both(doubted, ABO="A", D="positive")
    group_correction.correct(donation=doubted, **factories.acts(because="swapped in May"))
    doubt = GroupDoubt.objects.get()
    assert (doubt.verdict, doubt.group) == (GroupDoubt.Verdict.CORRECTED, "A+")
    assert doubt in GroupDoubt.objects.to_settle()
    ffp = first.bags.get(component="FFP")
    with pytest.raises(Refused, match="does not prove"):
        group_doubts.relabel(bag=ffp, because="x", **factories.acts())
    by_hand = (
        "INSERT INTO centers_relabelling (bag_id, before, after, because, by_id, at)"
        " VALUES (%s, 'O+', 'A+', 'x', %s, now())"
    )
    assert "its own readings" in refused(by_hand, ffp.pk, factories.user().pk)
    assert "keeps" in refused("UPDATE centers_bag SET blood_group = 'A+' WHERE id = %s", ffp.pk)
    screening.repeat(
        donation=first,
        marker=Marker.objects.get(code="ABO"),
        because="mistyped",
        **factories.acts(),
    )
    both(first, ABO="A")
    assert not GroupDoubt.objects.filter(closed_at=None).exists()
    group_doubts.relabel(bag=ffp, because="its own tube", **factories.acts())
    group_doubts.discard(bag=first.bags.get(component="PLT-STD"), **factories.acts())
    ffp.refresh_from_db()
    assert (ffp.blood_group, ffp.state) == ("A+", "blocked")
    assert states(first)["PLT-STD"] == "discarded" and Relabelling.objects.get().before == "O+"
    assert doubt not in GroupDoubt.objects.to_settle()
    assert "append-only" in refused("DELETE FROM centers_relabelling")


def test_the_antigens_cast_doubt_as_the_abo_group_does(first, second):
    one(second, D="negative", C="negative", E="negative")
    assert set(states(first).values()) == {"blocked"}


def test_two_donations_that_were_never_released_contradict_each_other(reference):
    first = blood.tested(ABO="A")
    both(blood.again(first), ABO="O", D="positive")
    assert GroupDoubt.objects.get(closed_at=None).two_read
    with pytest.raises(Refused, match=HELD):
        blood.shelve(donation=first, **factories.acts())


@pytest.fixture
def two_rows(first):
    """The same person under another row, who gave as A+ there."""
    other = blood.released(ABO="A")[0].donation
    pair = Duplicate.objects.create(
        one=first.donor, other=other.donor, reason="birth", found_at=timezone.now()
    )
    return first, other, pair


def test_joining_two_rows_of_two_groups_holds_the_bags_of_both(two_rows):
    first, other, pair = two_rows
    give_out(red(other))
    duplicate_review.settle(pair=pair, same=True, **factories.acts(because="one card"))
    assert set(states(first).values()) == {"blocked"}
    assert states(other)["RBC-SAGM"] == "issued"
    assert Recall.objects.get().donation == other
    merge = duplicates.Merge.objects.get()
    duplicate_review.part(merge=merge, **factories.acts(because="two cards"))
    assert GroupDoubt.objects.get().verdict == GroupDoubt.Verdict.PARTED
    groups_now = {d.pk: d.blood_group for d in Donor.objects.filter(pk__in=[first.donor_id])}
    assert groups_now[first.donor_id] == "O+"
    blood.shelve(donation=first, **factories.acts())


def test_joined_rows_stand_in_doubt_for_each_other(first):
    gone = factories.donor()
    other = blood.give(blood.accepted_visit(donor=gone))
    duplicates.merge(kept=first.donor, gone=gone, because="one card", **factories.acts())
    one(other, ABO="B", D="positive")
    assert set(states(first).values()) == {"blocked"}


def test_a_bag_that_stands_in_another_centre_is_held_there(first, second):
    fes = factories.center("CRTS-FES")
    supply.moved(red(first), fes)
    assert (red(first).center, red(first).state) == (fes, "available")
    stock_levels.set_floor(
        center=fes, component=red(first).component, blood_group="O+", now=timezone.now(),
        routine=1, relief=0, ceiling=5,
    )  # fmt: skip
    one(second, ABO="A")
    assert red(first).state == "blocked"
    level = StockLevel.objects.get(center=fes, component="RBC-SAGM", blood_group="O+")
    assert level.available == 0
    assert StockAlert.objects.filter(floor__center=fes, closed_at=None).exists()
    there = GroupDoubt.objects.touching([fes.pk])
    assert there.to_settle().get().donation == second


def test_the_centre_that_issued_a_bag_notes_how_it_ended(client, settings, first, second):
    settings.DEMO = True
    fes = factories.center("CRTS-FES")
    supply.moved(red(first), fes)
    give_out(red(first))
    both(second, ABO="A", D="positive")
    client.force_login(factories.staff(fes, "doctor"))
    recall = Recall.objects.get(donation=first)
    page = reverse("centers:recall-detail", args=[recall.public_id])
    assert "Note a step" in client.get(page).text
    step = reverse("centers:recall-step", args=[recall.public_id, red(first).public_id])
    client.post(step, {f"bag{red(first).pk}-kind": "destroyed"})
    assert red(first).state == "discarded"


def test_a_held_bag_in_a_box_arrives_and_stays_held(first, second):
    sent = supply.transfer(first.center, factories.center("CRTS-FES"))
    transfers.put_in(transfer=sent, bag=red(first), **factories.acts())
    transfers.send(transfer=sent, box="1", celsius=4, **factories.acts())
    one(second, ABO="A")
    assert red(first).state == "blocked"
    transfers.take_out(transfer=sent, bag=red(first), **factories.acts())
    assert (red(first).state, red(first).center) == ("blocked", sent.receiver)
