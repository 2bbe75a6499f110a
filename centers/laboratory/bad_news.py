"""A first reactive reading: told at once to its reader and to the doctor, and to nobody else before
the second reader has read."""

from __future__ import annotations

from collections.abc import Mapping

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from centers.inventory import unconfirmed
from centers.models import Donation, GroupDoubt, Marker, Outcome, Result
from donors import punctuation
from donors.models import Donor, User

from . import screening


def to_the_reader(*, donation: Donation, outcomes: Mapping[str, str]) -> list[str]:
    """What a reader who has just recorded these outcomes is told."""
    names = {marker.code: marker.name for marker in screening.panel(donation)}
    found = [names[code] for code, said in outcomes.items() if said == Outcome.REACTIVE]
    if not found:
        return []
    sentence = _("Reactive: %(tests)s. The bags of %(number)s are blocked, and the doctor is told.")
    return [sentence % {"tests": punctuation.listed(found), "number": donation.din}]


def read_by(donations: QuerySet[Donation], *, by: User) -> QuerySet[Result]:
    """This reader's own reactive readings that wait for the second one."""
    return _of(donations).filter(entered_by=by)


def for_doctor(donations: QuerySet[Donation], *, by: User, told: bool) -> QuerySet[Result]:
    """Reactive readings that wait for the second one: all where ``told`` (``access.is_told_first``),
    else this reader's own."""
    return _of(donations) if told else read_by(donations, by=by)


def doubt_is_told(*, donor: Donor, by: User, reads: bool) -> bool:
    """Whether to say that the group is in doubt. Not to who may still make the second reading of the one that
    raised the doubt (``reads``: works in the laboratory): it would tell what the first one was."""
    doubts = GroupDoubt.objects.open_for(donor).select_related("donation")
    return any(not (reads and _may_read_second(doubt.donation, by)) for doubt in doubts)


def _may_read_second(donation: Donation | None, by: User) -> bool:
    rows = screening.progress(donation).rows if donation else []
    return any(row.entry_for(by) == 2 for row in rows if row.marker.kind == Marker.Kind.GROUP)


def _of(donations: QuerySet[Donation]) -> QuerySet[Result]:
    of_these = donations.filter(pk=OuterRef("donation"))
    rows = unconfirmed.reactive_once().filter(Exists(of_these))
    return rows.select_related("donation", "marker", "entered_by").order_by("entered_at", "pk")
