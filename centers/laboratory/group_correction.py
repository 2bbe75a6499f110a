"""Correction of a donor's group after a new sample contradicted it: a doctor's act."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from centers.models import Bag, Donation, GroupCorrection, Marker, Repeat
from donors.errors import Refused, refusing, retried_on_conflict
from donors.models import User
from donors.people import privacy

from . import screening


@dataclass(frozen=True)
class Question:
    """A donation whose group differs from the donor's; ``earlier`` bags are labelled differently
    from it."""

    known: str
    found: str
    confirmed: bool
    earlier: list[Bag]


def question(donation: Donation) -> Question | None:
    """None if the groups agree, or the donation's is not determined."""
    known = screening.on_record(donation)
    progress = screening.progress(donation)
    found = progress.group
    if not known or not found or known == found:
        return None
    old = _of_the_old_sample(donation, progress)
    confirmed = not any(marker.kind == Marker.Kind.GROUP for marker in old)
    given = Bag.objects.filter(donation__donor__in=donation.donor.person.linked_rows())
    bags = given.exclude(donation=donation).exclude(blood_group__in=["", found])
    rows = bags.select_related("donation", "component").order_by("-collected_on", "pk")
    return Question(known, found, confirmed, list(rows))


def _of_the_old_sample(donation: Donation, progress: screening.Progress) -> list[Marker]:
    """Markers read twice, but not from a new sample."""
    anew = donation.repeats.filter(because=Repeat.Because.NEW_SAMPLE)
    versions = set(anew.values_list("marker", "version"))
    return [
        row.marker
        for row in progress.rows
        if row.complete and (row.marker.pk, row.version) not in versions
    ]


def look(*, donation: Donation, by: User, now: datetime) -> Question | None:
    """``question``, logged as an access to the donor's record."""
    privacy.log_access(donor=donation.donor, by=by, reason="group in question")
    return question(donation)


@retried_on_conflict
def read_anew(*, donation: Donation, by: User, now: datetime) -> None:
    """After a new sample: every marker is read twice again from it, except final ones.

    If two tubes were swapped, the first one's infection results were another person's too.
    """
    with refusing():
        progress = screening.progress(donation)
        final = {row.marker.pk for row in progress.rows if not row.may_be_repeated}
        for marker in _of_the_old_sample(donation, progress):
            if marker.pk in final:
                continue
            screening.repeat(
                donation=donation, marker=marker, because=Repeat.Because.NEW_SAMPLE, by=by, now=now
            )


@retried_on_conflict
def correct(*, donation: Donation, because: str, by: User, now: datetime) -> GroupCorrection:
    """Set the donor's group to that of this donation, and label its bags.

    The database refuses unless the whole group was read twice from a new sample, and refuses its
    readers.
    """
    if not because.strip():
        raise Refused(_("Say what shows that the group on record is wrong."), "because")
    with refusing():
        rows = Donation.objects.select_related("donor__merged_into")
        donation = rows.select_for_update(of=("self",)).get(pk=donation.pk)
        asked = question(donation)
        if asked is None:
            raise Refused(
                _("The group of this donation does not differ from the donor's any more.")
            )
        made = GroupCorrection.objects.create(
            donation=donation,
            before=asked.known,
            after=asked.found,
            because=because.strip(),
            by=by,
            at=now,
        )
        Bag.objects.filter(donation=donation, blood_group="").update(blood_group=asked.found)
    return made
