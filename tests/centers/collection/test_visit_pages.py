import pytest
from django.urls import reverse

from centers.models import Visit
from donors.models import AccessLog, Deferral, DeferralReason
from tests.support import blood, factories

pytestmark = pytest.mark.django_db
MEASURED = {
    "haemoglobin": "14,5",
    "pressure": "12/8",
    "weight": "71,5",
    "temperature": "36.8",
    "pulse": "",
}


@pytest.fixture
def visit(reference, settings) -> Visit:
    settings.DEMO = True
    donor = factories.donor()
    factories.sheet(donor)
    return factories.visit(factories.session(), donor, factories.user(), accepted=False)


@pytest.fixture
def accepted(visit) -> Visit:
    Visit.objects.update(
        **factories.MEASURES,
        outcome="accepted",
        decided_at=visit.arrived_at,
        decided_by=visit.arrived_by,
    )
    visit.refresh_from_db()
    return visit


@pytest.fixture
def nurse(client, visit):
    client.force_login(factories.staff(visit.session.center, "collection"))
    return client


def page(name, visit):
    return reverse(f"centers:{name}", args=[visit.public_id])


def number() -> str:
    return "".join(factories.din())


def test_visit_opens_with_the_answer_and_is_noted(nurse, visit):
    text = nurse.get(page("visit-detail", visit)).text
    assert "Nothing known speaks against" in text and "Measures" in text
    assert AccessLog.objects.get().donor == visit.donor


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ({"haemoglobin": "145"}, {"haemoglobin": 145}),
        ({"haemoglobin": "14.5"}, {"haemoglobin": 145}),
        ({"haemoglobin": "14"}, {"haemoglobin": 140}),
        ({"haemoglobin": "١٤٫٥"}, {"haemoglobin": 145}),
        ({"pressure": "120/80"}, {"systolic": 120, "diastolic": 80}),
        ({"pressure": "12,5/8"}, {"systolic": 125, "diastolic": 80}),
        ({"pressure": "125 - 75"}, {"systolic": 125, "diastolic": 75}),
        ({"pressure": "١٢/٨"}, {"systolic": 120, "diastolic": 80}),
        ({"pulse": "72"}, {"pulse": 72}),
    ],
)
def test_measures_are_read_in_the_unit_they_were_typed(nurse, visit, typed, kept):
    response = nurse.post(page("visit-measure", visit), MEASURED | typed)
    assert response.status_code == 302
    visit.refresh_from_db()
    assert visit.outcome == "accepted"
    assert {name: getattr(visit, name) for name in kept} == kept
    assert "Accepted: may give today" in nurse.get(page("visit-detail", visit)).text


@pytest.mark.parametrize(
    ("name", "typed", "sentence"),
    [
        ("haemoglobin", "", "Measure this"),
        ("haemoglobin", "28", "12.5 (g/dL) or 125 (g/L)"),
        ("haemoglobin", "12.55", "12.5 (g/dL) or 125 (g/L)"),
        ("haemoglobin", "much", "12.5 (g/dL) or 125 (g/L)"),
        ("haemoglobin", "-12", "12.5 (g/dL) or 125 (g/L)"),
        ("haemoglobin", "1e2", "12.5 (g/dL) or 125 (g/L)"),
        ("pressure", "120", "12/8 (cmHg) or 120/80"),
        ("pressure", "80/120", "the higher one first"),
        ("pressure", "120/8", "12/8 (cmHg) or 120/80"),
        ("pressure", "1.2.3/8", "12/8 (cmHg) or 120/80"),
        ("weight", "715", "in kilograms"),
        ("weight", "71.55", "in kilograms"),
        ("temperature", "98", "degrees Celsius"),
        ("pulse", "7", "beats a minute"),
    ],
)
def test_measures_wrong_say_how_to_write_them_and_keep_the_rest(
    nurse, visit, name, typed, sentence
):
    response = nurse.post(page("visit-measure", visit), MEASURED | {name: typed})
    assert sentence in response.text
    for other, value in MEASURED.items():
        if value and other != name:
            assert f'value="{value}"' in response.text
    visit.refresh_from_db()
    assert visit.outcome == ""


def test_measures_out_of_bounds_defer_with_reason_and_date(nurse, visit):
    low = MEASURED | {"haemoglobin": "11,5"}
    doubted = nurse.post(page("visit-measure", visit), low).text
    assert "Haemoglobin is 115, under 130" in doubted and "Measured again" in doubted
    assert not Deferral.objects.exists()
    nurse.post(page("visit-measure", visit), low | {"sure": "on"})
    text = nurse.get(page("visit-detail", visit)).text
    assert "Cannot give today" in text and "Haemoglobin is 115, under 130" in text
    assert "May give from" in text
    assert "Record the donation" not in text
    assert Deferral.objects.get().reason.code == "WHO-LOW_HB"


def test_measures_sent_twice_are_kept_once(nurse, visit):
    nurse.post(page("visit-measure", visit), MEASURED)
    response = nurse.post(page("visit-measure", visit), MEASURED | {"haemoglobin": "99"})
    assert "already been accepted or deferred" in response.text
    visit.refresh_from_db()
    assert visit.haemoglobin == 145


def test_visit_of_a_deferred_donor_says_since_when_and_until(nurse, visit, now, today):
    from donors.eligibility import deferrals

    reason = DeferralReason.objects.get(code="MA-HIJAMA")
    deferrals.defer(donor=visit.donor, reason=reason, starts_on=today, by=None, now=now)
    text = nurse.get(page("visit-detail", visit)).text
    assert "Cannot give today" in text and "May give from" in text
    assert "Cupping" not in text and "The doctor knows why" in text
    nurse.force_login(factories.staff(visit.session.center, "doctor"))
    assert "Cupping" in nurse.get(page("visit-detail", visit)).text


def test_doctor_defers_with_a_reason(client, visit):
    client.force_login(factories.staff(visit.session.center, "doctor"))
    assert (
        "Choose why this donor cannot give"
        in client.post(page("visit-defer", visit), {"reason": ""}).text
    )
    reason = DeferralReason.objects.get(code="MA-DIABETES")
    client.post(page("visit-defer", visit), {"reason": reason.pk})
    text = client.get(page("visit-detail", visit)).text
    assert "Can no longer give blood" in text and "Diabetes" in text


def test_nurse_sees_no_deferring_form(nurse, visit):
    assert "Defer this donor" not in nurse.get(page("visit-detail", visit)).text


def test_left_is_noted_without_asking_why(nurse, visit):
    response = nurse.post(page("visit-leave", visit))
    assert response["Location"] == reverse("centers:session-board", args=[visit.session.public_id])
    visit.refresh_from_db()
    assert visit.outcome == "left"


def test_donation_page_names_nobody(client, accepted):
    donation = blood.give(accepted)
    client.force_login(factories.staff(donation.center, "laboratory"))
    text = client.get(reverse("centers:donation-detail", args=[donation.public_id])).text
    assert donation.donor.family_name not in text and str(accepted.public_id) not in text
