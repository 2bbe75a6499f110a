"""Pages of the bleeding: what is typed, what is refused beside its field, what is kept."""

import re
import uuid

import pytest
from django.urls import reverse
from django.utils import timezone

from centers.collection import board, corrections
from centers.models import Bleeding, Donation, Kit, Reaction, Visit, VoidedNumber
from tests.support import blood, factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def accepted(reference, settings) -> Visit:
    settings.DEMO = True
    settings.LANGUAGE_CODE = "en"
    return blood.accepted_visit()


@pytest.fixture
def nurse(client, accepted):
    client.force_login(factories.staff(accepted.session.center, "collection"))
    return client


def page(name: str, visit: Visit) -> str:
    return reverse(f"centers:{name}", args=[visit.public_id])


def number() -> str:
    return "".join(factories.din())


def seen(visit: Visit, field: str) -> str:
    """A choice in the correction form: a field with its valid value."""
    values = corrections.values(Visit.objects.get(pk=visit.pk))
    return f"{field}={values.get(field)}" if field else ""


def start(client, visit, typed: str, **changed):
    values = {"arm": "left", "kit": "triple", "number": typed, "lot": "L-77"}
    return client.post(page("bleeding-start", visit), values | changed)


def end(client, visit, typed: str, **changed):
    values = {"submission_id": uuid.uuid4(), "volume": "450", "number": typed, "times_sure": "on"}
    return client.post(page("bleeding-end", visit), values | changed)


def test_the_forms_suggest_nothing_about_the_bag(nurse, accepted):
    text = nurse.get(page("visit-detail", accepted)).text
    for name in ("number", "lot"):
        assert "value=" not in re.search(rf'<input[^>]*name="{name}"[^>]*>', text)[0]
    assert "data-enter-next" in text and 'value="left" selected' not in text


@pytest.mark.parametrize("how", ["typed", "spaced", "scanned"])
def test_a_donation_from_needle_to_needle(nurse, accepted, how):
    din, check = factories.din()
    text = {
        "typed": f"{din}{check}".lower(),
        "spaced": f" {din[:5]} {din[5:7]} {din[7:]} {check} ",
        "scanned": f"={din}00",
    }[how]
    start(nurse, accepted, text)
    assert "Is giving." in nurse.get(page("visit-detail", accepted)).text
    values = {"submission_id": uuid.uuid4(), "times_sure": "on"}
    response = end(nurse, accepted, text, **values)
    donation = Donation.objects.get()
    assert (donation.din, donation.check_character, donation.volume) == (din, check, 450)
    shown = nurse.get(response["Location"]).text
    assert "Recorded: 450 mL" in shown and din[7:] in shown and "Resting" in shown
    kept = reverse("centers:donation-detail", args=[donation.public_id])
    assert "In quarantine" in nurse.get(kept).text and "L-77" in nurse.get(kept).text
    again = end(nurse, accepted, text, **values)
    assert again["Location"] == response["Location"]
    assert Donation.objects.count() == 1


def test_the_arm_and_the_bag_of_last_time_are_offered(nurse, accepted):
    start(nurse, accepted, number(), arm="right", kit="double")
    other = factories.visit(accepted.session, factories.donor(), accepted.decided_by)
    text = nurse.get(page("visit-detail", other)).text
    assert 'value="double" selected' in text and 'value="right" selected' not in text


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"number": ""}, "Scan or type the number"),
        ({"number": "A99992650000"}, "13 characters and a check character"),
        ({"number": "A9999265000011"}, "One character is wrong"),
        ({"number": "A999926500001"}, "Type the check character"),
        ({"number": "=<D0202V00"}, "barcode of the product"),
        ({"number": "=%5100"}, "barcode of the group"),
        ({"arm": ""}, "Choose the arm"),
        ({"kit": "none"}, "Select a valid choice"),
        ({"lot": ""}, "the lot that is printed on the bag"),
    ],
)
def test_a_wrong_start_says_why_and_keeps_the_rest(nurse, accepted, changed, sentence):
    said = {"number": "=A99992699999900", "lot": "L-9"} | changed
    response = start(nurse, accepted, said.pop("number"), **said)
    assert sentence in response.text
    if "lot" not in changed:
        assert 'value="L-9"' in response.text
    assert not Bleeding.objects.exists()


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"volume": ""}, "Enter the volume"),
        ({"volume": "45"}, "Say why so little is in the bag"),
        ({"volume": "", "stopped_because": "flow"}, "0 where nothing is in the bag"),
        ({"volume": "701"}, "up to 700"),
        ({"volume": "full"}, "in millilitres"),
        ({"volume": "0"}, "Say why so little is in the bag"),
        ({"volume": "380"}, "Read the scale again"),
    ],
)
def test_a_wrong_end_says_why_and_keeps_the_rest(nurse, accepted, changed, sentence):
    typed = number()
    start(nurse, accepted, typed)
    response = end(nurse, accepted, typed, **changed)
    assert sentence in response.text and f'value="{typed}"' in response.text
    assert not Donation.objects.exists()


def test_a_used_number_says_so_beside_it(nurse, accepted):
    used = blood.give()
    typed = used.din + used.check_character
    text = start(nurse, accepted, typed).text
    assert "This donation number was already used." in text and f'value="{typed}"' in text


def test_the_end_sent_again_with_other_values_is_refused(nurse, accepted):
    typed, values = number(), {"submission_id": uuid.uuid4()}
    start(nurse, accepted, typed)
    end(nurse, accepted, typed, **values)
    text = end(nurse, accepted, typed, **values, volume="460").text
    assert "already sent with other values" in text
    assert Donation.objects.get().volume == 450


def test_nothing_in_the_bag_is_said_and_the_number_voided(nurse, accepted):
    typed = number()
    start(nurse, accepted, typed)
    response = end(nurse, accepted, typed, volume="0", stopped_because="no_vein")
    text = nurse.get(response["Location"]).text
    assert "nothing was given" in text and VoidedNumber.objects.get().because == "empty"


def test_a_small_bag_is_asked_about_and_blocked(nurse, accepted):
    typed = number()
    start(nurse, accepted, typed)
    assert "Read the scale again" in end(nurse, accepted, typed, volume="60").text
    end(nurse, accepted, typed, volume="60", weighed="on")
    assert "it is blocked" in nurse.get(reverse("centers:home"), follow=True).text
    bag = Donation.objects.get().bags.get()
    assert (bag.state, bag.movements.get().reason) == ("blocked", "underweight")


def test_somebody_undecided_is_not_bled(nurse, accepted):
    by = accepted.decided_by
    visit = factories.visit(accepted.session, factories.donor(), by, accepted=False)
    assert "not been accepted" in start(nurse, visit, number()).text


def test_a_reaction_is_noted_from_the_visit(nurse, accepted):
    start(nurse, accepted, number())
    wrong = nurse.post(page("reaction-note", accepted), {"kind": "faint"})
    assert "five grades" in wrong.text
    said = {"kind": "faint", "grade": "1", "imputability": "definite"}
    response = nurse.post(page("reaction-note", accepted), said, follow=True)
    assert "Faintness" in response.text
    assert Reaction.objects.get().grade == 1


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("haemoglobin", "high", "as 12.5 (g/dL)"),
        ("systolic", "60", "above the lower one"),
        ("arm", "middle", "left or right"),
        ("started_at", "morning", "like 14:35"),
        ("volume", "", "right value"),
        ("", "120", "entered wrongly"),
    ],
)
def test_a_wrong_correction_says_why(nurse, accepted, field, value, sentence):
    start(nurse, accepted, number())
    said = {"field": seen(accepted, field), "value": value, "because": "typed badly"}
    response = nurse.post(page("visit-correct", accepted), said)
    assert sentence in response.text and "typed badly" in response.text
    assert not accepted.corrections.exists()


def test_a_correction_stands_beside_what_was_recorded(nurse, accepted):
    start(nurse, accepted, number())
    for field, value in {"haemoglobin": "139", "arm": "Right", "weight": "71,5"}.items():
        said = {"field": seen(accepted, field), "value": value, "because": "typed badly"}
        assert nurse.post(page("visit-correct", accepted), said).status_code == 302
    text = nurse.get(page("visit-detail", accepted)).text
    assert "<del>145</del>" in text and "71.5" in text and "typed badly" in text
    accepted.refresh_from_db()
    assert accepted.haemoglobin == 145


def test_a_stale_tab_corrects_nothing(nurse, accepted):
    first = {"field": seen(accepted, "pulse"), "value": "80", "because": "typed badly"}
    assert nurse.post(page("visit-correct", accepted), first).status_code == 302
    stale = first | {"value": "81"}
    text = nurse.post(page("visit-correct", accepted), stale).text
    assert "Somebody corrected this meanwhile" in text and 'value="81"' in text
    assert accepted.corrections.count() == 1


def test_who_rested_goes_home(nurse, accepted):
    typed = number()
    start(nurse, accepted, typed)
    assert "not resting" in nurse.post(page("visit-home", accepted), follow=True).text
    end(nurse, accepted, typed)
    nurse.post(page("visit-home", accepted))
    accepted.refresh_from_db()
    assert accepted.left_at


def steps(session) -> dict[str, int]:
    lanes = board.lanes(session=session, now=timezone.now())
    return {lane.step.value: lane.count for lane in lanes if lane.count}


def test_the_board_follows_a_donor_from_lane_to_lane(nurse, accepted):
    session, by = accepted.session, accepted.decided_by
    visit = factories.visit(session, factories.donor(), by, accepted=False)
    assert steps(session) == {"arrived": 1, "ready": 1}
    factories.sheet(visit.donor, by, TATTOO=timezone.localdate())
    assert steps(session) == {"doctor": 1, "ready": 1}
    Visit.objects.filter(pk=visit.pk).update(
        cleared_at=timezone.now(),
        cleared_by=by,
        cleared_ground="healed",
        cleared_because="long ago healed",
    )
    assert steps(session) == {"asked": 1, "ready": 1}
    typed = number()
    start(nurse, accepted, typed)
    assert steps(session) == {"asked": 1, "giving": 1}
    end(nurse, accepted, typed)
    assert steps(session) == {"asked": 1, "resting": 1}
    nurse.post(page("visit-home", accepted))
    assert steps(session) == {"asked": 1, "gone": 1}


def test_a_scan_at_the_board_opens_the_visit(nurse, accepted, client):
    typed = number()
    start(nurse, accepted, typed)
    address = reverse("centers:session-scan", args=[accepted.session.public_id])
    opened = page("visit-detail", accepted)
    assert nurse.post(address, {"text": f"={typed[:13]}00"})["Location"] == opened
    unknown = nurse.post(address, {"text": f"={factories.din()[0]}00"}, follow=True)
    assert "No visit of this session" in unknown.text
    newcomer = factories.donor()
    client.force_login(factories.staff(accepted.session.center, "reception"))
    response = client.post(address, {"text": str(newcomer.public_id)})
    assert response["Location"] == page("visit-detail", newcomer.visits.get())
    assert newcomer.full_name in client.post(address, {"text": newcomer.full_name}).text


def test_every_kit_is_a_known_product(reference):
    assert set(Kit.objects.values_list("component", flat=True)) == {"WB-CPD", "WB-CPDA1"}
