"""A person's whole record as staff read it, with a reason: what was given, said, sent and corrected."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Max, QuerySet
from django.utils.functional import Promise

from campaigns.messaging import own_list
from campaigns.messaging.own_list import Line
from campaigns.models import Call, Notification, Pledge, Wish
from centers.collection import record_corrections
from centers.inventory import held_bags
from centers.models import Appointment, Donation, Reaction, Visit, Waiting
from donors.clock.calendar import local_day
from donors.contact import addresses
from donors.eligibility import criteria
from donors.models import Consent, Contact, Deferral, Donor, Membership, Merge
from donors.people import corrections, identity, record_values

from . import looks
from .looks import Look

SHOWN = 50  # of each list, latest first


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
        looks=looks.of(donor, SHOWN),
        fields=[
            (kind, kind.label, record_values.shown(kind, record_values.present(donor, kind)))
            for kind in record_values.Field
        ],
    )
