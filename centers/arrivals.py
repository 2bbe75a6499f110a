"""Who came to a session, and whether they may give today."""

from __future__ import annotations

from dataclasses import asdict, fields
from datetime import datetime

from django.db.models import F, QuerySet
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from donors import (
    consent,
    deferrals,
    duplicates,
    eligibility,
    finding,
    identity,
    privacy,
    questionnaire,
)
from donors.calendar import local_day
from donors.eligibility import Assessment, Measures, Reason
from donors.errors import AlreadyRegistered
from donors.models import DeferralReason, Donor, Purpose, User

from . import labels
from .errors import AlreadyKnown, Refused, in_one_piece
from .models import Appointment, Donation, Session, Visit

LAST_SETTLED = 20
NAMES = ("given_name", "family_name", "given_name_ar", "family_name_ar")
MEASURES = [measure.name for measure in fields(Measures)]
# A measure out of bounds that has a deferral of its own; the others end with the day.
LASTING = {"HAEMOGLOBIN": "WHO-LOW_HB"}


def arrive(*, session: Session, donor: Donor, by: User, now: datetime) -> Visit:
    """The donor stands at reception; a place booked for this session is taken up."""
    donor = donor.person
    if session.state != Session.State.OPEN:
        raise Refused(_("This session is not open."))
    with in_one_piece():
        booked = (
            Appointment.objects.select_for_update(of=("self",))
            .filter(donor__in=donor.kin(), state=Appointment.State.BOOKED, slot__session=session)
            .first()
        )
        if booked:
            Appointment.objects.filter(pk=booked.pk).update(
                state=Appointment.State.ARRIVED, settled_at=now
            )
        return Visit.objects.create(
            session=session, donor=donor, appointment=booked, arrived_at=now, arrived_by=by
        )


def look_up(*, session: Session, text: str, by: User, now: datetime) -> list[Donor]:
    """Who matches what reception typed, those booked for this session first; each look is noted."""
    booked = Appointment.objects.filter(slot__session=session, state=Appointment.State.BOOKED)
    expected = Donor.objects.filter(pk__in=booked.values("donor"))
    given = _giver(text)
    found = given or list(dict.fromkeys([*finding.find(text, expected), *finding.find(text)]))
    found = found[: finding.MATCHES]
    for donor in found:
        privacy.log_access(donor=donor, by=by, reason="reception search", now=now)
    return found


def _giver(text: str) -> list[Donor]:
    """Whoever gave the donation whose number was scanned or typed."""
    try:
        given = Donation.objects.filter(din=labels.read(text))
    except Refused:
        return []
    return [donation.donor.person for donation in given.select_related("donor__merged_into")]


def register(
    *, session: Session, by: User, now: datetime, another_person: bool = False, **person
) -> Visit:
    """A person who was never here: registered with what the card says, and arrived.

    Raises ``AlreadyKnown`` for a document that is somebody's, and for the same name and date of
    birth until somebody says that it is ``another_person``.
    """
    wants_appeals = person.pop("wants_appeals", False)
    alike = duplicates.namesakes(
        written=[person[name] for name in NAMES],
        birth_date=person["birth_date"],
        sex=person["sex"],
    )
    if alike and not another_person:
        raise AlreadyKnown(_("Somebody of this name and date of birth is registered."), alike)
    with in_one_piece():
        try:
            donor = identity.register(by=by, now=now, **person)
        except AlreadyRegistered as refused:
            raise AlreadyKnown(str(refused), [refused.donor.person], "document_number") from refused
        for other in alike:
            duplicates.settle_different(one=donor, other=other, by=by, now=now)
        if wants_appeals:
            consent.give(donor=donor, purpose=Purpose.APPEALS, language=person["language"], now=now)
        return arrive(session=session, donor=donor, by=by, now=now)


def at(*, session: Session, donors: list[Donor]) -> list[tuple[Donor, Visit | None]]:
    """Each donor with their visit to this session, if they came already."""
    visits = {v.donor_id: v for v in Visit.objects.filter(session=session, donor__in=donors)}
    return [(donor, visits.get(donor.pk)) for donor in donors]


def expected(*, session: Session) -> list[Appointment]:
    """Who booked for this session and has not come yet, in the order of their times."""
    booked = Appointment.objects.filter(slot__session=session, state=Appointment.State.BOOKED)
    return list(booked.select_related("donor", "slot").order_by("slot__starts_at", "pk"))


def board(*, session: Session) -> dict[str, list]:
    """The people of a session by what happens to them next; of those who left, the last few."""
    people = (
        Visit.objects.filter(session=session)
        .select_related("donor")
        .annotate(given=F("donation__din"))
        .order_by("arrived_at", "pk")
    )
    accepted = Visit.Outcome.ACCEPTED
    over = people.exclude(outcome="").exclude(outcome=accepted, given=None)
    return {
        "waiting": list(people.filter(outcome="")),
        "ready": list(people.filter(outcome=accepted, given=None)),
        "settled": list(over.order_by("-decided_at", "-pk")[:LAST_SETTLED]),
    }


def note_opening(*, visit: Visit, by: User, now: datetime) -> None:
    """Somebody opened the visit's page, and with it the donor's record."""
    privacy.log_access(donor=visit.donor, by=by, reason="visit", now=now)


def reasons(now: datetime) -> QuerySet[DeferralReason]:
    """What a doctor may defer for; the interval after a donation begins by itself."""
    in_force = DeferralReason.objects.in_force(local_day(now)).filter(in_use=True)
    named = in_force.exclude(kind=DeferralReason.Kind.NONE).exclude(code=deferrals.INTERVAL)
    return named.order_by(f"name_{get_language() or 'ar'}"[:7], "code")


def standing(*, visit: Visit, now: datetime) -> Assessment:
    """May this visitor give: as measured when they were, else by what is known of them."""
    taken = Measures(**{name: getattr(visit, name) for name in MEASURES})
    measures = taken if visit.haemoglobin is not None else None
    return eligibility.assess(
        donor=visit.donor, on=local_day(visit.decided_at or now), measures=measures
    )


def doubtful(*, visit: Visit, measures: Measures, now: datetime) -> list[Reason]:
    """What these measures alone would defer the donor for: worth a second look before it counts."""
    on = local_day(now)
    known = {r.code for r in eligibility.assess(donor=visit.donor, on=on).reasons}
    measured = eligibility.assess(donor=visit.donor, on=on, measures=measures).reasons
    return [reason for reason in measured if reason.code not in known]


def measure_and_decide(*, visit: Visit, measures: Measures, by: User, now: datetime) -> Assessment:
    """Record the measures and accept or defer; the reasons and the next date come back."""
    on = local_day(now)
    if not questionnaire.of_today(visit.donor, now):
        raise Refused(_("The questions of today have not been answered. Ask them first."))
    assessment = eligibility.assess(donor=visit.donor, on=on, measures=measures)
    outcome = Visit.Outcome.ACCEPTED if assessment.allowed else Visit.Outcome.DEFERRED
    with in_one_piece():
        decided = Visit.objects.filter(pk=visit.pk, outcome="").update(
            **asdict(measures), outcome=outcome, decided_at=now, decided_by=by
        )
        if not decided:
            raise Refused(_("This donor has already been accepted or deferred today."))
        codes = {r.code for r in assessment.reasons}
        for criterion, reason_code in LASTING.items():
            if any(criterion in code for code in codes):
                reason = DeferralReason.objects.in_force(on).get(code=reason_code)
                deferrals.defer(donor=visit.donor, reason=reason, starts_on=on, by=by, now=now)
    visit.refresh_from_db()
    return assessment


def defer(*, visit: Visit, reason: DeferralReason, by: User, now: datetime) -> None:
    """The doctor's no, with its reason; it takes back an acceptance before the needle."""
    with in_one_piece():
        # The donation takes the same lock: whoever comes second sees what the first one did.
        Donor.objects.select_for_update(of=("self",)).get(pk=visit.donor_id)
        on = local_day(now)
        if not Visit.objects.filter(pk=visit.pk, donation=None).update(
            outcome=Visit.Outcome.DEFERRED, decided_at=now, decided_by=by, deferred_for=reason
        ):
            raise Refused(_("This donor has given already."))
        deferrals.defer(donor=visit.donor, reason=reason, starts_on=on, by=by, now=now)


def leave(*, visit: Visit, by: User, now: datetime) -> None:
    """The donor went away without giving; nobody asks why."""
    if not Visit.objects.filter(pk=visit.pk, donation=None).update(
        outcome=Visit.Outcome.LEFT, decided_at=now, decided_by=by
    ):
        raise Refused(_("This donor has given already."))
