"""The second reader learns nothing of the first reading; bad news is told to those who may know it."""

import pytest
from django.urls import reverse
from django.utils import timezone

from centers.laboratory import analysers, screening, separation, worklist
from centers.models import Bag, Donation
from donors.errors import Refused
from tests.support import blood, factories, machines, supply

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def demonstration(settings):
    settings.DEMO = True


@pytest.fixture(scope="module")
def rows(shared_rows) -> list[int]:
    """Two donations of one centre: read once, reactive in the first alone; and a third person's."""
    bad = blood.give()
    good = blood.give(blood.accepted_visit(bad.center))
    first = factories.staff(bad.center, "laboratory")
    blood.enter(bad, first, 0, HIV="reactive", HBSAG="")
    blood.enter(good, first, 0, HBSAG="")
    return [bad.pk, good.pk, first.pk]


@pytest.fixture
def bad(rows, reference) -> Donation:
    return Donation.objects.get(pk=rows[0])


@pytest.fixture
def good(rows, reference) -> Donation:
    return Donation.objects.get(pk=rows[1])


def without(text, donation, bag):
    for own in (donation.din, str(donation.public_id), str(bag.public_id), f"id_{donation.pk}"):
        text = text.replace(own, "X")
    return text.split("<main")[1].split("</main>")[0]


def main(client, page, donation):
    """The page's content, without what names the donation, or its day and numbers."""
    response = client.get(page, follow=True)
    text = without(response.text, donation, donation.bags.first())
    number = donation.din
    text = text.replace(f"{number[:5]} {number[5:7]} {number[7:]}", "X")
    lines = [line.strip() for line in text.splitlines()]
    return [
        line
        for line in lines
        if line
        and not any(w in line for w in ("csrf", "datetime=", "code", donation.operator.email))
    ]


PAGES = ("result-enter", "result-detail", "donation-detail")


def test_every_page_of_a_second_reader_is_the_same_after_bad_and_good_news(client, bad, good):
    client.force_login(factories.staff(bad.center, "laboratory"))
    for name in PAGES:
        pages = [reverse(f"centers:{name}", args=[d.public_id]) for d in (bad, good)]
        shown = [main(client, page, d) for page, d in zip(pages, (bad, good), strict=True)]
        assert len(shown[0]) == len(shown[1]), name
        assert "locked" not in " ".join(shown[0]), name
    for name in ("bag-detail", "separation"):
        pages = [reverse(f"centers:{name}", args=[d.bags.get().public_id]) for d in (bad, good)]
        shown = [main(client, page, d) for page, d in zip(pages, (bad, good), strict=True)]
        assert len(shown[0]) == len(shown[1]), name
        assert "locked" not in " ".join(shown[0]), name
        assert name != "separation" or "The seal of the bag is broken" in " ".join(shown[0])
    code = bad.center.code
    for query in ("bag-list", "separation-list", "result-list", "release-list"):
        text = client.get(reverse(f"centers:{query}", args=[code])).text
        assert (str(bad.public_id) in text) == (str(good.public_id) in text), query
        assert (str(bad.bags.get().public_id) in text) == (
            str(good.bags.get().public_id) in text
        ), query
    page = reverse("centers:bag-list", args=[code])
    bag = str(bad.bags.get().public_id)
    assert bag in client.get(page, {"state": "quarantined"}).text
    assert bag not in client.get(page, {"state": "blocked"}).text
    assert bad.bags.get().state == Bag.State.BLOCKED  # the database holds it all the same


def way(client, bag):
    rows = client.get(reverse("centers:bag-detail", args=[bag.public_id])).context["way"]
    return [(row.to_state, str(row.because)) for row in rows]


def test_what_is_made_and_undone_afterwards_tells_a_second_reader_nothing(client, bad, good):
    client.force_login(factories.staff(bad.center, "laboratory"))
    wholes = [donation.bags.get() for donation in (bad, good)]
    for donation in (bad, good):
        blood.separated(donation)
    for done in (None, separation.undo):
        if done:
            for bag in wholes:
                done(bag=bag, **factories.acts())
        for name in ("separation", "bag-detail"):
            pages = [reverse(f"centers:{name}", args=[bag.public_id]) for bag in wholes]
            shown = [main(client, page, d) for page, d in zip(pages, (bad, good), strict=True)]
            assert len(shown[0]) == len(shown[1]), (name, done)
            assert "locked" not in " ".join(shown[0]), (name, done)
        ways = [way(client, bag) for whole in wholes for bag in (whole, *whole.made.order_by("pk"))]
        assert ways[: len(ways) // 2] == ways[len(ways) // 2 :], done


def test_a_scan_tells_a_second_reader_nothing(client, bad, good):
    asked = supply.request(bad.center)
    reader = factories.staff(bad.center, "laboratory", "stock")
    client.force_login(reader)
    tube = {"cross-sample": asked.patient.samples.get().pk, "cross-technique": "antiglobulin"}
    cross = reverse("centers:patient-crossmatch", args=[asked.patient.public_id])
    back = {"back-minutes_out": "5", "back-cold_chain_kept": "yes"}
    for page, said in (
        (reverse("centers:bag-return", args=[bad.center.code]), back),
        (cross, tube | {"cross-compatible": "yes"}),
    ):
        shown = []
        for donation in (bad, good):
            number = donation.din + donation.check_character
            name = "cross-number" if page == cross else "back-number"
            text = client.post(page, said | {name: number}, follow=True).text
            shown.append(("Blocked" in text, "In quarantine" in text, "is recorded" in text))
        assert shown[0] == shown[1], page
        assert shown[0][2] == (page == cross)


def test_the_release_refuses_both_in_the_same_words(client, bad, good):
    reads = {"outcomes": {"ABO": "O", "D": "positive"}, "technique": "gel", "lot": "L-9"}
    second = factories.staff(bad.center, "laboratory")
    for donation in (bad, good):
        screening.enter(donation=donation, by=second, now=timezone.now(), **reads)
    client.force_login(factories.staff(bad.center, "laboratory"))
    said = []
    for donation in (bad, good):
        url = reverse("centers:donation-release", args=[donation.public_id])
        response = client.post(url, follow=True)
        said.append([str(message) for message in response.context["messages"]])
    assert said[0] == said[1] and "A marker is missing" in said[0][0]


def test_the_reader_and_the_doctor_are_told_at_once(client, rows, bad, good):
    home = reverse("centers:center-detail", args=[bad.center.code])
    told = {}
    for job in ("doctor", "laboratory", "stock", "manager"):
        client.force_login(factories.staff(bad.center, job))
        told[job] = "Read reactive once" in client.get(home).text
    assert told == {"doctor": True, "laboratory": False, "stock": False, "manager": False}
    client.force_login(factories.staff(bad.center, "doctor"))
    text = client.get(reverse("centers:result-detail", args=[bad.public_id])).text
    assert "Read reactive once:" in text and "HIV" in text
    client.force_login(factories.staff(bad.center, "doctor", "laboratory"))
    assert "Read reactive once" not in client.get(home).text
    bag = reverse("centers:bag-detail", args=[bad.bags.get().public_id])
    assert client.get(bag).context["bag"].state == Bag.State.QUARANTINED
    reader = factories.staff(bad.center, "laboratory")
    client.force_login(reader)
    sheet = reverse("centers:result-enter", args=[good.public_id])
    response = client.post(sheet, {"HBSAG": "reactive"}, follow=True)
    assert f"The bags of {good.din} are blocked, and the doctor is told" in response.text
    listed = client.get(reverse("centers:result-list", args=[good.center.code])).text
    assert good.din[-6:] in listed.split("Read reactive once")[1].split("</section>")[0]


def test_what_the_first_file_left_out_does_not_tell_its_d(reference):
    donations = [blood.give()]
    donations.append(blood.give(blood.accepted_visit(donations[0].center)))
    machine = machines.analyser(donations[0].center, words=machines.WORDS | {"MINUS": "negative"})
    first, second = (factories.staff(machine.center, "laboratory") for _turn in range(2))
    lines = [
        f"{donation.din};{test};{result};7"
        for donation, d in zip(donations, ("MINUS", "POS"), strict=True)
        for test, result in (
            ("ABO", "A"), ("RhD", d), ("HIV Ag/Ab", "NEG"), ("HBsAg", "NEG"), ("Anti-HCV", "NEG")
        )
    ]  # fmt: skip
    run = machines.handed_in(machine, first, *lines)
    analysers.apply(handed_in=run, by=first, now=timezone.now())
    for donation in donations:
        said = {"technique": "", "lot": "", "by": first, "now": timezone.now()}
        screening.enter(
            donation=donation, outcomes={"SYPHILIS": "negative", "ALT": "negative"}, **said
        )
    of_here = machine.center.donations.filter(pk__in=[d.pk for d in donations])
    assert set(worklist.staged(of_here, by=second).values_list("stage", flat=True)) == {"second"}
    own = dict(worklist.staged(of_here, by=first).values_list("pk", "stage"))
    assert own == {donations[0].pk: "first", donations[1].pk: "second"}
    reached = [screening.progress(donation) for donation in donations]
    assert [r.is_second_for(second) for r in reached] == [True, True]
    names = [[row.marker.code for row in r.open_to(second)] for r in reached]
    assert names[0] == names[1] and "C" in names[0]
    with pytest.raises(Refused, match="together"):
        said = {"technique": "tube", "lot": "9", "by": second, "now": timezone.now()}
        screening.enter(donation=donations[0], outcomes={"C": "negative"}, **said)
