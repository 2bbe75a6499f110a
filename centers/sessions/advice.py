"""From which day somebody may come, by their record and their own answers.

No reason is given: pages and messages may be read by another person on the same telephone.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q

from centers.models import Appointment, Visit
from donors.clock.calendar import local_day
from donors.eligibility import criteria, questionnaire
from donors.models import Donor, Sheet


@dataclass(frozen=True)
class Advice:
    """``first`` is the first free day from ``day`` on, None where a doctor has to decide."""

    day: date
    first: date | None

    @property
    def against(self) -> bool:
        """Whether something known speaks against coming on ``day``."""
        return self.first != self.day


def on(*, donor: Donor, day: date, now: datetime) -> Advice:
    """What is known until ``now`` about giving on ``day``."""
    donor = donor.person
    free = _left_free(donor, day, now)
    if free is None:
        return Advice(day, None)
    assessment = criteria.assess(donor=donor, on=free)
    return Advice(day, free if assessment.allowed else assessment.next_on)


def of(appointment: Appointment, now: datetime) -> Advice:
    day = local_day(appointment.slot.starts_at)
    return on(donor=appointment.donor, day=day, now=now)


def _left_free(donor: Donor, day: date, now: datetime) -> date | None:
    """The first day that the last answers leave free; a later no does not cancel a yes of the same
    day.

    Answers count until the centre accepted the person after them, or new ones are given on another
    day.
    """
    sheets = questionnaire.last(donor, now)
    if not any(sheet.raised_count for sheet in sheets) or _accepted_since(donor, sheets[0]):
        return day
    ends = [questionnaire.free_on(sheet) for sheet in sheets]
    known = [end for end in ends if end]
    return max(day, *known) if len(known) == len(ends) else None


def _accepted_since(donor: Donor, sheet: Sheet) -> bool:
    """A doctor cleared the answers, or the person was measured and accepted."""
    accepted = Q(outcome=Visit.Outcome.ACCEPTED, decided_at__gte=sheet.filled_at)
    accepted |= Q(cleared_at__gte=sheet.filled_at)
    return Visit.objects.filter(accepted, donor__in=donor.linked_rows()).exists()


def answered_against(donors: Iterable[Donor], now: datetime) -> set[int]:
    """Those whose own answers speak against giving today; evaluated only for donors who have such
    answers."""
    people = {donor.pk: donor for donor in donors}
    linked = Donor.objects.filter(Q(pk__in=people) | Q(merged_into__in=people))
    person = {pk: into or pk for pk, into in linked.values_list("pk", "merged_into")}
    sheets = Sheet.objects.filter(donor__in=person, raised_count__gt=0)
    known = {person[pk] for pk in sheets.values_list("donor", flat=True)} & people.keys()
    day = local_day(now)
    return {pk for pk in known if _left_free(people[pk], day, now) != day}
