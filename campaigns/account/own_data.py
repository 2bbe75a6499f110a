"""All data about a person as plain data, to take along (law 09-08)."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime

from campaigns.account import looks, own_record
from campaigns.models import Call, Notification, Pledge, Reply, Wish
from centers.collection import arrivals, record_corrections
from centers.inventory import held_bags
from centers.models import Appointment, Reaction, Visit, Waiting
from donors.eligibility import questionnaire
from donors.models import (
    Consent,
    Contact,
    Deferral,
    Donor,
    Membership,
    Merge,
    PushSubscription,
    RosterRow,
    Sheet,
)
from donors.people import corrections


def _said(sheet: Sheet) -> dict[str, str]:
    return {
        code: (f"yes, {answer.on}" if answer.on else "yes") if answer.yes else "no"
        for code, answer in questionnaire.answers(sheet).items()
    }


def everything(donor: Donor, now: datetime) -> dict[str, object]:
    """All data about a person as plain data, except laboratory results and a group in doubt, which the
    centre's doctor explains."""
    in_doubt = held_bags.is_in_doubt(donor)
    rows = donor.linked_rows()
    visits = Visit.objects.filter(donor__in=rows)
    return {
        "made_at": now.isoformat(timespec="seconds"),
        "person": {
            "names": {
                "latin": f"{donor.given_name} {donor.family_name}".strip(),
                "arabic": f"{donor.given_name_ar} {donor.family_name_ar}".strip(),
            },
            "sex": donor.sex,
            "birth_date": donor.born.isoformat(),
            "document_kept": bool(donor.document_sealed),
            "blood_group": "" if in_doubt else donor.blood_group,
            "blood_group_is_checked_again": in_doubt,
            "province": donor.province_id or "",
            "language": donor.language,
            "registered_at": donor.registered_at.isoformat(timespec="seconds"),
        },
        "addresses": list(
            Contact.objects.filter(donor__in=rows, removed_at=None).values(
                "channel", "address", "verified_at", "failed_at", "failed_reason"
            )
        ),
        "consents": list(
            Consent.objects.filter(donor__in=rows).values(
                "purpose", "text_version", "given_at", "withdrawn_at"
            )
        ),
        "units": list(
            Membership.objects.filter(donor__in=rows).values("unit__name_fr", "since", "until")
        ),
        "appointments": list(
            Appointment.objects.filter(donor__in=rows).values("slot__starts_at", "state", "made_at")
        ),
        "kept_for_later": list(
            Wish.objects.filter(donor__in=rows)
            .order_by("made_at")
            .values("from_on", "made_at", "ended_at")
        ),
        "donations": [
            {
                "collected_on": gift.donation.collected_on,
                "centre": gift.donation.center.name,
                "number": gift.donation.din,
                "volume_ml": gift.donation.volume,
            }
            for gift in own_record.gifts(donor)
        ],
        "answers_before_giving": [
            {"day": sheet.day, "version": sheet.version, "answers": _said(sheet)}
            for sheet in Sheet.objects.filter(donor__in=rows).order_by("day", "pk")
        ],
        "times_not_to_give": list(
            Deferral.objects.filter(donor__in=rows, copy_of=None).values("starts_on", "ends_on")
        ),
        "messages": list(
            Notification.objects.filter(donor__in=rows)
            .order_by("made_at")
            .values("kind", "channel", "state", "made_at")
        ),
        "visits": [
            {
                "arrived_at": visit.arrived_at,
                "place": visit.session.name,
                "outcome": visit.outcome,
                "measures": {k: v for k, v in asdict(arrivals.counted(visit)).items() if v},
            }
            for visit in visits.select_related("session").order_by("arrived_at")
        ],
        "reactions": list(
            Reaction.objects.filter(visit__in=visits)
            .order_by("at")
            .values("at", "kind", "grade", "imputability", "after_leaving", "injured")
        ),
        "waiting_lists": list(
            Waiting.objects.filter(donor__in=rows).values("since", "session__starts_at")
        ),
        "answers_to_appeals": list(
            Pledge.objects.filter(donor__in=rows)
            .order_by("answered_at")
            .values("appeal__code", "state", "answered_at")
        ),
        "calls": list(
            Call.objects.filter(donor__in=rows)
            .order_by("begun_at")
            .values("appeal__code", "begun_at", "outcome", "said_at")
        ),
        "replies": list(
            Reply.objects.filter(notification__donor__in=rows)
            .order_by("received_at")
            .values("text", "meaning", "received_at")
        ),
        "browsers": list(
            PushSubscription.objects.filter(contact__donor__in=rows).values("made_for", "made_at")
        ),
        "lists_of_people": list(
            RosterRow.objects.filter(made__in=rows).values(
                "roster__unit__name_fr", "roster__file_name", "roster__uploaded_at"
            )
        ),
        "corrections": [
            {
                "field": line.row.field,
                "was": line.was,
                "now": line.now,
                "reason": line.row.reason,
                "asked_at": line.row.asked_at,
                "agreed": line.row.agreed,
            }
            for line in record_corrections.lines(corrections.of(donor))
        ],
        "joined": list(
            Merge.objects.filter(kept__in=rows).order_by("at").values("at", "undone_at")
        ),
        "looked_at": [{"at": look.at, "where": look.where} for look in looks.of(donor)],
    }
