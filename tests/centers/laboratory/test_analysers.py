"""Analyser files: what they write, what they never write."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from centers.laboratory import analysers
from centers.models import Analyser, AnalyserImport, LookBack, Result
from donors.errors import Refused
from tests.support import blood, factories, machines
from tests.support.attack import refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def donation(reference, settings):
    settings.DEMO = True
    return blood.give()


@pytest.fixture
def machine(donation):
    return machines.analyser(donation.center)


def reader(donation):
    return factories.staff(donation.center, "laboratory")


def faults(machine, by, *lines):
    run = machines.handed_in(machine, by, *lines)
    return [line.fault for line in analysers.preview(handed_in=run, by=by)]


def apply(machine, by, *lines):
    run = machines.handed_in(machine, by, *lines)
    return analysers.apply(handed_in=run, by=by, now=timezone.now())


def test_a_file_is_one_reading_by_the_person_who_hands_it_in(donation, machine):
    by = reader(donation)
    lines = (f"{donation.din};HIV Ag/Ab;neg;7", f"{donation.din};anti-hcv;NEG;7")
    run = apply(machine, by, *lines)
    assert (run.written, run.skipped, run.lines) == (2, 0, [])
    read = {r.marker.code: r for r in donation.results.all()}
    assert set(read) == {"HIV", "HCV"}
    assert {r.entry for r in read.values()} == {1}
    assert {(r.entered_by, r.imported) for r in read.values()} == {(by, run)}
    apply(machine, reader(donation), *(line[:-1] + "8" for line in reversed(lines)))
    assert set(donation.results.values_list("marker__code", "entry")) == {
        ("HIV", 1), ("HIV", 2), ("HCV", 1), ("HCV", 2),
    }  # fmt: skip


def test_lines_keep_the_numbers_of_a_file_with_a_title_and_empty_rows(donation, machine):
    by, line = reader(donation), f"{donation.din};HIV Ag/Ab;NEG;7"
    text = "Run of the night, plate 3\n\n" + machines.HEADINGS + f"\n\n{line}\n"
    run = analysers.hand_in(
        analyser=machine, file_name="a.csv", content=text.encode(), by=by, now=timezone.now()
    )
    said = [(row.number, row.fault) for row in analysers.preview(handed_in=run, by=by)]
    assert said == [(5, "")]


def test_every_line_left_out_says_why(donation, machine):
    by, din = reader(donation), donation.din
    elsewhere = blood.give(blood.accepted_visit(factories.center("CRTS-RAB")))
    blood.enter(donation, reader(donation), 0, HIV="", HBSAG="", HCV="")
    lines = (
        "hello;HIV Ag/Ab;NEG;1",
        f"{elsewhere.din};HIV Ag/Ab;NEG;1",
        f"{din};Anti-CMV;NEG;1",
        f"{din};HIV Ag/Ab;PERHAPS;1",
        f"{din};HIV Ag/Ab;O;1",
        f"{din};HBsAg;NEG;1",
        f"{din};HBsAg;REAC;1",
        f"{din};RhD;POS;",
        f"{din};ABO;O;lot-1",
        f"{din};Anti-HCV;NEG;1",
    )
    assert faults(machine, by, *lines) == [
        "number", "waits", "test", "twice", "twice", "twice", "", "group", "same", "",
    ]  # fmt: skip
    assert faults(machine, by, f"{din};RhD;POS;L={din}00", f"{din};ABO;O;{din}00") == ["lot", "lot"]
    assert faults(machine, by, f"{din};HIV Ag/Ab;PERHAPS;1") == ["result"]
    assert faults(machine, by, f"{din};HIV Ag/Ab;O;1") == ["result"]


def test_bad_news_of_a_file_is_never_lost(donation, machine):
    by, din = reader(donation), donation.din
    lines = (f"{din};HIV Ag/Ab;REAC;1", f"{din};HIV Ag/Ab;REAC;1", f"{din};HBsAg;POS;1")
    assert faults(machine, by, *lines) == ["", "again", ""]
    apply(machine, by, *lines)
    read = dict(donation.results.values_list("marker__code", "outcome"))
    assert read == {"HIV": "reactive", "HBSAG": "reactive"}
    assert set(donation.bags.values_list("state", flat=True)) == {"blocked"}
    lost = (f"{din};HIV Ag/Ab;REAC;2", f"{din};HCV;NEG;2", f"{din};Anti-HCV;NEG;2")
    held = apply(machine, by, *lost)
    (first, second) = analysers.left_out(handed_in=held, by=by)
    assert (first.fault, first.alarming, second.alarming) == ("yours", True, False)
    assert analysers.left_out(handed_in=held, by=reader(donation)) == []


def test_bad_news_after_two_negatives_is_read_into_a_new_version(donation, machine):
    blood.tested(donation)
    by = reader(donation)
    apply(machine, by, f"{donation.din};HIV Ag/Ab;REAC;9")
    result = donation.results.get(outcome="reactive")
    assert (result.version, result.entry) == (2, 1)
    assert donation.bags.get().state == "blocked"
    assert not LookBack.objects.exists()


def test_second_reading_is_another_persons(donation, machine):
    by = reader(donation)
    apply(machine, by, f"{donation.din};HIV Ag/Ab;NEG;1")
    assert faults(machine, by, f"{donation.din};HIV Ag/Ab;NEG;2") == ["yours"]
    with pytest.raises(Refused, match="No line"):
        apply(machine, by, f"{donation.din};HIV Ag/Ab;NEG;3")


def test_the_same_file_is_applied_once_even_by_another(donation, machine):
    line = f"{donation.din};HIV Ag/Ab;NEG;1"
    first, second = reader(donation), reader(donation)
    early = machines.handed_in(machine, second, line)
    apply(machine, first, line)
    with pytest.raises(Refused, match="applied already"):
        analysers.apply(handed_in=early, by=second, now=timezone.now())
    with pytest.raises(Refused, match="applied already"):
        apply(machine, second, line)
    assert Result.objects.count() == 1


def test_a_reactive_line_blocks_the_bags(donation, machine):
    apply(machine, reader(donation), f"{donation.din};HIV Ag/Ab;REAC;1")
    assert donation.bags.get().state == "blocked"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"Sample;Test\nx;y", "no column Result"),
        (b"   ", "empty"),
        (b"\xd0\xcf\x11\xe0old", "old kind"),
        (b"PK\x03\x04broken", "damaged"),
        (b"\x00\x01\x02\x03\x04\x05\x06\x07", "neither"),
        (b"Sample;Test;Result\n" + b"x;y;z\n" * 5001, "5,000 lines"),
    ],
)
def test_hostile_file_is_refused_in_a_sentence(machine, content, words):
    with pytest.raises(Refused, match=words):
        analysers.hand_in(
            analyser=machine,
            file_name="x",
            content=content,
            by=factories.user(),
            now=timezone.now(),
        )


def test_database_keeps_what_was_handed_in(donation, machine):
    run = machines.handed_in(machine, factories.user(), f"{donation.din};HIV Ag/Ab;NEG;1")
    attacks = {
        "UPDATE centers_analyserimport SET sha256 = 'x'": "stays as it was",
        "DELETE FROM centers_analyserimport": "never deleted",
    }
    for attack, words in attacks.items():
        assert words in refused(attack)
    analysers.drop(handed_in=run, now=timezone.now())
    with pytest.raises(IntegrityError, match="once"), transaction.atomic():
        connection.cursor().execute("UPDATE centers_analyserimport SET dropped_at = NULL")


def test_pages_from_the_mapping_to_the_results(client, donation):
    client.force_login(reader(donation))
    code = donation.center.code
    new = reverse("centers:analyser-new", args=[code])
    fields = {
        "name": "Cobas", "technique": "", "format": "table", "sample_column": "Sample", "test_column": "Test",
        "result_column": "Result", "lot_column": "", "tests": "HIV Ag/Ab = hiv\nnonsense",
        "words": "NEG = negative",
    }  # fmt: skip
    response = client.post(new, fields)
    assert "This line is not understood: nonsense" in response.text
    assert "HIV Ag/Ab = hiv" in response.text
    client.post(new, fields | {"tests": "HIV Ag/Ab = hiv"})
    made = Analyser.objects.get()
    assert made.tests == {"HIV Ag/Ab": "HIV"}
    assert "is in the list already" in client.post(new, fields | {"tests": "A = HIV"}).text
    listed = reverse("centers:analyser-list", args=[code])
    content = machines.file(f"={donation.din}00;HIV Ag/Ab;NEG;1", "foreign;HIV Ag/Ab;NEG;1")
    handed = {"analyser": made.pk, "file": SimpleUploadedFile("run.csv", content)}
    response = client.post(listed, handed, follow=True)
    assert "Would be recorded: 1; left out: 1." in response.text
    assert "This is no donation number." in response.text
    run = AnalyserImport.objects.get()
    colleague = reverse("centers:analyser-file", args=[run.public_id])
    apply_it = reverse("centers:analyser-file-apply", args=[run.public_id])
    client.force_login(reader(donation))
    assert client.get(colleague).status_code == 404
    assert client.post(apply_it).status_code == 404
    client.force_login(run.handed_in_by)
    response = client.post(apply_it, follow=True)
    assert "recorded 1, left out 1" in response.text
    assert donation.results.get().imported == run
    handed = {"analyser": made.pk, "file": SimpleUploadedFile("again.csv", content)}
    assert "applied already" in client.post(listed, handed).text
