"""Release from quarantine: by a second person, only when nothing is missing."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, TypedDict

from django.db import connection
from django.db.models import (
    BooleanField,
    CharField,
    Count,
    Exists,
    F,
    Func,
    OuterRef,
    QuerySet,
    Subquery,
)
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from centers.inventory import held_bags, stock, stock_levels
from centers.models import Bag, Donation, Issue, Recall, Repeat, Result
from donors.errors import Refused, refusing
from donors.models import User

from . import screening

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

    Waiting = WithAnnotations[Donation, "Facts"]

# The database's reasons (bag_release_hindrance) as displayed.
HINDRANCES = {
    "donation_conflicts_with_a_rule": gettext_noop(
        "The donation conflicts with a rule about its donor; the doctor has to look at it."
    ),
    "marker_is_not_negative_twice": gettext_noop(
        "A marker is missing, or is not negative in both entries."
    ),
    "group_is_not_determined_twice": gettext_noop(
        "The group has to be determined twice, by two people with two lots and two techniques."
    ),
    "label_is_not_the_determined_group": gettext_noop(
        "The label does not show the group that was determined."
    ),
    "group_differs_from_the_known_one": gettext_noop(
        "The group differs from the one this donor is known by. Take a new sample."
    ),
    "haemolysins_are_not_read_twice": gettext_noop(
        "In group O the haemolysins have to be read twice, with the same result."
    ),
    "first_tube_was_not_of_this_donor": gettext_noop(
        "The new sample reads another group than the first tube: that one was not of this donor. Have "
        "every test read again from the new sample."
    ),
    "group_of_the_donor_is_in_doubt": held_bags.HELD,
    "donation_is_too_small": gettext_noop("This bag holds too little to be released."),
    "look_back_on_the_donor_is_open": gettext_noop(
        "The doctor follows something up about this donor; nothing is released until that has ended."
    ),
    "deferral_of_the_donor_covers_the_day": gettext_noop(
        "A deferral covers the day of this donation; the doctor knows more."
    ),
    "recall_ended_against_using_it": gettext_noop(
        "A recall of this donation ended with the word not to use it. Discard its bags."
    ),
}


TOOK_IN = gettext_noop("You took this bag back yourself; a second person puts it on the shelf.")
DIFFER = gettext_noop(
    "The two entries disagree. Have the test read again, or the bags discarded from their own pages."
)
ENTERED = gettext_noop("A person who entered a result of this donation cannot release it.")


class Facts(TypedDict):
    """Annotations of ``waiting``."""

    words: str
    entered: bool
    differ: bool
    took_in: bool


def waiting(donations: QuerySet[Donation], *, by: User) -> QuerySet[Waiting]:
    """Donations with bags to release and the group read twice, oldest first.

    ``words``: the database's reasons against the release; ``entered``: whether the reader entered a
    result; ``recalled``: verdict of a recall that had blocked the bags; ``titre`` as in
    ``screening.titre``; ``read_again``: number of repeats; ``took_in``: whether the reader took a
    bag back.
    """
    quarantined = stock.releasable().filter(donation=OuterRef("pk")).order_by("pk")
    second = Result.objects.filter(donation=OuterRef("pk"), entry=2)
    mine = Result.objects.filter(donation=OuterRef("pk"), entered_by=by)
    recalls = Recall.objects.filter(donation=OuterRef("pk")).order_by("-opened_at")
    again = Repeat.objects.filter(donation=OuterRef("pk")).order_by().values("donation")
    repeats = again.annotate(count=Count("pk")).values("count")
    return (
        donations.filter(Exists(second))
        .annotate(bag_waiting=Subquery(quarantined.values("pk")[:1]))
        .exclude(bag_waiting=None)
        .annotate(
            words=Func(
                F("bag_waiting"), function="bag_release_hindrance", output_field=CharField()
            ),
            group=Subquery(quarantined.values("blood_group")[:1]),
            entered=Exists(mine),
            differ=Exists(screening.differing().filter(donation=OuterRef("pk"))),
            recalled=Subquery(recalls.values("outcome")[:1]),
            titre=screening.titre("pk"),
            read_again=Coalesce(Subquery(repeats), 0),
            took_in=Exists(_taken_in(by).filter(bag__donation=OuterRef("pk"))),
        )
        .select_related("donor")
        .order_by("collected_on", "pk")
    )


def sentences(donation: Waiting) -> list[str]:
    """The reasons against releasing a donation out of ``waiting``, as displayed."""
    against = DIFFER if donation.differ else HINDRANCES.get(donation.words, "")
    found = [_(against)] if donation.words else []
    found += [_(ENTERED)] if donation.entered else []
    return found + ([_(TOOK_IN)] if donation.took_in else [])


def hindrances(*, donation: Donation, by: User) -> list[str]:
    """All reasons against the release; an empty list means it may be released."""
    waiting = stock.releasable().filter(donation=donation).first()
    if waiting is None:
        return [_("No bag of this donation is in quarantine.")]
    found = []
    with connection.cursor() as cursor:
        cursor.execute("SELECT bag_release_hindrance(%s)", [waiting.pk])
        words = cursor.fetchone()[0]
    if words:
        disagree = screening.differing().filter(donation=donation).exists()
        found.append(_(DIFFER if disagree else HINDRANCES[words]))
    if Result.objects.filter(donation=donation, entered_by=by).exists():
        found.append(_(ENTERED))
    if _taken_in(by).filter(bag__donation=donation).exists():
        found.append(_(TOOK_IN))
    return found


def _taken_in(by: User) -> QuerySet[Issue]:
    """Issues that ended with this person taking the bag back, and are the latest of their bag."""
    later = Issue.objects.filter(bag=OuterRef("bag"), pk__gt=OuterRef("pk"))
    return Issue.objects.filter(~Exists(later), returned__by=by)


def release(*, donation: Donation, by: User, now: datetime) -> list[Bag]:
    """Release every waiting bag, to be labelled; the database sets the donor's group.

    A bag that was blocked meanwhile and still has its right label goes back into stock.
    """
    against = hindrances(donation=donation, by=by)
    if against:
        raise Refused(" ".join(against))
    with refusing():
        # Locks in the same order as a reading and a group correction.
        Donation.objects.select_for_update(of=("self",)).get(pk=donation.pk)
        linked = donation.donor.person.linked_rows()
        list(linked.select_for_update(of=("self",), no_key=True).order_by("pk"))
        bags = list(
            stock.releasable()
            .select_for_update(of=("self",))
            .filter(donation=donation, expires_at__gt=now)
            .select_related("component", "center")
            .annotate(
                labelled=Func(F("pk"), function="bag_has_its_label", output_field=BooleanField())
            )
            .order_by("pk")
        )
        if not bags:
            raise Refused(_("No bag of this donation is in quarantine."))
        for bag in bags:
            to = Bag.State.AVAILABLE if bag.labelled else Bag.State.RELEASED
            stock.move(bag=bag, to=to, by=by)
            stock_levels.review(
                center=bag.center, component=bag.component, blood_group=bag.blood_group, now=now
            )
    return [*bags]
