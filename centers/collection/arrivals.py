"""Who came to a session, and whether they may give today."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, fields, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from centers.errors import AlreadyKnown
from centers.isbt128 import donation_numbers
from centers.models import Appointment, Donation, Session, Visit
from donors.clock.calendar import local_day
from donors.contact import consent
from donors.eligibility import criteria, deferrals, questionnaire
from donors.eligibility.criteria import Assessment, Measures, Reason
from donors.errors import AlreadyRegistered, Refused, refusing, retried_on_conflict
from donors.models import DeferralReason, Donor, Purpose, User
from donors.people import duplicates, identity, privacy, search

NAMES = ("given_name", "family_name", "given_name_ar", "family_name_ar")
MEASURES = [measure.name for measure in fields(Measures)]
# A measure out of bounds that has a deferral of its own; the others end with the day.
LASTING = {"HAEMOGLOBIN": "WHO-LOW_HB"}
# Outside of these a doctor may accept all the same; the other bounds the database itself holds.
WARNINGS = (
    "MA-AGE-MAX",
    "WHO-PULSE-MIN",
    "WHO-PULSE-MAX",
    "WHO-BP_SYSTOLIC-MIN",
    "WHO-BP_DIASTOLIC-MIN",
)


def arrive(*, session: Session, donor: Donor, by: User, now: datetime) -> Visit:
    """The donor stands at reception; a place booked for this session is taken up.

    Against whom more stands than a warning, before anything is measured, is deferred at once.
    """
    if session.state != Session.State.OPEN:
        raise Refused(_("This session is not open."))
    with refusing():
        visit = note(session=session, donor=donor, by=by, at=now)
        found = standing(visit=visit, now=now)
        if not found.allowed and not only_warned(found):
            visit.outcome, visit.decided_at, visit.decided_by = Visit.Outcome.DEFERRED, now, by
            visit.save(update_fields=["outcome", "decided_at", "decided_by"])
    return visit


def note(*, session: Session, donor: Donor, by: User, at: datetime) -> Visit:
    """``arrive``, whenever it was: the paper of a session is entered after its end, too."""
    donor = donor.person
    with refusing():
        booked = (
            Appointment.objects.select_for_update(of=("self",))
            .filter(
                donor__in=donor.linked_rows(), state=Appointment.State.BOOKED, slot__session=session
            )
            .first()
        )
        if booked:
            Appointment.objects.filter(pk=booked.pk).update(
                state=Appointment.State.ARRIVED, settled_at=at
            )
        return Visit.objects.create(
            session=session, donor=donor, appointment=booked, arrived_at=at, arrived_by=by
        )


def arrive_by_card(
    *, session: Session, text: str, receives: bool, by: User, now: datetime
) -> Visit | None:
    """The code of a donor's own card receives its holder at once; None for any other text.

    Who does not receive finds the visit of somebody who is here.
    """
    donor = search.by_card(text)
    if donor is None:
        return None
    privacy.log_access(donor=donor, by=by, reason="reception search", now=now)
    known = Visit.objects.filter(session=session, donor=donor).first()
    if known or not receives:
        return known
    return arrive(session=session, donor=donor, by=by, now=now)


def look_up(*, session: Session, text: str, by: User, now: datetime) -> list[Donor]:
    """Who matches what reception typed, those booked for this session first; each look is noted."""
    booked = Appointment.objects.filter(slot__session=session, state=Appointment.State.BOOKED)
    expected = Donor.objects.filter(pk__in=booked.values("donor"))
    given = _giver(text)
    found = given or list(dict.fromkeys([*search.find(text, expected), *search.find(text)]))
    found = found[: search.MATCHES]
    for donor in found:
        privacy.log_access(donor=donor, by=by, reason="reception search", now=now)
    return found


def _giver(text: str) -> list[Donor]:
    """Whoever gave the donation whose number was scanned or typed."""
    try:
        given = Donation.objects.filter(din=donation_numbers.read(text))
    except Refused:
        return []
    return [donation.donor.person for donation in given.select_related("donor__merged_into")]


def register(*, session: Session, by: User, now: datetime, **person: Any) -> Visit:
    """A person who was never here: registered with what the card says, and arrived."""
    with refusing():
        return arrive(session=session, donor=enrol(by=by, now=now, **person), by=by, now=now)


def enrol(*, by: User, now: datetime, another_person: bool = False, **person: Any) -> Donor:
    """A person who was never here, registered with what the card says.

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
    with refusing():
        try:
            donor = identity.register(by=by, now=now, **person)
        except AlreadyRegistered as refused:
            raise AlreadyKnown(str(refused), [refused.donor.person], "document_number") from refused
        for other in alike:
            duplicates.settle_different(one=donor, other=other, by=by, now=now)
        if wants_appeals:
            consent.give(donor=donor, purpose=Purpose.APPEALS, language=person["language"], now=now)
    return donor


def at(*, session: Session, donors: list[Donor]) -> list[tuple[Donor, Visit | None]]:
    """Each donor with their visit to this session, if they came already."""
    visits = {v.donor_id: v for v in Visit.objects.filter(session=session, donor__in=donors)}
    return [(donor, visits.get(donor.pk)) for donor in donors]


def note_opening(*, visit: Visit, by: User, now: datetime) -> None:
    """Somebody opened the visit's page, and with it the donor's record."""
    privacy.log_access(donor=visit.donor, by=by, reason="visit", now=now)


def reasons(now: datetime) -> QuerySet[DeferralReason]:
    """What a doctor may defer for; the interval after a donation begins by itself."""
    in_force = DeferralReason.objects.in_force(local_day(now)).filter(in_use=True)
    named = in_force.exclude(kind=DeferralReason.Kind.NONE).exclude(code=criteria.INTERVAL)
    return named.order_by(DeferralReason.name_field(), "code")


def counted(visit: Visit) -> Measures:
    """The measures that count: as recorded, or as last corrected."""
    found = {name: getattr(visit, name) for name in MEASURES}
    for line in visit.corrections.filter(field__in=MEASURES).order_by("pk"):
        tenths = line.field in ("weight", "temperature")
        found[line.field] = Decimal(line.now) if tenths else int(line.now)
    return Measures(**found)


def held(visit: Visit) -> Visit:
    """The visit as it stands, held in a transaction by whoever decides about it.

    The donor before the visit, as a deferral, a needle and a donation lock them.
    """
    Donor.objects.select_for_update(of=("self",)).values_list("pk").get(pk=visit.donor_id)
    rows = Visit.objects.select_for_update(of=("self",)).select_related("donor", "session")
    return rows.get(pk=visit.pk)


def measured_reasons(visit: Visit) -> list[Reason]:
    """What the measures that count speak against giving, whatever else does."""
    on = local_day(visit.decided_at or visit.arrived_at)
    bounds = criteria.criteria(on=on, sex=visit.donor.sex)
    return criteria.measure_reasons(measures=counted(visit), bounds=bounds, on=on)


def standing(*, visit: Visit, now: datetime) -> Assessment:
    """May this visitor give: as measured when they were, else by what is known of them."""
    measures = counted(visit) if visit.haemoglobin is not None else None
    return criteria.assess(
        donor=visit.donor, on=local_day(visit.decided_at or now), measures=measures
    )


def told(found: Assessment) -> list[Reason]:
    """What people read: a measure that began a deferral of its own lasts as long as that one."""
    shown = list(found.reasons)
    for criterion, code in LASTING.items():
        begun = [reason for reason in shown if reason.code == code]
        measured = [reason for reason in shown if criterion in reason.code]
        if begun and measured:
            rest = [reason for reason in shown if reason not in begun + measured]
            shown = rest + [replace(reason, until=begun[-1].until) for reason in measured]
    return shown


def doubtful(*, visit: Visit, measures: Measures, now: datetime) -> list[Reason]:
    """What these measures alone would defer the donor for, or is rare: worth a second look."""
    on = local_day(now)
    known = {r.code for r in criteria.assess(donor=visit.donor, on=on).reasons}
    measured = criteria.assess(donor=visit.donor, on=on, measures=measures).reasons
    new = [reason for reason in measured if reason.code not in known]
    return new + criteria.rare(measures=measures)


def measure_and_decide(*, visit: Visit, measures: Measures, by: User, now: datetime) -> Assessment:
    """Record the measures and accept or defer; the reasons and the next date come back."""
    with refusing():
        here = held(visit)
        if not questionnaire.of_today(here.donor, now):
            raise Refused(_("The questions of today have not been answered. Ask them first."))
        if here.outcome:
            raise Refused(_("This donor has already been accepted or deferred today."))
        assessment = criteria.assess(donor=here.donor, on=local_day(now), measures=measures)
        Visit.objects.filter(pk=here.pk).update(
            **asdict(measures),
            outcome=Visit.Outcome.ACCEPTED if assessment.allowed else Visit.Outcome.DEFERRED,
            warned=only_warned(assessment),
            decided_at=now,
            decided_by=by,
        )
        defer_lasting(here, assessment.codes, by, now)
    visit.refresh_from_db()
    return assessment


def only_warned(found: Assessment) -> bool:
    """Does nothing but warnings stand against giving?"""
    return not found.allowed and all(reason.code in WARNINGS for reason in found.reasons)


def defer_lasting(
    visit: Visit, codes: Iterable[str], by: User, now: datetime, *, starts_on: date | None = None
) -> None:
    """What a broken bound defers for beyond the day; twice from one day is once."""
    on = starts_on or local_day(now)
    for criterion, reason_code in LASTING.items():
        if not any(criterion in code for code in codes):
            continue
        begun = visit.donor.deferrals.filter(reason__code=reason_code, starts_on=on, ended_at=None)
        if not begun.exists():
            reason = DeferralReason.objects.in_force(local_day(now)).get(code=reason_code)
            deferrals.defer(donor=visit.donor, reason=reason, starts_on=on, by=by, now=now)


def decide_again(*, visit: Visit, by: User, now: datetime) -> None:
    """After a correction of a ``held`` visit: an acceptance that would not have been is taken back,
    before the needle.

    The other way it is a doctor's (``doctor.override``).
    """
    found = standing(visit=visit, now=now)
    if not found.allowed and visit.outcome == Visit.Outcome.ACCEPTED and not visit.was_bled:
        Visit.objects.filter(pk=visit.pk).update(
            outcome=Visit.Outcome.DEFERRED,
            warned=only_warned(found),
            decided_at=now,
            decided_by=by,
        )
        defer_lasting(visit, found.codes, by, now)


@retried_on_conflict
def defer(*, visit: Visit, reason: DeferralReason, by: User, now: datetime) -> None:
    """The doctor's no, with its reason; it takes back an acceptance, or once the needle was in, the bags."""
    with refusing():
        here = held(visit)
        # A signed sheet keeps its figures but for a late paper; the person is deferred all the same.
        kept = here.session.is_signed and not hasattr(here, "paper")
        if not here.was_bled and not kept:
            Visit.objects.filter(pk=here.pk).update(
                outcome=Visit.Outcome.DEFERRED,
                warned=False,
                decided_at=now,
                decided_by=by,
                deferred_for=reason,
            )
        on = local_day(now)
        deferrals.defer(donor=here.donor, reason=reason, starts_on=on, by=by, now=now)


def leave(*, visit: Visit, by: User, now: datetime) -> None:
    """The donor went away before the needle; nobody asks why."""
    with refusing():
        here = held(visit)
        if here.was_bled:
            raise Refused(_("This donor has given already."))
        if here.outcome in (Visit.Outcome.DEFERRED, Visit.Outcome.LEFT):
            raise Refused(_("Somebody else has just decided about this donor."))
        measurer = here.decided_by_id or by.pk  # who may not override, should they come back
        Visit.objects.filter(pk=here.pk).update(
            outcome=Visit.Outcome.LEFT, decided_at=now, decided_by=measurer
        )


def may_return(*, visit: Visit, standing: Assessment) -> bool:
    """Had they gone away, or been turned away at reception for what has ended since?"""
    turned_away = visit.outcome == Visit.Outcome.DEFERRED and visit.haemoglobin is None
    rest = standing.allowed or only_warned(standing)
    ended = turned_away and visit.deferred_for_id is None and rest
    return visit.outcome == Visit.Outcome.LEFT or ended


def come_back(*, visit: Visit, now: datetime) -> None:
    """Who ``may_return`` stands here again; measures taken before count, with a doctor's yes to them."""
    with refusing():
        here = held(visit)
        if here.session.state != Session.State.OPEN:
            raise Refused(_("This session is not open."))
        found = standing(visit=here, now=now)
        if not may_return(visit=here, standing=found):
            raise Refused(_("Somebody else has just decided about this donor."))
        said: dict[str, object] = {"outcome": "", "decided_at": None, "decided_by": None}
        if here.haemoglobin is not None:
            overridden = here.override.criteria.split() if hasattr(here, "override") else []
            yes = all(reason.code in overridden for reason in found.reasons)
            outcome = Visit.Outcome.ACCEPTED if yes else Visit.Outcome.DEFERRED
            said = {"outcome": outcome, "warned": not yes and only_warned(found), "decided_at": now}
        Visit.objects.filter(pk=here.pk).update(**said)
        if said["outcome"] == Visit.Outcome.DEFERRED:
            assert here.decided_by  # a constraint: of every outcome, here of having left
            defer_lasting(here, found.codes, here.decided_by, now)
