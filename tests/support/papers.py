"""Papers of a session, typed by clerks."""

from __future__ import annotations

from django.utils import timezone

from centers.collection import paper_records
from centers.models import PaperRecord
from donors.eligibility import questionnaire

from . import factories


def begun(session, donor):
    now = timezone.now()
    return paper_records.begin(session=session, donor=donor, by=factories.user(), now=now)


def answered(donor, **yes):
    codes = [question.code for question in questionnaire.questions(sex=donor.sex)]
    return {code: [code in yes, yes.get(code)] for code in codes}


def sheet(of: PaperRecord, **changed) -> paper_records.Sheet:
    nurse = factories.staff(of.session.center, "collection", "doctor")
    number = "".join(factories.din())
    values = {
        "outcome": paper_records.GIVEN,
        "arrived": "09:05",
        "answers": answered(of.donor),
        "haemoglobin": 142,
        "systolic": 120,
        "diastolic": 80,
        "pulse": 70,
        "weight": "71.0",
        "temperature": "36.8",
        "decided_by": nurse.pk,
        "number": number,
        "kit": "triple",
        "lot": "LOT-1",
        "arm": "left",
        "started": "09:20",
        "ended": "09:30",
        "volume": 450,
        "taken_by": nurse.pk,
    }
    return paper_records.Sheet(**values | changed)


def key(record, read, by=None):
    return paper_records.key(
        paper=record, sheet=read, by=by or factories.user(), now=timezone.now()
    )
