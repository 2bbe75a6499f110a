"""Out of quarantine: a second person's act, possible only when nothing at all is missing."""

from __future__ import annotations

from datetime import datetime

from django.db import connection
from django.db.models import CharField, Exists, F, Func, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from donors.models import Donor, User

from . import floors, stock
from .errors import Refused, in_one_piece
from .models import Bag, Donation, Result

# The database's own words (bag_release_hindrance), as people read them.
HINDRANCES = {
    "the donation conflicts with a rule of the donor": gettext_noop(
        "The donation conflicts with a rule about its donor; the doctor has to look at it."
    ),
    "a marker is missing or not negative twice": gettext_noop(
        "A marker is missing, or is not negative in both entries."
    ),
    "the group is not determined twice, by two people, lots and techniques": gettext_noop(
        "The group has to be determined twice, by two people with two lots and two techniques."
    ),
    "the label is not the group that was determined": gettext_noop(
        "The label does not bear the group that was determined."
    ),
    "Rh negative only without D, C and E": gettext_noop(
        "A bag is Rh negative only when D, C and E are all absent."
    ),
    "the group differs from the one the donor is known by": gettext_noop(
        "The group differs from the one this donor is known by. Take a new sample."
    ),
    "a look-back on the donor is open": gettext_noop("A look-back on this donor is open."),
}


DIFFER = gettext_noop(
    "The two entries disagree. Take a new sample, or have the bags discarded from their own pages."
)
ENTERED = gettext_noop("Whoever entered a result of this donation cannot release it.")


def waiting(donations: QuerySet[Donation], *, by: User) -> QuerySet[Donation]:
    """Donations with a bag in quarantine and both entries made, oldest first.

    ``words`` are the database's against releasing, ``entered`` whether the reader made an entry.
    """
    quarantined = Bag.objects.filter(donation=OuterRef("pk"), state=Bag.State.QUARANTINED)
    second = Result.objects.filter(donation=OuterRef("pk"), entry=2)
    mine = Result.objects.filter(donation=OuterRef("pk"), entered_by=by)
    return (
        donations.filter(Exists(second))
        .annotate(bag_waiting=Subquery(quarantined.order_by("pk").values("pk")[:1]))
        .exclude(bag_waiting=None)
        .annotate(
            words=Func(
                F("bag_waiting"), function="bag_release_hindrance", output_field=CharField()
            ),
            group=Subquery(quarantined.order_by("pk").values("blood_group")[:1]),
            entered=Exists(mine),
            differ=Exists(differing().filter(donation=OuterRef("pk"))),
        )
        .order_by("collected_on", "pk")
    )


def differing() -> QuerySet[Result]:
    """First readings that the second one contradicts."""
    second = Result.objects.filter(
        donation=OuterRef("donation"), marker=OuterRef("marker"), entry=2
    ).exclude(outcome=OuterRef("outcome"))
    return Result.objects.filter(Exists(second), entry=1)


def sentences(donation: Donation) -> list[str]:
    """What stands against a donation out of ``waiting``, as people read it."""
    against = DIFFER if donation.differ else HINDRANCES.get(donation.words)
    found = [_(against)] if donation.words else []
    return found + ([_(ENTERED)] if donation.entered else [])


def hindrances(*, donation: Donation, by: User) -> list[str]:
    """Every sentence that stands against releasing; an empty list means it may be released."""
    waiting = donation.bags.filter(state=Bag.State.QUARANTINED).first()
    if waiting is None:
        return [_("No bag of this donation is in quarantine.")]
    found = []
    with connection.cursor() as cursor:
        cursor.execute("SELECT bag_release_hindrance(%s)", [waiting.pk])
        words = cursor.fetchone()[0]
    if words:
        disagree = differing().filter(donation=donation).exists()
        found.append(_(DIFFER if disagree else HINDRANCES[words]))
    if Result.objects.filter(donation=donation, entered_by=by).exists():
        found.append(_(ENTERED))
    return found


def release(*, donation: Donation, by: User, now: datetime) -> list[Bag]:
    """Move every bag in quarantine into stock; a donor whose group was unknown is known by it."""
    against = hindrances(donation=donation, by=by)
    if against:
        raise Refused(" ".join(against))
    with in_one_piece():
        bags = list(
            Bag.objects.select_for_update(of=("self",))
            .filter(donation=donation, state=Bag.State.QUARANTINED, expires_at__gt=now)
            .select_related("component", "center")
            .order_by("pk")
        )
        if not bags:
            raise Refused(_("No bag of this donation is in quarantine."))
        for bag in bags:
            stock.move(bag=bag, to=Bag.State.AVAILABLE, by=by)
            floors.review(
                center=bag.center, component=bag.component, blood_group=bag.blood_group, now=now
            )
        giver = Q(pk=donation.donor_id) | Q(merged=donation.donor_id)
        Donor.objects.filter(giver, blood_group="").update(blood_group=bags[0].blood_group)
    return bags
