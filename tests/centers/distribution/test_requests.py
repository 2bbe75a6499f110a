"""Hospital requests: bags reserved, issued, returned, reported."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from centers.distribution import bags_away, issuing, patients, requests
from centers.inventory import stock, stock_levels
from centers.models import Bag, Center, Floor, Issue, Request, Reservation
from donors.errors import Refused
from tests.support import blood, factories, supply
from tests.support.attack import MOVE, refused
from tests.support.owner import owner

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module", autouse=True)
def on_the_shelf(shared_rows) -> int:
    return blood.red_cells().pk


@pytest.fixture
def bag(on_the_shelf, reference) -> Bag:
    return supply.fresh(Bag(pk=on_the_shelf))


def issued(bag, asked=None) -> Issue:
    asked = asked or supply.request(bag.center)
    return supply.issue(request=asked, bag=bag, **factories.acts())


def move(bag, to: str) -> str:
    return refused(MOVE, to, factories.user().pk, bag.pk)


def state(bag) -> str:
    return Bag.objects.get(pk=bag.pk).state


def test_the_own_group_is_offered_first_and_negative_ones_last(bag):
    center, positive = bag.center, bag
    negative = blood.red_cells(D="negative", C="negative", E="negative")
    own = blood.red_cells(ABO="A")
    asked = supply.request(center, "A+")
    groups = [offer.blood_group for offer in requests.offers(request=asked, now=timezone.now())]
    assert groups == ["A+", "O+", "O-"]
    assert {positive.pk, negative.pk, own.pk} == set(
        Bag.objects.filter(state="available", component="RBC-SAGM").values_list("pk", flat=True)
    )


def test_the_urgent_and_old_stand_on_top(reference):
    center, hospital = factories.center(), supply.hospital(factories.center())
    made = {
        urgency: supply.request(center, hospital=hospital, urgency=urgency)
        for urgency in ("routine", "vital", "urgent")
    }
    closed = supply.request(center, hospital=hospital, urgency="vital")
    requests.close(request=closed, because="transferred", **factories.acts())
    rows = list(requests.in_order(Request.objects.all()))
    assert rows == [made["vital"], made["urgent"], made["routine"], closed]


def test_a_reserved_bag_is_nobody_elses(bag):
    mine, other = supply.request(bag.center), supply.request(bag.center)
    requests.reserve(request=mine, bags=[bag], **factories.acts())
    assert state(bag) == "reserved"
    with pytest.raises(Refused, match="another request"):
        issued(supply.fresh(bag), other)
    with pytest.raises(Refused):
        requests.reserve(request=other, bags=[supply.fresh(bag)], **factories.acts())
    issued(supply.fresh(bag), mine)
    assert state(bag) == "issued"
    assert not Reservation.objects.filter(ended_at=None).exists()


def test_a_reservation_lapses_by_itself(bag):
    asked = supply.request(bag.center)
    requests.reserve(request=asked, bags=[bag], **factories.acts())
    assert requests.lapse(now=timezone.now() + timedelta(hours=23)) == 0
    assert requests.lapse(now=timezone.now() + timedelta(hours=25)) == 1
    assert state(bag) == "available"
    assert bag.movements.last().reason == "lapsed"


def test_a_bag_without_a_reservation_is_not_reserved(bag):
    assert "no reservation" in move(bag, "reserved")
    asked = supply.request(bag.center)
    requests.reserve(request=asked, bags=[bag], **factories.acts())
    assert "bag_has_one_live_reservation" in refused(
        "INSERT INTO centers_reservation (bag_id, request_id, until, made_at, made_by_id)"
        " VALUES (%s, %s, now() + interval '1 hour', now(), %s)",
        bag.pk,
        asked.pk,
        factories.user().pk,
    )
    assert "keeps what was written" in refused(
        "UPDATE centers_reservation SET until = now() + interval '9 days'"
    )


def test_closing_gives_back_what_was_held(bag):
    asked = supply.request(bag.center)
    requests.reserve(request=asked, bags=[bag], **factories.acts())
    requests.close(request=asked, because="no longer needed", **factories.acts())
    assert state(bag) == "available"
    with pytest.raises(Refused, match="closed"):
        requests.reserve(
            request=Request.objects.get(), bags=[supply.fresh(bag)], **factories.acts()
        )
    assert "ended once" in refused("UPDATE centers_request SET closed_because = 'x'")


def test_another_product_is_refused(bag):
    asked = supply.request(bag.center, component="FFP")
    with pytest.raises(Refused, match="another product"):
        issued(bag, asked)


def floor(bag, relief: int) -> None:
    Floor.objects.create(
        center=bag.center,
        component=bag.component,
        blood_group=bag.blood_group,
        routine=0,
        relief=relief,
        ceiling=relief + 5,
    )


def test_the_reserve_for_disasters_is_opened_by_name_and_reason(bag):
    floor(bag, 1)
    level = stock_levels.board(now=timezone.now(), center=bag.center, component="RBC-SAGM")
    assert {row.blood_group: row.relief for row in level}["O+"] == 1
    asked = supply.request(bag.center)
    with pytest.raises(Refused, match="reserve for disasters"):
        issued(bag, asked)
    with pytest.raises(Refused, match="reserve for disasters"):
        requests.reserve(request=asked, bags=[bag], **factories.acts())
    with pytest.raises(Refused, match="reserve for disasters"):
        supply.issue(request=asked, bag=bag, reserve_because="a birth", **factories.acts())
    said = {"request": asked, "bag": bag, "reserve_because": "a birth", "may_open_reserve": True}
    with pytest.raises(Refused, match="manager may take it"):  # the database looks who it is
        supply.issue(**said)
    made = supply.issue(**said, first=factories.staff(bag.center, "manager"))
    assert made.reserve_by and made.reserve_because == "a birth"
    assert "reserve_is_picked" in refused(
        "INSERT INTO centers_pick (bag_id, request_id, scanned_group, at, by_id, reserve_because)"
        " VALUES (%s, %s, 'O+', now(), %s, 'why')",
        blood.red_cells().pk,
        asked.pk,
        factories.user().pk,
    )


def test_more_than_the_reserve_is_free(bag):
    blood.red_cells()
    floor(bag, 1)
    assert issued(bag).reserve_by is None


def take_back(issue, minutes=10, kept=True):
    return bags_away.take_back(
        issued=issue, minutes_out=minutes, cold_chain_kept=kept, **factories.acts()
    )


def test_a_bag_kept_cold_comes_back_and_leaves_again(bag):
    first = issued(bag)
    take_back(first)
    assert state(bag) == "blocked"
    with pytest.raises(Refused, match="second person"):
        blood.shelve(donation=bag.donation, by=first.returned.by, now=timezone.now())
    blood.shelve(donation=bag.donation, **factories.acts())
    assert state(bag) == "available"
    issued(supply.fresh(bag))
    assert state(bag) == "issued" and bag.issues.count() == 2
    with pytest.raises(Refused, match="not at a hospital"):
        take_back(first)
    assert state(bag) == "issued"
    assert stock.issue_of(bag=bag).pk == bag.issues.order_by("pk").last().pk


@pytest.mark.parametrize(("minutes", "kept"), [(10, False), (50, False)])
def test_a_broken_cold_chain_discards(bag, minutes, kept):
    take_back(issued(bag), minutes, kept)
    assert state(bag) == "discarded"


def test_half_an_hour_is_the_end_of_the_cold_chain(bag):
    issue = issued(bag)
    with pytest.raises(Refused, match="30 minutes"):
        take_back(issue, 31)
    assert state(bag) == "issued"
    assert "does not go" in move(bag, "available") and "no return" in move(bag, "blocked")


def test_a_bag_is_issued_once_until_it_comes_back(bag):
    issued(bag)
    assert "issued already" in refused(
        "INSERT INTO centers_issue (bag_id, hospital, request_reference, recipient_group, issued_at,"
        " issued_by_id, reserve_because) VALUES (%s, 'x', 'x', 'O+', now(), %s, '')",
        bag.pk,
        factories.user().pk,
    )


def test_what_became_of_a_bag_takes_it_off_the_list(bag):
    issued(bag)
    assert list(bags_away.unaccounted(bag.center)) == [bag]
    bags_away.report(bag=supply.fresh(bag), transfused=True, **factories.acts())
    assert state(bag) == "transfused" and not bags_away.unaccounted(bag.center).exists()
    with pytest.raises(Refused, match="not at a hospital"):
        bags_away.report(bag=supply.fresh(bag), transfused=False, **factories.acts())


@pytest.fixture
def keeper(client, bag, settings):
    settings.DEMO = True
    settings.LANGUAGE_CODE = "en"
    client.force_login(factories.staff(bag.center, "stock"))
    return client


def page(name, *args):
    return reverse(f"centers:{name}", args=args)


def test_from_the_paper_to_the_delivery_note(keeper, bag):
    code = bag.center.code
    assert "Add the hospitals first" in keeper.get(page("request-new", code)).text
    named = {"name_ar": "ابن باجة", "name_fr": "Ibn Baja", "name_en": "Ibn Baja", "city": "Taza"}
    named["language"] = "fr"
    assert "is in the list already" not in keeper.post(page("hospital-list", code), named).text
    assert "is in the list already" in keeper.post(page("hospital-list", code), named).text
    said = {
        "hospital": bag.center.hospitals.get().pk,
        "reference": "D-17",
        "kind": "file",
        "identifier": "H-204",
        "sex": "F",
        "born": "1961",
        "recipient_group": "O+",
        "component": "RBC-SAGM",
        "count": "1",
        "urgency": "vital",
    }
    wrong = keeper.post(page("request-new", code), said | {"count": "0", "urgency": ""})
    assert "between 1 and 100" in wrong.text and "how urgent" in wrong.text and "D-17" in wrong.text
    keeper.post(page("request-new", code), said)
    asked = Request.objects.get()
    shown = keeper.get(page("request-detail", asked.public_id)).text
    assert bag.donation.din[7:] in shown and "Vital" in shown
    keeper.post(page("request-reserve", asked.public_id), {"bag": [str(bag.public_id)]})
    assert state(bag) == "reserved"
    bars = {"group_bar": "=%5100"}
    unknown = keeper.post(
        page("request-pick", asked.public_id), bars | {"number": factories.din()[0]}
    )
    assert "No such bag" in unknown.text
    bars["number"] = f"={bag.donation.din}00"
    early = keeper.post(page("request-pick", asked.public_id), bars)
    assert "Ask the hospital for a new one" in early.text
    tube = supply.sample(asked.patient, asked.hospital)
    patients.read(patient=asked.patient, sample=tube, screen="negative", **factories.acts())
    supply.crossmatched(asked, bag)
    keeper.post(page("request-pick", asked.public_id), bars)
    again = {f"second-{name}": value for name, value in bars.items()}
    alone = keeper.post(page("request-issue", asked.public_id), again)
    assert "a second person looks" in alone.text and state(bag) == "reserved"
    keeper.force_login(factories.staff(bag.center, "laboratory"))
    keeper.post(page("request-issue", asked.public_id), again)
    assert state(bag) == "issued"
    keeper.force_login(factories.staff(bag.center, "stock"))
    assert (
        page("request-note", asked.public_id)
        in keeper.get(page("request-detail", asked.public_id)).text
    )
    note = keeper.get(page("request-note", asked.public_id)).text
    assert bag.donation.din[7:] in note and "D-17" in note and "Received by" in note
    edit = page("hospital-edit", code, asked.hospital_id)
    twin = supply.hospital(bag.center)
    typed = keeper.post(edit, named | {"name_fr": twin.name_fr, "city": "Taza Bas"}).text
    assert "is in the list already" in typed and "Taza Bas" in typed
    with owner():
        twin.delete()
    keeper.post(edit, named | {"city": "Taza Haut", "until": "2026-01-01"})
    assert not bag.center.hospitals.filter(until=None).exists()
    assert "Taza Haut" in keeper.get(page("hospital-list", code)).text


def test_a_number_with_two_products_asks_for_the_products_code(keeper, bag):
    issue = issued(bag)
    plasma = bag.donation.bags.get(component="FFP")
    issued(supply.fresh(plasma), supply.request(bag.center, component="FFP"))
    fate = {"fate-number": bag.donation.din, "fate-transfused": "yes"}
    assert "Several bags" in keeper.post(page("bag-report", bag.center.code), fate).text
    fate["fate-number"] = f"={bag.donation.din}00=<D0202V00"
    keeper.post(page("bag-report", bag.center.code), fate)
    assert state(bag) == "transfused" and state(plasma) == "issued"
    back = {"back-number": bag.donation.din, "back-minutes_out": "5", "back-cold_chain_kept": "yes"}
    keeper.post(page("bag-return", bag.center.code), back)
    assert state(plasma) == "blocked" and not hasattr(issue, "returned")


def test_the_emergency_page_is_the_doctors_and_a_seconds(keeper, bag, client):
    waiting = supply.fresh(blood.tested().bags.get(component="RBC-SAGM"))
    asked = supply.request(bag.center)
    address = page("request-detail", asked.public_id)
    assert "Emergency release" not in keeper.get(address).text
    doctor = factories.staff(bag.center, "doctor")
    client.force_login(doctor)
    said = {"emergency-number": waiting.donation.din, "emergency-because": ""}
    wrong = client.post(page("emergency-ask", asked.public_id), said)
    assert "cannot wait" in wrong.text and waiting.donation.din in wrong.text
    said["emergency-because"] = "massive bleeding"
    client.post(page("emergency-ask", asked.public_id), said)
    row = asked.emergencies.get()
    assert "A second person has to agree" in client.get(address).text
    client.force_login(factories.staff(bag.center, "stock"))
    agreed = page("emergency-agree", asked.public_id, row.pk)
    scan = f"agree{row.pk}-number"
    wrong = client.post(agreed, {scan: bag.donation.din + "=<D0202"})
    assert "No such bag" in wrong.text or "not the bag" in wrong.text
    scan = {scan: waiting.donation.din}
    assert "was not read back" in client.post(agreed, scan).text
    blood.label([waiting])
    client.post(agreed, scan)
    assert state(waiting) == "issued"
    assert Center.objects.get(pk=bag.center_id).requests.get().issues.count() == 1


def test_what_is_closed_meanwhile_takes_no_bag(bag):
    asked = supply.request(bag.center)
    supply.crossmatched(asked, bag)
    requests.close(request=Request.objects.get(pk=asked.pk), because="x", **factories.acts())
    with pytest.raises(Refused, match="closed"):  # ``asked`` was loaded before
        issuing.pick(request=asked, bag=bag, scanned_group="O+", **factories.acts())
    with pytest.raises(Refused, match="closed"):
        requests.close(request=asked, because="x", **factories.acts())


def test_a_lapsed_reservation_ends_its_pick(bag):
    picked = supply.picked(bag)
    requests.lapse(now=timezone.now() + requests.HELD)
    picked.refresh_from_db()
    assert picked.ended_at and supply.fresh(bag).state == Bag.State.AVAILABLE
