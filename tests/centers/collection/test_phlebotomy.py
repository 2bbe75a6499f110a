"""Start and end of a bleeding, by the rules and by raw SQL that bypasses them."""

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from centers.collection import corrections, doctor, phlebotomy, reactions
from centers.collection.arrivals import standing
from centers.laboratory import separation
from centers.models import Bag, Bleeding, Donation, Kit, Override, Visit, VoidedNumber
from donors.errors import Refused
from tests.support import blood, factories
from tests.support.attack import refused
from tests.support.owner import past_the_guards

pytestmark = pytest.mark.django_db


def started(visit=None, *, minutes: int = 8, kit: str = "triple") -> Bleeding:
    """A bleeding started some minutes ago."""
    visit = visit or blood.accepted_visit()
    return phlebotomy.start(
        visit=visit,
        number="".join(factories.din()),
        kit=Kit.objects.get(code=kit),
        lot="L-1",
        arm="left",
        by=visit.decided_by,
        now=timezone.now() - timedelta(minutes=minutes),
    )


def ended(begun: Bleeding, **fields) -> Donation | None:
    values = {
        "number": begun.din + begun.check_character,
        "volume": 450,
        "submission_id": uuid.uuid4(),
        "by": begun.started_by,
        "now": timezone.now(),
    }
    return phlebotomy.end(visit=begun.visit, **values | fields)


def test_the_number_of_the_start_is_the_donations(reference):
    begun = started()
    donation = ended(begun)
    assert donation.din == begun.din
    assert donation.bags.get().component_id == "WB-CPD"
    begun.refresh_from_db()
    assert begun.ended_at and not begun.stopped_because


def test_a_single_bag_holds_another_whole_blood(reference):
    assert ended(started(kit="single")).bags.get().component_id == "WB-CPDA1"


def test_another_bags_number_is_refused_at_the_end(reference):
    begun, other = started(), started()
    with pytest.raises(Refused, match="whose bag it is"):
        ended(begun, number=other.din + other.check_character)
    assert not Donation.objects.exists()
    with pytest.raises(Refused, match="whose bag it is"):
        blood.record(begun.visit, mode="online")


def test_scanning_twice_is_one_start(reference):
    begun = started()
    again = phlebotomy.start(
        visit=begun.visit,
        number=begun.din + begun.check_character,
        kit=begun.kit,
        lot="L-2",
        arm="right",
        by=begun.started_by,
        now=timezone.now(),
    )
    assert again == begun and Bleeding.objects.count() == 1


def test_a_second_needle_for_one_visit_is_refused(reference):
    begun = started()
    with pytest.raises(Refused, match="has begun already"):
        started(begun.visit)


def test_a_number_in_use_is_refused_at_the_start(reference):
    used = blood.give()
    visit = blood.accepted_visit()
    with pytest.raises(Refused, match="already used"):
        phlebotomy.start(
            visit=visit,
            number=used.din + used.check_character,
            kit=Kit.objects.get(code="triple"),
            lot="L-1",
            arm="left",
            by=visit.decided_by,
            now=timezone.now(),
        )


def test_nobody_is_bled_within_the_interval(reference):
    visit = blood.accepted_visit()
    other = factories.visit(factories.session(), visit.donor, visit.decided_by)
    blood.give(visit)
    with pytest.raises(Refused, match="deferral"):
        started(other, minutes=0)


def test_an_empty_bag_voids_its_number_and_defers_nobody(reference):
    begun = started()
    with pytest.raises(Refused, match="why nothing"):
        ended(begun, volume=0)
    assert ended(begun, volume=0, stopped_because="no_vein") is None
    assert VoidedNumber.objects.get().din == begun.din
    assert not begun.visit.donor.deferrals.exists()
    with pytest.raises(Refused, match="voided"):
        blood.give(number=begun.din + begun.check_character)


def test_a_bag_stopped_early_is_a_blocked_donation(reference):
    donation = ended(started(), volume=120, stopped_because="reaction")
    assert donation.bags.get().state == "blocked"


def test_a_slow_bleeding_gives_red_cells_alone(reference):
    donation = ended(started(minutes=17))
    bag = donation.bags.get()
    by_code = {c.recipe.code: c.against for c in separation.choices(bag=bag, now=timezone.now())}
    assert not by_code["RBC-ALONE"] and "15 minutes" in by_code["RBC-PLASMA"][0]
    with pytest.raises(Refused, match="15 minutes"):
        blood.separated(donation)
    assert {b.component_id for b in blood.separated(donation, "RBC-ALONE")} == {"RBC-SAGM"}


def test_the_kit_decides_what_can_be_made(reference):
    bag = ended(started(kit="double")).bags.get()
    codes = [c.recipe.code for c in separation.choices(bag=bag, now=timezone.now())]
    assert "RBC-PLASMA" in codes and "RBC-PLASMA-PLT" not in codes


def test_the_needle_is_in_before_anybody_defers_or_leaves(reference):
    begun = started()
    assert "needle was in" in refused(
        "UPDATE centers_visit SET outcome = 'left' WHERE id = %s", begun.visit_id
    )
    assert "ended once" in refused("UPDATE centers_bleeding SET lot = 'x' WHERE id = %s", begun.pk)
    assert "never deleted" in refused("DELETE FROM centers_bleeding WHERE id = %s", begun.pk)


def test_nobody_is_bled_who_was_not_accepted(reference):
    by = factories.user()
    visit = factories.visit(factories.session(), factories.donor(), by, accepted=False)
    din, check = factories.din()
    assert "not accepted" in refused(
        "INSERT INTO centers_bleeding (visit_id, din, check_character, kit_id, lot, arm, started_at,"
        " started_by_id, stopped_because) VALUES (%s, %s, %s, 'triple', 'l', 'left', now(), %s, '')",
        visit.pk,
        din,
        check,
        by.pk,
    )


def test_a_correction_keeps_what_was_recorded(reference):
    begun = started()
    donation = ended(begun)
    visit, by, now = Visit.objects.get(pk=begun.visit_id), factories.user(), timezone.now()
    known = {"visit": visit, "by": by, "now": now}
    with pytest.raises(Refused, match="already"):
        corrections.correct(field="volume", value=450, because="scale", **known)
    with pytest.raises(Refused, match="why"):
        corrections.correct(field="volume", value=440, because=" ", **known)
    corrections.correct(field="volume", value=440, because="read badly", **known)
    line = corrections.correct(field="volume", value=250, because="another bag's", **known)
    donation.refresh_from_db()
    assert (donation.volume, line.was, line.now) == (450, "440", "250")
    assert corrections.values(visit)["volume"] == "250"
    assert donation.bags.get().state == "blocked"
    assert "append-only" in refused("UPDATE centers_correction SET now = '450'")


def test_a_reaction_is_of_somebody_who_was_bled(reference):
    said = {
        "kind": "faint",
        "grade": 3,
        "imputability": "probable",
        "after_leaving": False,
        "injured": True,
        "by": factories.user(),
        "now": timezone.now(),
    }
    with pytest.raises(Refused, match="Nothing was begun"):
        reactions.note(visit=blood.accepted_visit(), **said)
    begun = started()
    reactions.note(visit=begun.visit, **said)
    today = timezone.localdate()
    center = begun.visit.session.center
    assert reactions.counts(center, since=today)[3] == 1
    assert reactions.serious(center, since=today).get().kind == "faint"
    assert "append-only" in refused("DELETE FROM centers_reaction")
    assert "reaction_has_a_grade" in refused(
        "INSERT INTO centers_reaction (visit_id, kind, grade, imputability, after_leaving, injured,"
        " at, by_id) SELECT visit_id, kind, 6, imputability, false, false, at, by_id"
        " FROM centers_reaction"
    )


def deferred(**measures) -> Visit:
    """Deferred by a nurse's measures, one of them out of bounds."""
    visit = blood.accepted_visit()
    fields = factories.MEASURES | measures
    with past_the_guards():
        Visit.objects.filter(pk=visit.pk).update(outcome="deferred", **fields)
    return Visit.objects.select_related("donor", "decided_by").get(pk=visit.pk)


def override(visit, by) -> Override:
    now = timezone.now()
    found = standing(visit=visit, now=now)
    return doctor.override(
        visit=visit, standing=found, ground="trained", because="an athlete's pulse", by=by, now=now
    )


def test_a_warning_is_overridden_by_another_doctor_with_a_reason(reference):
    visit = deferred(pulse=52)
    with pytest.raises(Refused, match="took the measures yourself"):
        override(visit, visit.decided_by)
    made = override(visit, factories.user())
    visit.refresh_from_db()
    assert visit.outcome == "accepted" and made.criteria == "WHO-PULSE-MIN"
    assert "append-only" in refused("UPDATE centers_override SET because = 'x'")


@pytest.mark.parametrize("measures", [{"haemoglobin": 110}, {"systolic": 170}, {"weight": 48}])
def test_a_hard_stop_is_overridden_by_nobody(reference, measures):
    visit = deferred(**measures)
    with pytest.raises(Refused, match="nobody can override"):
        override(visit, factories.user())
    assert "hard bound" in refused(
        "INSERT INTO centers_override (visit_id, criteria, ground, because, measured_by_id, at, by_id)"
        " VALUES (%s, 'x', 'other', 'it is usual here', %s, now(), %s);"
        " UPDATE centers_visit SET outcome = 'accepted' WHERE id = %s",
        visit.pk,
        visit.decided_by_id,
        factories.user().pk,
        visit.pk,
    )


def test_a_deferral_is_not_turned_without_its_override(reference):
    visit = deferred(pulse=52)
    assert "no override" in refused(
        "UPDATE centers_visit SET outcome = 'accepted' WHERE id = %s", visit.pk
    )
    assert "second_persons" in refused(
        "INSERT INTO centers_override (visit_id, criteria, ground, because, measured_by_id, at, by_id)"
        " VALUES (%s, 'x', 'other', 'it is usual here', %s, now(), %s)",
        visit.pk,
        visit.decided_by_id,
        visit.decided_by_id,
    )


def test_products_live_as_their_recipe_says(reference):
    red = blood.red_cells()
    now = timezone.now()
    by = factories.staff(red.center, "laboratory")
    irradiated = separation.make(bag=red, recipe="IRRADIATE", by=by, now=now)[0]
    assert irradiated.state == "released" and irradiated.blood_group == red.blood_group
    assert irradiated.expires_at == now + timedelta(hours=672)
    assert Bag.objects.get(pk=red.pk).state == "separated"
    separation.open_bag(bag=irradiated, by=by, now=now)
    irradiated.refresh_from_db()
    assert irradiated.expires_at == now + timedelta(hours=24)
    with pytest.raises(Refused, match="opened already"):
        separation.open_bag(bag=irradiated, by=by, now=now)


def test_a_bag_in_quarantine_is_not_thawed(reference):
    donation = blood.tested()
    plasma = donation.bags.get(component="FFP")
    with pytest.raises(Refused, match="Release"):
        separation.make(bag=plasma, recipe="THAW-PLASMA", by=factories.user(), now=timezone.now())


@pytest.mark.parametrize(
    ("product", "parent", "days"),
    [
        ("PLT-APH", "WB-CPD", 1),  # nothing makes it
        ("RBC-SAGM", "WB-CPD", 44),  # a later date
        ("RBC-SAGM", "FFP", 1),  # from the wrong bag
    ],
)
def test_no_bag_comes_from_nowhere(reference, product, parent, days):
    donation = blood.give()
    if parent != "WB-CPD":
        blood.separated(donation)
    made_from = donation.bags.get(component=parent)
    message = refused(
        "INSERT INTO centers_bag (public_id, donation_id, component_id, division, center_id,"
        " blood_group, collected_on, expires_at, state, made_from_id, made_at)"
        " VALUES (gen_random_uuid(), %s, %s, '07', %s, '', %s, now() + %s * interval '1 day', '',"
        " %s, now())",
        donation.pk,
        product,
        donation.center_id,
        donation.collected_on,
        days,
        made_from.pk,
    )
    assert "no recipe" in message or "later than" in message


def test_nothing_begins_on_the_shelf(reference):
    donation = blood.give()
    bag = (
        "INSERT INTO centers_bag (public_id, donation_id, component_id, division, center_id,"
        " blood_group, collected_on, expires_at, state)"
        " VALUES (gen_random_uuid(), %s, 'WB-CPD', '07', %s, '', %s, now() + interval '2 days', '')"
    )
    said = (donation.pk, donation.center_id, donation.collected_on)
    assert "fills one bag" in refused(bag, *said)
    separated = donation.bags.get()
    separation.make(
        bag=separated,
        recipe="RBC-ALONE",
        volumes=blood.VOLUMES,
        by=factories.user(),
        now=timezone.now(),
    )
    red = donation.bags.get(component="RBC-SAGM")
    again = (
        "INSERT INTO centers_bag (public_id, donation_id, component_id, division, center_id,"
        " blood_group, collected_on, expires_at, state, made_from_id, made_at)"
        " SELECT gen_random_uuid(), donation_id, component_id, '09', center_id, '', collected_on,"
        " expires_at, '', made_from_id, made_at FROM centers_bag WHERE id = %s"
    )
    assert "each product once" in refused(again, red.pk)
    with past_the_guards():
        Bag.objects.filter(pk=red.pk).update(state="")
    move = (
        "INSERT INTO centers_movement (bag_id, seq, from_state, to_state, center_id, at, reason)"
        " VALUES (%s, 0, '', 'released', %s, now(), '')"
    )
    assert "begins in stock only" in refused(move, red.pk, red.center_id)


def test_what_is_made_of_an_opened_bag_keeps_no_longer(reference):
    donation, by, now = blood.give(), factories.user(), timezone.now()
    whole = donation.bags.select_related("component", "center", "donation").get()
    separation.open_bag(bag=whole, by=by, now=now)
    (red,) = separation.make(bag=whole, recipe="RBC-ALONE", volumes=blood.VOLUMES, by=by, now=now)
    whole.refresh_from_db()
    assert red.expires_at == whole.expires_at == now + timedelta(hours=24)
    longer = (
        "INSERT INTO centers_bag (public_id, donation_id, component_id, division, center_id,"
        " blood_group, collected_on, expires_at, state, made_from_id, made_at)"
        " SELECT gen_random_uuid(), donation_id, 'FFP', '00', center_id, '', collected_on,"
        " expires_at + interval '1 day', '', made_from_id, made_at FROM centers_bag WHERE id = %s"
    )
    assert "later than" in refused(longer, red.pk)
