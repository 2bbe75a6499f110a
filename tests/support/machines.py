"""Laboratory analysers and their files."""

from __future__ import annotations

from decimal import Decimal

from django.utils import timezone

from centers.inventory import equipment, temperatures
from centers.laboratory import analysers
from centers.models import Analyser, AnalyserImport, Center, HeldReading, Marker, Plate
from donors.models import User

from . import factories

HEADINGS = "Sample;Test;Result;Lot"
TESTS = {"HIV Ag/Ab": "HIV", "HBsAg": "HBSAG", "Anti-HCV": "HCV", "ABO": "ABO", "RhD": "D"}
WORDS = {"NEG": "negative", "REAC": "reactive", "POS": "positive", "O": "O", "A": "A"}


def analyser(center: Center, **fields) -> Analyser:
    said = {
        "name": "Serology 1",
        "technique": "microplate",
        "sample_column": "Sample",
        "test_column": "Test",
        "result_column": "Result",
        "lot_column": "Lot",
        "tests": TESTS,
        "words": WORDS,
    }
    return analysers.save(analyser=None, center=center, **said | fields)


def file(*lines: str) -> bytes:
    return "\r\n".join((HEADINGS, *lines)).encode()


def handed_in(machine: Analyser, by: User, *lines: str) -> AnalyserImport:
    return analysers.hand_in(
        analyser=machine, file_name="run.csv", content=file(*lines), by=by, now=timezone.now()
    )


def papers(center: Center) -> dict[str, list]:
    """Arguments of the laboratory's pages: a machine, a file that was dropped, a message that nobody
    has taken up, and what it said."""
    machine = analyser(center)
    run = handed_in(machine, factories.user(), "x;HIV Ag/Ab;NEG;1")
    analysers.drop(handed_in=run, now=timezone.now())
    sent = AnalyserImport.objects.create(
        analyser=machine, center=center, file_name="42", sha256="0" * 64, sent=True,
        mapping=run.mapping, handed_in_at=timezone.now(),
    )  # fmt: skip
    held = HeldReading.objects.create(
        center=center, imported=sent, din="D100026999999", outcome="reactive",
        marker=Marker.objects.get(code="HIV"), noted_at=timezone.now(),
    )  # fmt: skip
    filled = Plate.objects.create(
        center=center, marker=held.marker, technique="ELISA", lot="7", made_at=timezone.now(),
        wells=["NC"] * 96, made_by=factories.user(),
    )  # fmt: skip
    return {
        "analyser": [center.code, machine.pk],
        "file": [run.public_id],
        "sent": [sent.public_id],
        "held": [held.public_id],
        "plate": [filled.public_id],
    }


def cold(center: Center) -> dict[str, list]:
    """Arguments of the pages of a refrigerator that was too warm."""
    row = equipment.save(
        equipment=None, center=center, kind="refrigerator", name="R", max_c=Decimal(6)
    )
    now = timezone.now()
    said = {"celsius": Decimal(9), "at": now, "by": factories.user(), "now": now}
    temperatures.note(equipment=row, **said)
    return {
        "equipment": [center.code, row.public_id],
        "fridge": [row.public_id],
        "alarm": [row.alarms.get().public_id],
    }
