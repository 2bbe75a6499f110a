"""Who came to a session, and whether they may give today."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime

from django.utils.translation import gettext as _

from donors import deferrals, eligibility
from donors.calendar import local_day
from donors.eligibility import Assessment, Measures
from donors.models import DeferralReason, Donor, User

from .errors import Refused, in_one_piece
from .models import Appointment, Session, Visit

# A measure out of bounds that has a deferral of its own; the others end with the day.
LASTING = {"HAEMOGLOBIN": "WHO-LOW_HB"}


def arrive(*, session: Session, donor: Donor, by: User, now: datetime) -> Visit:
    """The donor stands at reception; a place booked for this session is taken up."""
    if session.state != Session.State.OPEN:
        raise Refused(_("This session is not open."))
    with in_one_piece():
        booked = (
            Appointment.objects.select_for_update(of=("self",))
            .filter(donor=donor, state=Appointment.State.BOOKED, slot__session=session)
            .first()
        )
        if booked:
            Appointment.objects.filter(pk=booked.pk).update(
                state=Appointment.State.ARRIVED, settled_at=now
            )
        return Visit.objects.create(
            session=session, donor=donor, appointment=booked, arrived_at=now, arrived_by=by
        )


def measure_and_decide(*, visit: Visit, measures: Measures, by: User, now: datetime) -> Assessment:
    """Record the measures and accept or defer; the reasons and the next date come back."""
    on = local_day(now)
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
        if hasattr(visit, "donation"):
            raise Refused(_("This donor has given already."))
        on = local_day(now)
        Visit.objects.filter(pk=visit.pk).update(
            outcome=Visit.Outcome.DEFERRED, decided_at=now, decided_by=by, deferred_for=reason
        )
        deferrals.defer(donor=visit.donor, reason=reason, starts_on=on, by=by, now=now)


def leave(*, visit: Visit, by: User, now: datetime) -> None:
    """The donor went away without giving; nobody asks why."""
    if not Visit.objects.filter(pk=visit.pk, donation=None).update(
        outcome=Visit.Outcome.LEFT, decided_at=now, decided_by=by
    ):
        raise Refused(_("This donor has given already."))
