"""Traceability: from a donor to every hospital, and from a bag back to its donor."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from centers.models import Bag, Donation, Issue
from donors.models import Donor, User
from donors.people import privacy


@dataclass(frozen=True)
class Given:
    """One donation and its bags, each with its issues in order."""

    donation: Donation
    bags: list[tuple[Bag, list[Issue]]]


def forward(*, donor: Donor, by: User, now: datetime) -> list[Given]:
    """Every donation of a person, at any centre, and where its bags are now; logged as an
    access."""
    person = donor.person
    privacy.log_access(donor=person, by=by, reason="trace")
    donations = Donation.objects.filter(donor__in=person.linked_rows()).select_related(
        "center", "session"
    )
    donations = donations.prefetch_related(
        "bags__component",
        "bags__center",
        "bags__issues__returned",
        "bags__issues__request__hospital",
        "bags__pooled__pool__component",
        "bags__pooled__pool__center",
        "bags__pooled__pool__issues__returned",
        "bags__pooled__pool__issues__request__hospital",
    )
    return [
        Given(
            donation,
            [
                (bag, sorted(bag.issues.all(), key=lambda issue: issue.pk))
                for bag in _reached(donation)
            ],
        )
        for donation in donations.order_by("-collected_on", "-pk")
    ]


def _reached(donation: Donation) -> list[Bag]:
    """The bags of a donation, and the pools that hold one of them; without a query of its own."""
    mine = list(donation.bags.all())
    pools = [bag.pooled.pool for bag in mine if hasattr(bag, "pooled")]
    return sorted({bag.pk: bag for bag in (*mine, *pools)}.values(), key=lambda bag: bag.pk)


def back(*, bag: Bag, by: User, now: datetime) -> Donor:
    """The donor of a bag, under the row in use today; logged as an access."""
    donor = bag.donation.donor.person
    privacy.log_access(donor=donor, by=by, reason="trace")
    return donor
