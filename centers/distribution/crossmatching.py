"""Whether a bag may leave for a patient, and the crossmatch; the rules are the database's."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypedDict

from django.db import connection
from django.db.models import BooleanField, CharField, F, Func, Q, QuerySet, Value
from django.utils.translation import gettext as _

from centers.guards.sentences import SENTENCES
from centers.models import Bag, Crossmatch, Family, Patient, PatientReading, Request, Sample
from donors.errors import Refused, refusing
from donors.models import User

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

    Dated = WithAnnotations[Sample, "Until"]


# What bag_against_patient.sql says where a reading of the bag is missing.
READINGS = ("bag_lacks_the_antigen", "bag_has_the_phenotype", "bag_is_cmv_negative")
# What a crossmatch is made for (crossmatch_against_issue.sql).
CELLS = (Family.WHOLE_BLOOD, Family.RED_CELLS, Family.GRANULOCYTES)


class Until(TypedDict):
    """Annotation of ``patients.samples``."""

    valid_until: datetime


def _asked(function: str, *arguments: int | str | None) -> Any:
    with connection.cursor() as cursor:
        marks = ", ".join(["%s"] * len(arguments))
        cursor.execute(f"SELECT {function}({marks})", arguments)
        return cursor.fetchone()[0]


def words(reason: str) -> str:
    return _(SENTENCES[reason]) if reason else ""


def group(patient: Patient) -> str:
    """The group that two readers agree on; ``doubt`` where any differ, empty where one is missing."""
    found: str = _asked("patient_group", patient.pk)
    return found


def missing_of_patient(*, request: Request, bag: Bag | None = None) -> str:
    """What is missing of the patient before a bag may leave, in words; empty where nothing is.

    Without a bag: for one of the patient's own group.
    """
    component = bag.component_id if bag else request.component_id
    of_group = bag.blood_group if bag else request.recipient_group
    return words(_asked("request_against_issue", request.pk, component, of_group))


def against(*, request: Request, bag: Bag) -> str:
    """What speaks against this bag for this patient, in words; a missing crossmatch is none of it."""
    return words(_asked("bag_against_patient", bag.pk, request.patient_id))


def missing_crossmatch(*, request: Request, bag: Bag) -> str:
    """In words; empty where it was made or is not needed."""
    return words(_asked("crossmatch_against_issue", bag.pk, request.patient_id))


def never_waived(*, request: Request, bag: Bag) -> str:
    """What speaks against the bag even in an emergency, in words."""
    return words(_asked("emergency_against_patient", bag.pk, request.pk))


def by_computer(patient: Patient | None) -> bool:
    """Whether bags may be issued without a crossmatch in the tube."""
    return patient is not None and bool(_asked("issues_by_computer", patient.pk))


def fitting(bags: QuerySet[Bag], request: Request, *, uncrossed: bool = False) -> QuerySet[Bag]:
    """Bags that meet the patient's needs, annotated with ``waits``: whether they have still to be
    crossmatched; with ``uncrossed`` those alone."""
    if request.patient_id is None:
        return bags.annotate(waits=Value(True, output_field=BooleanField()))
    patient = Value(request.patient_id)
    needs = Func(F("pk"), patient, function="bag_against_patient", output_field=CharField())
    crossed = Func(F("pk"), patient, function="crossmatch_against_issue", output_field=CharField())
    found = bags.alias(needs=needs).filter(needs="").annotate(missing=crossed)
    waiting = found.annotate(waits=~Q(missing=""))
    return waiting.filter(waits=True) if uncrossed else waiting


def unknown_to_fit(bags: QuerySet[Bag], request: Request) -> QuerySet[Bag]:
    """Bags of which a reading of antigens or CMV is missing for this patient, or speaks against them."""
    needs = Func(
        F("pk"),
        Value(request.patient_id),
        function="bag_against_patient",
        output_field=CharField(),
    )
    return bags.alias(needs=needs).filter(needs__in=READINGS) if request.patient_id else bags.none()


def is_to_make(request: Request) -> bool:
    """Whether no bag of an open request was found compatible in the tube, though it has to be."""
    if request.component.family not in CELLS or by_computer(request.patient):
        return False
    return not Crossmatch.objects.filter(
        sample__patient=request.patient_id, compatible=True
    ).exists()


@dataclass(frozen=True)
class Standing:
    """What is known of a patient, for the page of the request."""

    group: str
    readings: int
    screen: str
    sample: Dated | None
    is_valid: bool
    by_computer: bool


def standing(patient: Patient, newest: Dated | None, now: datetime) -> Standing:
    read = PatientReading.objects.filter(patient=patient, dropped_at=None)
    screens = set(read.exclude(screen="").values_list("screen", flat=True))
    if newest is not None:
        of_sample = read.filter(sample=newest).exclude(screen="")
        screens &= {"positive"} | set(of_sample.values_list("screen", flat=True))
    return Standing(
        group=group(patient),
        readings=read.exclude(blood_group="").count(),
        screen="positive" if "positive" in screens else "negative" if screens else "",
        sample=newest,
        is_valid=newest is not None and newest.valid_until > now,
        by_computer=by_computer(patient),
    )


def note(
    *, sample: Sample, bag: Bag, technique: str, compatible: bool, by: User, now: datetime
) -> Crossmatch:
    """Record a crossmatch; an incompatible one is always recordable, also of a sample too old."""
    if compatible and _asked("sample_valid_until", sample.pk) <= now:
        raise Refused(words("sample_of_the_patient_is_valid"))
    with refusing():
        return Crossmatch.objects.create(
            sample=sample, bag=bag, technique=technique, compatible=compatible, by=by, at=now
        )
