"""Plates of 96 wells: filled once, read whole by two people who learn nothing of each other."""

import pytest
from django.urls import reverse

from centers.inventory import lots
from centers.laboratory import plates
from centers.models import Donation, Plate
from donors.errors import Refused
from tests.support import blood, factories, supply
from tests.support.attack import refused

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def demonstration(settings):
    settings.DEMO = True


@pytest.fixture(scope="module")
def given(shared_rows) -> list[int]:
    first = blood.give()
    return [first.pk, blood.give(blood.accepted_visit(first.center)).pk]


@pytest.fixture
def donations(given, reference) -> list[Donation]:
    return [Donation.objects.get(pk=pk) for pk in given]


def filled(client, donations, **fields):
    listed = reverse("centers:plate-list", args=[donations[0].center.code])
    numbers = f"NC\nPC\n={donations[0].din}00\n\n{donations[1].din}"
    marker = fields.pop("marker", None) or 0
    said = {"marker": marker, "technique": "ELISA", "lot": "L-7", "cut_off": "0.20"}
    return client.post(listed, said | {"numbers": numbers} | fields, follow=True)


def hiv():
    from centers.models import Marker

    return Marker.objects.get(code="HIV").pk


def test_two_people_read_a_plate_and_neither_sees_the_other(client, donations):
    center = donations[0].center
    first, second = (factories.staff(center, "laboratory") for _turn in range(2))
    client.force_login(first)
    response = filled(client, donations, marker=hiv())
    assert donations[0].din[-6:] in response.text and "NC" in response.text
    made = Plate.objects.get()
    assert [made.wells[n] for n in (0, 2, 3, 4)] == ["NC", donations[0].din, "", donations[1].din]
    page = reverse("centers:plate", args=[made.public_id])
    assert "Read every well" in client.post(page, {"reactive": "C1"}).text
    grid = "\n".join("\t".join(["0.25" if r == 4 else "0.05"] * 12) for r in range(8))
    response = client.post(
        page, {"reactive": ["C1"], "all_read": "on", "values": grid}, follow=True
    )
    assert f"The bags of {donations[0].din} are blocked" in response.text
    read = {r.donation_id: r for r in made.results.all()}
    # The second number, in E1, was not marked: its value is above the cut-off.
    assert {r.outcome for r in read.values()} == {"reactive"}
    assert (read[donations[1].pk].value, read[donations[1].pk].cut_off) == ("0.25", "0.2")
    assert read[donations[0].pk].lot == "L-7"
    listed = reverse("centers:plate-list", args=[center.code])
    text = client.get(listed).text
    assert "Read by you" in text and 'value="ELISA"' in text and 'value="L-7"' in text
    client.force_login(second)
    assert "Not read by you" in client.get(listed).text
    text = client.get(page).text
    assert "eactive wells" in text and " checked" not in text and "0.25" not in text
    client.post(page, {"all_read": "on"})
    assert sorted(donations[0].results.values_list("entry", "outcome")) == [
        (1, "reactive"),
        (2, "negative"),
    ]
    assert "two others" in client.post(page, {"all_read": "on"}, follow=True).text


def test_a_recalled_lot_costs_no_reactive_well(client, donations):
    client.force_login(factories.staff(donations[0].center, "laboratory"))
    filled(client, donations, marker=hiv())
    made = Plate.objects.get()
    lots.recall(lot=supply.lot(donations[0].center, "L-7"), because="reads low", **factories.acts())
    page = reverse("centers:plate", args=[made.public_id])
    text = client.post(page, {"reactive": ["C1"], "all_read": "on"}).text
    assert "This lot is recalled" in text and f"these are not: E1 {donations[1].din}" in text
    assert f"The bags of {donations[0].din} are blocked" in text
    assert made.results.get().donation == donations[0]
    assert set(donations[0].bags.values_list("state", flat=True)) == {"blocked"}


def test_a_plate_costs_the_same_for_many(client, donations, django_assert_max_num_queries):
    reader = factories.staff(donations[0].center, "laboratory")
    client.force_login(reader)
    filled(client, donations, marker=hiv())
    made = Plate.objects.get()
    with django_assert_max_num_queries(4):
        found = plates.wells(plate=made, by=reader)
        assert [well.donation.donor.pk for well in found if well.open]


def test_a_plate_wrong_says_which_well(client, donations):
    client.force_login(factories.staff(donations[0].center, "laboratory"))
    din = donations[0].din
    assert "A1:" in filled(client, donations, marker=hiv(), numbers="hello world").text
    twice = filled(client, donations, marker=hiv(), numbers=f"{din}\n{din}")
    assert "Scanned twice" in twice.text
    assert (
        "96 wells" in filled(client, donations, marker=hiv(), numbers=f"{din}" + "\nNC" * 96).text
    )
    with pytest.raises(Refused, match="eight lines"):
        plates.values_of("0.1 0.2\n0.3")
    filled(client, donations, marker=hiv())
    assert "append-only" in refused("UPDATE centers_plate SET wells = '[]'")
