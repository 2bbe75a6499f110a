"""Transfers between centres, stock counts, and past stock."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from centers.distribution import transfers
from centers.inventory import counting, recalls
from centers.laboratory import separation
from centers.models import Bag, Component, Movement, StockLevel, Transfer, TransferBag
from donors.clock.calendar import MOROCCO
from donors.errors import Refused
from tests.support import blood, factories, supply
from tests.support.attack import MOVE, refused
from tests.support.owner import past_the_guards

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module", autouse=True)
def on_the_shelf(shared_rows) -> list[int]:
    return [blood.red_cells().pk for _ in range(3)]


@pytest.fixture
def bags(on_the_shelf, reference) -> list[Bag]:
    return [supply.fresh(Bag(pk=pk)) for pk in on_the_shelf]


def sent(bags, count=2):
    made = supply.transfer(bags[0].center, factories.center("CRTS-FES"), count=count)
    for bag in bags[:count]:
        transfers.put_in(transfer=made, bag=bag, **factories.acts())
    transfers.send(transfer=made, box="B-1", celsius=Decimal("4.5"), **factories.acts())
    made.refresh_from_db()
    return made


def levels(center) -> tuple[int, int]:
    row = StockLevel.objects.filter(center=center, component="RBC-SAGM", blood_group="O+").first()
    return (row.available, row.in_transit) if row else (0, 0)


def test_a_box_goes_from_shelf_to_shelf(bags):
    here, there = bags[0].center, factories.center("CRTS-FES")
    made = sent(bags)
    assert (levels(here), levels(there)) == ((1, 2), (0, 0))
    transfers.take_out(transfer=made, bag=supply.fresh(bags[0]), **factories.acts())
    assert (levels(here), levels(there)) == ((1, 1), (1, 0))
    transfers.receive(transfer=made, celsius=Decimal("5"), **factories.acts())
    made.refresh_from_db()
    assert made.state == "received"
    late = TransferBag.objects.get(transfer=made, arrived=None)
    transfers.declare_lost(packed=late, **factories.acts())
    assert (levels(here), levels(there)) == ((1, 0), (1, 0))
    assert Bag.objects.get(pk=late.bag_id).state == "discarded"
    with pytest.raises(Refused, match="already"):
        transfers.declare_lost(packed=late, **factories.acts())


def test_a_bag_found_after_the_box_is_taken_in(bags):
    made = sent(bags)
    transfers.receive(transfer=made, celsius=Decimal("5"), **factories.acts())
    made.refresh_from_db()
    transfers.take_out(transfer=made, bag=supply.fresh(bags[0]), **factories.acts())
    assert levels(made.receiver) == (1, 0)
    with pytest.raises(Refused, match="not in the box"):
        transfers.take_out(transfer=made, bag=supply.fresh(bags[0]), **factories.acts())


def test_what_was_blocked_or_expired_on_the_way_arrives_so(bags):
    made = sent(bags)
    recalls.begin(donation=bags[0].donation, cause="call", because="x", **factories.acts())
    with past_the_guards():
        Bag.objects.filter(pk=bags[1].pk).update(expires_at=timezone.now() - timedelta(hours=1))
    for bag in bags[:2]:
        transfers.take_out(transfer=made, bag=supply.fresh(bag), **factories.acts())
    arrived = Bag.objects.filter(center=made.receiver).order_by("pk")
    assert [bag.state for bag in arrived] == ["blocked", "expired"]
    assert levels(made.receiver) == (0, 0)
    again = (
        "INSERT INTO centers_movement (bag_id, seq, from_state, to_state, center_id, at, reason)"
    )
    values = " SELECT id, 0, state, state, center_id, now(), '' FROM centers_bag WHERE id = %s"
    assert "does not go" in refused(again + values, bags[0].pk)


def test_a_bag_is_put_back_before_the_box_leaves(bags):
    made = supply.transfer(bags[0].center, factories.center("CRTS-FES"))
    packed = transfers.put_in(transfer=made, bag=bags[0], **factories.acts())
    with pytest.raises(Refused, match="out of the box first"):
        transfers.cancel(transfer=made, because="none left", **factories.acts())
    transfers.unpack(packed=packed, **factories.acts())
    assert levels(bags[0].center) == (3, 0)
    with pytest.raises(Refused, match="not in the box"):
        transfers.unpack(packed=packed, **factories.acts())
    transfers.put_in(transfer=made, bag=supply.fresh(bags[0]), **factories.acts())
    transfers.unpack(packed=made.bags.get(unpacked=False), **factories.acts())
    transfers.cancel(transfer=made, because="none left", **factories.acts())
    made.refresh_from_db()
    assert made.state == "refused"


def test_a_box_too_warm_is_not_sent_and_spoils_what_arrives(bags):
    made = supply.transfer(bags[0].center, factories.center("CRTS-FES"))
    transfers.put_in(transfer=made, bag=bags[0], **factories.acts())
    with pytest.raises(Refused, match="too warm"):
        transfers.send(transfer=made, box="B", celsius=Decimal("45"), **factories.acts())
    transfers.send(transfer=made, box="B", celsius=Decimal("4"), **factories.acts())
    made.refresh_from_db()
    transfers.take_out(transfer=made, bag=supply.fresh(bags[0]), **factories.acts())
    transfers.receive(transfer=made, celsius=Decimal("14"), **factories.acts())
    bag = supply.fresh(bags[0])
    assert (bag.state, bag.movements.last().reason) == ("blocked", "cold_chain")


def test_the_box_holds_what_was_agreed(bags):
    made = supply.transfer(bags[0].center, factories.center("CRTS-FES"), count=1)
    with pytest.raises(Refused, match="at least one bag"):
        transfers.send(transfer=made, box="B", celsius=Decimal("4"), **factories.acts())
    transfers.put_in(transfer=made, bag=bags[0], **factories.acts())
    with pytest.raises(Refused, match="as many bags"):
        transfers.put_in(transfer=made, bag=bags[1], **factories.acts())
    other = supply.fresh(blood.red_cells(ABO="A"))
    with pytest.raises(Refused, match="another product or group"):
        transfers.put_in(transfer=made, bag=other, **factories.acts())


def test_a_page_of_before_does_not_reach_past_what_happened_since(bags):
    packing = supply.transfer(bags[0].center, factories.center("CRTS-FES"))
    transfers.put_in(transfer=packing, bag=bags[0], **factories.acts())
    transfers.send(transfer=packing, box="B", celsius=Decimal("4"), **factories.acts())
    with pytest.raises(Refused, match="before it leaves"):
        transfers.put_in(transfer=packing, bag=bags[1], **factories.acts())
    on_its_way = Transfer.objects.get(pk=packing.pk)
    transfers.receive(transfer=packing, celsius=Decimal("30"), **factories.acts())
    transfers.take_out(transfer=on_its_way, bag=supply.fresh(bags[0]), **factories.acts())
    assert supply.fresh(bags[0]).state == "blocked"


def test_nothing_is_made_of_a_bag_in_a_box(bags):
    made = sent(bags, count=1)
    recalls.begin(donation=bags[0].donation, cause="call", because="x", **factories.acts())
    inside = supply.fresh(bags[0])
    assert inside.state == "blocked"
    with pytest.raises(Refused, match="is in a box"):
        separation.make(bag=inside, recipe="IRRADIATE", **factories.acts())
    with pytest.raises(Refused, match="not here"):
        separation.open_bag(bag=inside, **factories.acts())
    assert "is in a box" in refused(MOVE, "separated", factories.user().pk, inside.pk)
    transfers.take_out(transfer=made, bag=inside, **factories.acts())
    # Out of the box, the recall alone stands against it.
    with pytest.raises(Refused, match=r"^Release the bag first\.$"):
        separation.make(bag=supply.fresh(inside), recipe="IRRADIATE", **factories.acts())
    separation.open_bag(bag=supply.fresh(inside), **factories.acts())


def test_nothing_is_packed_before_the_sender_agrees(bags):
    made = transfers.propose(
        sender=bags[0].center,
        receiver=factories.center("CRTS-FES"),
        component=Component.objects.get(code="RBC-SAGM"),
        blood_group="O+",
        count=1,
        because="short",
        **factories.acts(),
    )
    with pytest.raises(Refused, match="once the transfer is approved"):
        transfers.put_in(transfer=made, bag=bags[0], **factories.acts())
    transfers.decide(transfer=made, approved=False, because="short", **factories.acts())
    with pytest.raises(Refused, match="just decided"):
        transfers.decide(transfer=made, approved=True, **factories.acts())


def test_no_bag_leaves_without_a_transfer_or_lands_elsewhere(bags):
    move = (
        "INSERT INTO centers_movement (bag_id, seq, from_state, to_state, center_id, at, by_id, reason)"
        " SELECT id, 0, state, %s, %s, now(), %s, '' FROM centers_bag WHERE id = %s"
    )
    by, here = factories.user().pk, bags[0].center_id
    assert "no transfer" in refused(move, "in_transit", here, by, bags[0].pk)
    other = factories.center("CRTS-RAB").pk
    assert "by a transfer only" in refused(move, "blocked", other, by, bags[0].pk)
    made = sent(bags)
    assert "by a transfer only" in refused(move, "available", other, by, bags[0].pk)
    assert "goes its way once" in refused(
        "UPDATE centers_transfer SET state = 'proposed', decided_at = NULL, decided_by_id = NULL"
        " WHERE id = %s",
        made.pk,
    )
    assert "from the shelf" in refused(
        "INSERT INTO centers_transferbag (transfer_id, bag_id, unpacked) VALUES (%s, %s, false)",
        supply.transfer(bags[0].center, factories.center("CRTS-RAB")).pk,
        bags[0].pk,
    )


def counted(bags, *scanned):
    count = counting.begin(center=bags[0].center, component=bags[0].component, **factories.acts())
    for bag in scanned:
        counting.scan(count=count, bag=bag, **factories.acts())
    return count


def test_a_count_names_what_is_missing_and_what_is_strange(bags):
    issued = bags[2]
    with past_the_guards():
        Bag.objects.filter(pk=issued.pk).update(state="issued")
    count = counted(bags, bags[0], issued)
    with pytest.raises(Refused, match="Something differs"):
        counting.finish(count=count, sure=False, **factories.acts())
    found = counting.finish(count=count, sure=True, **factories.acts())
    assert (found.missing, found.strange) == ([bags[1]], [issued])
    level = StockLevel.objects.get(component="RBC-SAGM", blood_group="O+")
    assert not level.checked_at
    count.refresh_from_db()
    assert (count.missing, count.strange) == (1, 1)
    with pytest.raises(Refused, match="finished"):
        counting.scan(count=count, bag=bags[1], **factories.acts())
    counting.declare_lost(count=count, bag=supply.fresh(bags[1]), **factories.acts())
    assert Bag.objects.get(pk=bags[1].pk).state == "discarded"
    with pytest.raises(Refused, match="seen since"):
        counting.declare_lost(count=count, bag=supply.fresh(bags[1]), **factories.acts())
    assert counting.differences(count) == found


def test_a_count_without_a_difference_makes_the_figures_young(bags):
    counting.finish(count=counted(bags, *bags), sure=False, **factories.acts())
    assert StockLevel.objects.get(component="RBC-SAGM", blood_group="O+").checked_at


def test_a_bag_is_counted_once_and_of_its_product(bags):
    count = counted(bags, bags[0])
    with pytest.raises(Refused, match="counted already"):
        counting.scan(count=count, bag=bags[0], **factories.acts())
    with pytest.raises(Refused, match="another product"):
        counting.scan(
            count=count, bag=bags[0].donation.bags.get(component="FFP"), **factories.acts()
        )
    with pytest.raises(Refused, match="going on already"):
        counted(bags)
    assert "append-only" in refused("DELETE FROM centers_countedbag")


def test_the_shelf_as_it_was(bags):
    before = timezone.now()
    center, component = bags[0].center, bags[0].component
    sent(bags)
    then = counting.as_of(center=center, component=component, moment=before)
    now = counting.as_of(center=center, component=component, moment=timezone.now())
    assert (then["O+"]["available"], then["O+"]["in_transit"]) == (3, 0)
    assert (now["O+"]["available"], now["O+"]["in_transit"]) == (1, 2)


def test_a_bag_of_the_first_hour_of_a_day_stood_on_the_shelf(bags):
    """After midnight in Morocco the database's UTC date can still be the day before."""
    midnight = datetime(2026, 5, 10, tzinfo=MOROCCO)
    with past_the_guards():
        Bag.objects.update(collected_on=midnight.date())
        Movement.objects.update(at=midnight + timedelta(minutes=10))
    moment = midnight + timedelta(minutes=20)
    center, component = bags[0].center, bags[0].component
    then = counting.as_of(center=center, component=component, moment=moment)
    assert then["O+"]["available"] == len(bags)


@pytest.fixture
def keepers(client, settings):
    settings.DEMO = True
    settings.LANGUAGE_CODE = "en"

    def come(code, *jobs):
        client.force_login(factories.staff(factories.center(code), *jobs))
        return client

    return come


def page(name, *args):
    return reverse(f"centers:{name}", args=args)


def test_a_transfer_by_its_pages(keepers, bags):
    fes = factories.center("CRTS-FES")
    said = {
        "way": "in",
        "other": bags[0].center_id,
        "component": "RBC-SAGM",
        "blood_group": "O+",
        "count": "1",
    }
    receiver = keepers("CRTS-FES", "stock")
    assert (
        "between 1 and 500"
        in receiver.post(page("transfer-new", "CRTS-FES"), said | {"count": "x"}).text
    )
    address = receiver.post(page("transfer-new", "CRTS-FES"), said)["Location"]
    made = fes.transfers_in.get()
    assert receiver.post(page("transfer-approve", made.public_id)).status_code == 403
    manager = keepers("BS-TAZ", "manager")
    manager.post(page("transfer-approve", made.public_id))
    keeper = keepers("BS-TAZ", "stock")
    number = {"number": f"={bags[0].donation.din}00"}
    keeper.post(page("transfer-put-in", made.public_id), number)
    box = {"box": "B-7", "celsius": "warm"}
    assert "like 4.5" in keeper.post(page("transfer-send", made.public_id), box).text
    keeper.post(page("transfer-send", made.public_id), box | {"celsius": "4,5"})
    receiver = keepers("CRTS-FES", "stock")
    receiver.post(page("transfer-take-out", made.public_id), number)
    receiver.post(page("transfer-receive", made.public_id), {"celsius": "6"})
    assert "Received" in receiver.get(address).text
    assert Bag.objects.get(pk=bags[0].pk).center == fes


def test_a_count_by_its_pages(keepers, bags):
    keeper = keepers("BS-TAZ", "stock")
    address = keeper.post(page("count-list", "BS-TAZ"), {"component": "RBC-SAGM"})["Location"]
    public_id = bags[0].center.counts.get().public_id
    keeper.post(page("count-scan", public_id), {"number": f"={bags[0].donation.din}00"})
    assert "Something differs" in keeper.post(page("count-finish", public_id)).text
    keeper.post(page("count-finish", public_id), {"sure": "on"})
    assert "In the ledger, not scanned" in keeper.get(address).text
    lose = page("count-lose", public_id, bags[1].public_id)
    assert keeper.post(lose).status_code == 403
    keepers("BS-TAZ", "manager").post(lose)
    assert Bag.objects.get(pk=bags[1].pk).state == "discarded"


def test_the_shelf_page_of_a_past_moment(keepers, bags):
    keeper = keepers("BS-TAZ", "stock")
    text = keeper.get(page("stock", "BS-TAZ"), {"as_of": "2020-01-01T08:00"}).text
    assert "Not the figures of now" in text
    assert (
        "Choose a day and an hour"
        in keeper.get(page("stock", "BS-TAZ"), {"as_of": "yesterday"}).text
    )
