"""Messages of analysers: what they write, what they never write, and how they are answered."""

import socket
from dataclasses import astuple

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from centers.laboratory import (
    analysers,
    held_readings,
    machine_lines,
    machine_messages,
    receiving,
    release,
)
from centers.models import AnalyserImport, Donation, HeldReading, Result
from donors.errors import Refused
from tests.support import blood, factories, machines
from tests.support.attack import refused

pytestmark = pytest.mark.django_db
WORDS = machines.WORDS | {"N": "negative", "R": "reactive", "Non réactif": "negative"}


@pytest.fixture(autouse=True)
def demonstration(settings):
    settings.DEMO = True


@pytest.fixture(scope="module")
def given(shared_rows) -> int:
    return blood.give().pk


@pytest.fixture
def donation(given, reference) -> Donation:
    return Donation.objects.get(pk=given)


@pytest.fixture
def cobas(donation):
    return machines.analyser(donation.center, format="hl7", sender="COBAS", words=WORDS)


def reader(donation):
    return factories.staff(donation.center, "laboratory")


def oru(din, *results, control="42") -> bytes:
    """Each result as OBX-2, 3, 5, 7, 8, 11 and 14."""
    lines = [
        rf"MSH|^~\&|COBAS|LAB|BDC|CRTS|20261128101500||ORU^R01^ORU_R01|{control}|P|2.5.1",
        "PID|1||9^^^X||Donor^Name",
        f"OBR|1||{din}|SERO",
    ]
    for place, (kind, test, value, limit, flag, status, at) in enumerate(results, 1):
        lines.append(f"OBX|{place}|{kind}|{test}^L||{value}|S/CO|{limit}|{flag}|||{status}|||{at}")
    return ("\r".join(lines) + "\r").encode()


NEGATIVE = ("NM", "HIV Ag/Ab", "<0.05", "<1.00", "", "F", "20261128100500")


def faults(machine, by, content):
    run = analysers.hand_in(
        analyser=machine, file_name="x.hl7", content=content, by=by, now=timezone.now()
    )
    return [(ln.outcome, ln.fault) for ln in analysers.preview(handed_in=run, by=by)]


def apply(machine, by, content):
    run = analysers.hand_in(
        analyser=machine, file_name="x.hl7", content=content, by=by, now=timezone.now()
    )
    return analysers.apply(handed_in=run, by=by, now=timezone.now())


def test_a_number_below_what_is_measurable_is_read_with_its_cut_off(donation, cobas):
    apply(cobas, reader(donation), oru(donation.din, NEGATIVE))
    result = donation.results.get()
    assert (result.outcome, result.value, result.cut_off) == ("negative", "<0.05", "1")
    assert result.measured_at == "20261128100500"


@pytest.mark.parametrize(
    ("results", "expected"),
    [
        ([("NM", "HIV Ag/Ab", "5.2", "<1.00", "", "F", "")], [("reactive", "")]),
        ([("SN", "HIV Ag/Ab", "<^0.05", "1.0", "", "F", "")], [("negative", "")]),
        ([("NM", "HIV Ag/Ab", "<5", "1.0", "", "F", "")], [("", "")]),
        ([("NM", "HIV Ag/Ab", "5.2", "1.0", "N", "F", "")], [("reactive", "value")]),
        ([("ST", "HIV Ag/Ab", "Non réactif", "", "", "F", "")], [("negative", "")]),
        ([("ST", "HIV Ag/Ab", "NEG", "", "", "P", "")], [("negative", "preliminary")]),
        ([("ST", "HIV Ag/Ab", "NEG", "", "", "X", "")], [("negative", "none")]),
        (  # repeated: bad news counts
            [("ST", "HIV Ag/Ab", "NEG", "", "", "F", ""), ("ST", "HIV Ag/Ab", "REAC", "", "", "F", "")],
            [("negative", "twice"), ("reactive", "")],
        ),
        (  # corrected: the last word counts, but bad news is not taken back by a machine
            [("NM", "HIV Ag/Ab", "0.2", "1", "", "F", ""), ("NM", "HIV Ag/Ab", "0.3", "1", "", "C", "")],
            [("negative", "replaced"), ("negative", "")],
        ),
        (
            [("ST", "HIV Ag/Ab", "REAC", "", "", "F", ""), ("ST", "HIV Ag/Ab", "NEG", "", "", "C", "")],
            [("reactive", ""), ("negative", "corrected")],
        ),
        (  # the number and the word of one test in two lines are one result
            [("NM", "HIV Ag/Ab", "0.2", "", "", "F", ""), ("ST", "HIV Ag/Ab", "NEG", "", "", "F", "")],
            [("negative", "")],
        ),
    ],
)  # fmt: skip
def test_what_the_lines_of_a_message_mean(donation, results, expected):
    said = machine_messages.parsed(oru(donation.din, *results))
    lines = [astuple(observation) for observation in said.observations]
    run = AnalyserImport(lines=lines, mapping={"tests": machines.TESTS, "words": WORDS})
    assert [(report.outcome, report.fault) for report in machine_lines.reports(run)] == expected


def test_a_correction_of_an_earlier_message_is_for_people(donation, cobas):
    apply(cobas, reader(donation), oru(donation.din, ("ST", "HIV Ag/Ab", "REAC", "", "", "F", "1")))
    later = oru(donation.din, ("ST", "HIV Ag/Ab", "NEG", "", "", "C", "2"))
    assert faults(cobas, reader(donation), later) == [("negative", "corrected")]


def test_one_run_is_one_reading_in_any_order_format_or_hand(donation, cobas):
    table = machines.analyser(
        donation.center, name="Other", value_column="Lot", lot_column="", time_column="At",
        words=WORDS,
    )  # fmt: skip
    hcv = ("NM", "Anti-HCV", "0.10", "1", "", "F", "20261128100500")
    apply(cobas, reader(donation), oru(donation.din, NEGATIVE, hcv))
    second = reader(donation)
    turned = oru(donation.din, hcv, NEGATIVE, control="43")
    assert [fault for _o, fault in faults(cobas, second, turned)] == ["run", "run"]
    csv = (
        f"Sample;Test;Result;Lot;At\n{donation.din};Anti-HCV;NEG;0,1;28/11/2026 10:05:00\n"
        f"{donation.din};HIV Ag/Ab;NEG;<0.05;"
    ).encode()
    assert [fault for _o, fault in faults(table, second, csv)] == ["run", "run"]
    first = Result.objects.get(marker__code="HCV")
    columns = (
        "(donation_id, marker_id, version, entry, outcome, technique, lot, value, entered_by_id,"
    )
    attack = (
        f"INSERT INTO centers_result {columns} entered_at, imported_id)"
        f" SELECT donation_id, marker_id, version, 2, outcome, '', '', value, {second.pk}, now(),"
        f" imported_id FROM centers_result WHERE id = {first.pk}"
    )
    with pytest.raises(IntegrityError, match="one run"), transaction.atomic():
        connection.cursor().execute(attack)
    another = oru(donation.din, (*hcv[:6], "20261128180000"))
    assert apply(cobas, second, another).written == 1


def test_a_number_unknown_today_comes_in_when_its_donation_is_recorded(donation, cobas):
    visit = blood.accepted_visit(donation.center)
    number = "".join(factories.din())
    by = reader(donation)
    apply(cobas, by, oru(number[:13], NEGATIVE, ("ST", "HBsAg", "REAC", "", "", "F", "")))
    assert HeldReading.objects.filter(settled_at=None).count() == 2
    assert held_readings.take_in(now=timezone.now()) == 0
    given = blood.give(visit, number=number)
    waits = release.hindrances(donation=given, by=factories.staff(given.center, "doctor"))
    assert "missing" in " ".join(waits)
    assert held_readings.take_in(now=timezone.now()) == 2
    read = {(r.marker.code, r.outcome, r.entered_by) for r in given.results.all()}
    assert read == {("HIV", "negative", by), ("HBSAG", "reactive", by)}
    assert given.bags.get().state == "blocked"
    assert held_readings.take_in(now=timezone.now()) == 0
    assert not HeldReading.objects.filter(settled_at=None).exists()


def test_what_a_machine_calls_reactive_holds_the_bags_before_anybody_applies_it(client, reference):
    bags = blood.released()
    given = bags[0].donation
    machines.analyser(given.center, name="B", format="hl7", sender="B", words=WORDS)
    content = oru(given.din, ("ST", "HIV Ag/Ab", "REAC", "", "", "P", "")).replace(b"COBAS", b"B")
    analysers.receive(content=content, now=timezone.now())
    assert {bag.state for bag in given.bags.exclude(state="separated")} == {"blocked"}
    doctor = factories.staff(given.center, "doctor")
    with pytest.raises(Refused, match="missing"):
        release.release(donation=given, by=doctor, now=timezone.now())
    held = HeldReading.objects.get()
    page = reverse("centers:held-list", args=[given.center.code])
    client.force_login(reader(given))
    assert given.din[-6:] not in client.get(page).text
    assert client.post(reverse("centers:held-settle", args=[held.public_id])).status_code == 404
    client.force_login(factories.staff(given.center, "doctor", "laboratory"))
    assert given.din[-6:] not in client.get(page).text
    assert client.post(reverse("centers:held-settle", args=[held.public_id])).status_code == 404
    settled = (
        "UPDATE centers_heldreading SET settled_at = now(), settled_by_id = %s,"
        " settled_because = 'because nobody looks'"
    )
    assert "a doctor decides" in refused(settled, reader(given).pk)
    client.force_login(doctor)
    assert "Reactive" in client.get(page).text
    settle = reverse("centers:held-settle", args=[held.public_id])
    assert "in a sentence" in client.post(settle, {"because": "no"}).text
    client.post(settle, {"because": "The control of that run had failed."})
    assert "still" not in refused("UPDATE centers_heldreading SET settled_at = NULL")
    release.release(donation=given, by=doctor, now=timezone.now())


def talk(speak, *said: bytes) -> bytes:
    """Everything an analyser says on one link, and all the answers to it."""
    ours, theirs = socket.socketpair()
    theirs.sendall(b"".join(said))
    theirs.shutdown(socket.SHUT_WR)
    with ours, theirs:
        speak(ours)
        ours.close()
        answer = b""
        while more := theirs.recv(65536):
            answer += more
        return answer


def mllp(content: bytes) -> bytes:
    return b"\x0b" + content + b"\x1c\r"


def test_hl7_is_acknowledged_when_it_is_kept(donation, cobas):
    said = oru(donation.din, NEGATIVE)
    answers = talk(
        receiving.speak_mllp,
        mllp(said),
        mllp(said),  # the acknowledgement was lost
        mllp(said.replace(b"COBAS", b"STRANGER").replace(b"|42|", b"|43|")),
        mllp(said.replace(b"ORU^R01^ORU_R01", b"ADT^A01^ADT_A01").replace(b"|42|", b"|44|")),
        mllp(b"hello"),
    )
    acknowledged = [
        part.split(b"MSA|")[1].split(b"\r")[0] for part in answers.split(b"\x1c\r")[:-1]
    ]
    assert [a[:5] for a in acknowledged] == [b"AA|42", b"AA|42", b"AE|43", b"AR|44", b"AR||T"]
    run = AnalyserImport.objects.get()
    assert run.sent and run.handed_in_by is None and not Result.objects.exists()


def frames(*texts: bytes) -> list[bytes]:
    found = []
    for place, text in enumerate(texts, 1):
        said = str(place % 8).encode() + text + (b"\x03" if place == len(texts) else b"\x17")
        found.append(b"\x02" + said + f"{sum(said) % 256:02X}".encode() + b"\r\n")
    return found


def test_astm_is_acknowledged_frame_by_frame_and_its_last_when_it_is_kept(client, donation):
    machines.analyser(donation.center, name="M", format="astm", sender="ARCHITECT", words=WORDS)
    message = (
        f"H|\\^&|||ARCHITECT^1||||||||LIS2-A2|20261128\rP|1\rO|1|{donation.din}||^^^HIV Ag/Ab\r"
        "R|1|^^^HIV Ag/Ab|0.12|S/CO|<1.00|N||F||||20261128101500\rL|1|N\r"
    ).encode()
    first, second, third = frames(message[:60], message[60:100], message[100:])
    broken = second.replace(b"HIV", b"HCV")
    answers = talk(
        receiving.speak_astm, b"\x05", first, broken, second, second, first, third, b"\x04"
    )
    assert answers == b"\x06\x06\x15\x06\x06\x15\x06"
    strange = [part.replace(b"ARCHITECT", b"STRANGEST") for part in (message,)]
    assert talk(receiving.speak_astm, b"\x05", *frames(*strange), b"\x04") == b"\x06\x15"
    run = AnalyserImport.objects.get()
    by, other = reader(donation), reader(donation)
    listed = reverse("centers:analyser-list", args=[donation.center.code])
    client.force_login(by)
    assert "Take it up" in client.get(listed).text
    up = reverse("centers:analyser-file-take-up", args=[run.public_id])
    assert "Would be recorded: 1" in client.post(up, follow=True).text
    client.force_login(other)
    assert client.post(up).status_code == 404
    assert client.get(reverse("centers:analyser-file", args=[run.public_id])).status_code == 404
    run.refresh_from_db()
    analysers.apply(handed_in=run, by=by, now=timezone.now())
    result = donation.results.get()
    assert (result.outcome, result.value, result.entered_by) == ("negative", "0.12", by)


@pytest.mark.parametrize(
    ("value", "cut_off", "below", "expected"),
    [
        ("1.0", "1.0", False, "reactive"), ("0.99", "1.0", False, "negative"),
        (">10", "1", False, "reactive"), ("<0,5", "1", False, "negative"),
        ("<2", "1", False, ""), (">0.5", "1", False, ""), ("0.4", "1", True, "reactive"),
        ("1.2", "1", True, "negative"), ("x", "1", False, ""), ("1", "", False, ""),
    ],
)  # fmt: skip
def test_a_value_beside_its_cut_off(value, cut_off, below, expected):
    assert machine_lines.compared(value, cut_off, below=below) == expected
