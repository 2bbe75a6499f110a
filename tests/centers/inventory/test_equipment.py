"""Equipment and its checks; temperatures, their alarms, and the bags that lay there."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from centers.inventory import equipment as rules
from centers.inventory import stock, temperatures
from centers.laboratory import analysers, release, separation
from centers.models import Bag, Equipment, Placement, TemperatureAlarm, Transfer
from donors.errors import Refused
from tests.support import blood, factories, machines, supply
from tests.support.attack import MOVE, refused

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def demonstration(settings):
    settings.DEMO = True


@pytest.fixture(scope="module")
def shelved(shared_rows) -> int:
    return next(bag.pk for bag in blood.released() if bag.component_id == "RBC-SAGM")


@pytest.fixture
def bag(shelved, reference) -> Bag:
    return Bag.objects.get(pk=shelved)


def new(center, **fields) -> Equipment:
    said = {"kind": "refrigerator", "name": "F1", "min_c": Decimal(2), "max_c": Decimal(6)}
    return rules.save(equipment=None, center=center, **said | fields)


@pytest.fixture
def fridge(bag) -> Equipment:
    return new(bag.center)


def put(fridge, bag, ago=timedelta(hours=2)):
    number = f"={bag.donation.din}00=<{bag.component.local_code}"
    now = timezone.now() - ago
    return rules.put_in(equipment=fridge, number=number, by=factories.user(), now=now)


def measure(fridge, celsius, ago=timedelta(hours=1)):
    now = timezone.now()
    said = {"celsius": Decimal(celsius), "at": now - ago, "by": factories.user(), "now": now}
    temperatures.note(equipment=fridge, **said)


def check(row, *, passed=True, days=0):
    today = timezone.localdate()
    said = {"kind": "check", "done_on": today - timedelta(days=days), "passed": passed}
    said |= {"note": "door", "by": factories.user(), "now": timezone.now(), "today": today}
    rules.check(equipment=row, **said)


def test_what_lay_there_is_blocked_until_a_person_decides(client, bag, fridge):
    put(fridge, bag)
    measure(fridge, "5.9")
    assert not TemperatureAlarm.objects.exists()
    measure(fridge, "9.5", timedelta(minutes=30))
    measure(fridge, "12", timedelta(minutes=20))
    bag.refresh_from_db()
    alarm = TemperatureAlarm.objects.get()
    assert bag.state == "blocked" and (alarm.lowest, alarm.highest) == (Decimal("9.5"), Decimal(12))
    doctor = factories.staff(bag.center, "doctor")
    with pytest.raises(Refused):
        release.release(donation=bag.donation, by=doctor, now=timezone.now())
    with pytest.raises(Refused, match="Decide"):
        put(fridge, bag, timedelta())
    page = reverse("centers:temperature-alarm", args=[alarm.public_id])
    client.force_login(factories.staff(bag.center, "stock"))
    assert bag.donation.din[-6:] in client.get(page).text
    said = {"verdict": "use", "because": "Twenty minutes, the door stood open."}
    assert client.post(page, said).status_code == 403
    decide = (
        "UPDATE centers_temperaturealarm SET decided_at = now(), decided_by_id = %s,"
        " verdict = 'use', because = 'because nobody looks'"
    )
    assert "doctor or a manager" in refused(decide, factories.staff(bag.center, "stock").pk)
    client.force_login(doctor)
    assert "in a sentence" in client.post(page, said | {"because": "ok"}).text
    client.post(page, said)
    assert "decided this already" in client.post(page, said).text
    assert "once" in refused("UPDATE centers_temperaturealarm SET verdict = 'discard'")
    second = factories.staff(bag.center, "doctor")
    release.release(donation=bag.donation, by=second, now=timezone.now())
    bag.refresh_from_db()
    assert bag.state != "blocked"


def test_a_decision_against_the_bags_discards_them(bag, fridge):
    put(fridge, bag)
    measure(fridge, "-1")
    alarm = TemperatureAlarm.objects.get()
    manager = factories.staff(bag.center, "manager")
    said = {"verdict": "discard", "because": "They were frozen.", "by": manager}
    temperatures.decide(alarm=alarm, now=timezone.now(), **said)
    bag.refresh_from_db()
    assert bag.state == "discarded" and not Placement.objects.filter(until=None).exists()


def test_only_what_lay_there_then_is_blocked(bag, fridge):
    put(fridge, bag, timedelta(minutes=30))
    measure(fridge, "11", timedelta(hours=3))  # a file handed in late
    bag.refresh_from_db()
    assert bag.state != "blocked" and TemperatureAlarm.objects.exists()


def test_bad_news_reaches_what_was_made_of_the_bag_and_stays(client, reference):
    donation = blood.give()
    whole = donation.bags.get()
    cold_room = new(donation.center)
    put(cold_room, whole, timedelta(hours=3))
    blood.separated(donation)
    red = donation.bags.get(component="RBC-SAGM")
    put(cold_room, red, timedelta(hours=2))
    separation.undo(bag=supply.fresh(whole), **factories.acts())
    measure(cold_room, "5")
    assert not Placement.objects.filter(bag=red, until=None).exists()
    said = {"recipe": "RBC-ALONE", "volumes": blood.VOLUMES} | factories.acts()
    (made,) = separation.make(bag=supply.fresh(whole), **said)
    measure(cold_room, "9", timedelta(minutes=90))  # the product that was undone lay there then
    states = dict(donation.bags.values_list("pk", "state"))
    assert (states[whole.pk], states[red.pk], states[made.pk]) == ("separated", "undone", "blocked")
    assert not separation.may_undo(supply.fresh(whole))
    with pytest.raises(Refused, match="too warm or too cold"):
        separation.undo(bag=supply.fresh(whole), **factories.acts())
    assert "temperature holds" in refused(MOVE, "undone", factories.user().pk, made.pk)


def test_a_logger_in_a_box_blocks_what_it_carried(bag):
    receiver = factories.center("CRTS-RAB")
    box = new(bag.center, kind="box", name="1", max_c=Decimal(10))
    supply.moved(bag, receiver)  # in the box called 1, a moment ago
    measure(box, "15", timedelta(hours=5))
    bag.refresh_from_db()
    assert bag.state != "blocked"
    Transfer.objects.update(packed_at=timezone.now() - timedelta(hours=4))
    measure(box, "14", timedelta(hours=3))
    bag.refresh_from_db()
    assert bag.state == "blocked" and bag.center == receiver
    back = supply.transfer(receiver, factories.center("CRTS-FES"))
    send = "UPDATE centers_transfer SET box = '1' WHERE id = %s"
    new(receiver, kind="box", name="1", max_c=Decimal(10))
    with connection.cursor() as cursor:
        cursor.execute(send, [back.pk])  # another box of that number
    again = supply.transfer(box.center, receiver)
    assert "equipment_has_an_open_alarm" in refused(send, again.pk)
    sent = (
        "INSERT INTO centers_transfer (public_id, sender_id, receiver_id, component_id, blood_group,"
        " count, origin, figures, state, box, proposed_at, decided_because, asked_below_because)"
        " SELECT gen_random_uuid(), sender_id, receiver_id, component_id, blood_group, count, origin,"
        " figures, 'proposed', '1', now(), '', '' FROM centers_transfer WHERE id = %s"
    )
    assert "equipment_has_an_open_alarm" in refused(sent, again.pk)
    with pytest.raises(Refused, match="keeps its number"):
        rules.save(equipment=box, center=box.center, name="2")
    assert "keeps its number" in refused("UPDATE centers_transfer SET box = '3' WHERE box = '1'")


def test_past_the_rules_no_bag_comes_back_under_an_alarm(bag, fridge):
    put(fridge, bag)
    measure(fridge, "11")
    bag.refresh_from_db()
    for state in ("available", "issued"):
        with pytest.raises((Refused, IntegrityError)), transaction.atomic():
            stock.move(bag=bag, to=state, by=factories.staff(bag.center, "doctor"))
    assert "append-only" in refused("UPDATE centers_temperature SET celsius = 4")
    assert "append-only" in refused("DELETE FROM centers_alarmbag")


@pytest.mark.parametrize(
    "lines",
    [
        "Time;Temperature\n{0:%d/%m/%Y %H:%M};4,5\n{1:%d/%m/%Y %H:%M:%S};8,5",
        "Logger 17\n\nNo,Date/Time,°C\n1,{0:%Y-%m-%d %H:%M:%S},4.5\n2,{1:%Y-%m-%dT%H:%M},8.5",
        "Horodatage\tTempérature (°C)\n{0:%d.%m.%Y %H:%M}\t4.5\n{1:%d.%m.%Y %H:%M}\t8.5",
    ],
)
def test_a_loggers_file_is_read_and_counts_once(bag, fridge, lines):
    put(fridge, bag, timedelta(hours=5))
    now = timezone.localtime().replace(second=0, microsecond=0)
    content = lines.format(now - timedelta(hours=3), now - timedelta(hours=2)).encode()
    said = {"file_name": "x.csv", "content": content, "by": factories.user(), "now": now}
    assert temperatures.hand_in(equipment=fridge, **said) == 2
    assert temperatures.hand_in(equipment=fridge, **said) == 0
    bag.refresh_from_db()
    assert bag.state == "blocked"
    with pytest.raises(Refused, match="Line 3"):
        temperatures.hand_in(
            equipment=fridge, **said | {"content": b"time;temp\n2026-01-01 10:00;4\nx;y"}
        )
    curve = temperatures.curve(fridge, now=now)
    assert curve and len(curve.points) == 2 and curve.line.count(",") == 2


def test_what_is_unfit_is_not_used(bag, fridge):
    Equipment.objects.filter(pk=fridge.pk).update(check_every_days=30)
    with pytest.raises(Refused, match="check"):
        put(fridge, bag, timedelta())
    check(fridge, days=31)
    with pytest.raises(Refused, match="check"):
        put(fridge, bag, timedelta())
    check(fridge)
    put(fridge, bag, timedelta())
    check(fridge, passed=False)
    with pytest.raises(Refused, match="check"):
        put(fridge, bag, timedelta())
    freezer = new(bag.center, kind="freezer", name="C1", min_c=None, max_c=Decimal(-30))
    with pytest.raises(Refused, match="kept at this temperature"):
        put(freezer, bag, timedelta())
    attack = (
        "INSERT INTO centers_placement (equipment_id, bag_id, since, by_id)"
        f" VALUES ({freezer.pk}, {bag.pk}, now(), {factories.user().pk})"
    )
    Placement.objects.filter(bag=bag).update(until=timezone.now())
    with pytest.raises(IntegrityError, match="keep there"), transaction.atomic():
        connection.cursor().execute(attack)


def test_an_analyser_out_of_service_records_bad_news_alone(reference):
    donation = blood.give()
    machine = machines.analyser(donation.center)
    row = new(donation.center, kind="analyser", name="A1", min_c=None, max_c=None, analyser=machine)
    out = {"because": "The needle is bent.", "by": factories.user(), "now": timezone.now()}
    rules.take_out(equipment=row, **out)
    by = factories.staff(donation.center, "laboratory")
    run = machines.handed_in(machine, by, f"{donation.din};HIV Ag/Ab;NEG;1")
    with pytest.raises(Refused, match="out of service"):
        analysers.apply(handed_in=run, by=by, now=timezone.now())
    run = machines.handed_in(machine, by, f"{donation.din};HIV Ag/Ab;REAC;1")
    assert analysers.apply(handed_in=run, by=by, now=timezone.now()).written == 1
    rules.bring_back(equipment=row)
    run = machines.handed_in(machine, by, f"{donation.din};HBsAg;NEG;1")
    assert analysers.apply(handed_in=run, by=by, now=timezone.now()).written == 1


def test_pages_from_the_first_refrigerator_to_its_curve(client, bag):
    code = bag.center.code
    client.force_login(factories.staff(bag.center, "manager"))
    new_page = reverse("centers:equipment-new", args=[code])
    fields = {"kind": "refrigerator", "name": "Cold room", "min_c": "2", "max_c": ""}
    assert "how warm" in client.post(new_page, fields).text
    client.post(new_page, fields | {"max_c": "6"})
    made = Equipment.objects.get()
    client.force_login(factories.staff(bag.center, "stock"))
    listed = client.get(reverse("centers:equipment-list", args=[code])).text
    assert "Cold room" in listed and "Fit for use" in listed
    put_in = reverse("centers:equipment-put-in", args=[made.public_id])
    response = client.post(put_in, {"in-number": f"={bag.donation.din}00"}, follow=True)
    assert "It lies here now" in response.text
    file = SimpleUploadedFile("log.csv", b"time;temp\n2026-01-01 10:00;4.5\n2026-01-01 11:00;9")
    url = reverse("centers:temperature-file", args=[made.public_id])
    text = client.post(url, {"logger-file": file}, follow=True).text
    assert "2 measurements are new" in text and "<polyline" in text and "To be decided" in text
    home = client.get(reverse("centers:center-detail", args=[code])).text
    assert "Outside its range: 1" in home
    out = reverse("centers:equipment-out", args=[made.public_id])
    client.post(out, {"out-because": "The compressor is loud."})
    assert "Out of service" in client.get(reverse("centers:equipment-list", args=[code])).text
