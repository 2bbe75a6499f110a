"""Calling bags back, and following a reactive result to its end: a doctor's work."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from centers.models import Bag, Center, Donation, Issue, LookBack, Recall, RecallStep, Return
from donors.errors import Refused, refusing, retried_on_conflict
from donors.models import User
from donors.people import privacy

from . import stock, stock_levels

# Donations before the reactive one that are followed: a year, longer than the window of any marker
# of the panel (our choice; the decree names none).
WINDOW = timedelta(days=365)
HERE = (
    Bag.State.QUARANTINED,
    Bag.State.RELEASED,
    Bag.State.AVAILABLE,
    Bag.State.RESERVED,
    Bag.State.IN_TRANSIT,
)
ENDED_AS = {
    RecallStep.Kind.BACK: Bag.State.BLOCKED,
    RecallStep.Kind.DESTROYED: Bag.State.DISCARDED,
    RecallStep.Kind.TRANSFUSED: Bag.State.TRANSFUSED,
}


@retried_on_conflict
def begin(
    *,
    donation: Donation,
    cause: str,
    because: str,
    by: User,
    now: datetime,
    look_back: LookBack | None = None,
) -> Recall:
    """Block what is still here; what has left is listed to be followed."""
    if not because.strip():
        raise Refused(_("Say why it is recalled."), "because")
    if is_recalled(donation):
        raise Refused(_("This donation is recalled already."))
    with refusing():
        here = Bag.objects.reached_by(donation).filter(state__in=HERE)
        held = list(here.select_related("center", "component").order_by("pk"))
        recall = Recall.objects.create(
            donation=donation,
            look_back=look_back,
            cause=cause,
            because=because.strip(),
            opened_at=now,
            opened_by=by,
        )
        for bag in held:  # the database has blocked them with the row
            stock_levels.review(
                center=bag.center, component=bag.component, blood_group=bag.blood_group, now=now
            )
    return recall


def is_recalled(donation: Donation) -> bool:
    return Recall.objects.filter(donation=donation, closed_at=None).exists()


@dataclass(frozen=True)
class Followed:
    """A bag of a recall; ``ended`` once it is known how it ended."""

    bag: Bag
    left: bool
    steps: list[RecallStep]

    @property
    def told(self) -> bool:
        return any(step.kind == RecallStep.Kind.TOLD for step in self.steps)

    @property
    def ended(self) -> bool:
        return not self.left or any(step.kind in RecallStep.ENDS for step in self.steps)


def followed(recall: Recall) -> list[Followed]:
    """Every bag of the donation, where it is and what was done about it."""
    steps: dict[int, list[RecallStep]] = {}
    for step in recall.steps.select_related("by").order_by("pk"):
        steps.setdefault(step.bag_id, []).append(step)
    bags = Bag.objects.reached_by(recall.donation).exclude(state=Bag.State.SEPARATED)
    bags = bags.select_related("component", "center").prefetch_related(
        "issues__returned",
        "issues__request__hospital",
        "bag_alarms__answers__by",
        "bag_alarms__hospital",
    )
    return [Followed(bag, _has_left(bag), steps.get(bag.pk, [])) for bag in bags.order_by("pk")]


def _has_left(bag: Bag) -> bool:
    """At a hospital, or used: also a bag that was transfused without an issue."""
    away = any(not hasattr(issue, "returned") for issue in bag.issues.all())
    return away or bag.state == Bag.State.TRANSFUSED


def note(*, recall: Recall, bag: Bag, kind: str, words: str, by: User, now: datetime) -> RecallStep:
    """A step about a bag that had left: who was informed, or how it ended; the bag moves with its end.

    That the hospital was told may be noted after the end too: a look-back needs it.
    """
    if recall.closed_at and kind != RecallStep.Kind.TOLD:
        raise Refused(_("This recall is closed."))
    if kind == RecallStep.Kind.TOLD and not words.strip():
        raise Refused(_("Say whom you told."), "words")
    with refusing():
        held = Bag.objects.select_for_update(of=("self",)).get(pk=bag.pk)
        step = RecallStep.objects.create(
            recall=recall, bag=bag, kind=kind, words=words.strip(), at=now, by=by
        )
        if held.state == Bag.State.ISSUED and kind in ENDED_AS:
            if kind == RecallStep.Kind.BACK:
                issued = Issue.objects.get(bag=bag, returned=None)
                Return.objects.create(issue=issued, cold_chain_kept=False, at=now, by=by)
            stock.move(bag=held, to=ENDED_AS[RecallStep.Kind(kind)], by=by, reason="recall")
        elif kind == RecallStep.Kind.CLEARED and release_hindrance(bag):
            raise Refused(_("Something still speaks against using it: no all-clear can be given."))
        elif kind in ENDED_AS and held.state != ENDED_AS[RecallStep.Kind(kind)]:
            raise Refused(_("The records say that this bag ended otherwise."))
    return step


def release_hindrance(bag: Bag) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT bag_release_hindrance(%s)", [bag.pk])
        words: str = cursor.fetchone()[0]
    return words


def close(*, recall: Recall, verdict: str, outcome: str, by: User, now: datetime) -> None:
    """Closed once every bag that had left has its end.

    By the verdict the bags here are discarded, or wait to be released again by somebody else.
    """
    if not outcome.strip():
        raise Refused(_("Say how it ended."), "outcome")
    if recall.look_back_id and verdict == Recall.Verdict.USE:
        raise Refused(_("What a look-back follows is never used."), "verdict")
    with refusing():
        if verdict == Recall.Verdict.DISCARD:
            here = (
                Bag.objects.reached_by(recall.donation)
                .filter(state=Bag.State.BLOCKED)
                .select_for_update(of=("self",))
            )
            blocked = list(here.select_related("center").order_by("pk"))
            stock.move_all(bags=blocked, to=Bag.State.DISCARDED, by=by, reason="recall")
        live = Recall.objects.filter(pk=recall.pk, closed_at=None)
        if not live.update(closed_at=now, closed_by=by, outcome=outcome.strip(), verdict=verdict):
            raise Refused(_("This recall is closed."))


@dataclass(frozen=True)
class Earlier:
    """A donation before the reactive one, the recall that follows it, and any other open one."""

    donation: Donation
    recall: Recall | None
    other: Recall | None


def earlier(look_back: LookBack) -> list[Earlier]:
    """The same person's donations of the year before, wherever they were collected."""
    index = look_back.donation
    donations = Donation.objects.filter(
        donor__in=index.donor.person.linked_rows(),
        collected_on__lte=index.collected_on,
        collected_on__gt=index.collected_on - WINDOW,
    ).exclude(pk=index.pk)
    followed = Recall.objects.filter(look_back__donation=index).order_by("opened_at")
    mine = {recall.donation_id: recall for recall in followed}
    live = Recall.objects.filter(donation__in=donations, closed_at=None)
    others = {recall.donation_id: recall for recall in live}
    rows = donations.select_related("center").order_by("-collected_on", "-pk")
    return [Earlier(row, mine.get(row.pk), others.get(row.pk)) for row in rows]


def open_look_back(*, look_back: LookBack, by: User, now: datetime) -> list[Earlier]:
    """What a doctor reads of it; noted as a look into the donor's record."""
    privacy.log_access(donor=look_back.donation.donor, by=by, reason="look-back")
    return earlier(look_back)


def recall_earlier(*, look_back: LookBack, by: User, now: datetime) -> int:
    """A recall for every earlier donation that has none yet; how many were opened.

    One that is recalled for another cause is passed over: it is followed once that has ended.
    """
    opened = 0
    for row in earlier(look_back):
        if row.recall is None and row.other is None:
            begin(
                donation=row.donation,
                cause=Recall.Cause.LOOK_BACK,
                because=_("A later donation of the same donor was reactive."),
                look_back=look_back,
                by=by,
                now=now,
            )
            opened += 1
    return opened


def close_look_back(*, look_back: LookBack, by: User, now: datetime) -> None:
    with refusing():
        live = LookBack.objects.filter(pk=look_back.pk, closed_at=None)
        if not live.update(closed_at=now, closed_by=by):
            raise Refused(_("This look-back is closed."))


def look_backs(center: Center) -> QuerySet[LookBack]:
    """Those of a centre's donations, the open ones first."""
    rows = LookBack.objects.filter(donation__center=center)
    return rows.select_related("donation", "marker").order_by("-closed_at", "opened_at", "pk")


def recalls(center: Center) -> QuerySet[Recall]:
    """Those of a centre's donations, and of bags that are in it now."""
    pooled = Bag.objects.filter(pooled__pool__center=center)
    rows = Recall.objects.filter(
        Q(donation__center=center)
        | Q(donation__in=Bag.objects.filter(center=center).values("donation"))
        | Q(donation__in=pooled.values("donation"))
    )
    return rows.select_related("donation", "opened_by").order_by("-closed_at", "opened_at", "pk")
