"""Laboratory analysers and their files."""

from __future__ import annotations

from django.utils import timezone

from centers.laboratory import analysers
from centers.models import Analyser, AnalyserImport, Center
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
    """Arguments of the laboratory's pages: a machine, and a file that was dropped."""
    machine = analyser(center)
    run = handed_in(machine, factories.user(), "x;HIV Ag/Ab;NEG;1")
    analysers.drop(handed_in=run, now=timezone.now())
    return {"analyser": [center.code, machine.pk], "file": [run.public_id]}
