from datetime import date
from decimal import Decimal

import pytest

from centers.collection import arrivals, board, doctor, donor_search
from centers.errors import AlreadyKnown
from centers.models import Appointment, Visit
from centers.sessions import booking
from donors.eligibility import criteria, deferrals, questionnaire
from donors.eligibility.criteria import Measures
from donors.errors import Refused
from donors.models import AccessLog, Deferral, DeferralReason, Donor
from tests.support import blood, factories
from tests.support.attack import refused

pytestmark = pytest.mark.django_db
PERSON = {
    "family_name": "Bennani",
    "given_name": "Salma",
    "family_name_ar": "بناني",
    "given_name_ar": "سلمى",
    "sex": "F",
    "birth_date": date(1991, 4, 2),
    "document_kind": "cin",
    "document_number": "TA900001",
    "phone": "0661123456",
    "language": "ar",
}


@pytest.fixture
def by(reference):
    return factories.staff(factories.center(), "reception", "doctor")


@pytest.fixture
def session(reference):
    return factories.session()


def taken(**changed) -> Measures:
    return Measures(
        **{
            "haemoglobin": 140,
            "systolic": 120,
            "diastolic": 80,
            "weight": Decimal("70"),
            "temperature": Decimal("36.8"),
        }
        | changed
    )


def test_arrive_takes_up_the_booked_place(by, session, now):
    donor = factories.donor()
    booked = Appointment.objects.create(slot=session.slots.get(), donor=donor, made_at=now)
    visit = arrivals.arrive(session=session, donor=donor, by=by, now=now)
    booked.refresh_from_db()
    assert (visit.appointment, booked.state) == (booked, "arrived")
    assert board.expected(session=session) == []


def test_arrive_twice_is_refused(by, session, now):
    donor = factories.donor()
    arrivals.arrive(session=session, donor=donor, by=by, now=now)
    with pytest.raises(Refused, match="already arrived"):
        arrivals.arrive(session=session, donor=donor, by=by, now=now)


def test_arrive_needs_an_open_session(by, now, reference):
    with pytest.raises(Refused, match="not open"):
        arrivals.arrive(session=factories.session(days=2), donor=factories.donor(), by=by, now=now)


def test_register_is_whole_or_not_at_all(by, now, reference):
    with pytest.raises(Refused, match="not open"):
        arrivals.register(session=factories.session(days=2), by=by, now=now, **PERSON)
    assert not Donor.objects.exists()


def test_register_names_whose_document_it_is(by, session, now):
    known = factories.donor(document_number="ta 900-001")
    with pytest.raises(AlreadyKnown) as refused:
        arrivals.register(session=session, by=by, now=now, **PERSON)
    assert refused.value.donors == [known]
    assert refused.value.field == "document_number"


@pytest.mark.parametrize("script", ["arabic", "latin"])
def test_register_asks_about_a_namesake_once(by, session, now, script):
    arrivals.register(session=session, by=by, now=now, **PERSON)
    other = PERSON | {"document_number": "TA900002"}
    blank = ("family_name", "given_name") if script == "arabic" else ("family_name_ar",)
    other |= dict.fromkeys(blank, "")
    with pytest.raises(AlreadyKnown, match="name and date of birth"):
        arrivals.register(session=session, by=by, now=now, **other)
    if script == "arabic":
        arrivals.register(session=session, by=by, now=now, another_person=True, **other)
        assert Donor.objects.count() == 2


def test_look_up_notes_everybody_it_showed(by, now, reference):
    donor = factories.donor(family_name="Bennani", given_name="Salma")
    assert donor_search.look_up(session=factories.session(), text="bennani s", by=by, now=now) == [
        donor
    ]
    assert AccessLog.objects.get().donor == donor
    assert donor_search.look_up(session=factories.session(), text="nobody", by=by, now=now) == []


def asked(**yes) -> Donor:
    donor = factories.donor()
    factories.sheet(donor, **yes)
    return donor


def test_nobody_is_accepted_unasked(by, session, now):
    visit = arrivals.arrive(session=session, donor=factories.donor(), by=by, now=now)
    with pytest.raises(Refused, match="questions of today"):
        arrivals.measure_and_decide(visit=visit, measures=taken(), by=by, now=now)
    doctor.ask(visit=visit, answers=all_no(visit.donor), language="ar", by=by, now=now)
    assert arrivals.measure_and_decide(visit=visit, measures=taken(), by=by, now=now).allowed


def all_no(donor) -> dict:
    return {q.code: questionnaire.Answer(False) for q in questionnaire.questions(sex=donor.sex)}


def test_an_answer_that_speaks_against_waits_for_the_doctor(by, session, now, today):
    visit = arrivals.arrive(session=session, donor=asked(SURGERY=today), by=by, now=now)
    with pytest.raises(Refused, match="doctor has to look"):
        arrivals.measure_and_decide(visit=visit, measures=taken(), by=by, now=now)
    seen = doctor.asked(visit=visit, by=by, is_doctor=False, now=now)
    assert (seen.waits_for_doctor, seen.raised) == (True, [])
    assert not AccessLog.objects.exists()
    seen = doctor.asked(visit=visit, by=by, is_doctor=True, now=now)
    assert [row.question.code for row in seen.raised] == ["SURGERY"]
    assert AccessLog.objects.get().reason == "answers before giving"
    with pytest.raises(Refused, match="Say why"):
        doctor.clear(visit=visit, ground="other", because=" ", by=by, now=now)
    doctor.clear(visit=visit, ground="other", because="a small cut", by=by, now=now)
    assert arrivals.measure_and_decide(visit=visit, measures=taken(), by=by, now=now).allowed


def test_asked_again_the_doctor_looks_again(by, session, now, today):
    visit = arrivals.arrive(session=session, donor=asked(SURGERY=today), by=by, now=now)
    doctor.clear(visit=visit, ground="other", because="a small cut", by=by, now=now)
    said = all_no(visit.donor) | {"DIABETES": questionnaire.Answer(True)}
    doctor.ask(visit=visit, answers=said, language="ar", by=by, now=now)
    with pytest.raises(Refused, match="doctor has to look"):
        arrivals.measure_and_decide(visit=visit, measures=taken(), by=by, now=now)


def test_the_doctor_ends_a_deferral_with_a_reason(by, session, now, today):
    donor = asked()
    reason = DeferralReason.objects.get(code="MA-SURGERY")
    deferrals.defer(donor=donor, reason=reason, starts_on=today, by=by, now=now)
    visit = arrivals.arrive(session=session, donor=donor, by=by, now=now)
    (running,) = doctor.running(visit=visit, now=now)
    with pytest.raises(Refused, match="Say why"):
        doctor.end_deferral(deferral=running, ground="other", because="", by=by, now=now)
    doctor.end_deferral(
        deferral=running, ground="other", because="it was another person", by=by, now=now
    )
    assert doctor.running(visit=visit, now=now) == []
    assert visit.outcome == "deferred"
    arrivals.come_back(visit=visit, now=now)
    assert arrivals.measure_and_decide(visit=visit, measures=taken(), by=by, now=now).allowed


def test_whom_a_deferral_bars_is_turned_away_at_reception(by, session, now, today):
    young = factories.donor(birth_date=today.replace(year=today.year - 17))
    old = factories.donor(birth_date=today.replace(year=today.year - 66))
    turned = arrivals.arrive(session=session, donor=young, by=by, now=now)
    assert (turned.outcome, turned.decided_by) == ("deferred", by)
    with pytest.raises(Refused, match="just decided"):
        arrivals.come_back(visit=turned, now=now)
    assert arrivals.arrive(session=session, donor=old, by=by, now=now).outcome == ""


def test_a_permanent_deferral_is_lifted_by_two_doctors(by, session, now, today):
    donor = asked()
    reason = DeferralReason.objects.get(code="MA-CANCER")
    deferral = deferrals.defer(donor=donor, reason=reason, starts_on=today, by=by, now=now)
    visit = arrivals.arrive(session=session, donor=donor, by=by, now=now)
    assert doctor.running(visit=visit, now=now) == []
    with pytest.raises(Refused, match="Say why"):
        doctor.ask_to_lift(deferral=deferral, ground="other", because=" ", by=by, now=now)
    doctor.ask_to_lift(
        deferral=deferral, ground="other", because="it was another person", by=by, now=now
    )
    with pytest.raises(Refused, match="waits for a second"):
        doctor.ask_to_lift(
            deferral=deferral, ground="other", because="asked once again", by=by, now=now
        )
    (row,) = doctor.lasting(visit=visit)
    with pytest.raises(Refused, match="another doctor"):
        doctor.lift(asked=row.asked, by=by, now=now)
    assert visit.outcome == "deferred"
    doctor.lift(asked=row.asked, by=factories.user(), now=now)
    assert criteria.assess(donor=donor, on=today).allowed
    assert doctor.lasting(visit=visit) == []


def test_the_database_lifts_nothing_alone(by, session, now, today):
    donor = asked()
    reason = DeferralReason.objects.get(code="MA-CANCER")
    deferral = deferrals.defer(donor=donor, reason=reason, starts_on=today, by=by, now=now)
    sql = (
        "UPDATE donors_deferral SET ended_at = now(), ended_by_id = %s, ended_because = 'x' "
        "WHERE id = %s"
    )
    assert "two physicians" in refused(sql, by.pk, deferral.pk)
    lift = deferrals.ask_to_lift(
        deferral=deferral, ground="other", because="it was another person", by=by, now=now
    )
    assert "two physicians" in refused(sql, by.pk, deferral.pk)
    assert "another_physician" in refused(
        "UPDATE donors_lift SET approved_at = now(), approved_by_id = %s WHERE id = %s",
        by.pk,
        lift.pk,
    )


def test_measures_within_the_bounds_accept(by, session, now):
    visit = arrivals.arrive(session=session, donor=asked(), by=by, now=now)
    assert arrivals.measure_and_decide(visit=visit, measures=taken(), by=by, now=now).allowed
    assert (visit.outcome, visit.decided_by) == ("accepted", by)


def test_low_haemoglobin_defers_for_its_period(by, session, now, today):
    visit = arrivals.arrive(session=session, donor=asked(), by=by, now=now)
    arrivals.measure_and_decide(visit=visit, measures=taken(haemoglobin=115), by=by, now=now)
    deferral = Deferral.objects.get(donor=visit.donor)
    assert deferral.reason.code == "WHO-LOW_HB" and deferral.ends_on > today
    assert visit.outcome == "deferred"
    standing = arrivals.standing(visit=visit, now=now)
    assert standing.next_on == deferral.ends_on
    assert any("115" in reason.message for reason in standing.reasons)


def test_high_pressure_ends_with_the_day(by, session, now):
    visit = arrivals.arrive(session=session, donor=asked(), by=by, now=now)
    arrivals.measure_and_decide(visit=visit, measures=taken(systolic=170), by=by, now=now)
    assert visit.outcome == "deferred"
    assert not Deferral.objects.filter(donor=visit.donor).exists()


def test_decision_is_made_once(by, session, now):
    visit = arrivals.arrive(session=session, donor=asked(), by=by, now=now)
    arrivals.measure_and_decide(visit=visit, measures=taken(), by=by, now=now)
    with pytest.raises(Refused, match="already been"):
        arrivals.measure_and_decide(visit=visit, measures=taken(), by=by, now=now)


def test_doctor_takes_back_an_acceptance_before_the_needle(by, session, now):
    visit = factories.visit(session, factories.donor(), by)
    reason = arrivals.reasons(now).get(code="MA-HIJAMA")
    arrivals.defer(visit=visit, reason=reason, by=by, now=now)
    visit.refresh_from_db()
    assert (visit.outcome, visit.deferred_for) == ("deferred", reason)
    with pytest.raises(Refused, match="accepted|deferral"):
        blood.give(visit)


def test_a_visit_stays_what_it_was_after_the_donation(by, now, reference):
    donation = blood.give()
    reason = DeferralReason.objects.get(code="MA-HIJAMA")
    arrivals.defer(visit=donation.visit, reason=reason, by=by, now=now)
    with pytest.raises(Refused, match="given already"):
        arrivals.leave(visit=donation.visit, by=by, now=now)
    assert Visit.objects.get().outcome == "accepted"
    assert Deferral.objects.filter(reason=reason).exists()


def test_reasons_are_those_a_doctor_may_choose(reference, now):
    kinds = set(arrivals.reasons(now).values_list("kind", flat=True))
    assert kinds <= {"permanent", "temporary", "doctor_decides"}
    assert not arrivals.reasons(now).filter(code="MA-INTERVAL").exists()


def test_those_expected_today_are_found_first(by, session, now):
    twenty = [factories.donor(family_name="Aaa", given_name=f"N {n}") for n in range(25)]
    booked = factories.donor(family_name="Aaa", given_name="Zz")
    booking.book(slot=session.slots.get(), donor=booked, now=now)
    found = donor_search.look_up(session=session, text="aaa", by=by, now=now)
    assert found[0] == booked and len(found) == 20 and set(found[1:]) < set(twenty)
