"""Requests, transfers, counts and recalls for tests."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from centers.distribution import (
    crossmatching,
    emergencies,
    issuing,
    patients,
    requests,
    transfers,
)
from centers.haemovigilance import patient_reactions
from centers.inventory import counting, look_back_steps, lots, recalls
from centers.models import (
    Bag,
    Center,
    Component,
    Donation,
    EmergencyRelease,
    GroupDoubt,
    Hospital,
    Issue,
    LookBack,
    Lot,
    Marker,
    Patient,
    PatientReaction,
    Pick,
    Recall,
    Request,
    Sample,
    Transfer,
)
from donors.models import Donor, User

from . import blood, factories
from .owner import owner


def hospital(center: Center) -> Hospital:
    number = next(factories.numbers)
    return requests.keep_hospital(
        hospital=None,
        center=center,
        name_ar="مستشفى ابن باجة",
        name_fr=f"Hôpital Ibn Baja {number}",
        name_en=f"Ibn Baja {number}",
        city="Taza",
    )


def patient(of: Hospital, group: str = "O+", **fields) -> Patient:
    """Ready for an issue: the group read by two, one of a valid sample, the screen negative."""
    number = next(factories.numbers)
    now, by = timezone.now(), factories.user()
    said = {"kind": "file", "sex": "F", "birth_year": 1961} | fields
    identity = said.pop("identity", None) or patients.Identity(f"P{number}", "Fatna Z.")
    made = patients.admit(hospital=of, identity=identity, by=by, now=now, **said)
    tube = sample(made, of)
    patients.read(patient=made, sample=tube, blood_group=group, screen="negative", by=by, now=now)
    patients.read(patient=made, blood_group=group, stated_by="Dr Alami", by=by, now=now)
    return made


def sample(of: Patient, hospital: Hospital, **fields) -> Sample:
    now = timezone.now()
    said = {"drawn_at": now, "drawn_by": "Nurse", "exposed": True} | fields
    number = f"S{next(factories.numbers)}"
    said |= {"patient": of, "hospital": hospital, "number": number}
    return patients.take_sample(**said, by=factories.user(), now=now)


def crossmatched(asked: Request, bag: Bag, *, compatible: bool = True) -> None:
    if newest := patients.samples(asked.patient).first():
        said = {"sample": newest, "bag": bag, "technique": "antiglobulin"}
        crossmatching.note(**said, compatible=compatible, **factories.acts())


def issue(*, bag: Bag, request: Request | None = None, **said) -> Issue:
    """Crossmatched, picked by somebody, looked at and issued by ``by``."""
    acts = {name: said.pop(name) for name in ("by", "now") if name in said} or factories.acts()
    asked = picked(bag, request, **said).request
    return issuing.issue(request=asked, bag=bag, scanned_group=bag.blood_group, **acts)


def picked(bag: Bag, asked: Request | None = None, *, first: User | None = None, **said) -> Pick:
    """Crossmatched and picked, ready for the second look."""
    asked = asked or request(bag.center, bag.blood_group, bag.component_id, count=1)
    crossmatched(asked, bag)
    acts = factories.acts(by=first or factories.user())
    said |= {"request": asked, "bag": bag, "scanned_group": bag.blood_group}
    return issuing.pick(**said, **acts)


def request(center: Center, group: str = "O+", component: str = "RBC-SAGM", **fields) -> Request:
    of = fields.pop("hospital", None) or hospital(center)
    values = {
        "hospital": of,
        "patient": fields.pop("patient", None) or patient(of, group),
        "ward": "",
        "reference": f"D-{next(factories.numbers)}",
        "recipient_group": group,
        "component": Component.objects.get(code=component),
        "count": 2,
        "urgency": "urgent",
        "needed_at": None,
        "by": factories.user(),
        "now": timezone.now(),
    }
    return requests.receive(center=center, **values | fields)


def transfer(sender: Center, receiver: Center, group: str = "O+", count: int = 2) -> Transfer:
    """Proposed and approved, ready to be packed."""
    now = timezone.now()
    made = transfers.propose(
        sender=sender,
        receiver=receiver,
        component=Component.objects.get(code="RBC-SAGM"),
        blood_group=group,
        count=count,
        because="",
        by=factories.user(),
        now=now,
    )
    transfers.decide(transfer=made, approved=True, by=factories.user(), now=now)
    made.refresh_from_db()
    return made


def moved(bag: Bag, receiver: Center) -> None:
    """Packed, sent, taken out there and received: it is on the other centre's shelf."""
    sent = transfer(bag.center, receiver, group=bag.blood_group)
    transfers.put_in(transfer=sent, bag=fresh(bag), **factories.acts())
    transfers.send(transfer=sent, box="1", celsius=4, **factories.acts())
    transfers.take_out(transfer=sent, bag=fresh(bag), **factories.acts())
    transfers.receive(transfer=sent, celsius=4, **factories.acts())


def fresh(bag: Bag) -> Bag:
    return Bag.objects.select_related("component", "center", "donation").get(pk=bag.pk)


def recalled(donation: Donation) -> Recall:
    return recalls.begin(donation=donation, cause="call", because="x", **factories.acts())


def emergency(bag: Bag, asked: Request | None = None) -> EmergencyRelease:
    asked = asked or request(bag.center, group=bag.blood_group, component=bag.component_id)
    return emergencies.ask(request=asked, bag=bag, because="bleeding", **factories.acts())


def lot(center: Center, number: str = "LOT-1", kind: str = "reagent", days: int = 90) -> Lot:
    return lots.keep(
        center=center,
        kind=kind,
        number=number,
        what="Anti-D, Maker",
        expires_on=timezone.localdate() + timedelta(days=days),
        **factories.acts(),
    )


def look_back(donation: Donation) -> LookBack:
    """Opened as the trigger does."""
    marker = Marker.objects.get(code="HBSAG")
    with owner():
        return LookBack.objects.create(donation=donation, marker=marker, opened_at=timezone.now())


def followed_up(look_back: LookBack) -> None:
    """Confirmed, the donor and the hospitals told: what its end requires beside the recalls."""
    said = {"look_back": look_back, "on": timezone.localdate(), "words": ""} | factories.acts()
    for kind in ("confirmed", "donor_told"):
        look_back_steps.note(kind=kind, **said)
    for bag in look_back_steps.left(look_back):
        recall = bag.donation.recalls.latest("pk")
        recalls.note(recall=recall, bag=bag, kind="told", words="the depot", **factories.acts())


def group_doubt(donor: Donor) -> GroupDoubt:
    """Opened as the trigger opens it."""
    with owner():
        return GroupDoubt.objects.create(
            donor=donor, cause="reading", known=donor.blood_group, since=0, opened_at=timezone.now()
        )


def reaction(bag: Bag, **said) -> PatientReaction:
    """Of a patient, reported by the hospital an hour later."""
    now = timezone.now()
    values = {
        "began_at": now - timedelta(hours=1),
        "minutes": 20,
        "volume": 80,
        "signs": "shivering, 39.4",
        "informant": "Dr Alami, Ibn Baja",
        "kind": "febrile",
        "severity": 1,
        "outcome": "recovered",
        "by": factories.user(),
        "now": now,
    }
    return patient_reactions.report(bag=bag, **values | said)


def papers(center: Center, tested: Donation) -> dict[str, list]:
    """One of each record of a centre, by the argument names of its pages' addresses."""
    now, by = timezone.now(), factories.user()
    asked = request(center)
    other = factories.center("CRTS-FES")
    held, packed_bag = fresh(blood.red_cells()), fresh(blood.red_cells())
    reservation = requests.reserve(request=asked, bags=[held], by=by, now=now)[0]
    waiting = tested.bags.get(component="RBC-SAGM")
    emergency = emergencies.ask(request=asked, bag=waiting, because="bleeding", by=by, now=now)
    away = transfer(center, other)
    packed = transfers.put_in(transfer=away, bag=packed_bag, by=by, now=now)
    count = counting.begin(
        center=center, component=Component.objects.get(code="RBC-SAGM"), by=by, now=now
    )
    called_back = blood.give()
    recall = recalls.begin(donation=called_back, cause="call", because="x", by=by, now=now)
    opened = look_back(blood.give())
    waits = picked(fresh(blood.red_cells()), request(center))
    known = [waits.request.patient.public_id]
    patients.require(patient=waits.request.patient, kind="cmv", antigen="", by=by, now=now)
    issued = fresh(blood.red_cells())
    issue(request=request(issued.center), bag=issued, by=by, now=now)
    reacted = reaction(issued)
    return {
        "pick": [waits.request.public_id, waits.pk],
        "patient": known,
        "need": [*known, waits.request.patient.requirements.get().pk],
        "reading": [*known, waits.request.patient.readings.first().pk],
        "hospital": [center.code, asked.hospital_id],
        "request": [asked.public_id],
        "reservation": [asked.public_id, reservation.pk],
        "emergency": [asked.public_id, emergency.pk],
        "transfer": [away.public_id],
        "transfer_in": [transfer(other, center).public_id],
        "packed": [away.public_id, packed.pk],
        "count": [count.public_id],
        "counted": [count.public_id, held.public_id],
        "recall": [recall.public_id],
        "recalled": [recall.public_id, called_back.bags.first().public_id],
        "look_back": [opened.pk],
        "lot": [lot(center).public_id],
        "labelled": [held.donation.bags.get(component="FFP").public_id],
        "patient_reaction": [reacted.public_id],
    }
