"""Changes after a decision: corrections, a second sheet, a second chair, donors who return."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from centers.collection import (
    arrivals,
    board,
    closing,
    corrections,
    doctor,
    number_ranges,
    phlebotomy,
)
from centers.isbt128 import donation_numbers
from centers.models import Donation, Kit, Override, Session, Visit
from centers.sessions import capacity, planning
from donors.eligibility import deferrals
from donors.eligibility.criteria import Measures
from donors.errors import Refused, refusing
from donors.models import Deferral, DeferralReason
from donors.people.scanned_text import as_scanned
from tests.support import blood, factories
from tests.support.owner import past_the_guards

pytestmark = pytest.mark.django_db


@pytest.fixture
def visit(reference) -> Visit:
    return blood.accepted_visit()


def measured(**changed) -> Measures:
    return Measures(**factories.MEASURES | {"temperature": Decimal("36.6")} | changed)


def correct(visit, field, value) -> Visit:
    corrections.correct(
        visit=visit, field=field, value=value, because="typed badly", **factories.acts()
    )
    visit.refresh_from_db()
    return visit


def begin(visit, **more):
    said = {"number": "".join(factories.din()), "lot": "L", "arm": "left"} | factories.acts() | more
    kit = Kit.objects.select_related("component").get(code="triple")
    return phlebotomy.start(visit=visit, kit=kit, **said)


def override(visit) -> Override:
    now = timezone.now()
    found = arrivals.standing(visit=visit, now=now)
    said = {
        "ground": "corrected",
        "because": "the slip says 140",
        "by": factories.user(),
        "now": now,
    }
    return doctor.override(visit=visit, standing=found, **said)


def test_a_measure_corrected_beyond_its_bound_takes_the_acceptance_back(visit):
    correct(visit, "haemoglobin", 90)
    assert visit.outcome == "deferred"
    assert Deferral.objects.get(donor=visit.donor).reason.code == "WHO-LOW_HB"
    with pytest.raises(Refused, match="not been accepted"):
        begin(visit)


def test_the_database_looks_at_the_corrected_measure_too(visit):
    connection.cursor().execute(
        "INSERT INTO centers_correction (visit_id, field, was, now, because, at, by_id)"
        " VALUES (%s, 'haemoglobin', '145', '90', 'x', now(), %s)",
        [visit.pk, visit.decided_by_id],
    )
    with pytest.raises(Refused, match="bound that nobody overrides"):
        begin(visit)


def test_a_slip_of_the_hand_is_put_right_by_a_doctor(reference):
    visit = factories.visit(
        factories.session(), factories.donor(), factories.user(), accepted=False
    )
    factories.sheet(visit.donor)
    said = measured(haemoglobin=90)
    arrivals.measure_and_decide(visit=visit, measures=said, **factories.acts())
    with pytest.raises(Refused, match="nobody can override"):
        override(visit)
    correct(visit, "haemoglobin", 140)
    assert visit.outcome == "deferred"
    override(visit)
    visit.refresh_from_db()
    assert visit.outcome == "accepted"
    assert Deferral.objects.get(donor=visit.donor).ended_at
    assert begin(visit).pk


def test_a_correction_cannot_say_what_cannot_have_been(visit):
    begun = begin(visit)
    with pytest.raises(Refused, match="above the lower one"):
        correct(visit, "systolic", 60)
    with pytest.raises(Refused, match="not in"):
        correct(visit, "started_at", begun.started_at + timedelta(hours=1))


def test_a_yes_is_not_washed_away_by_a_later_no(reference):
    visit = factories.visit(
        factories.session(), factories.donor(), factories.user(), accepted=False
    )
    factories.sheet(visit.donor, TATTOO=timezone.localdate())
    factories.sheet(visit.donor)
    asked = doctor.asked(visit=visit, is_doctor=True, **factories.acts())
    assert asked.waits_for_doctor and [row.question.code for row in asked.raised] == ["TATTOO"]
    with pytest.raises(Refused, match="doctor has to look"):
        said = measured()
        arrivals.measure_and_decide(visit=visit, measures=said, **factories.acts())


def test_what_was_answered_before_midnight_counts_after_it(reference):
    visit = factories.visit(
        factories.session(), factories.donor(), factories.user(), accepted=False
    )
    sheet = factories.sheet(visit.donor)
    with past_the_guards():
        type(sheet).objects.update(day=timezone.localdate() - timedelta(days=1))
    said = measured()
    assert arrivals.measure_and_decide(visit=visit, measures=said, **factories.acts()).allowed


def test_one_person_has_one_needle_in(visit):
    other = factories.visit(factories.session(), visit.donor, visit.decided_by)
    begin(visit)
    with pytest.raises(Refused, match="in another chair"):
        begin(other)


def test_with_the_needle_in_a_bag_is_never_refused(visit):
    """A deferral is made during the bleeding: the bag exists, and is blocked."""
    begun = begin(visit)
    reason = DeferralReason.objects.filter(code="MA-HIJAMA").first()
    deferrals.defer(
        donor=visit.donor, reason=reason, starts_on=timezone.localdate(), **factories.acts()
    )
    donation = phlebotomy.end(
        visit=visit,
        number=begun.din + begun.check_character,
        volume=450,
        submission_id=begun.visit.public_id,
        times_sure=True,
        **factories.acts(),
    )
    assert donation.conflict == "donor_deferred"
    assert Donation.objects.get().conflict == "donor_deferred"
    assert donation.bags.get().state == "blocked"


def test_whom_a_warning_deferred_waits_for_the_doctor(reference):
    visit = factories.visit(
        factories.session(), factories.donor(), factories.user(), accepted=False
    )
    factories.sheet(visit.donor)
    said = measured(pulse=45)
    arrivals.measure_and_decide(visit=visit, measures=said, **factories.acts())

    def step(now):
        lanes = board.lanes(session=visit.session, now=now)
        return next(lane.step for lane in lanes if lane.visits)

    now = timezone.now()
    assert step(now) == "doctor" and step(now + timedelta(hours=2)) == "gone"
    reason = DeferralReason.objects.filter(code="MA-HIJAMA").first()
    arrivals.defer(visit=visit, reason=reason, **factories.acts())
    assert step(now) == "gone"


def test_a_deferral_is_not_written_over_by_who_went_away(reference):
    visit = factories.visit(
        factories.session(), factories.donor(), factories.user(), accepted=False
    )
    arrivals.leave(visit=visit, **factories.acts())
    with pytest.raises(Refused, match="just decided"):
        arrivals.leave(visit=visit, **factories.acts())
    visit.refresh_from_db()
    arrivals.come_back(visit=visit, now=timezone.now())
    visit.refresh_from_db()
    assert visit.outcome == ""
    reason = DeferralReason.objects.filter(code="MA-HIJAMA").first()
    arrivals.defer(visit=visit, reason=reason, **factories.acts())
    for act in (
        lambda: arrivals.leave(visit=visit, **factories.acts()),
        lambda: arrivals.come_back(visit=visit, now=timezone.now()),
    ):
        with pytest.raises(Refused, match="just decided"):
            act()


def gone_and_back(visit) -> Visit:
    arrivals.leave(visit=visit, **factories.acts())
    arrivals.come_back(visit=Visit.objects.get(pk=visit.pk), now=timezone.now())
    return Visit.objects.get(pk=visit.pk)


def test_who_comes_back_measured_is_decided_by_what_was_measured(visit):
    measurer = visit.decided_by
    back = gone_and_back(visit)
    assert (back.outcome, back.decided_by) == ("accepted", measurer)
    arrivals.leave(visit=back, **factories.acts())
    correct(back, "haemoglobin", 90)
    arrivals.come_back(visit=Visit.objects.get(pk=back.pk), now=timezone.now())
    back.refresh_from_db()
    assert back.outcome == "deferred"
    assert Deferral.objects.get(donor=back.donor).reason.code == "WHO-LOW_HB"


def test_a_doctors_yes_outlives_a_walk_outside_unless_more_speaks_against_giving(visit):
    correct(visit, "pulse", 105)
    override(visit)
    visit = gone_and_back(Visit.objects.get(pk=visit.pk))
    assert visit.outcome == "accepted"
    arrivals.leave(visit=visit, **factories.acts())
    correct(visit, "diastolic", 55)
    arrivals.come_back(visit=Visit.objects.get(pk=visit.pk), now=timezone.now())
    visit.refresh_from_db()
    assert visit.outcome == "deferred"


def test_a_scanner_on_an_arabic_keyboard_is_understood(reference):
    din, check = factories.din()
    arabic = {"A": "ش", "B": "لا", "C": "ؤ", "=": "="}
    typed = "".join(arabic.get(c, c) for c in f"={din}00")
    assert donation_numbers.read(typed) == din
    assert as_scanned("ش٩٩٩٩") == "A9999"
    donor = factories.donor()
    keys = {"a": "ش", "b": "لا", "c": "ؤ", "d": "ي", "e": "ث", "f": "ب"}
    card = "".join(keys.get(c, c) for c in str(donor.public_id))
    session = factories.session()
    arrived = arrivals.arrive_by_card(session=session, text=card, receives=True, **factories.acts())
    assert arrived.donor == donor
    found = arrivals.arrive_by_card(session=session, text=card, receives=False, **factories.acts())
    assert found == arrived


def test_the_chair_finds_nobody_who_is_not_here(reference):
    card = str(factories.donor().public_id)
    said = {"text": card, "receives": False}
    assert arrivals.arrive_by_card(session=factories.session(), **said, **factories.acts()) is None


def test_a_session_is_planned_once_and_within_reason(reference):
    at = factories.center()
    starts = timezone.now() + timedelta(days=3)
    said = {
        "center": at, "name_ar": "ساحة", "name_fr": "Place", "name_en": "Square", "kind": "mobile",
        "province": at.province, "latitude": 34.2, "longitude": -4.0, "starts_at": starts,
        "ends_at": starts + timedelta(hours=6), "beds": 4, "slot_minutes": 30,
    }  # fmt: skip
    day = [timezone.localdate(starts)]
    planning.plan_days(days=day, **said, **factories.acts())
    with pytest.raises(Refused, match="planned already"):
        planning.plan_days(days=day, **said, **factories.acts())
    planning.plan_days(days=day, **said | {"room": "B"}, **factories.acts())
    with pytest.raises(Refused, match="16 hours"):
        planning.plan(**said | {"ends_at": starts + timedelta(hours=19)}, **factories.acts())
    far = {
        "starts_at": starts + timedelta(days=8000),
        "ends_at": starts + timedelta(days=8000, hours=4),
    }
    with pytest.raises(Refused, match="two years"):
        planning.plan(**said | far, **factories.acts())
    with pytest.raises(Refused, match="two years"):
        names = dict.fromkeys(("name_ar", "name_fr", "name_en"), "x")
        row = Session.objects.filter(name_fr="Place").first()
        planning.move(session=row, starts_at=far["starts_at"], now=timezone.now(), **names)


def test_a_session_closed_too_early_is_opened_again_until_it_is_signed(reference):
    session = factories.session()
    capacity.close(session=session, now=timezone.now())
    planning.open_now(session=session, now=timezone.now())
    capacity.close(session=session, now=timezone.now())
    session.refresh_from_db()
    said = {"returned": 0, "bags": 0}
    closing.sign(session=session, explanation="", **said, **factories.acts())
    planning.open_now(session=session, now=timezone.now())
    with pytest.raises(Refused, match="Close the session first"):
        closing.countersign(session=session, **said, **factories.acts())
    capacity.close(session=session, now=timezone.now())
    with pytest.raises(Refused, match="counted otherwise"):
        closing.countersign(session=session, returned=1, bags=0, **factories.acts())
    closing.countersign(session=session, **said, **factories.acts())
    with pytest.raises(Refused, match="not signed"):
        planning.open_now(session=session, now=timezone.now())
    with pytest.raises(Refused, match="its numbers cannot change"):
        number = "".join(factories.din())
        number_ranges.void(session=session, number=number, because="label", **factories.acts())


def test_a_form_whose_session_was_lost_leads_back_to_its_page(client, visit):
    page = reverse("centers:visit-detail", args=[visit.public_id])
    verb = reverse("centers:visit-measure", args=[visit.public_id])
    sent = client.post(verb, {}, headers={"Referer": f"http://testserver{page}"})
    assert sent["Location"].endswith(f"?next={page}")
    elsewhere = client.post(verb, {}, headers={"Referer": "https://example.org/x"})
    assert elsewhere["Location"].endswith("?next=/")
    part = reverse("centers:session-arrivals", args=[visit.session.public_id])
    assert client.get(part, headers={"HX-Request": "true"})["HX-Refresh"] == "true"


def test_a_guard_without_a_sentence_of_its_own_is_told_and_logged(visit, caplog):
    with pytest.raises(Refused, match="As the records stand now"), refusing():
        Visit.objects.filter(pk=visit.pk).update(haemoglobin=1)
    assert "corrected by a further row" in caplog.text
