"""A hospital's paper typed in one go: the patient, the sample, what was read, the needs, the request."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from centers.models import Center, Component, Hospital, Request, Requirement
from donors.errors import refusing
from donors.models import User

from . import patients, requests


@dataclass(frozen=True)
class Paper:
    """What the hospital wrote. ``grouped_by`` and ``regrouped_by`` determined the group; ``needs``
    are pairs of kind and antigen (``Requirement``)."""

    hospital: Hospital
    reference: str
    kind: str
    identifier: str
    sex: str
    birth_year: int
    recipient_group: str
    component: Component
    count: int
    urgency: str
    ward: str = ""
    patient_name: str = ""
    birth_date: date | None = None
    needed_at: datetime | None = None
    diagnosis: str = ""
    sample_number: str = ""
    drawn_at: datetime | None = None
    drawn_by: str = ""
    exposed: bool = True
    grouped_by: str = ""
    regroup: str = ""
    regrouped_by: str = ""
    screen: str = ""
    needs: list[tuple[str, str]] = field(default_factory=list)


def enter(*, center: Center, paper: Paper, by: User, now: datetime) -> Request:
    """Record everything, or nothing of it."""
    with refusing():
        patient = patients.admit(
            hospital=paper.hospital,
            kind=paper.kind,
            identity=patients.Identity(paper.identifier, paper.patient_name, paper.birth_date),
            sex=paper.sex,
            birth_year=paper.birth_year,
            by=by,
            now=now,
        )
        sample = None
        if paper.sample_number and paper.drawn_at:
            sample = patients.take_sample(
                patient=patient,
                hospital=paper.hospital,
                number=paper.sample_number,
                drawn_at=paper.drawn_at,
                drawn_by=paper.drawn_by,
                exposed=paper.exposed,
                by=by,
                now=now,
            )
        if paper.grouped_by:
            patients.read(
                patient=patient,
                sample=sample,
                blood_group=paper.recipient_group,
                screen=paper.screen,
                stated_by=paper.grouped_by,
                by=by,
                now=now,
            )
        if paper.regrouped_by:
            patients.read(
                patient=patient,
                blood_group=paper.regroup,
                stated_by=paper.regrouped_by,
                by=by,
                now=now,
            )
        for kind, antigen in paper.needs:
            patients.require(patient=patient, kind=kind, antigen=antigen, by=by, now=now)
        return requests.receive(
            center=center,
            hospital=paper.hospital,
            ward=paper.ward,
            reference=paper.reference,
            patient=patient,
            diagnosis=paper.diagnosis,
            recipient_group=paper.recipient_group,
            component=paper.component,
            count=paper.count,
            urgency=paper.urgency,
            needed_at=paper.needed_at,
            by=by,
            now=now,
        )


NEEDS = [
    (Requirement.Kind.IRRADIATED, ""),
    (Requirement.Kind.CMV, ""),
    (Requirement.Kind.PHENOTYPE, ""),
    (Requirement.Kind.ANTIGEN, "K"),
]
