"""A released bag is labelled, and its label read back, before it is available."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from centers.isbt128 import data_structures
from centers.laboratory import labelling, release, separation
from centers.models import Bag, Label, LabelCheck, StockLevel
from donors.errors import Refused
from tests.support import blood, factories, supply
from tests.support.attack import MOVE, refused

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _demo(settings):
    settings.DEMO = True  # a second factor is asked for otherwise


@pytest.fixture(scope="module")
def donation(shared_rows):
    """Three bags, released and not labelled."""
    tested = blood.tested()
    release.release(donation=tested, **factories.acts())
    return tested


def bag_of(donation, component="RBC-SAGM") -> Bag:
    return supply.fresh(donation.bags.get(component=component))


def read(bag: Bag, *scans: str, number: str = "") -> LabelCheck:
    number = number or blood.number_bar(bag)
    return labelling.read_back(bag=bag, number=number, scans=scans, **factories.acts())


def test_a_released_bag_is_in_stock_once_its_label_is_read_back(donation):
    bag = bag_of(donation)
    assert bag.state == "released" and not StockLevel.objects.filter(available__gt=0).exists()
    for state, words in (("available", "not read back"), ("issued", "does not go")):
        assert words in refused(MOVE, state, factories.user().pk, bag.pk)
    labelling.print_labels(bags=[bag], **factories.acts())
    assert "not read back" in refused(MOVE, "available", factories.user().pk, bag.pk)
    read(bag, blood.square_code(bag))
    assert bag_of(donation).state == "available"
    assert StockLevel.objects.get(component="RBC-SAGM", blood_group="O+").available == 1


def wrong(bag: Bag, part: str) -> list[str]:
    number, group, product, expiry = blood.bars(bag)
    other = {
        "number": ["=A99992699999900", group, product, expiry],
        "group": [number, data_structures.group("A+"), product, expiry],
        "product": [number, group, data_structures.product("D0401"), expiry],
        "expiry": [
            number, group, product, data_structures.expiry(bag.expires_at + timedelta(days=1)),
        ],
    }  # fmt: skip
    return other[part]


@pytest.mark.parametrize(
    ("part", "words"),
    [
        ("number", "the label A999926999999"),
        ("group", "the bag is O\\+, the label says A\\+"),
        ("product", "SAGM.*the label says Fresh frozen plasma"),
        ("expiry", "keeps until"),
    ],
)
def test_a_wrong_label_is_caught_in_words(donation, part, words):
    bag = bag_of(donation)
    labelling.print_labels(bags=[bag], **factories.acts())
    with pytest.raises(Refused, match=f"(?s)The {part} differs.*{words}"):
        read(bag, data_structures.compound(*wrong(bag, part)))
    check = LabelCheck.objects.get()
    assert check.differs == part and bag_of(donation).state == "released"
    assert "not read back" in refused(MOVE, "available", factories.user().pk, bag.pk)
    read(bag, *blood.bars(bag))  # the four bars instead of the square code
    assert bag_of(donation).state == "available"


def test_the_label_of_another_bag_is_caught(donation):
    bag = bag_of(donation)
    labelling.print_labels(bags=[bag], **factories.acts())
    with pytest.raises(Refused, match="number differs"):
        read(bag, blood.square_code(bag), number="".join(factories.din()))
    with pytest.raises(Refused, match="these bars of the label as well: the group, the expiry"):
        read(bag, blood.bars(bag)[0] + blood.bars(bag)[2])
    assert [check.differs for check in LabelCheck.objects.all()] == ["number"]


def test_a_second_label_has_a_reason_and_is_read_back_again(donation):
    bag = bag_of(donation)
    blood.label([bag])
    with pytest.raises(Refused, match="printed already"):
        labelling.print_labels(bags=[bag], **factories.acts())
    with pytest.raises(Refused, match="Say why"):
        labelling.print_labels(bags=[bag], reason="other", **factories.acts())
    labelling.print_labels(bags=[bag], reason="damaged", **factories.acts())
    assert bag_of(donation).state == "released"
    again = (
        "INSERT INTO centers_label (bag_id, blood_group, product, division, expires_at, volume,"
        " not_fully_tested, reason, because, at, by_id) SELECT bag_id, blood_group, product, division,"
        " expires_at, volume, %s, %s, '', now(), by_id FROM centers_label LIMIT 1"
    )
    assert "second_label_has_a_reason" in refused(again, False, "")
    assert "label_is_of_a_released_bag" in refused(again, True, "damaged")
    read(bag, blood.square_code(bag))
    assert bag_of(donation).state == "available"
    assert list(Label.objects.order_by("pk").values_list("reason", flat=True)) == ["", "damaged"]


def test_what_changes_a_label_takes_the_bag_off_the_shelf(donation):
    bag = bag_of(donation)
    blood.label([bag])
    separation.open_bag(bag=bag_of(donation), **factories.acts())
    opened = bag_of(donation)
    assert opened.state == "released"
    with pytest.raises(Refused, match="expiry differs"):
        read(opened, blood.square_code(bag))
    blood.label([opened])
    assert bag_of(donation).state == "available"
    assert Label.objects.latest("pk").reason == "changed"


def test_bad_news_takes_a_bag_that_waits_for_its_label(donation):
    blood.label([bag_of(donation, "FFP")])
    supply.recalled(donation)
    assert set(donation.bags.exclude(state="separated").values_list("state", flat=True)) == {
        "blocked"
    }
    with pytest.raises(Refused, match="Print it first"):
        read(bag_of(donation), blood.square_code(bag_of(donation)))


def test_labels_are_printed_on_a_sheet_and_read_back_one_after_the_other(client, donation):
    center = donation.center
    client.force_login(factories.staff(center, "stock"))

    def page(name):
        return reverse(f"centers:{name}", args=[center.code])

    bags = [bag_of(donation, code) for code in ("RBC-SAGM", "FFP", "PLT-STD")]
    listed = client.get(page("label-list")).text
    assert listed.count('name="bag"') == 3
    ticked = {"bag": [str(bag.public_id) for bag in bags], "paper": "sheet"}
    sheet = client.post(page("label-print"), ticked)
    assert sheet["Content-Type"] == "application/pdf" and sheet.content.startswith(b"%PDF")
    assert "Tick at least one" in client.post(page("label-print"), {}, follow=True).text
    expected = client.get(page("label-read")).context["expected"]
    other = next(bag for bag in bags if bag.pk != expected.pk)
    said = {"bag": expected.public_id, "number": blood.number_bar(other)}
    wrong_one = client.post(page("label-read"), said | {"code": blood.square_code(other)}).text
    assert "The product differs" in wrong_one
    # The next one is of another donation: a label of a third is no matter of which bag it is.
    next_one = bag_of(blood.tested(), "FFP")
    release.release(donation=next_one.donation, **factories.acts())
    ready = list(
        next_one.donation.bags.filter(state="released").select_related("component", "donation")
    )
    labelling.print_labels(bags=ready, **factories.acts())
    strange = blood.square_code(other).replace(donation.din, factories.din()[0])
    said = {"bag": expected.public_id, "number": blood.number_bar(next_one), "code": strange}
    assert "of another donation" in client.post(page("label-read"), said).text
    for turn in range(6):
        bag = client.get(page("label-read")).context["expected"]
        said = {"bag": bag.public_id, "number": blood.number_bar(bag)}
        done = client.post(page("label-read"), said | {"code": blood.square_code(bag)}, follow=True)
        assert "the label is right" in done.text, turn
    assert "Every label is read back" in done.text
    way = client.get(reverse("centers:bag-detail", args=[expected.public_id])).text
    assert "Read back: it differs" in way and "Read back: right" in way


def test_an_emergency_leaves_with_a_label_that_says_so(reference):
    waiting = supply.fresh(blood.tested().bags.get(component="RBC-SAGM"))
    with pytest.raises(Refused, match="released, or asked for in an emergency"):
        labelling.print_labels(bags=[waiting], **factories.acts())
    supply.emergency(waiting)
    hurried = list(labelling.waiting(center=waiting.center).filter(hurried=True))
    assert [bag.pk for bag in hurried] == [waiting.pk]
    (label,) = labelling.print_labels(bags=hurried, **factories.acts())
    assert label.not_fully_tested and label.at <= timezone.now()
    read(waiting, blood.square_code(waiting))
    assert supply.fresh(waiting).state == "quarantined"
    release.release(donation=waiting.donation, **factories.acts())
    assert "not read back" in refused(MOVE, "available", factories.user().pk, waiting.pk)
