"""A person's whole record as staff read it, with a reason: what was given, said, sent and corrected."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Max, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from campaigns.messaging import own_list
from campaigns.messaging.own_list import Line
from campaigns.models import Call, Notification, Pledge, Wish
from centers.collection import record_corrections
from centers.collection.forms.records import WHY
from centers.inventory import held_bags
from centers.models import Appointment, Donation, Reaction, Staff, Visit, Waiting
from donors.clock.calendar import local_day
from donors.contact import addresses
from donors.eligibility import criteria
from donors.models import AccessLog, Consent, Contact, Deferral, Donor, Membership, Merge, User
from donors.people import corrections, identity, record_values

SHOWN = 50  # of each list, latest first
# The pages that log their readers, in words.
PAGES: Mapping[str, Promise] = WHY | {
    "at the session": _("At a session"),
    "visit": _("Page of a visit"),
    "reception search": _("Search at reception"),
    "record search": _("Search for a record"),
    "sheet of the day": _("Sheet of the day"),
    "paper record": _("Typing of a paper"),
    "answers before giving": _("Answers before giving"),
    "compared two records": _("Comparison of two records"),
    "trace": _("Way of the blood"),
    "look-back": _("Look-back"),
    "way of a bag": _("Way of a bag"),
    "file of an analyser": _("File of an analyser"),
    "group in question": _("Group in question"),
    "group in doubt": _("Group in doubt"),
    "results of a donation": _("Results of a donation"),
    "certificate": _("Certificate of donation"),
    "export": _("Copy of the data for the person"),
}  # fmt: skip


@dataclass(frozen=True)
class Look:
    at: datetime
    by: User
    where: str
    why: str | Promise
    because: str


@dataclass(frozen=True)
class Record:
    """``deferrals`` tell their reason to a doctor only; ``fallen`` are places ahead against which
    something speaks."""

    donor: Donor
    document: str
    in_doubt: bool
    assessment: criteria.Assessment
    contacts: QuerySet[Contact]
    consents: QuerySet[Consent]
    units: QuerySet[Membership]
    donations: QuerySet[Donation]
    visits: QuerySet[Visit]
    reactions: QuerySet[Reaction]
    deferrals: QuerySet[Deferral]
    places: list[tuple[Appointment, bool]]
    waiting: QuerySet[Waiting]
    pledges: QuerySet[Pledge]
    wishes: QuerySet[Wish]
    calls: QuerySet[Call]
    messages: list[Line]
    corrections: list[record_corrections.Line]
    merges: QuerySet[Merge]
    looks: list[Look]
    fields: list[tuple[str, str | Promise, str]]


def read(donor: Donor, language: str, now: datetime) -> Record:
    """Everything under all rows of the person; the caller has logged the look."""
    rows = donor.linked_rows()
    places = Appointment.objects.filter(donor__in=rows).select_related("slot__session")
    fallen = {place.pk for place in record_corrections.fallen_away(donor, now)}
    sent = own_list.with_reports(Notification.objects.filter(donor__in=rows))[:SHOWN]
    noted = record_corrections.lines(corrections.of(donor)[:SHOWN])
    given = Donation.objects.filter(donor__in=rows).select_related("center", "session")
    seen = Visit.objects.filter(donor__in=rows).select_related("session__center", "deferred_for")
    return Record(
        donor=donor,
        document=identity.open_document(donor),
        in_doubt=held_bags.is_in_doubt(donor),
        assessment=criteria.assess(donor=donor, on=local_day(now)),
        contacts=addresses.of(donor),
        consents=Consent.objects.filter(donor__in=rows).order_by("-given_at"),
        units=Membership.objects.filter(donor__in=rows).select_related("unit").order_by("-since"),
        donations=given.annotate(issued_at=Max("bags__issues__issued_at")).order_by(
            "-collected_on", "-pk"
        ),
        visits=seen.order_by("-arrived_at")[:SHOWN],
        reactions=Reaction.objects.filter(visit__donor__in=rows)
        .select_related("visit__session")
        .order_by("-at"),
        deferrals=Deferral.objects.filter(donor=donor)
        .select_related("reason", "recorded_by", "ended_by")
        .order_by("-starts_on", "-pk"),
        places=[(p, p.pk in fallen) for p in places.order_by("-slot__starts_at")[:SHOWN]],
        waiting=Waiting.objects.filter(donor__in=rows).select_related("session").order_by("-since"),
        pledges=Pledge.objects.filter(donor__in=rows)
        .select_related("appeal")
        .order_by("-answered_at")[:SHOWN],
        wishes=Wish.objects.filter(donor__in=rows).order_by("-made_at")[:SHOWN],
        calls=Call.objects.filter(donor__in=rows).select_related("by", "appeal")[:SHOWN],
        messages=own_list.lines(list(sent), language, now),
        corrections=[line for line in noted if line.row.decided_at],
        merges=Merge.objects.filter(kept__in=rows)
        .select_related("by", "undone_by")
        .order_by("-at"),
        looks=looks(donor),
        fields=[
            (kind, kind.label, record_values.shown(kind, record_values.present(donor, kind)))
            for kind in record_values.Field
        ],
    )


def looks(donor: Donor) -> list[Look]:
    """Who opened the record, where they worked then, and why; latest first."""
    rows = AccessLog.objects.filter(donor__in=donor.linked_rows()).select_related("by")
    found = list(rows.order_by("-at", "-pk")[:SHOWN])
    staff = Staff.objects.filter(user__in={row.by_id for row in found}).select_related("center")
    posts: dict[int, list[Staff]] = {}
    for post in staff:
        posts.setdefault(post.user_id, []).append(post)
    return [
        Look(
            row.at,
            row.by,
            _where(posts.get(row.by_id, []), row.at),
            PAGES.get(row.reason, row.reason),
            row.because,
        )
        for row in found
    ]


def _where(posts: list[Staff], at: datetime) -> str:
    day = local_day(at)
    then = [s for s in posts if s.since <= day and (s.until is None or s.until > day)]
    return then[0].center.name if then else ""
