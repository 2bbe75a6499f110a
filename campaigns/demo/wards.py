"""The hospitals that request blood: reservations, and requests still open."""

from __future__ import annotations

from datetime import datetime, timedelta

from centers.distribution import crossmatching, patients, requests
from centers.models import (
    Bag,
    Center,
    ExtendedReading,
    Hospital,
    Movement,
    Patient,
    Request,
    Reservation,
)

from .plan import RED_CELLS
from .staff import Crew

# By the centre that serves them: the name in Arabic, French and English, and the town.
HOSPITALS = {
    "CRTS-CAS": (
        "المركز الاستشفائي الجامعي ابن رشد",
        "CHU Ibn Rochd",
        "Ibn Rochd University Hospital",
        "الدار البيضاء",
    ),
    "CRTS-MAR": (
        "المركز الاستشفائي الجامعي محمد السادس بمراكش",
        "CHU Mohammed VI de Marrakech",
        "Mohammed VI University Hospital, Marrakesh",
        "مراكش",
    ),
    "CRTS-RAB": (
        "المركز الاستشفائي الجامعي ابن سينا",
        "CHU Ibn Sina",
        "Ibn Sina University Hospital",
        "الرباط",
    ),
    "CRTS-AGD": (
        "المستشفى الجهوي الحسن الثاني بأكادير",
        "Hôpital régional Hassan II d’Agadir",
        "Hassan II Regional Hospital, Agadir",
        "أكادير",
    ),
    "CRTS-FES": (
        "المركز الاستشفائي الجامعي الحسن الثاني بفاس",
        "CHU Hassan II de Fès",
        "Hassan II University Hospital, Fez",
        "فاس",
    ),
    "CRTS-TNG": (
        "المستشفى الجهوي محمد الخامس بطنجة",
        "Hôpital régional Mohammed V de Tanger",
        "Mohammed V Regional Hospital, Tangier",
        "طنجة",
    ),
    "CRTS-MEK": (
        "المستشفى الجهوي محمد الخامس بمكناس",
        "Hôpital régional Mohammed V de Meknès",
        "Mohammed V Regional Hospital, Meknes",
        "مكناس",
    ),
    "CRTS-OUJ": (
        "المركز الاستشفائي الجامعي محمد السادس بوجدة",
        "CHU Mohammed VI d’Oujda",
        "Mohammed VI University Hospital, Oujda",
        "وجدة",
    ),
    "BS-TAZ": (
        "المستشفى الإقليمي ابن باجة بتازة",
        "Hôpital provincial Ibn Baja de Taza",
        "Ibn Baja Provincial Hospital, Taza",
        "تازة",
    ),
}


def load(*, centers: dict[str, Center], crew: Crew, now: datetime) -> None:
    """A hospital per centre, a request for each reserved bag, and three unanswered ones at Taza."""
    hospitals = {code: _hospital(centers[code], *HOSPITALS[code]) for code in centers}
    for bag in Bag.objects.filter(state=Bag.State.RESERVED).select_related("center").order_by("pk"):
        made_at = Movement.objects.get(bag=bag, to_state=Bag.State.RESERVED).at
        code = bag.center.code
        asked = _ask(hospitals[code], bag.blood_group, 1, "routine", crew, made_at)
        Reservation.objects.create(
            bag=bag,
            request=asked,
            until=made_at + requests.HELD,
            made_at=made_at,
            made_by=crew[code]["stock"],
        )
    taza = hospitals["BS-TAZ"]
    _ask(taza, "O+", 1, "vital", crew, now - timedelta(minutes=12))
    _ask(taza, "A+", 2, "urgent", crew, now - timedelta(hours=3))
    _with_an_antibody(taza, crew, now)


def _with_an_antibody(taza: Hospital, crew: Crew, now: datetime) -> None:
    """A patient with anti-K: two bags of the shelf were read without K, one is crossmatched."""
    staff = crew["BS-TAZ"]
    shelf = Bag.objects.filter(
        center=taza.center, state=Bag.State.AVAILABLE, component=RED_CELLS
    ).order_by("-expires_at", "pk")
    last = shelf.first()
    group = last.blood_group if last else "O+"
    bags = list(shelf.filter(blood_group=group)[:2])
    asked = _ask(taza, group, 1, "urgent", crew, now - timedelta(minutes=50), screen="positive")
    patient = asked.patient
    if patient is None:  # of older requests only
        return
    patients.require(patient=patient, kind="antibody", antigen="K", by=staff["doctor"], now=now)
    ExtendedReading.objects.bulk_create(
        ExtendedReading(
            donation_id=bag.donation_id,
            test="K",
            outcome="negative",
            lot="anti-K 26-118",
            read_by=staff[reader],
            read_at=now - timedelta(minutes=30),
        )
        for bag in bags
        for reader in ("laboratory-1", "laboratory-2")
    )
    for bag in bags[:1]:
        crossmatching.note(
            sample=patient.samples.get(),
            bag=bag,
            technique="antiglobulin",
            compatible=True,
            by=staff["laboratory-1"],
            now=now - timedelta(minutes=10),
        )


def _hospital(center: Center, name_ar: str, name_fr: str, name_en: str, city: str) -> Hospital:
    return requests.keep_hospital(
        hospital=None,
        center=center,
        name_ar=name_ar,
        name_fr=name_fr,
        name_en=name_en,
        city=city,
        email=f"depot.{center.code.lower()}@example.org",
        phone="+212 5 00 00 00 00",
    )


def _patient(hospital: Hospital, group: str, crew: Crew, at: datetime, screen: str) -> Patient:
    """Somebody invented, with a sample and two determinations."""
    staff, number = crew[hospital.center.code], Patient.objects.count() + 1
    keeper, reader = staff["stock"], staff["laboratory-1"]
    patient = patients.admit(
        hospital=hospital,
        kind=Patient.Kind.FILE,
        identity=patients.Identity(f"H-{number:05d}"),
        sex="F" if number % 2 else "M",
        birth_year=1940 + number * 7 % 75,
        by=keeper,
        now=at,
    )
    sample = patients.take_sample(
        patient=patient,
        hospital=hospital,
        number=f"E-{number:05d}",
        drawn_at=at - timedelta(minutes=40),
        drawn_by="Infirmière de garde",
        exposed=True,
        by=keeper,
        now=at,
    )
    patients.read(
        patient=patient, sample=sample, blood_group=group, screen=screen, by=reader, now=at
    )
    hospitals = "Laboratoire de l’hôpital"
    patients.read(patient=patient, blood_group=group, stated_by=hospitals, by=keeper, now=at)
    return patient


def _ask(
    hospital: Hospital,
    group: str,
    count: int,
    urgency: str,
    crew: Crew,
    at: datetime,
    screen: str = "negative",
) -> Request:
    return Request.objects.create(
        center=hospital.center,
        hospital=hospital,
        patient=_patient(hospital, group, crew, at, screen),
        reference=f"{at:%y%m%d}-{hospital.requests.count() + 1:03d}",
        recipient_group=group,
        component_id=RED_CELLS,
        count=count,
        urgency=urgency,
        received_at=at,
        received_by=crew[hospital.center.code]["stock"],
    )
