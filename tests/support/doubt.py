"""Readings that contradict a known group, and the bags that are held by them."""

from __future__ import annotations

from centers.laboratory import screening
from centers.models import Bag, Donation

from . import blood, factories, supply

SHEETS = (("tube", "lot-8"), ("gel", "lot-9"))


def one(donation: Donation, sheet: int = 0, **said) -> None:
    """One person enters these readings."""
    technique, lot = SHEETS[sheet]
    screening.enter(
        donation=donation, outcomes=said, technique=technique, lot=lot, **factories.acts()
    )


def both(donation: Donation, **said) -> None:
    for sheet in (0, 1):
        one(donation, sheet, **said)


def states(donation: Donation) -> dict[str, str]:
    rows = donation.bags.exclude(state="separated")
    return dict(rows.values_list("component", "state"))


def red(donation: Donation) -> Bag:
    return supply.fresh(donation.bags.get(component="RBC-SAGM"))


def give_out(bag: Bag) -> None:
    asked = supply.request(bag.center, group=bag.blood_group)
    supply.issue(request=asked, bag=bag, **factories.acts())


def given_next(before: Donation) -> Donation:
    """The next donation of a donor in doubt: it may not be separated."""
    blood.earlier(before)
    return blood.give(blood.accepted_visit(donor=before.donor))
