"""Steps from donation to issue, through the product's own rules."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from django.utils import timezone

from centers.collection import donations, phlebotomy
from centers.isbt128 import data_structures
from centers.laboratory import labelling, release, screening, separation
from centers.models import Bag, Donation, Kit, Visit
from donors.errors import refusing
from donors.models import Deferral, User

from . import factories
from .owner import past_the_guards

GROUP_O_POSITIVE = {"ABO": "O", "D": "positive"}
INFECTIONS = ("HIV", "HBSAG", "HCV", "SYPHILIS", "ALT")
ALL_NEGATIVE = GROUP_O_POSITIVE | dict.fromkeys((*INFECTIONS, "HAEMOLYSIN"), "negative")
VOLUMES = {"RBC-SAGM": 280, "FFP": 220, "PLT-STD": 60}
SHEETS = (("tube", "lot-1"), ("gel", "lot-2"))


def accepted_visit(center=None, donor=None) -> Visit:
    at = center or factories.center()
    by = factories.staff(at, "collection")
    return factories.visit(factories.session(at), donor or factories.donor(), by)


def give(visit: Visit | None = None, **fields) -> Donation:
    visit = visit or accepted_visit()
    by = fields.pop("by", visit.decided_by)
    number = fields.pop("number", None) or "".join(factories.din())
    kit = Kit.objects.select_related("component").get(code="triple")
    said = {"visit": visit, "number": number, "by": by}
    begun = timezone.now() - timedelta(minutes=8)
    phlebotomy.start(kit=kit, lot="L", arm="left", now=begun, **said)
    values = {"volume": 450, "submission_id": uuid.uuid4()} | fields
    return phlebotomy.end(now=timezone.now(), **said, **values)


def record(visit: Visit, **fields) -> Donation:
    """A donation without bleeding, and unless given otherwise recorded after the fact."""
    values = {"volume": 450, "submission_id": uuid.uuid4(), "mode": Donation.Mode.OFFLINE}
    with refusing():
        return donations.record(
            visit=visit,
            number="".join(factories.din()),
            captured_at=timezone.now(),
            kit=Kit.objects.select_related("component").get(code="triple"),
            by=visit.decided_by,
            now=timezone.now(),
            **values | fields,
        )


def separated(donation: Donation, recipe: str = "RBC-PLASMA-PLT") -> list[Bag]:
    """The whole blood made into red cells, plasma and platelets."""
    by = factories.staff(donation.center, "laboratory")
    said = {"bag": donation.bags.get(), "recipe": recipe, "volumes": VOLUMES}
    return separation.make(**said, by=by, now=timezone.now())


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
    if donation is None:
        donation = give()
        separated(donation)
    for sheet in (0, 1):
        enter(donation, factories.staff(donation.center, "laboratory"), sheet, **changed)
    return donation


def released(**changed) -> list[Bag]:
    """Released, labelled, the labels read back: on the shelf."""
    donation = tested(**changed)
    by = factories.staff(donation.center, "doctor")
    return shelve(donation=donation, by=by, now=timezone.now())


def shelve(*, donation: Donation, by: User, now: datetime) -> list[Bag]:
    """Release what may be released, print the labels and read them back."""
    bags = release.release(donation=donation, by=by, now=now)
    label([bag for bag in bags if bag.state == "released"], by=by)
    return bags


def label(bags: list[Bag], *, by: User | None = None, reason: str = "") -> None:
    """Print labels and read them back, each by the number of the bag and its square code."""
    said = {"by": by or factories.user(), "now": timezone.now()}
    if bags:
        labelling.print_labels(bags=bags, reason=reason, **said)
    for bag in bags:
        bag.refresh_from_db()
        labelling.read_back(bag=bag, number=number_bar(bag), scans=[square_code(bag)], **said)
        bag.refresh_from_db(fields=["state"])


def number_bar(bag: Bag) -> str:
    return data_structures.number(bag.donation.din)


def bars(bag: Bag) -> list[str]:
    """The four bars of the label of a bag."""
    return [
        number_bar(bag),
        data_structures.group(bag.blood_group),
        data_structures.product(bag.component.local_code, bag.division),
        data_structures.expiry(bag.expires_at),
    ]


def square_code(bag: Bag) -> str:
    return data_structures.compound(*bars(bag))


def earlier(donation: Donation) -> None:
    """Move the donation a hundred days into the past, its interval over."""
    past = timezone.localdate() - timedelta(days=100)
    with past_the_guards():
        Donation.objects.filter(pk=donation.pk).update(collected_on=past)
        Bag.objects.filter(donation=donation).update(collected_on=past)
        Deferral.objects.filter(donor=donation.donor).update(
            starts_on=past, ends_on=past + timedelta(days=62)
        )


def again(first: Donation) -> Donation:
    """The donor's next donation, today; the first one was a hundred days ago."""
    earlier(first)
    given = give(accepted_visit(donor=first.donor))
    separated(given)
    return given


def red_cells(**changed) -> Bag:
    return next(b for b in released(**changed) if b.component_id == "RBC-SAGM")
