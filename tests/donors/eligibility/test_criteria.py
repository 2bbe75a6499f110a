from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from donors.eligibility import criteria, deferrals
from donors.models import Deferral, DeferralReason, Donor
from tests.support import factories

pytestmark = pytest.mark.django_db
EVERY_DAY = st.dates(date(2024, 1, 1), date(2027, 12, 31))


def reason(code: str) -> DeferralReason:
    return DeferralReason.objects.get(code=code)


def test_assess_of_a_healthy_adult_has_no_reason(reference, today):
    assessment = criteria.assess(donor=factories.donor(), on=today)
    assert assessment.allowed
    assert assessment.next_on == today


def test_assess_below_eighteen_names_the_birthday(reference):
    donor = factories.donor(birth_date=date(2008, 6, 15))
    assessment = criteria.assess(donor=donor, on=date(2026, 6, 14))
    assert [r.code for r in assessment.reasons] == ["MA-AGE-MIN"]
    assert assessment.next_on == date(2026, 6, 15)
    assert criteria.assess(donor=donor, on=date(2026, 6, 15)).allowed


def test_assess_permanent_beats_every_date(reference, today, now):
    donor = factories.donor()
    by = factories.user()
    deferrals.defer(donor=donor, reason=reason("MA-VACCINE"), starts_on=today, by=by, now=now)
    deferrals.defer(donor=donor, reason=reason("MA-CANCER"), starts_on=today, by=by, now=now)
    assessment = criteria.assess(donor=donor, on=today)
    assert assessment.permanent
    assert assessment.next_on is None


def test_assess_takes_the_latest_of_several_ends(reference, today, now):
    donor = factories.donor()
    for code in ("MA-VACCINE", "MA-SURGERY"):
        deferrals.defer(
            donor=donor, reason=reason(code), starts_on=today, by=factories.user(), now=now
        )
    ends = Deferral.objects.filter(donor=donor).values_list("ends_on", flat=True)
    assert criteria.assess(donor=donor, on=today).next_on == max(ends)


@pytest.mark.parametrize(
    ("sex", "haemoglobin", "allowed"),
    [("M", 130, True), ("M", 129, False), ("F", 120, True), ("F", 119, False)],
)
def test_assess_haemoglobin_by_sex(reference, today, sex, haemoglobin, allowed):
    measures = criteria.Measures(haemoglobin=haemoglobin)
    assessment = criteria.assess(donor=factories.donor(sex=sex), on=today, measures=measures)
    assert assessment.allowed is allowed


def test_assess_says_every_measure_out_of_bounds(reference, today):
    measures = criteria.Measures(
        haemoglobin=100,
        systolic=170,
        diastolic=105,
        weight=Decimal("49.5"),
        temperature=Decimal("38.2"),
    )
    assessment = criteria.assess(donor=factories.donor(), on=today, measures=measures)
    assert len(assessment.reasons) == 5
    assert any("49.5" in r.message and "50" in r.message for r in assessment.reasons)


@settings(max_examples=60)
@given(
    birth=st.dates(date(1950, 1, 1), date(2012, 12, 31)),
    on=EVERY_DAY,
    spans=st.lists(st.tuples(EVERY_DAY, st.one_of(st.none(), st.integers(1, 400))), max_size=3),
)
def test_one_truth_in_python_and_in_sql(reference, now, birth, on, spans):
    donor = factories.donor(birth_date=birth)
    for starts_on, days in spans:
        Deferral.objects.create(
            donor=donor,
            reason=reason("MA-PREGNANCY"),
            starts_on=starts_on,
            ends_on=starts_on + timedelta(days=days) if days else None,
            recorded_at=now,
        )
    alone = Donor.objects.filter(pk=donor.pk)
    assert criteria.assess(donor=donor, on=on).allowed is criteria.eligible(alone, on).exists()


def test_after_donation_defers_for_the_interval_of_the_sex(reference, today, now):
    for sex, days in (("M", 62), ("F", 92)):
        donor = factories.donor(sex=sex)
        ends_on = deferrals.after_donation(donor=donor.pk, on=today, by=None, now=now)
        assert ends_on == today + timedelta(days=days)
        assert donor.deferrals.live(today).get().ends_on == ends_on


def test_after_donation_third_of_a_woman_waits_for_the_year(reference, today, now):
    donor = factories.donor(sex="F")
    for days_ago in (300, 150, 0):
        on = today - timedelta(days=days_ago)
        ends_on = deferrals.after_donation(donor=donor.pk, on=on, by=None, now=now)
    year = today - timedelta(days=300) + timedelta(365)
    assert ends_on == max(today + timedelta(days=92), year)


def test_end_needs_a_reason_and_happens_once(reference, today, now):
    by = factories.user()
    donor = factories.donor()
    deferral = deferrals.defer(
        donor=donor, reason=reason("MA-VACCINE"), starts_on=today, by=by, now=now
    )
    with pytest.raises(Exception, match="Say why"):
        deferrals.end(deferral=deferral, by=by, ground="other", because=" ", now=now)
    deferrals.end(deferral=deferral, by=by, ground="other", because="wrong person", now=now)
    assert criteria.assess(donor=donor, on=today).allowed
    with pytest.raises(Exception, match="already ended"):
        deferrals.end(deferral=deferral, by=by, ground="other", because="asked once again", now=now)


SPANS = st.lists(
    st.tuples(st.integers(-200, 400), st.one_of(st.none(), st.integers(1, 300))), max_size=5
)


@settings(max_examples=60)
@given(spans=SPANS, born=st.dates(date(1950, 1, 1), date(2012, 12, 31)), sex=st.sampled_from("MF"))
def test_next_on_is_the_first_free_day(reference, today, now, spans, born, sex):
    """That day is free, the day before is not, and the set-based answer is equal."""
    donor = factories.donor(birth_date=born, sex=sex)
    for begins, length in spans:
        starts_on = today + timedelta(days=begins)
        Deferral.objects.create(
            donor=donor,
            reason=reason("MA-SURGERY"),
            starts_on=starts_on,
            ends_on=starts_on + timedelta(days=length) if length else None,
            recorded_at=now,
        )
    someone = Donor.objects.filter(pk=donor.pk)
    assessment = criteria.assess(donor=donor, on=today)
    for day in (today, today + timedelta(days=100), today + timedelta(days=400)):
        allowed = criteria.assess(donor=donor, on=day).allowed
        assert criteria.eligible(someone, day).exists() is allowed
    if assessment.next_on is None:
        return
    assert criteria.assess(donor=donor, on=assessment.next_on).allowed
    if assessment.next_on > today:
        before = assessment.next_on - timedelta(days=1)
        assert not criteria.assess(donor=donor, on=before).allowed


def test_next_on_looks_past_a_deferral_that_begins_later(reference, today, now):
    donor = factories.donor()
    for begins, length in ((0, 30), (20, 60), (200, 10)):
        starts_on = today + timedelta(days=begins)
        Deferral.objects.create(
            donor=donor,
            reason=reason("MA-SURGERY"),
            starts_on=starts_on,
            ends_on=starts_on + timedelta(days=length),
            recorded_at=now,
        )
    assert criteria.assess(donor=donor, on=today).next_on == today + timedelta(days=80)


@pytest.mark.parametrize("more", [1, 40, None])
def test_a_further_deferral_never_brings_the_day_nearer(reference, today, now, more):
    donor, by = factories.donor(), factories.user()
    deferrals.defer(donor=donor, reason=reason("MA-VACCINE"), starts_on=today, by=by, now=now)
    before = criteria.assess(donor=donor, on=today).next_on
    ends_on = today + timedelta(days=more) if more else None
    Deferral.objects.create(
        donor=donor, reason=reason("MA-SURGERY"), starts_on=today, ends_on=ends_on, recorded_at=now
    )
    after = criteria.assess(donor=donor, on=today).next_on
    assert after is None if more is None else after >= before
