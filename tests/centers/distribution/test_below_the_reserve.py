"""Two people, with a reason, where a transfer takes what the sender keeps for itself."""

import pytest
from django.urls import reverse
from django.utils import timezone

from centers.distribution import transfers
from centers.models import Bag
from donors.errors import Refused
from tests.support import blood, factories, planned, supply
from tests.support.attack import refused

pytestmark = pytest.mark.django_db
APPROVE = "UPDATE centers_transfer SET state = 'approved', decided_at = now(), decided_by_id = %s WHERE id = %s"


@pytest.fixture
def bags(reference) -> list[Bag]:
    return [supply.fresh(blood.red_cells()) for _ in range(3)]


def proposed(bags, count=2):
    return transfers.propose(
        sender=bags[0].center,
        receiver=factories.center("CRTS-FES"),
        component=bags[0].component,
        blood_group="O+",
        count=count,
        because="short",
        **factories.acts(),
    )


def manager(code="BS-TAZ"):
    return factories.staff(factories.center(code), "manager")


def acts(by=None):
    return {"by": by or manager(), "now": timezone.now()}


@pytest.mark.parametrize("kept", [{"relief": 2}, {"routine": 2}])
def test_one_person_does_not_go_below_what_the_centre_keeps(bags, kept):
    planned.floor(bags[0].center, **kept)
    made = proposed(bags)
    with pytest.raises(Refused, match="would keep less"):
        transfers.decide(transfer=made, approved=True, **acts())
    assert "keeps_the_reserve" in refused(APPROVE, manager().pk, made.pk)
    transfers.decide(transfer=proposed(bags, count=1), approved=True, **acts())


def test_a_second_person_agrees_to_the_reason_of_the_first(bags):
    planned.floor(bags[0].center, relief=2)
    made, first = proposed(bags), manager()
    with pytest.raises(Refused, match="Say why"):
        transfers.ask_below(transfer=made, because=" ", **acts(first))
    transfers.ask_below(transfer=made, because="bus accident in Fez", **acts(first))
    assert planned.state(made) == "proposed"
    with pytest.raises(Refused, match="second person"):
        transfers.agree_below(transfer=made, **acts(first))
    with pytest.raises(Refused, match="Only a manager"):
        transfers.agree_below(transfer=made, **acts(manager("CRTS-FES")))
    transfers.agree_below(transfer=made, **acts(factories.administrator()))
    assert planned.state(made) == "approved"
    for bag in bags[:2]:
        transfers.put_in(transfer=made, bag=bag, **factories.acts())
    assert "goes_its_way" in refused("UPDATE centers_transfer SET asked_below_because = 'other'")


@pytest.mark.parametrize("second", ["the first one", "a stranger"])
def test_the_database_wants_two_who_are_responsible(bags, second):
    planned.floor(bags[0].center, relief=2)
    made, first = proposed(bags), manager()
    transfers.ask_below(transfer=made, because="accident", **acts(first))
    by = first if second == "the first one" else factories.user()
    raw = (
        "UPDATE centers_transfer SET agreed_below_at = now(), agreed_below_by_id = %s WHERE id = %s"
    )
    assert ("two_people" if by == first else "opened_by_managers") in refused(raw, by.pk, made.pk)
    alone = raw.replace(" SET", " SET asked_below_at = NULL, asked_below_by_id = NULL,")
    assert "goes_its_way" in refused(alone, manager().pk, made.pk)


def test_nobody_asks_where_enough_is_left(bags):
    planned.floor(bags[0].center, relief=1)
    with pytest.raises(Refused, match="keeps enough"):
        transfers.ask_below(transfer=proposed(bags), because="x", **acts())


def test_what_others_have_yet_to_pack_counts(bags):
    planned.floor(bags[0].center, relief=1)
    first, second = proposed(bags, count=1), proposed(bags, count=2)
    transfers.decide(transfer=first, approved=True, **acts())
    assert transfers.left(second).is_below
    with pytest.raises(Refused, match="would keep less"):
        transfers.decide(transfer=second, approved=True, **acts())
    transfers.put_in(transfer=first, bag=bags[0], **factories.acts())
    assert transfers.left(second).after == 0  # a packed bag is not promised a second time


def test_the_shelf_is_counted_again_when_the_box_is_packed(bags):
    planned.floor(bags[0].center, relief=1)
    made = proposed(bags)
    transfers.decide(transfer=made, approved=True, **acts())
    transfers.put_in(transfer=made, bag=bags[0], **factories.acts())
    planned.floor(bags[0].center, relief=2)
    assert transfers.left(made).is_below
    with pytest.raises(Refused, match="has fallen"):
        transfers.put_in(transfer=made, bag=bags[1], **factories.acts())
    assert "box_keeps" in refused(
        "INSERT INTO centers_transferbag (transfer_id, bag_id, unpacked) VALUES (%s, %s, false)",
        made.pk,
        bags[1].pk,
    )
    transfers.ask_below(transfer=made, because="accident", **acts())
    transfers.agree_below(transfer=made, **acts())
    assert planned.state(made) == "approved"
    transfers.put_in(transfer=made, bag=bags[1], **factories.acts())


def test_the_number_stands_still_while_a_second_person_is_asked(bags):
    planned.floor(bags[0].center, relief=2)
    made = planned.propose(bags[0].center)
    transfers.ask_below(transfer=made, because="accident", **acts())
    assert planned.propose(bags[0].center, count=9).count == 2
    assert "goes_its_way" in refused("UPDATE centers_transfer SET count = 9")


def test_two_people_by_the_page(client, settings, bags):
    settings.DEMO = True
    settings.LANGUAGE_CODE = "en"
    planned.floor(bags[0].center, relief=2)
    made, first, second = proposed(bags), manager(), manager()
    address = {
        verb: reverse(f"centers:transfer-{verb}", args=[made.public_id])
        for verb in ("detail", "approve", "ask-below", "agree-below")
    }
    client.force_login(first)
    text = client.get(address["detail"]).text
    assert "would have 1 left; it keeps 2" in text and "/approve/" not in text
    assert "would keep less" in client.post(address["approve"], follow=True).text
    client.post(address["ask-below"], {"because": "bus accident"})
    assert "/agree-below/" not in client.get(address["detail"]).text
    client.force_login(factories.administrator())
    assert "Waits for a second person" in client.get(reverse("centers:home")).text
    client.force_login(second)
    home = client.get(reverse("centers:center-detail", args=["BS-TAZ"])).text
    assert "Waits for a second person" in home
    assert "bus accident" in client.get(address["detail"]).text
    client.post(address["agree-below"])
    assert planned.state(made) == "approved"
