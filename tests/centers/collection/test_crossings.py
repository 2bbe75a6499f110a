"""Raw SQL only: rows that break the rules, columns changed after the act."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.utils import timezone

from centers.collection import arrivals, corrections, doctor
from centers.distribution import emergencies, transfers
from centers.inventory import recalls
from centers.laboratory import screening
from centers.models import Bag, Donation, GroupDoubt, LookBack, Marker, Transfer, Visit
from donors.contact import consent
from donors.eligibility import deferrals
from donors.errors import Refused
from donors.models import Deferral, DeferralLift, DeferralReason, Merge, Purpose
from donors.people import duplicates
from tests.support import blood, factories, supply
from tests.support.attack import MOVE, denied, refused
from tests.support.owner import granted

pytestmark = pytest.mark.django_db
MADE = (
    "INSERT INTO centers_bag (public_id, donation_id, component_id, division, center_id, blood_group,"
    " collected_on, expires_at, state, made_from_id, made_at) SELECT gen_random_uuid(), donation_id,"
    " %s, '00', center_id, blood_group, collected_on, now() + interval '1 hour', '', id, %s"
    " FROM centers_bag WHERE id = %s"
)


def run(sql: str, *values) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


def states(donation: Donation) -> dict[str, str]:
    return dict(donation.bags.exclude(state="separated").values_list("component", "state"))


def arrived() -> Visit:
    return factories.visit(factories.session(), factories.donor(), factories.user(), accepted=False)


def test_two_movements_of_a_bag_are_two_statements(reference):
    bag = blood.red_cells()
    twice = MOVE.replace("FROM centers_bag WHERE", "FROM centers_bag, generate_series(1, 2) WHERE")
    assert "any more" in refused(twice, "blocked", factories.user().pk, bag.pk)


def test_a_look_back_begins_open_and_takes_what_was_given_before(reference):
    first = blood.released()[0].donation
    today = blood.tested(blood.again(first), HIV="reactive")
    assert set(states(first).values()) == {"blocked"}
    look_back = LookBack.objects.get(donation=today)
    closed = (
        "INSERT INTO centers_lookback (donation_id, marker_id, opened_at, closed_at, closed_by_id)"
        " VALUES (%s, %s, now(), now(), %s)"
    )
    by = factories.user().pk
    assert "begins open" in refused(closed, first.pk, look_back.marker_id, by)


def test_a_deferral_that_has_run_out_does_not_stand_for_todays(reference):
    donation = blood.give()
    blood.separated(donation)
    day = timezone.localdate()
    Deferral.objects.create(
        donor=donation.donor,
        reason=DeferralReason.objects.get(code="EU-SYPHILIS"),
        starts_on=day - timedelta(days=800),
        ends_on=day - timedelta(days=434),
        recorded_at=timezone.now(),
        recorded_by=factories.user(),
    )
    blood.tested(donation, SYPHILIS="reactive")
    live = Deferral.objects.live(day).filter(donor=donation.donor, reason__code="EU-SYPHILIS")
    assert live.get().ends_on is None


def test_no_emergency_lets_a_bag_go_against_the_word_of_a_recall(reference):
    donation = blood.give()
    whole, by = donation.bags.get(), factories.user()
    run(MOVE, "separated", by.pk, whole.pk)
    for technique, lot in blood.SHEETS:
        screening.enter(
            donation=donation,
            outcomes=blood.GROUP_O_POSITIVE,
            technique=technique,
            lot=lot,
            **factories.acts(),
        )
    recall = recalls.begin(
        donation=donation, cause="call", because="not to be used", **factories.acts()
    )
    recalls.close(recall=recall, verdict="discard", outcome="not used", **factories.acts())
    run(MADE, "FFP", timezone.now(), whole.pk)
    plasma = donation.bags.get(component="FFP")
    run(MOVE, "quarantined", by.pk, plasma.pk)
    Bag.objects.filter(pk=plasma.pk, blood_group="").update(blood_group="O+")
    asked = supply.request(donation.center, component="FFP")
    row = emergencies.ask(
        request=asked, bag=supply.fresh(plasma), because="bleeding", **factories.acts()
    )
    with pytest.raises(Refused, match="not ready to be released"):
        emergencies.agree(emergency=row, bag=supply.fresh(plasma), **factories.acts())


def test_a_bag_is_not_made_tomorrow(reference):
    plasma = next(bag for bag in blood.released() if bag.component_id == "FFP")
    run(MOVE, "separated", factories.user().pk, plasma.pk)
    later = timezone.now() + timedelta(days=1)
    assert "before it is entered" in refused(MADE, "FFP-THAWED", later, plasma.pk)


def test_a_box_takes_from_the_shelf(reference):
    bag = supply.fresh(blood.red_cells())
    sent = supply.transfer(bag.center, factories.center("CRTS-FES"))
    columns = "transfer_id, bag_id, unpacked, arrived"
    packed = f"INSERT INTO centers_transferbag ({columns}) VALUES (%s, %s, %s, %s)"
    for unpacked, arrived in ((True, None), (False, True)):
        assert "from the shelf" in refused(packed, sent.pk, bag.pk, unpacked, arrived)
    run(MOVE, "blocked", factories.user().pk, bag.pk)
    assert "from the shelf" in refused(packed, sent.pk, bag.pk, False, None)


def test_a_deferred_visit_is_turned_by_an_override_alone(reference):
    visit = arrived()
    reason = DeferralReason.objects.filter(code="MA-HIJAMA").first()
    arrivals.defer(visit=visit, reason=reason, **factories.acts())
    for outcome in ("left", ""):
        sql = "UPDATE centers_visit SET outcome = %s WHERE id = %s"
        assert "no override" in refused(sql, outcome, visit.pk)


def test_a_clearing_is_not_rewritten_after_the_needle(reference):
    visit = blood.give().visit
    forged = (
        "UPDATE centers_visit SET cleared_at = now(), cleared_by_id = %s, cleared_because = 'x'"
        " WHERE id = %s"
    )
    assert "needle was in" in refused(forged, factories.user().pk, visit.pk)


def test_rows_are_joined_and_parted_by_a_merge_alone(reference):
    kept, gone = factories.donor(blood_group="A+"), factories.donor()
    duplicates.merge(kept=kept, gone=gone, because="x", **factories.acts())
    part = "UPDATE donors_donor SET merged_into_id = NULL WHERE id = %s"
    assert "until it is undone" in refused(part, gone.pk)
    other = factories.donor(blood_group="B+")
    Merge.objects.create(
        kept=kept, gone=other, because="x", at=timezone.now(), by=factories.user(), made={}
    )
    run("UPDATE donors_donor SET merged_into_id = %s WHERE id = %s", kept.pk, other.pk)
    assert GroupDoubt.objects.get(closed_at=None).donor == kept


def test_what_was_agreed_lifted_and_decided_stands(reference):
    donor, by = factories.donor(), factories.user()
    consent.give(donor=donor, purpose=Purpose.APPEALS, language="ar", now=timezone.now())
    deferral = Deferral.objects.create(
        donor=donor,
        reason=DeferralReason.objects.get(code="MA-HIV"),
        permanent=True,
        starts_on=timezone.localdate(),
        recorded_at=timezone.now(),
        recorded_by=by,
    )
    DeferralLift.objects.create(
        deferral=deferral,
        ground="error",
        because="a wrong result",
        asked_at=timezone.now(),
        asked_by=by,
    )
    for sql in (
        "UPDATE donors_consent SET text_version = 'forged'",
        "UPDATE donors_lift SET because = 'forged'",
    ):
        assert "keeps what was written" in refused(sql)
    run("UPDATE donors_lift SET approved_at = now(), approved_by_id = %s", factories.user().pk)
    assert "ended once" in refused("UPDATE donors_lift SET approved_at = now()")


@pytest.mark.parametrize("table", ["compatibility", "recipe_kits", "marker"])
def test_reference_rows_are_not_emptied(reference, table):
    assert "append-only" in refused(f"TRUNCATE centers_{table} CASCADE")


def test_the_kits_of_a_recipe_come_with_a_release(reference):
    assert "permission denied" in denied("DELETE FROM centers_recipe_kits")
    with granted("centers_recipe_kits"):
        assert "files of a release" in refused("DELETE FROM centers_recipe_kits")


def boxed() -> tuple[Transfer, Bag]:
    """A bag on its way to Fez."""
    bag = supply.fresh(blood.red_cells())
    sent = supply.transfer(bag.center, factories.center("CRTS-FES"), count=1)
    transfers.put_in(transfer=sent, bag=bag, **factories.acts())
    transfers.send(transfer=sent, box="B-1", celsius=Decimal(4), **factories.acts())
    sent.refresh_from_db()
    return sent, supply.fresh(bag)


def read_again(donation: Donation) -> None:
    marker = Marker.objects.get(code="HIV")
    screening.repeat(donation=donation, marker=marker, because="control", **factories.acts())
    for _turn in range(2):
        said = {"outcomes": {"HIV": "negative"}, "technique": "", "lot": ""}
        screening.enter(donation=donation, **said, **factories.acts())


def test_what_blocked_a_bag_for_good_is_not_undone_by_a_movement(reference):
    sent, bag = boxed()
    transfers.take_out(transfer=sent, bag=bag, **factories.acts())
    transfers.receive(transfer=sent, celsius=Decimal(30), **factories.acts())
    assert supply.fresh(bag).state == "blocked"
    assert "does not clear up" in refused(MOVE, "available", factories.user().pk, bag.pk)


def test_a_bag_of_a_warm_box_never_comes_back_however_it_was_found(reference):
    sent, bag = boxed()
    read_again(bag.donation)
    transfers.receive(transfer=sent, celsius=Decimal(30), **factories.acts())
    sent.refresh_from_db()
    transfers.take_out(transfer=sent, bag=supply.fresh(bag), **factories.acts())
    assert supply.fresh(bag).state == "discarded"
    sent, bag = boxed()
    transfers.receive(transfer=sent, celsius=Decimal(30), **factories.acts())
    sent.refresh_from_db()
    transfers.take_out(transfer=sent, bag=bag, **factories.acts())
    assert supply.fresh(bag).state == "blocked"


def test_nothing_leaves_a_box_before_it_is_measured(reference):
    sent, bag = boxed()
    transfers.take_out(transfer=sent, bag=bag, **factories.acts())
    asked = supply.request(factories.center("CRTS-FES"))
    with pytest.raises(Refused, match="temperature of its box"):
        supply.issue(request=asked, bag=supply.fresh(bag), **factories.acts())
    transfers.receive(transfer=sent, celsius=Decimal(4), **factories.acts())
    supply.issue(request=asked, bag=supply.fresh(bag), **factories.acts())


def test_nothing_is_released_out_of_a_box(reference):
    sent, bag = boxed()
    read_again(bag.donation)
    blood.shelve(donation=bag.donation, **factories.acts())
    assert supply.fresh(bag).state == "blocked"
    assert "in a box" in refused(MOVE, "available", factories.user().pk, bag.pk)
    transfers.take_out(transfer=sent, bag=supply.fresh(bag), **factories.acts())
    transfers.receive(transfer=sent, celsius=Decimal(4), **factories.acts())
    blood.shelve(donation=bag.donation, **factories.acts())
    assert supply.fresh(bag).state == "available"


def test_what_is_made_of_a_blocked_bag_waits_for_the_same(reference):
    donation = blood.give()
    said = {"technique": "", "lot": ""}
    screening.enter(donation=donation, outcomes={"HIV": "reactive"}, **said, **factories.acts())
    blood.separated(donation)
    screening.enter(donation=donation, outcomes={"HIV": "negative"}, **said, **factories.acts())
    read_again(donation)
    for sheet in (0, 1):
        blood.enter(donation, factories.user(), sheet, HIV="")
    blood.shelve(donation=donation, **factories.acts())
    assert set(states(donation).values()) == {"available"}


def test_too_little_in_the_bag_outlives_a_recall(reference):
    donation = blood.released()[0].donation
    recall = recalls.begin(donation=donation, cause="call", because="x", **factories.acts())
    corrections.correct(
        visit=donation.visit, field="volume", value=200, because="misread", **factories.acts()
    )
    recalls.close(recall=recall, verdict="use", outcome="checked", **factories.acts())
    with pytest.raises(Refused, match="holds too little"):
        blood.shelve(donation=donation, **factories.acts())


@pytest.mark.parametrize(("field", "value"), [("volume", 200), ("temperature", Decimal("39.5"))])
def test_what_is_corrected_after_the_bag_left_calls_it_back(reference, field, value):
    bag = supply.fresh(blood.red_cells())
    supply.issue(request=supply.request(bag.center), bag=bag, **factories.acts())
    visit = bag.donation.visit
    corrections.correct(
        visit=visit, field=field, value=value, because="misread", **factories.acts()
    )
    assert recalls.is_recalled(bag.donation)
    assert set(states(bag.donation).values()) == {"issued", "blocked"}


def test_a_low_haemoglobin_found_afterwards_defers_from_tomorrow_on(reference):
    donation = blood.released()[0].donation
    said = {"visit": donation.visit, "field": "haemoglobin", "because": "misread"}
    corrections.correct(value=90, **said, **factories.acts())
    low = Deferral.objects.get(donor=donation.donor, reason__code="WHO-LOW_HB")
    assert low.starts_on == timezone.localdate() + timedelta(days=1)
    corrections.correct(value=95, **said, **factories.acts())
    assert Deferral.objects.get(donor=donation.donor, reason__code="WHO-LOW_HB") == low
    assert set(states(donation).values()) == {"available"}


def test_a_joining_brings_to_light_what_a_closed_look_back_could_not_follow(reference):
    first = blood.released()[0].donation
    blood.earlier(first)
    again = blood.give(blood.accepted_visit())
    blood.separated(again)
    blood.tested(again, HIV="reactive")
    look_back = LookBack.objects.get(donation=again)
    supply.followed_up(look_back)
    recalls.close_look_back(look_back=look_back, **factories.acts())
    duplicates.merge(kept=first.donor, gone=again.donor, because="one card", **factories.acts())
    assert set(states(first).values()) == {"blocked"} and recalls.is_recalled(first)


def test_two_who_are_parted_have_deferrals_of_their_own(reference):
    kept, gone = factories.donor(), factories.donor()
    merge = duplicates.merge(kept=kept, gone=gone, because="one", **factories.acts())
    reason = DeferralReason.objects.get(code="MA-HIV")
    deferrals.defer(donor=kept, reason=reason, starts_on=timezone.localdate(), **factories.acts())
    duplicates.part(merge=merge, because="these are two people", **factories.acts())
    by_one = "UPDATE donors_deferral SET ended_at = now(), ended_by_id = %s, ended_because = 'x' WHERE donor_id = %s"
    assert "two physicians" in refused(by_one, factories.user().pk, gone.pk)
    visit = factories.visit(factories.session(), gone, factories.user(), accepted=False)
    (row,) = doctor.lasting(visit=visit)
    doctor.ask_to_lift(
        deferral=row.deferral,
        ground="other",
        because="two new tests are negative",
        **factories.acts(),
    )
    (row,) = doctor.lasting(visit=visit)
    doctor.lift(asked=row.asked, **factories.acts())
    live = Deferral.objects.filter(ended_at=None, reason=reason)
    assert list(live.values_list("donor", flat=True)) == [kept.pk]


def test_an_override_names_who_measured(reference):
    visit = factories.visit(factories.session(), factories.donor(), factories.user())
    forged = (
        "INSERT INTO centers_override (visit_id, criteria, ground, because, at, by_id, measured_by_id)"
        " VALUES (%s, 'x', 'other', 'it is usual here', now(), %s, %s)"
    )
    by = visit.decided_by_id
    assert "another person" in refused(forged, visit.pk, by, factories.user().pk)


def test_who_was_turned_away_and_may_come_back_is_measured_first(reference):
    old = factories.donor(
        birth_date=timezone.localdate().replace(year=timezone.localdate().year - 66)
    )
    reason = DeferralReason.objects.get(code="MA-HIJAMA")
    kept = deferrals.defer(
        donor=old, reason=reason, starts_on=timezone.localdate(), **factories.acts()
    )
    visit = arrivals.arrive(session=factories.session(), donor=old, **factories.acts())
    doctor.end_deferral(deferral=kept, ground="other", because="another person", **factories.acts())
    found = arrivals.standing(visit=visit, now=timezone.now())
    assert not doctor.may_override(visit=visit, standing=found)
    arrivals.come_back(visit=visit, now=timezone.now())
    visit.refresh_from_db()
    assert visit.outcome == ""


def test_parted_again_each_ones_earlier_blood_is_followed(reference):
    first = blood.released()[0].donation
    blood.earlier(first)
    kept = factories.donor()
    merge = duplicates.merge(kept=kept, gone=first.donor, because="one card", **factories.acts())
    today = blood.give(blood.accepted_visit(donor=kept))
    blood.separated(today)
    blood.tested(today, HIV="reactive")
    duplicates.part(merge=merge, because="two cards", **factories.acts())
    assert recalls.is_recalled(first) and set(states(first).values()) == {"blocked"}


def test_the_doctors_no_after_the_needle_takes_the_bags(reference):
    donation = blood.released()[0].donation
    reason = DeferralReason.objects.get(code="MA-HIJAMA")
    arrivals.defer(visit=donation.visit, reason=reason, **factories.acts())
    assert set(states(donation).values()) == {"blocked"}
    assert Deferral.objects.filter(donor=donation.donor, reason=reason, ended_at=None).exists()
    visit = arrived()
    arrivals.defer(visit=visit, reason=reason, **factories.acts())
    forget = "UPDATE centers_visit SET deferred_for_id = NULL WHERE id = %s"
    assert "no stands" in refused(forget, visit.pk)


def test_a_deferral_of_last_week_does_not_stand_for_todays_low_haemoglobin(reference):
    visit = arrived()
    reason, day = DeferralReason.objects.get(code="WHO-LOW_HB"), timezone.localdate()
    said = {"donor": visit.donor, "reason": reason}
    deferrals.defer(starts_on=day - timedelta(days=80), **said, **factories.acts())
    arrivals.defer_lasting(visit, ["MA-HAEMOGLOBIN-M-MIN"], factories.user(), timezone.now())
    begun = Deferral.objects.filter(donor=visit.donor, reason=reason)
    assert begun.count() == 2 and begun.latest("ends_on").starts_on == day
