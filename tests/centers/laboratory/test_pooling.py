"""A pool keeps its parts; bad news about one of them reaches it. A separation can be undone."""

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from centers.inventory import found_bags, look_back_steps, recalls, stock, trace
from centers.laboratory import pooling, screening, separation
from centers.models import Bag, Marker
from donors.errors import Refused
from tests.support import blood, factories, supply
from tests.support.attack import MOVE, denied, refused

pytestmark = pytest.mark.django_db


def platelets(bags: list[Bag]) -> Bag:
    return supply.fresh(next(bag for bag in bags if bag.component_id == "PLT-STD"))


@pytest.fixture(scope="module")
def parts(shared_rows):
    """Platelets of two donors, on the shelf."""
    return [platelets(blood.released()) for _donor in range(2)]


def test_a_pool_keeps_its_parts_and_waits_for_its_label(client, settings, parts):
    settings.DEMO = True  # a second factor is asked for otherwise
    center = parts[0].center
    client.force_login(factories.staff(center, "stock", "doctor"))
    page = reverse("centers:pool", args=[center.code])
    assert client.get(page).text.count('name="bag"') == 2
    one = client.post(page, {"bag": [str(parts[0].public_id)]}).text
    assert "2 to 6 bags" in one and "checked" in one
    ticked = {"bag": [str(part.public_id) for part in parts]}
    done = client.post(page, ticked, follow=True).text
    assert "Its label comes next" in done and all(part.donation.din[7:] in done for part in parts)
    pool = Bag.objects.get(component="PLT-POOL")
    assert (pool.state, pool.volume, pool.expires_at) == ("released", 120, parts[0].expires_at)
    assert [row.part for row in pool.parts.order_by("pk")] == parts
    blood.label([pool])
    assert supply.fresh(pool).state == "available"
    given = trace.forward(donor=parts[1].donation.donor, **factories.acts())
    assert pool in [bag for bag, _issues in given[0].bags]
    assert not separation.may_undo(supply.fresh(parts[0]))
    for table in ("UPDATE centers_poolpart SET pool_id = 0", "DELETE FROM centers_poolpart"):
        assert "append-only" in refused(table) or "denied" in denied(table)


def test_the_recall_of_one_part_takes_the_pool(parts):
    pool = pooling.pool(bags=parts, **factories.acts())
    blood.label([supply.fresh(pool)])
    recall = supply.recalled(parts[1].donation)
    assert supply.fresh(pool).state == "blocked"
    assert pool in [row.bag for row in recalls.followed(recall)]
    recalls.close(recall=recall, verdict="discard", outcome="not used", **factories.acts())
    assert supply.fresh(pool).state == "discarded"


def test_a_test_of_one_part_that_is_read_again_takes_the_pool(parts):
    pool = pooling.pool(bags=parts, **factories.acts())
    blood.label([supply.fresh(pool)])
    marker = Marker.objects.get(code="HIV")
    screening.repeat(
        donation=parts[1].donation, marker=marker, because="mistyped", **factories.acts()
    )
    assert supply.fresh(pool).state == "blocked"
    with pytest.raises(Refused, match="marker"):
        blood.shelve(donation=parts[0].donation, **factories.acts())


def test_what_one_part_is_refused_for_counts_for_the_pool(parts):
    pool = supply.fresh(pooling.pool(bags=parts, **factories.acts()))
    blood.label([pool])
    later = parts[1].donation
    recall = supply.recalled(later)
    recalls.close(recall=recall, verdict="use", outcome="fine", **factories.acts())
    reader = later.results.earliest("pk").entered_by
    assert "releaser entered" in refused(MOVE, "released", reader.pk, pool.pk)
    doctor = factories.user()
    stock.move(bag=supply.fresh(pool), to="released", by=doctor, reason="released")
    marker = Marker.objects.get(code="HIV")
    screening.repeat(donation=later, marker=marker, because="x", **factories.acts())
    with pytest.raises(Refused, match="released"):
        read(later, "negative", by=doctor)
    read(later, "reactive", by=factories.user())
    read(later, "reactive", by=factories.user())
    assert supply.fresh(pool).state == "discarded"
    said = {"kind": "transfused", "place": "ward 3", "because": "x", **factories.acts()}
    found_bags.record(bag=supply.fresh(pool), **said)
    followed = later.recalls.get(closed_at=None)
    assert pool.bag_alarms.get(kind="recall", ended_at=None).recall == followed
    assert not parts[0].donation.recalls.exists()
    look_back = later.look_backs.get()
    assert list(look_back_steps.left(look_back)) == [pool]
    for kind in ("confirmed", "donor_told"):
        at = {"on": timezone.localdate(), "words": ""} | factories.acts()
        look_back_steps.note(look_back=look_back, kind=kind, **at)
    with connection.cursor() as cursor:
        cursor.execute("SELECT look_back_is_done(%s, %s)", [look_back.pk, later.pk])
        assert cursor.fetchone() == ("hospital_of_each_bag_is_told",)


def read(donation, outcome: str, *, by) -> None:
    said = {"technique": "", "lot": "", "by": by, "now": timezone.now()}
    screening.enter(donation=donation, outcomes={"HIV": outcome}, **said)


def test_platelets_of_two_groups_are_not_pooled(parts):
    other = platelets(blood.released(ABO="A"))
    with pytest.raises(Refused, match="one group only"):
        pooling.pool(bags=[parts[0], other], **factories.acts())
    assert {supply.fresh(parts[0]).state, supply.fresh(other).state} == {"available"}


def test_a_separation_is_undone_until_a_product_is_used(reference):
    given = blood.give()
    blood.separated(given)
    whole = supply.fresh(given.bags.get(component="WB-CPD"))
    separation.undo(bag=whole, **factories.acts())
    states = dict(given.bags.values_list("component", "state"))
    assert states.pop("WB-CPD") == "quarantined" and set(states.values()) == {"undone"}
    said = {"recipe": "RBC-ALONE", "volumes": blood.VOLUMES}
    separation.make(bag=supply.fresh(whole), **said, **factories.acts())
    tested = blood.tested(given)
    blood.shelve(donation=tested, **factories.acts())
    with pytest.raises(Refused, match="cannot be undone"):
        separation.undo(bag=supply.fresh(whole), **factories.acts())
    move = (
        "INSERT INTO centers_movement (bag_id, seq, from_state, to_state, center_id, at, reason)"
        " SELECT id, 0, state, 'quarantined', center_id, now(), '' FROM centers_bag WHERE id = %s"
    )
    assert "product_was_used" in refused(move, whole.pk)
