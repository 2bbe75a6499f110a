import json
import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from donors.models import AccessLog, DeferralReason, Donor
from tests.support import booking as steps

pytestmark = pytest.mark.django_db
GIVEN = {
    "birth_date": "07/03/1990",
    "sex": "F",
    "weight": "64",
    "given_on": "",
    "well": "yes",
    "for_good": "no",
}


def answer(client, **changed):
    return client.post(reverse("campaigns:self-check-answer"), GIVEN | changed)


def lately(client, code: str) -> str:
    """The name of the field under which a reason is ticked."""
    text = client.get(reverse("campaigns:self-check")).text
    return re.search(rf'name="(lately_\d+)"[^>]*value="{code}"', text).group(1)


def test_self_check_answers_and_leaves_nothing_behind(client, reference):
    response = answer(client)
    assert "You may very probably give today" in response.text
    assert "no-store" in response["Cache-Control"] and not response.cookies
    assert not Donor.objects.exists() and not AccessLog.objects.exists()
    assert "07/03/1990" not in response.text


def test_self_check_page_may_be_kept_and_its_answer_needs_no_cookie(reference):
    strict = Client(enforce_csrf_checks=True)
    page = strict.get(reverse("campaigns:self-check"))
    assert "public" in page["Cache-Control"] and not page.cookies
    assert "csrfmiddlewaretoken" not in page.text
    assert answer(strict).status_code == 200
    assert strict.get(reverse("campaigns:self-check-answer")).status_code == 405


def test_self_check_asks_the_day_of_what_was_ticked_only_then(client, reference):
    name = lately(client, "MA-HIJAMA")
    first = answer(client, **{name: ["MA-HIJAMA"]})
    assert "One more step" in first.text and "Something has to be put right" not in first.text
    assert 'value="07/03/1990"' in first.text and "when_MA-HIJAMA" in first.text
    empty = answer(client, **{name: ["MA-HIJAMA"], "when_MA-HIJAMA": ""})
    assert "Something has to be put right" in empty.text
    said = answer(client, **{name: ["MA-HIJAMA"], "when_MA-HIJAMA": "01/01/2020"})
    assert "You may very probably give today" in said.text


def test_self_check_gives_the_day_and_a_calendar_that_does_not_say_why(client, reference, today):
    name = lately(client, "MA-HIJAMA")
    day = today.strftime("%d/%m/%Y")
    text = answer(client, **{name: ["MA-HIJAMA"], "when_MA-HIJAMA": day}).text
    assert "You may probably give from" in text
    path = re.search(r'href="(/en/may-i-give/again/[^"]+)"', text).group(1)
    calendar = client.get(path)
    assert calendar["Content-Type"].startswith("text/calendar")
    assert "hijama" not in calendar.text.lower() and "GEO" not in calendar.text


AGAINST = [
    {"for_good": "yes"},
    {"birth_date": "07/03/1940"},
    {"weight": "45"},
    {"well": "no"},
    {"doubtful": ["MA-VACCINE_COVID"]},
    {"well": "no", "weight": "45", "given_on": "01/01/2020", "doubtful": ["MA-VACCINE_COVID"]},
]


@pytest.mark.parametrize("language", ["ar", "fr", "en"])
def test_a_shared_telephone_does_not_tell_which_answer_speaks_against_it(
    client, reference, language
):
    with translation.override(language):
        pages = {re.sub(r'"[^"]*"', "", answer(client, **given).text) for given in AGAINST}
    (page,) = pages
    if language == "en":
        assert "Speak with the doctor before you travel" in page
        assert "The doctor who sees you decides" in page and "Find a place" not in page


def test_another_day_is_told_without_its_reason(client, reference, today):
    ended = (today - timedelta(days=3)).strftime("%d/%m/%Y")
    said = {lately(client, "WHO-TATTOO"): ["WHO-TATTOO"], "when_WHO-TATTOO": ended}
    text = answer(client, **said).text
    assert "You may probably give from" in text and "Because" not in text
    name = DeferralReason.objects.get(code="WHO-TATTOO").name
    assert name not in text and ended not in text and "until" not in text


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"birth_date": "31/02/1990"}, "day, month and year"),
        ({"birth_date": "01/01/2999"}, "has not been yet"),
        ({"birth_date": "2999"}, "has not been yet"),
        ({"birth_date": "01/01/1850"}, "Check the year"),
        ({"birth_date": "1850"}, "Check the year"),
        ({"weight": "heavy"}, "as a number of kilograms"),
        ({"weight": "7"}, "Check the weight"),
        ({"sex": ""}, "required"),
        ({"well": "maybe"}, "Select a valid choice"),
        ({"given_on": "01/01/2999"}, "has not been yet"),
        ({"present": ["NO-SUCH"]}, "Select a valid choice"),
    ],
)
def test_self_check_bears_bad_input_and_keeps_the_rest(client, reference, changed, sentence):
    text = answer(client, **changed).text
    assert "Something has to be put right" in text and sentence in text
    if "weight" not in changed:
        assert 'value="64"' in text


@pytest.mark.parametrize("on", ["x", "2027-13-01", "2027-02-30", "../../etc"])
def test_calendar_of_no_day_is_not_there(client, db, on):
    assert client.get(f"/en/may-i-give/again/{on}.ics").status_code == 404


@pytest.mark.parametrize("name", ["questions", "safety", "why", "how", "center-list"])
def test_guidance_is_open_to_everybody(client, reference, name):
    response = client.get(reverse(f"campaigns:{name}"))
    assert "public" in response["Cache-Control"] and not response.cookies


def test_questions_are_read_by_search_engines(client, reference):
    text = client.get(reverse("campaigns:questions")).text
    data = json.loads(re.search(r'ld\+json">(.*?)</script>', text, re.S).group(1))
    first = data[0]["mainEntity"][0]
    assert data[0]["@type"] == "FAQPage" and "50 kg" in first["acceptedAnswer"]["text"]


def test_safety_names_the_tests_in_force(client, reference):
    text = client.get(reverse("campaigns:safety")).text
    assert "HIV antibodies" in text and "ABO group" not in text


@pytest.mark.parametrize("typed", ["Taza", "تازة", "TÂZA", "taz"])
def test_centres_are_found_by_name_or_town_in_both_scripts(client, reference, typed):
    text = client.get(reverse("campaigns:center-list"), {"named": typed}).text
    assert "/centres/BS-TAZ/" in text and "CRTS-AGD" not in text


def test_centres_of_no_such_name_say_so(client, reference):
    text = client.get(reverse("campaigns:center-list"), {"named": "Atlantis"}).text
    assert "No centre has this name" in text


def test_nearest_is_told_from_a_post_and_kept_nowhere(client, reference):
    steps.campaign()
    here = {"latitude": "34.21", "longitude": "-4.01"}
    response = client.post(reverse("campaigns:near"), here)
    assert "no-store" in response["Cache-Control"] and not response.cookies
    first = re.search(r"/centres/([A-Z-]+)/", response.text).group(1)
    assert first == "BS-TAZ" and "34.21" not in response.text
    assert client.get(reverse("campaigns:near"), here).status_code == 405


@pytest.mark.parametrize(
    "here",
    [
        {},
        {"latitude": "x", "longitude": "1"},
        {"latitude": "999", "longitude": "0"},
        {"latitude": "nan", "longitude": "0"},
    ],
)
def test_nearest_to_nowhere_leads_to_the_list(client, reference, here):
    response = client.post(reverse("campaigns:near"), here)
    assert response["Location"] == reverse("campaigns:center-list")


def test_self_check_shows_a_dozen_questions_and_no_long_list_of_boxes(client, reference):
    text = client.get(reverse("campaigns:self-check")).text
    form = text[text.index("div_id_birth_date") : text.index("The list</summary>")]
    behind = re.findall(r"<details.*?</details>", form, flags=re.DOTALL)
    shown = re.sub(r"<details.*?</details>", "", form, flags=re.DOTALL)
    assert "checkbox" not in shown and len(behind) + 6 <= 14
    assert not any(" open" in one.split(">")[0] for one in behind)  # nothing is ticked


def test_self_check_asks_no_answered_question_again(client, reference):
    name = lately(client, "MA-HIJAMA")
    text = answer(client, **{name: ["MA-HIJAMA"]}).text
    asked = text[text.index('id="when"') : text.index("What you answered</summary>")]
    assert "when_MA-HIJAMA" in asked and "birth_date" not in asked
    assert 'value="07/03/1990"' in text[text.index("What you answered</summary>") :]
