"""Arrivals at a session, and whether they may give today."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from centers import access
from centers.errors import AlreadyKnown
from centers.inventory import held_bags
from centers.models import Acceptance, Appointment, Session, Visit
from donors.clock.calendar import local_day
from donors.clock.partial_dates import DAY, PartialDate
from donors.contact import consent
from donors.eligibility import criteria, deferrals, questionnaire
from donors.eligibility.criteria import Assessment, Measures, Reason
from donors.errors import AlreadyRegistered, Refused, refusing, retried_on_conflict
from donors.models import DeferralReason, Donor, Purpose, User
from donors.people import corrections, duplicates, identity, privacy, search

NAMES = ("given_name", "family_name", "given_name_ar", "family_name_ar")
MEASURES = [measure.name for measure in fields(Measures)]
# Criteria with a deferral of their own when out of bounds; the others defer for the day.
LASTING = {"HAEMOGLOBIN": "WHO-LOW_HB"}
# Criteria that a doctor may override; the database enforces all others.
WARNINGS = (
    "MA-AGE-MAX",
    "WHO-PULSE-MIN",
    "WHO-PULSE-MAX",
    "WHO-BP_SYSTOLIC-MIN",
    "WHO-BP_DIASTOLIC-MIN",
)


def arrive(
    *,
    session: Session,
    donor: Donor,
    by: User,
    now: datetime,
    document: tuple[str, str] | None = None,
) -> Visit:
    """Record an arrival at reception; an appointment for this session is used.

    A donor with a reason stronger than a warning is deferred at once, before any measuring.
    ``document``: kind and number of the one shown by somebody who may have none on record; who has arrived
    already only has it kept.
    """
    if session.state != Session.State.OPEN:
        raise Refused(_("This session is not open."))
    with refusing():
        if document:
            kind, number = document
            corrections.keep_document(donor=donor, kind=kind, number=number, by=by, now=now)
            if here := session.visits.filter(donor__in=donor.linked_rows()).first():
                return here
        visit = note(session=session, donor=donor, by=by, at=now)
        found = standing(visit=visit, now=now)
        if not found.allowed and not only_warned(found):
            visit.outcome, visit.decided_at, visit.decided_by = Visit.Outcome.DEFERRED, now, by
            visit.save(update_fields=["outcome", "decided_at", "decided_by"])
    return visit


def note(*, session: Session, donor: Donor, by: User, at: datetime) -> Visit:
    """``arrive`` at any time: papers of a session are entered after its end, too."""
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
    """The code of a donor's own card records the arrival of its holder; None for any other text.

    A user who may not receive only finds the visit of somebody who has arrived.
    """
    donor = search.by_card(text)
    if donor is None:
        return None
    privacy.log_access(donor=donor, by=by, reason="reception search")
    known = Visit.objects.filter(session=session, donor=donor).first()
    if known or not receives:
        return known
    return arrive(session=session, donor=donor, by=by, now=now)


def register(*, session: Session, by: User, now: datetime, **person: Any) -> Visit:
    """Register a new person from their card and record their arrival."""
    with refusing():
        return arrive(session=session, donor=enrol(by=by, now=now, **person), by=by, now=now)


@transaction.atomic
def enrol(*, by: User, now: datetime, another_person: bool = False, **person: Any) -> Donor:
    """Register a new person from their card.

    Raises ``AlreadyKnown`` for a document that belongs to a donor, and for the same name and date
    of birth unless ``another_person`` is confirmed.
    """
    wants_appeals = person.pop("wants_appeals", False)
    duplicates.one_at_a_time(sex=person["sex"], year=person["birth_date"].year)
    born = PartialDate(person["birth_date"], person.get("birth_precision", DAY))
    written = [person[name] for name in NAMES]
    alike = duplicates.namesakes(written=written, born=born, sex=person["sex"])
    if alike and not another_person:
        exactly = any(donor.born.may_be(born) for donor in alike)
        sentence = (
            _("Somebody of this name and date of birth is registered.")
            if exactly
            else _("Somebody of this name is registered with day and month the other way round.")
        )
        raise AlreadyKnown(sentence, alike)
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


@dataclass(frozen=True)
class Match:
    """A donor who was found: ``visit`` is their visit to the session, if they have arrived."""

    donor: Donor
    visit: Visit | None
    in_doubt: bool


def at(*, session: Session, donors: list[Donor]) -> list[Match]:
    """Each donor with their visit to this session, and whether their group is in doubt."""
    visits = {v.donor_id: v for v in Visit.objects.filter(session=session, donor__in=donors)}
    return matches(donors, visits)


def matches(donors: list[Donor], visits: Mapping[int, Visit]) -> list[Match]:
    in_doubt = held_bags.in_doubt(donors)
    return [Match(donor, visits.get(donor.pk), donor.pk in in_doubt) for donor in donors]


def note_opening(*, visit: Visit, by: User, now: datetime) -> None:
    """Log the access when a visit's page, and with it the donor's record, is opened."""
    privacy.log_access(donor=visit.donor, by=by, reason="visit")


def reasons(now: datetime) -> QuerySet[DeferralReason]:
    """Reasons for which a doctor may defer; the interval after a donation starts by itself."""
    in_force = DeferralReason.objects.in_force(local_day(now)).filter(in_use=True)
    named = in_force.exclude(kind=DeferralReason.Kind.NONE).exclude(code=criteria.INTERVAL)
    return named.order_by("code")


def counted(visit: Visit) -> Measures:
    """The valid measures: as recorded, or as last corrected."""
    found = {name: getattr(visit, name) for name in MEASURES}
    lines = [line for line in visit.corrections.all() if line.field in MEASURES]
    for line in sorted(lines, key=lambda line: line.pk):
        tenths = line.field in ("weight", "temperature")
        found[line.field] = Decimal(line.now) if tenths else int(line.now)
    return Measures(**found)


def held(visit: Visit) -> Visit:
    """The visit, locked and reloaded for a decision, within a transaction.

    Locks the donor before the visit: deferral, bleeding and donation use the same order, and the
    other order could deadlock.
    """
    Donor.objects.select_for_update(of=("self",)).values_list("pk").get(pk=visit.donor_id)
    rows = Visit.objects.select_for_update(of=("self",))
    rows = rows.select_related("donor", "session__center")
    return rows.get(pk=visit.pk)


def measured_reasons(visit: Visit) -> list[Reason]:
    """The reasons that the valid measures alone give against donating."""
    on = local_day(visit.decided_at or visit.arrived_at)
    bounds = criteria.criteria(on=on, sex=visit.donor.sex)
    return criteria.measure_reasons(measures=counted(visit), bounds=bounds, on=on)


def standing(*, visit: Visit, now: datetime) -> Assessment:
    """Whether this visitor may give: by the measures once taken, else by what is known of them."""
    measures = counted(visit) if visit.haemoglobin is not None else None
    return criteria.assess(
        donor=visit.donor, on=local_day(visit.decided_at or now), measures=measures
    )


def reasons_shown(found: Assessment) -> list[Reason]:
    """The reasons as shown: one that began a deferral of its own ends with that deferral."""
    shown = list(found.reasons)
    for criterion, code in LASTING.items():
        begun = [reason for reason in shown if reason.code == code]
        measured = [reason for reason in shown if criterion in reason.code]
        if begun and measured:
            rest = [reason for reason in shown if reason not in begun + measured]
            shown = rest + [replace(reason, until=begun[-1].until) for reason in measured]
    return shown


def doubtful(*, visit: Visit, measures: Measures, now: datetime) -> list[Reason]:
    """Measures that would defer the donor or are rarely true: the form asks to confirm them."""
    on = local_day(now)
    known = {r.code for r in criteria.assess(donor=visit.donor, on=on).reasons}
    measured = criteria.assess(donor=visit.donor, on=on, measures=measures).reasons
    new = [reason for reason in measured if reason.code not in known]
    return new + criteria.rare(measures=measures)


def measure_and_decide(
    *, visit: Visit, measures: Measures, by: User, now: datetime, on_paper: bool = False
) -> Assessment:
    """Record the measures and accept or defer; returns the reasons and the next possible date.

    Where the centre's rule names a doctor, only a doctor's measures accept at once; others wait for
    ``doctor.accept``. ``on_paper``: the paper says that the donor was accepted.
    """
    with refusing():
        here = held(visit)
        if not questionnaire.of_today(here.donor, now):
            raise Refused(_("The questions of today have not been answered. Ask them first."))
        if corrections.waiting(here.donor).exists():
            raise Refused(
                _(
                    "A correction of the sex or the birth date waits for a second person. Settle it"
                    " first: the bounds may be others."
                )
            )
        if here.outcome:
            raise Refused(_("This donor has already been accepted or deferred today."))
        if here.haemoglobin is not None:
            raise Refused(_("This donor has been measured already."))
        assessment = criteria.assess(donor=here.donor, on=local_day(now), measures=measures)
        Visit.objects.filter(pk=here.pk).update(**asdict(measures), measured_at=now, measured_by=by)
        accepts = on_paper or access.may_accept(by, here.session.center)
        if accepts or not assessment.allowed:
            decide(visit=here, found=assessment, by=by, now=now)
    visit.refresh_from_db()
    return assessment


def decide(*, visit: Visit, found: Assessment, by: User, now: datetime) -> None:
    """Accept a ``held`` visit if nothing speaks against giving, else defer."""
    Visit.objects.filter(pk=visit.pk).update(
        outcome=Visit.Outcome.ACCEPTED if found.allowed else Visit.Outcome.DEFERRED,
        warned=only_warned(found),
        decided_at=now,
        decided_by=by,
    )
    defer_lasting(visit, found.codes, by, now)


def only_warned(found: Assessment) -> bool:
    """Whether all reasons are warnings."""
    return not found.allowed and all(reason.code in WARNINGS for reason in found.reasons)


def defer_lasting(
    visit: Visit, codes: Iterable[str], by: User, now: datetime, *, starts_on: date | None = None
) -> None:
    """Create deferrals that last beyond today; a second one from the same day is not created."""
    on = starts_on or local_day(now)
    for criterion, reason_code in LASTING.items():
        if not any(criterion in code for code in codes):
            continue
        begun = visit.donor.deferrals.filter(reason__code=reason_code, starts_on=on, ended_at=None)
        if not begun.exists():
            reason = DeferralReason.objects.in_force(local_day(now)).get(code=reason_code)
            deferrals.defer(donor=visit.donor, reason=reason, starts_on=on, by=by, now=now)


def decide_again(*, visit: Visit, by: User, now: datetime) -> None:
    """After a correction of a ``held`` visit, before the needle: take an acceptance back if the
    corrected measures no longer allow it, or until the questions for another sex are answered.

    The other way, from deferred to accepted, is a doctor's decision (``doctor.override``).
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
    elif visit.outcome == Visit.Outcome.ACCEPTED and not visit.was_bled:
        sheets = questionnaire.all_of_today(visit.donor, visit.decided_at or now)
        if not questionnaire.complete(sheets, visit.donor):
            Visit.objects.filter(pk=visit.pk).update(outcome="", decided_at=None, decided_by=None)


@retried_on_conflict
def defer(*, visit: Visit, reason: DeferralReason, by: User, now: datetime) -> None:
    """The doctor defers, with a reason. Before the needle this takes an acceptance back; afterwards
    it blocks the bags."""
    with refusing():
        here = held(visit)
        # A signed sheet keeps its figures except for late papers; the person is deferred all the
        # same.
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
    """The donor left before the needle; no reason is recorded."""
    with refusing():
        here = held(visit)
        if here.was_bled:
            raise Refused(_("This donor has given already."))
        if here.outcome in (Visit.Outcome.DEFERRED, Visit.Outcome.LEFT):
            raise Refused(_("Somebody else has just decided about this donor."))
        decider = here.decided_by_id or by.pk  # the decision counts again if the donor returns
        Visit.objects.filter(pk=here.pk).update(
            outcome=Visit.Outcome.LEFT, decided_at=now, decided_by=decider
        )


def may_return(*, visit: Visit, standing: Assessment) -> bool:
    """Whether the donor left, or was deferred at reception for a reason that has ended since."""
    turned_away = visit.outcome == Visit.Outcome.DEFERRED and visit.haemoglobin is None
    rest = standing.allowed or only_warned(standing)
    ended = turned_away and visit.deferred_for_id is None and rest
    return visit.outcome == Visit.Outcome.LEFT or ended


def come_back(*, visit: Visit, now: datetime) -> None:
    """Reopen the visit of a donor who ``may_return``; measures taken before still count, and
    so does a doctor's override of them."""
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
            # The doctor looks again at somebody who went away and came back.
            looks_again = here.session.center.acceptance == Acceptance.DOCTOR and not overridden
            if not yes or not looks_again:
                warned = not yes and only_warned(found)
                said = {"outcome": outcome, "warned": warned, "decided_at": now}
        Visit.objects.filter(pk=here.pk).update(**said)
        if said["outcome"] == Visit.Outcome.DEFERRED:
            assert here.decided_by  # a constraint on every outcome, including having left
            defer_lasting(here, found.codes, here.decided_by, now)
