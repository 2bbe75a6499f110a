"""Patients of the hospitals: who they are, their samples, what was read of them, what they need."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.db.models import DateTimeField, F, Func, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from centers.models import (
    Crossmatch,
    Hospital,
    Issue,
    Patient,
    PatientAccess,
    PatientReading,
    Requirement,
    Sample,
)
from donors.errors import Refused, refusing
from donors.models import User
from donors.people import encryption, sharing

if TYPE_CHECKING:
    from .crossmatching import Dated

PURPOSE = b"patient.identity"
BORN_OTHERWISE = gettext_noop("This identifier is of a patient born at another time. Compare both.")
UNWRITTEN = re.compile(r"[^A-Z0-9]")


@dataclass(frozen=True)
class Identity:
    """Who a patient is, as the hospital wrote it."""

    identifier: str
    name: str = ""
    birth_date: date | None = None


def _key(*, kind: str, hospital: Hospital, identifier: str) -> str:
    """A file number is the hospital's, a card the person's wherever they are treated."""
    of = "" if kind == Patient.Kind.CARD else str(hospital.pk)
    plain = UNWRITTEN.sub("", unicodedata.normalize("NFKC", identifier).upper())
    if not plain:
        raise Refused(_("Write the identifier in letters and digits."), "identifier")
    site = base64.b64decode(settings.BLIND_INDEX_KEY)
    return hmac.new(site, f"patient|{kind}|{of}|{plain}".encode(), hashlib.sha256).hexdigest()


def admit(
    *,
    hospital: Hospital,
    kind: str,
    identity: Identity,
    sex: str,
    birth_year: int,
    by: User,
    now: datetime,
) -> Patient:
    """The patient of this identifier, registered where not known yet; a name or a day of birth that
    was missing is added.

    Refused where the known patient has another name, sex, year or day of birth: it is then somebody
    else, or one of the two papers is wrong.
    """
    key = _key(kind=kind, hospital=hospital, identifier=identity.identifier)
    known = Patient.objects.filter(center=hospital.center_id, identity_key=key).first()
    if known is None:
        with refusing():
            return Patient.objects.create(
                center=hospital.center,
                kind=kind,
                identity_sealed=_sealed(identity, key),
                identity_key=key,
                sex=sex,
                birth_year=birth_year,
                registered_at=now,
                registered_by=by,
            )
    if known.sex != sex:
        raise Refused(_("This identifier is of a patient of the other sex. Compare both."), "sex")
    if known.birth_year != birth_year:
        raise Refused(_(BORN_OTHERWISE), "born")
    _complete(known, identity)
    return known


def _sealed(identity: Identity, key: str) -> bytes:
    said = {"identifier": identity.identifier.strip(), "name": identity.name.strip()}
    if identity.birth_date:
        said["birth_date"] = identity.birth_date.isoformat()
    return encryption.seal(json.dumps(said), PURPOSE + key.encode())


def _complete(known: Patient, said: Identity) -> None:
    """Compare what a later paper says, and keep what was not known yet."""
    with refusing():
        held = Patient.objects.select_for_update(of=("self",)).get(pk=known.pk)
        before = unseal(held)
        if said.birth_date and before.birth_date and said.birth_date != before.birth_date:
            raise Refused(_(BORN_OTHERWISE), "born")
        if said.name.strip() and before.name and not sharing.same_name(said.name, before.name):
            raise Refused(
                _("This identifier is of a patient of another name. Compare both."), "patient_name"
            )
        full = Identity(
            before.identifier, before.name or said.name, before.birth_date or said.birth_date
        )
        if full != before:
            sealed = _sealed(full, held.identity_key)
            Patient.objects.filter(pk=held.pk).update(identity_sealed=sealed)
            known.identity_sealed = sealed


def unseal(patient: Patient) -> Identity:
    """For comparison within the program; a person sees it by ``look``."""
    bound = PURPOSE + patient.identity_key.encode()
    said = json.loads(encryption.unseal(patient.identity_sealed, bound))
    born = said.get("birth_date")
    return Identity(
        said["identifier"], said.get("name", ""), date.fromisoformat(born) if born else None
    )


def look(*, patient: Patient, by: User, reason: str) -> Identity:
    """Who the patient is, for a person who cares for them; the look is logged."""
    PatientAccess.objects.create(patient=patient, by=by, reason=reason)
    return unseal(patient)


def take_sample(
    *,
    patient: Patient,
    hospital: Hospital,
    number: str,
    drawn_at: datetime,
    drawn_by: str,
    exposed: bool,
    by: User,
    now: datetime,
) -> Sample:
    """Receive a tube; one that was received before is found again, and refused where the paper says
    otherwise now: how long it serves depends on it."""
    if drawn_at > now:
        raise Refused(_("The sample cannot have been drawn later than now."), "drawn_at")
    number = number.strip()
    known = Sample.objects.filter(hospital=hospital, number=number).first()
    if known and known.patient_id != patient.pk:
        raise Refused(
            _("This sample number is of another patient. Compare the tube with its paper."),
            "sample_number",
        )
    if known and (known.drawn_at, known.exposed) != (drawn_at, exposed):
        sentence = _(
            "This sample was received with another hour, or another answer about transfusions and"
            " pregnancies. Compare the tube with its paper."
        )
        raise Refused(sentence, "drawn_at" if known.drawn_at != drawn_at else "exposed")
    if known:
        return known
    with refusing():
        return Sample.objects.create(
            patient=patient,
            hospital=hospital,
            number=number,
            drawn_at=drawn_at,
            drawn_by=drawn_by.strip(),
            exposed=exposed,
            received_at=now,
            received_by=by,
        )


def samples(patient: Patient) -> QuerySet[Dated]:
    """The newest first, each with ``valid_until``."""
    until = Func(F("pk"), function="sample_valid_until", output_field=DateTimeField())
    return patient.samples.annotate(valid_until=until).order_by("-drawn_at", "-pk")


def read(
    *,
    patient: Patient,
    by: User,
    now: datetime,
    sample: Sample | None = None,
    blood_group: str = "",
    screen: str = "",
    has: list[str] | None = None,
    lacks: list[str] | None = None,
    stated_by: str = "",
) -> PatientReading:
    """What was determined of the patient: by ``by``, or by whom the hospital's paper names."""
    if not (blood_group or screen or has or lacks):
        raise Refused(_("Enter at least one thing that was read."))
    if set(has or []) & set(lacks or []):
        raise Refused(_("An antigen is there or it is not: choose one."), "lacks")
    with refusing():
        return PatientReading.objects.create(
            patient=patient,
            sample=sample,
            blood_group=blood_group,
            screen=screen,
            has=has or [],
            lacks=lacks or [],
            read_by=None if stated_by.strip() else by,
            stated_by=stated_by.strip(),
            entered_by=by,
            at=now,
        )


def drop_reading(*, reading: PatientReading, because: str, by: User, now: datetime) -> None:
    """Set a reading aside that was wrong; it stays on record."""
    if not because.strip():
        raise Refused(_("Say why."), "because")
    with refusing():
        live = PatientReading.objects.filter(pk=reading.pk, dropped_at=None)
        if not live.update(dropped_at=now, dropped_by=by, dropped_because=because.strip()):
            raise Refused(_("This reading was set aside already."))


def require(*, patient: Patient, kind: str, antigen: str, by: User, now: datetime) -> None:
    """Note what blood for this patient has to be; what stands already stays as it is."""
    with refusing():
        Requirement.objects.get_or_create(
            patient=patient,
            kind=kind,
            antigen=antigen,
            ended_at=None,
            defaults={"stated_by": by, "stated_at": now},
        )


def end_requirement(*, requirement: Requirement, because: str, by: User, now: datetime) -> None:
    """A doctor who did not enter it ends it, with the reason."""
    if not because.strip():
        raise Refused(_("Say why."), "because")
    if requirement.stated_by_id == by.pk:
        raise Refused(_("You entered this yourself; another doctor ends it."))
    with refusing():
        live = Requirement.objects.filter(pk=requirement.pk, ended_at=None)
        if not live.update(ended_at=now, ended_by=by, ended_because=because.strip()):
            raise Refused(_("This has been ended already."))


def live_requirements(patient: Patient) -> QuerySet[Requirement]:
    return patient.requirements.filter(ended_at=None).order_by("kind", "antigen", "pk")


def crossmatches(patient: Patient) -> QuerySet[Crossmatch]:
    rows = Crossmatch.objects.filter(sample__patient=patient)
    return rows.select_related("bag__donation", "bag__component", "by").order_by("-at", "-pk")


def issues(patient: Patient) -> QuerySet[Issue]:
    """The bags that left for this patient, the last on top."""
    rows = Issue.objects.filter(request__patient=patient)
    wanted = ("bag__donation", "bag__component", "issued_by", "returned")
    return rows.select_related(*wanted).order_by("-pk")
