"""Answers to a memo in the tree of units; counts of blood, no names."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from campaigns.models import Addressee, Campaign, Memo
from campaigns.models.memo import REOPENED_WAITS, AddresseeQuerySet
from centers.models import Donation
from donors.people.privacy import few
from donors.units.roster_files import harmless

WORDS = {
    "will": (_("Will organise"), "good"),
    "cannot": (_("Cannot"), "warn"),
    "acknowledged": (_("Acknowledged, no answer yet"), "info"),
    "seen": (_("Seen, not acknowledged"), "warn"),
    "unseen": (_("Not seen yet"), "quiet"),
    "late": (_("No answer after the deadline"), "bad"),
    "reopened": (_("Asked again"), "warn"),
    "passed": (_("Its successor answers"), "quiet"),
}


@dataclass
class Node:
    """A unit's answer with those of its subunits. ``donations`` is None when fewer than five."""

    addressee: Addressee
    state: str
    donations: int | None
    children: list[Node] = field(default_factory=list)

    @property
    def text(self) -> Promise:
        return WORDS[self.state][0]

    @property
    def tone(self) -> str:
        return WORDS[self.state][1]

    @property
    def at(self) -> datetime:
        """Since when the answer is in this state."""
        row = self.addressee
        return (
            row.answered_at or row.reopened_at or row.acknowledged_at or row.seen_at or row.sent_at
        )


def state(addressee: Addressee, deadline_at: datetime, now: datetime) -> str:
    if addressee.answer:
        return addressee.answer
    if addressee.passed_to_id:
        return "passed"
    again = addressee.reopened_at and addressee.reopened_at + REOPENED_WAITS
    if max(deadline_at, again or deadline_at) <= now:
        return "late"
    if again:
        return "reopened"
    if addressee.acknowledged_at:
        return "acknowledged"
    return "seen" if addressee.seen_at else "unseen"


def with_campaign(addressees: QuerySet[Addressee]) -> QuerySet[Addressee]:
    """Addressees with their unit, and the public key and state of the campaign of the answer."""
    rows = addressees.select_related("unit__province", "memo")
    grown = Campaign.objects.filter(addressee=OuterRef("pk"), state__in=Campaign.LIVING)
    latest = grown.filter(drafted_at__gte=OuterRef("answered_at")).order_by("-drafted_at", "-pk")
    return rows.annotate(
        campaign_key=Subquery(latest.values("public_id")[:1]),
        campaign_state=Subquery(latest.values("state")[:1]),
    )


def tree(memo: Memo, addressees: QuerySet[Addressee], now: datetime) -> list[Node]:
    """The addressed units among ``addressees``, each under its nearest addressed superior."""
    rows = with_campaign(addressees.filter(memo=memo)).order_by("unit__path")
    given = dict(
        Donation.objects.filter(session__campaigns__addressee__memo=memo)
        .values_list("session__campaigns__addressee")
        .annotate(Count("pk", distinct=True))
        .order_by()
    )
    roots: list[Node] = []
    above: list[Node] = []
    for row in rows:
        count = given.get(row.pk, 0)
        node = Node(row, state(row, memo.deadline_at, now), few(count))
        while above and not row.unit.path.startswith(above[-1].addressee.unit.path):
            above.pop()
        (above[-1].children if above else roots).append(node)
        above.append(node)
    return roots


def flat(nodes: Iterable[Node]) -> Iterable[Node]:
    for node in nodes:
        yield node
        yield from flat(node.children)


def with_counts(
    memos: QuerySet[Memo], scope: QuerySet[Addressee], own: AddresseeQuerySet
) -> QuerySet[Memo]:
    """Memos with counts for the reader's scope: addressed units, answers, and own units without
    answer."""
    of_memo = Q(addressees__in=scope)
    return memos.annotate(
        unit_count=Count("addressees", filter=of_memo),
        answered_count=Count("addressees", filter=of_memo & ~Q(addressees__answer="")),
        owed_count=Count("addressees", filter=Q(addressees__in=own.open())),
    ).order_by("-issued_at")


def as_csv(nodes: Iterable[Node]) -> str:
    """CSV with a byte-order mark, for spreadsheets; no cell can be taken for a formula."""
    file = io.StringIO("\ufeff")
    file.seek(0, io.SEEK_END)
    writer = csv.writer(file)
    heads = (_("Unit"), _("Answer"), _("Since"), _("Planned day"), _("Donors expected"))
    writer.writerow([*heads, _("Because"), _("Donations")])
    for node in flat(nodes):
        row = node.addressee
        donations = _("fewer than 5") if node.donations is None else node.donations
        cells = (row.unit.name, node.text, timezone.localtime(node.at).isoformat(" ", "minutes"))
        rest = (row.planned_on or "", row.expected_donors or "", row.because, donations)
        writer.writerow([harmless(str(cell)) for cell in (*cells, *rest)])
    return file.getvalue()
