import pytest
from django.urls import reverse

from centers.models import Bag, Donation, LookBack, Result
from donors.models import AccessLog
from tests.support import blood, factories

pytestmark = pytest.mark.django_db
SHEET = blood.ALL_NEGATIVE | {"technique": "gel", "lot": "L-1"}
OTHER = {"technique": "tube", "lot": "L-2"}


@pytest.fixture
def donation(reference, settings) -> Donation:
    settings.DEMO = True
    given = blood.give()
    blood.separated(given)
    return given


@pytest.fixture
def reader(client, donation):
    """Signs in another laboratory reader at each call."""

    def come(job="laboratory"):
        client.force_login(factories.staff(donation.center, job))
        return client

    return come


def page(name, donation):
    return reverse(f"centers:{name}", args=[donation.public_id])


def worklist(donation, query=""):
    return reverse("centers:result-list", args=[donation.center.code]) + query


def releases(donation):
    return reverse("centers:release-list", args=[donation.center.code])


def test_sheet_has_nothing_marked(reader, donation):
    text = reader().get(page("result-enter", donation)).text
    assert " checked" not in text and "First entry" in text
    assert text.count('role="radiogroup"') == 10


def test_two_readers_and_a_third_person_release_the_bags(reader, donation):
    first = reader()
    response = first.post(page("result-enter", donation), SHEET, follow=True)
    assert "somebody else makes the second" in response.text
    assert "Second entry to be made" in first.get(worklist(donation)).text
    second = reader()
    response = second.post(page("result-enter", donation), SHEET | OTHER, follow=True)
    assert "made and agree" in response.text
    assert "cannot release it" in second.get(releases(donation)).text
    third = reader("manager")
    assert "O+" in third.get(releases(donation)).text
    response = third.post(page("donation-release", donation), follow=True)
    assert "3 bags are released" in response.text and "Nothing to release" in response.text
    assert set(donation.bags.values_list("state", flat=True)) == {"released", "separated"}


def test_second_reader_does_not_see_the_first_entry(reader, donation):
    reader().post(page("result-enter", donation), SHEET | {"HCV": "reactive"})
    second = reader()
    text = second.get(page("result-detail", donation), follow=True).text
    assert "Second entry" in text and " checked" not in text
    listed = second.get(worklist(donation, "?stage=second")).text
    assert str(donation.public_id) in listed
    assert "eactive" not in listed.replace("One reactive reading", "")


def test_same_reader_is_told_that_the_second_is_somebody_elses(reader, donation):
    client = reader()
    client.post(page("result-enter", donation), SHEET)
    text = client.get(page("result-enter", donation)).text
    assert (
        "somebody else makes the second" in text
        and "<form" not in text.split("main>")[0].split("<main")[1]
    )
    assert "belongs to somebody else" in client.post(page("result-enter", donation), SHEET).text
    assert set(Result.objects.values_list("entry", flat=True)) == {1}


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"HIV": "perhaps"}, "perhaps"),
        ({"technique": ""}, "Name the technique"),
        ({"lot": ""}, "Copy the lot number"),
        ({"D": "negative"}, "D is negative: read this antigen as well"),
    ],
)
def test_sheet_wrong_says_what_is_missing_and_keeps_the_marks(reader, donation, changed, sentence):
    response = reader().post(page("result-enter", donation), SHEET | changed)
    assert sentence in response.text
    assert response.text.count(" checked") >= 6
    assert not Result.objects.exists()


def test_two_desks_read_their_own_part(reader, donation):
    group = {key: SHEET[key] for key in ("ABO", "D", "HAEMOLYSIN", "technique", "lot")}
    rest = dict.fromkeys(blood.INFECTIONS, "negative")
    client = reader()
    response = client.post(page("result-enter", donation), rest, follow=True)
    assert "Still to be read" in response.text and "ABO" in response.text
    assert "First entry to be made" in client.get(worklist(donation)).text
    reader().post(page("result-enter", donation), group)
    reader().post(page("result-enter", donation), group | OTHER)
    donation.refresh_from_db()
    assert set(donation.bags.values_list("blood_group", flat=True)) == {"O+"}
    last = reader()
    text = last.get(page("result-enter", donation)).text
    assert "HIV" in text and "ABO group" not in text
    assert "provisional" in last.get(page("result-detail", donation)).text
    response = last.post(page("result-enter", donation), rest, follow=True)
    assert "made and agree" in response.text


def test_empty_sheet_asks_for_a_mark(reader, donation):
    response = reader().post(page("result-enter", donation), {"technique": "gel", "lot": "L"})
    assert "Mark at least one test" in response.text and not Result.objects.exists()


def test_disagreement_is_read_again_by_two_and_released_by_a_third(reader, donation):
    reader().post(page("result-enter", donation), SHEET)
    client = reader()
    client.post(page("result-enter", donation), SHEET | OTHER | {"HCV": "reactive"})
    assert set(donation.bags.values_list("state", flat=True)) == {"blocked", "separated"}
    text = client.get(page("result-detail", donation)).text
    assert "Have it read again" in text
    again = reverse("centers:result-repeat", args=[donation.public_id])
    assert "Choose why it is read again" in client.post(again, {"marker": "HCV"}).text
    response = client.post(again, {"marker": "HCV", "because": "new_sample"}, follow=True)
    assert "read this test again" in response.text
    assert client.post(again, {"marker": "NONE", "because": "control"}).status_code == 404
    for _turn in range(2):
        reader().post(page("result-enter", donation), {"HCV": "negative"})
    text = client.get(page("result-detail", donation)).text
    assert "Read before" in text and "Reactive" in text
    third = reader("manager")
    third.post(page("donation-release", donation))
    assert set(donation.bags.values_list("state", flat=True)) == {"released", "separated"}


def test_separation_asks_for_volumes_and_shows_them(reader):
    given = blood.give()
    whole = given.bags.get()
    client = reader("stock")
    asked = reverse("centers:separation", args=[whole.public_id])
    assert "450 mL" in client.get(asked).text
    make = reverse("centers:bag-make", args=[whole.public_id, "RBC-PLASMA-PLT"])
    slip = client.post(make, blood.VOLUMES | {"FFP": "2200"}).text
    assert "between 80 and 450 mL" in slip and 'value="2200"' in slip
    more = client.post(make, {"RBC-SAGM": 400, "FFP": 220, "PLT-STD": 60}).text
    assert "more than the bag did" in more and given.bags.count() == 1
    done = client.post(make, blood.VOLUMES, follow=True).text
    assert "3 bags are made" in done and "280 mL" in done
    assert set(given.bags.exclude(pk=whole.pk).values_list("volume", flat=True)) == {280, 220, 60}


def test_rh_negative_sheet_reads_c_and_e(reader, donation):
    negative = {"D": "negative", "C": "negative", "E": "negative"}
    reader().post(page("result-enter", donation), SHEET | negative)
    reader().post(page("result-enter", donation), SHEET | OTHER | negative)
    assert set(donation.bags.values_list("blood_group", flat=True)) == {"O-"}


def test_disagreement_is_shown_to_both_and_noted_as_read(reader, donation):
    reader().post(page("result-enter", donation), SHEET)
    client = reader()
    response = client.post(
        page("result-enter", donation), SHEET | OTHER | {"ABO": "A"}, follow=True
    )
    assert "The entries disagree" in response.text and "differ" in response.text
    assert AccessLog.objects.filter(donor=donation.donor, reason__contains="results").exists()
    assert "The entries disagree" in client.get(worklist(donation, "?stage=disagreeing")).text
    third = reader("doctor")
    assert "two entries disagree" in third.get(releases(donation)).text
    response = third.post(page("donation-release", donation), follow=True)
    assert "two entries disagree" in response.text
    assert not Bag.objects.filter(state="released").exists()


def test_reactive_twice_leaves_the_shelf_for_good(reader, donation):
    held = donation.bags.exclude(state="separated")
    reader().post(page("result-enter", donation), SHEET | {"HIV": "reactive"})
    assert set(held.values_list("state", flat=True)) == {"blocked"}
    reader().post(page("result-enter", donation), SHEET | OTHER | {"HIV": "reactive"})
    assert set(held.values_list("state", flat=True)) == {"discarded"}
    assert LookBack.objects.filter(donation=donation).exists()
    client = reader("manager")
    assert "No bag" in client.post(page("donation-release", donation), follow=True).text


@pytest.mark.parametrize("stage", ["first", "second", "disagreeing", "tested"])
def test_worklist_filters_by_step(reader, donation, stage):
    made = {"first": donation, "second": blood.give()}
    blood.enter(made["second"], factories.user(), 0)
    made["tested"] = blood.tested()
    made["disagreeing"] = blood.give()
    blood.enter(made["disagreeing"], factories.user(), 0)
    blood.enter(made["disagreeing"], factories.user(), 1, ABO="A")
    made["reactive"] = blood.tested(HIV="reactive")
    text = reader().get(worklist(donation, f"?stage={stage}")).text
    assert {key for key, row in made.items() if str(row.public_id) in text} == {stage}


def test_worklist_and_release_list_cost_the_same_for_many(
    reader, donation, django_assert_max_num_queries
):
    client = reader()
    for _number in range(3):
        blood.give()
        blood.tested()
    with django_assert_max_num_queries(9):
        client.get(worklist(donation))
    with django_assert_max_num_queries(9):
        client.get(releases(donation))
