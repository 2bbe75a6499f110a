"""Raw SQL that bypasses the rules about blood: the database refuses each attempt."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from centers.collection import arrivals
from centers.distribution import bags_away, emergencies, requests
from centers.laboratory import screening
from centers.models import Bag, Marker, StockLevel
from donors.errors import Refused
from donors.models import Deferral
from tests.support import blood, factories, supply
from tests.support.attack import denied, refused
from tests.support.owner import granted, owner

pytestmark = pytest.mark.django_db

ISSUE = (
    "INSERT INTO centers_issue (bag_id, request_id, hospital, request_reference, recipient_group,"
    " issued_at, issued_by_id, reserve_because) VALUES (%s, %s, 'x', 'x', %s, now(), %s, '')"
)


@pytest.fixture
def bag(reference) -> Bag:
    return supply.fresh(blood.red_cells())


def ask(sql: str, *values) -> None:
    connection.cursor().execute(sql, values)


def test_rows_do_not_change_places(bag):
    other = blood.red_cells()
    assert "keeps its" in refused("UPDATE centers_bag SET id = -1 WHERE id = %s", bag.pk)
    parent = "UPDATE centers_bag SET made_from_id = %s WHERE id = %s"
    assert "keeps its" in refused(parent, other.pk, bag.pk)


def test_no_trigger_of_ones_own_moves_a_bag(reference):
    bag = blood.give().bags.get()
    with owner():
        _side_table(bag)
    assert "by a movement only" in refused("INSERT INTO side VALUES (1)")


def _side_table(bag: Bag) -> None:
    ask("CREATE TEMP TABLE side (id int)")
    ask(
        "CREATE FUNCTION pg_temp.side() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f" UPDATE centers_bag SET state = 'discarded' WHERE id = {bag.pk}; RETURN NEW; END $$"
    )
    ask("CREATE TRIGGER side BEFORE INSERT ON side FOR EACH ROW EXECUTE FUNCTION pg_temp.side()")


def test_a_movement_that_is_not_kept_moves_nothing(bag):
    row = bag.movements.last()
    ask(
        "INSERT INTO centers_movement (id, bag_id, seq, from_state, to_state, center_id, at, reason)"
        " VALUES (%s, %s, 0, 'available', 'blocked', %s, now(), '') ON CONFLICT (id) DO NOTHING",
        row.pk,
        bag.pk,
        bag.center_id,
    )
    assert supply.fresh(bag).state == "available"


def test_an_issue_fits_its_request(bag):
    by = factories.user().pk
    elsewhere = supply.request(factories.center("CRTS-FES"))
    assert "does not fit the request" in refused(ISSUE, bag.pk, elsewhere.pk, "O+", by)
    asked = supply.request(bag.center, component="FFP")
    assert "does not fit the request" in refused(ISSUE, bag.pk, asked.pk, "O+", by)
    mine = supply.request(bag.center)
    assert "does not fit the request" in refused(ISSUE, bag.pk, mine.pk, "A+", by)
    requests.close(request=mine, because="x", **factories.acts())
    assert "request is closed" in refused(ISSUE, bag.pk, mine.pk, "O+", by)
    held = supply.request(bag.center)
    requests.reserve(request=held, bags=[bag], **factories.acts())
    other = supply.request(bag.center)
    assert "reserved for another" in refused(ISSUE, bag.pk, other.pk, "O+", by)
    assert "still stands" in refused(
        "INSERT INTO centers_movement (bag_id, seq, from_state, to_state, center_id, at, by_id,"
        " reason) VALUES (%s, 0, 'reserved', 'available', %s, now(), %s, '')",
        bag.pk,
        bag.center_id,
        by,
    )


def test_a_paper_without_its_movement_does_not_stand(bag):
    asked, by = supply.request(bag.center), factories.user().pk
    reservation = (
        "SET CONSTRAINTS ALL DEFERRED; INSERT INTO centers_reservation (bag_id, request_id, until,"
        " made_at, made_by_id) VALUES (%s, %s, now() + interval '1 day', now(), %s);"
        " SET CONSTRAINTS ALL IMMEDIATE"
    )
    assert "no movement" in refused(reservation, bag.pk, asked.pk, by)
    issued = supply.issue(request=asked, bag=bag, **factories.acts())
    back = (
        "SET CONSTRAINTS ALL DEFERRED; INSERT INTO centers_return (issue_id, minutes_out,"
        " cold_chain_kept, at, by_id) VALUES (%s, 5, true, now(), %s); SET CONSTRAINTS ALL IMMEDIATE"
    )
    assert "no movement" in refused(back, issued.pk, by)
    bags_away.report(bag=supply.fresh(bag), transfused=True, **factories.acts())
    assert "not issued" in refused(back, issued.pk, by)


def test_a_transfer_begins_as_a_proposal(bag):
    assert "as a proposal" in refused(
        "INSERT INTO centers_transfer (public_id, sender_id, receiver_id, component_id, blood_group,"
        " count, because, state, proposed_at, proposed_by_id, decided_at, decided_by_id, box)"
        " VALUES (gen_random_uuid(), %s, %s, 'RBC-SAGM', 'O+', 1, '', 'approved', now(), %s, now(),"
        " %s, '')",
        bag.center_id,
        factories.center("CRTS-FES").pk,
        *[factories.user().pk] * 2,
    )


def test_a_level_keeps_what_it_counts(bag):
    level = StockLevel.objects.get(component="RBC-SAGM", blood_group="O+")
    assert "keeps what it counts" in refused(
        "UPDATE centers_stocklevel SET blood_group = 'AB-' WHERE id = %s", level.pk
    )


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE centers_marker SET valid_until = '2000-01-01'",
        "UPDATE centers_compatibility SET verdict = 'compatible', preference = 1",
        "UPDATE centers_component SET shelf_life_days = 3000",
        "UPDATE centers_recipepart SET life_hours = NULL WHERE life_hours IS NOT NULL",
        "DELETE FROM centers_compatibility",
    ],
)
def test_what_decides_over_blood_comes_with_a_release(reference, sql):
    assert "permission denied" in denied(sql)
    ask("SET app.reference = 'loading'")  # once a way past the guard
    assert "permission denied" in denied(sql)
    with granted(sql.split()[1 if sql.startswith("UPDATE") else 2]):
        assert "files of a release" in refused(sql)


def test_a_criterion_keeps_its_subject(reference):
    assert "what it bounds" in refused("UPDATE donors_criterion SET donation_type = 'plasma'")


def test_a_permanent_deferral_is_not_made_a_copy(bag):
    supply.look_back(bag.donation)
    donor = bag.donation.donor
    row = Deferral.objects.filter(donor=donor).first()
    assert "never changed" in refused(
        "UPDATE donors_deferral SET copy_of_id = id, ended_at = now(), ended_by_id = %s,"
        " ended_because = 'x' WHERE id = %s",
        factories.user().pk,
        row.pk,
    )


def test_a_visit_keeps_what_was_measured_and_decided(bag):
    visit = bag.donation.visit
    for change in ("haemoglobin = 60", "donor_id = donor_id + 1", "session_id = session_id + 1"):
        assert "never changed" in refused(
            f"UPDATE centers_visit SET {change} WHERE id = %s", visit.pk
        )
    assert "needle was in" in refused(
        "UPDATE centers_visit SET outcome = 'left' WHERE id = %s", visit.pk
    )
    assert "never deleted" in refused("DELETE FROM centers_visit WHERE id = %s", visit.pk)
    other = factories.center("CRTS-FES").pk
    assert "keeps its centre" in refused("UPDATE centers_session SET center_id = %s", other)


def test_nobody_is_accepted_against_a_deferral(reference):
    visit = blood.accepted_visit()
    again = factories.visit(factories.session(), visit.donor, visit.decided_by, accepted=False)
    blood.give(visit)
    columns = ", ".join(f"{name} = {getattr(visit, name)}" for name in arrivals.MEASURES)
    assert "visit refused" in refused(
        f"UPDATE centers_visit SET {columns}, outcome = 'accepted', decided_at = now(),"
        " decided_by_id = %s WHERE id = %s",
        visit.decided_by_id,
        again.pk,
    )


def test_a_late_donation_is_of_a_day_of_its_session(reference):
    visit = blood.accepted_visit()
    day = timezone.localdate() + timedelta(days=300)
    with pytest.raises(Refused, match="none of this session"):
        blood.record(visit, collected_on=day)


@pytest.mark.parametrize(
    "table",
    [
        "centers_return", "centers_recallstep", "centers_correction", "centers_override",
        "centers_reaction", "centers_voidednumber", "centers_countedbag", "centers_stocklevel",
        "centers_reservation", "centers_emergencyrelease", "centers_transferbag", "centers_bleeding",
        "centers_numberrange", "centers_closing", "centers_issue", "centers_recall",
        "centers_lookback", "centers_request", "centers_transfer", "centers_stockcount",
        "centers_donation", "centers_bag", "centers_visit", "donors_deferral", "donors_lift",
        "donors_merge", "donors_criterion",
    ],
)  # fmt: skip
def test_what_is_kept_row_by_row_is_not_emptied_at_once(reference, table):
    assert "append-only" in refused(f"TRUNCATE {table} CASCADE")


def test_two_reactive_readings_over_several_versions_are_final(reference):
    donation = blood.tested(HIV="")
    readers = [factories.user(), factories.user()]

    def read(*outcomes):
        for reader, outcome in zip(readers, outcomes, strict=True):
            said = {"outcomes": {"HIV": outcome}, "technique": "", "lot": "", "now": timezone.now()}
            screening.enter(donation=donation, by=reader, **said)

    again = {"marker": Marker.objects.get(code="HIV"), "because": "same_sample"}
    read("reactive", "negative")
    screening.repeat(donation=donation, **again, **factories.acts())
    read("negative", "reactive")
    assert set(donation.bags.values_list("state", flat=True)) == {"discarded", "separated"}
    assert donation.look_backs.count() == 1
    with pytest.raises(Refused, match="final"):
        screening.repeat(donation=donation, **again, **factories.acts())


def test_who_released_a_bag_reads_no_good_news_of_it(bag):
    releaser = bag.movements.get(to_state="available").by
    again = {"marker": Marker.objects.get(code="HCV"), "because": "control"}
    screening.repeat(donation=bag.donation, **again, **factories.acts())
    assert supply.fresh(bag).state == "blocked"
    said = {"technique": "", "lot": "", "by": releaser, "now": timezone.now()}
    with pytest.raises(Refused, match="You released"):
        screening.enter(donation=bag.donation, outcomes={"HCV": "negative"}, **said)
    screening.enter(donation=bag.donation, outcomes={"HCV": "reactive"}, **said)
    assert bag.donation.results.filter(outcome="reactive").exists()


def test_an_emergency_stays_where_the_bag_is(reference):
    waiting = supply.fresh(blood.tested().bags.get(component="RBC-SAGM"))
    asked = supply.request(factories.center("CRTS-FES"))
    row = emergencies.ask(request=asked, bag=waiting, because="bleeding", **factories.acts())
    with pytest.raises(Refused, match="another product or group"):
        emergencies.agree(emergency=row, bag=supply.fresh(waiting), **factories.acts())


def test_an_emergency_needs_the_label_that_the_readings_bear_out(reference):
    donation = blood.tested()
    waiting = supply.fresh(donation.bags.get(component="RBC-SAGM"))
    asked = supply.request(waiting.center)
    row = emergencies.ask(request=asked, bag=waiting, because="bleeding", **factories.acts())
    again = {"marker": Marker.objects.get(code="ABO"), "because": "mistyped"}
    screening.repeat(donation=donation, **again, **factories.acts())
    with pytest.raises(Refused, match="not ready"):
        emergencies.agree(emergency=row, bag=supply.fresh(waiting), **factories.acts())
