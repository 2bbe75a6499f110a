"""Steps of the way of blood, taken through the product's own rules."""

from __future__ import annotations

import uuid

from django.utils import timezone

from centers import donations, release, screening
from centers.models import Bag, Donation, Visit
from donors.models import User
from tests import factories

GROUP_O_POSITIVE = {"ABO": "O", "D": "positive"}
INFECTIONS = ("HIV", "HBSAG", "HCV", "SYPHILIS", "ALT")
ALL_NEGATIVE = GROUP_O_POSITIVE | dict.fromkeys(INFECTIONS, "negative")
SHEETS = (("tube", "lot-1"), ("gel", "lot-2"))


def accepted_visit(center=None, donor=None) -> Visit:
    at = center or factories.center()
    by = factories.staff(at, "collection")
    return factories.visit(factories.session(at), donor or factories.donor(), by)


def give(visit: Visit | None = None, **fields) -> Donation:
    visit = visit or accepted_visit()
    number, check = factories.din()
    now = timezone.now()
    values = {
        "number": number + check,
        "volume": 450,
        "submission_id": uuid.uuid4(),
        "captured_at": now,
        "by": visit.decided_by,
        "now": now,
    }
    return donations.record(visit=visit, **values | fields)


def enter(donation: Donation, by: User, sheet: int = 0, **changed) -> screening.Progress:
    technique, lot = SHEETS[sheet]
    return screening.enter(
        donation=donation,
        outcomes=ALL_NEGATIVE | changed,
        technique=technique,
        lot=lot,
        by=by,
        now=timezone.now(),
    )


def tested(donation: Donation | None = None, **changed) -> Donation:
    donation = donation or give()
    for sheet in (0, 1):
        enter(donation, factories.staff(donation.center, "laboratory"), sheet, **changed)
    return donation


def released(**changed) -> list[Bag]:
    donation = tested(**changed)
    by = factories.staff(donation.center, "doctor")
    return release.release(donation=donation, by=by, now=timezone.now())


def red_cells(**changed) -> Bag:
    return next(b for b in released(**changed) if b.component_id == "RBC-SAGM")
