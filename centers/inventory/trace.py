"""From a donor to every hospital, and from a bag back to its donor."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from centers.models import Bag, Donation, Issue
from donors.models import Donor, User
from donors.people import privacy


@dataclass(frozen=True)
class Given:
    """One donation and its bags; each bag with the issues that took it away, the last one last."""

    donation: Donation
    bags: list[tuple[Bag, list[Issue]]]


def forward(*, donor: Donor, by: User, now: datetime) -> list[Given]:
    """Everything a person ever gave, at any centre, and where it is now; noted as a look."""
    person = donor.person
    privacy.log_access(donor=person, by=by, reason="trace", now=now)
    donations = Donation.objects.filter(donor__in=person.linked_rows()).select_related(
        "center", "session"
    )
    donations = donations.prefetch_related(
        "bags__component",
        "bags__center",
        "bags__issues__returned",
        "bags__issues__request__hospital",
    )
    return [
        Given(
            donation,
            [
                (bag, sorted(bag.issues.all(), key=lambda issue: issue.pk))
                for bag in sorted(donation.bags.all(), key=lambda bag: bag.pk)
            ],
        )
        for donation in donations.order_by("-collected_on", "-pk")
    ]


def back(*, bag: Bag, by: User, now: datetime) -> Donor:
    """Whose blood it is, as the person is known today; noted as a look."""
    donor = bag.donation.donor.person
    privacy.log_access(donor=donor, by=by, reason="trace", now=now)
    return donor
