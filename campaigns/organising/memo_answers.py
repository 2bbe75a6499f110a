"""Answers to a memo in the tree of units: what each says, since when, and totals of each branch."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from functools import cached_property
from hashlib import blake2b

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from campaigns.models import Addressee, Campaign, Memo
from campaigns.models.memo import REOPENED_WAITS, AddresseeQuerySet
from donors.models import Unit
from donors.models.naming import Named

WORDS = {
    "will": (gettext_lazy("Will organise"), "good"),
    "cannot": (gettext_lazy("Cannot"), "warn"),
    "acknowledged": (gettext_lazy("Acknowledged, no answer yet"), "info"),
    "seen": (gettext_lazy("Seen, not acknowledged"), "warn"),
    "unseen": (gettext_lazy("Not seen yet"), "quiet"),
    "late": (gettext_lazy("No answer after the deadline"), "bad"),
    "reopened": (gettext_lazy("Asked again"), "warn"),
    "passed": (gettext_lazy("Its successor answers"), "quiet"),
    "over": (gettext_lazy("Owes no answer any more"), "quiet"),
}
# Upper ends in hours of the times to acknowledge, and their names.
HOURS = (
    (1, gettext_lazy("within an hour")),
    (4, gettext_lazy("1 to 4 hours")),
    (12, gettext_lazy("4 to 12 hours")),
    (24, gettext_lazy("12 to 24 hours")),
    (48, gettext_lazy("1 to 2 days")),
    (float("inf"), gettext_lazy("later")),
)


@dataclass(slots=True)
class Line:
    """An addressed unit and its answer. ``parts`` counts the states of the whole branch, the unit
    included, and ``expected_below`` its donors; both only after ``nested``."""

    code: str
    path: str
    name: str
    names: tuple[str, ...]
    kind: str
    province: str
    sent_at: datetime
    seen_at: datetime | None
    acknowledged_at: datetime | None
    answered_at: datetime | None
    escalated_at: datetime | None
    answer: str
    planned_on: date | None
    expected: int | None
    because: str
    campaign: str | None
    campaign_state: str
    reopened_at: datetime | None
    passed: bool
    on_behalf: bool
    older: bool = False
    """The answer was given to a text that was amended afterwards."""
    state: str = ""
    level: int = 0
    parts: Counter[str] = field(default_factory=Counter)
    expected_below: int = 0

    @property
    def since_at(self) -> datetime:
        """Since when the answer is in this state."""
        return (
            self.answered_at
            or self.reopened_at
            or self.acknowledged_at
            or self.seen_at
            or self.sent_at
        )


def state(row: Line, memo: Memo, now: datetime) -> str:
    deadline_at = memo.deadline_at
    if row.answer:
        return row.answer
    if row.passed:
        return "passed"
    if memo.withdrawn_at:
        return "over"
    again = row.reopened_at and row.reopened_at + REOPENED_WAITS
    if max(deadline_at, again or deadline_at) <= now:
        return "late"
    if again:
        return "reopened"
    if row.acknowledged_at:
        return "acknowledged"
    return "seen" if row.seen_at else "unseen"


def with_campaign(addressees: QuerySet[Addressee]) -> QuerySet[Addressee]:
    """Addressees with their unit, and the public key and state of the campaign of the answer."""
    rows = addressees.select_related("unit__province", "memo")
    grown = Campaign.objects.filter(addressee=OuterRef("pk"), state__in=Campaign.LIVING)
    latest = grown.filter(drafted_at__gte=OuterRef("answered_at")).order_by("-drafted_at", "-pk")
    return rows.annotate(
        campaign_key=Subquery(latest.values("public_id")[:1]),
        campaign_state=Subquery(latest.values("state")[:1]),
    )


def lines(memo: Memo, addressees: QuerySet[Addressee], now: datetime) -> list[Line]:
    """The addressed units among ``addressees`` by path, in one query of plain values."""
    rows = with_campaign(addressees.filter(memo=memo)).order_by("unit__path")
    names = ("name_ar", "name_fr", "name_en")
    own = names.index(Unit.name_field())
    states = {value: str(label) for value, label in Campaign.State.choices}
    columns = rows.values_list(
        "unit__code", "unit__path", *(f"unit__{name}" for name in names), "unit__kind",
        f"unit__province__{Named.name_field()}", "sent_at", "seen_at", "acknowledged_at",
        "answered_at", "escalated_at", "answer", "planned_on", "expected_donors", "because",
        "campaign_key", "campaign_state", "reopened_at", "passed_to", "on_behalf",
    )  # fmt: skip
    made = [
        Line(
            code, path, said[own], tuple(said), kind, province, sent, seen, known, answered, told,
            answer, on, expected, because, key and str(key), states.get(campaign, ""), reopened,
            bool(passed), bool(behalf),
        )
        for code, path, *said, kind, province, sent, seen, known, answered, told, answer, on,
        expected, because, key, campaign, reopened, passed, behalf in columns
    ]  # fmt: skip
    for line in made:
        line.state = state(line, memo, now)
        line.older = memo.is_older(line.answered_at)
    return made


def nested(rows: list[Line]) -> list[Line]:
    """The same rows, each one level under its nearest superior among them, with the totals of its
    branch."""
    above: list[Line] = []
    for row in rows:
        while above and not row.path.startswith(above[-1].path):
            above.pop()
        row.level = len(above)
        above.append(row)
        for one in above:
            one.parts[row.state] += 1
            one.expected_below += (row.answer == "will" and row.expected) or 0
    return rows


@dataclass
class Branch:
    """A unit directly under the reader's view, and the lines below it, flat and in order."""

    head: Line
    below: list[Line] = field(default_factory=list)


@dataclass(frozen=True)
class Picture:
    """How fast units acknowledged: (words, units, share of the longest in per cent) a step."""

    steps: Sequence[tuple[str | Promise, int, int]]
    waiting: int
    median: float | None
    """In hours."""


class Tree:
    """The lines of a memo as the page shows them."""

    def __init__(self, rows: list[Line], now: datetime) -> None:
        self.rows = nested(rows)
        self.now = now

    @cached_property
    def branches(self) -> list[Branch]:
        made: list[Branch] = []
        for row in self.rows:
            if row.level:
                made[-1].below.append(row)
            else:
                made.append(Branch(row))
        return made

    @cached_property
    def parts(self) -> list[tuple[Promise, str, int]]:
        """Words, tone and units of each state, for the whole tree."""
        counts = Counter(row.state for row in self.rows)
        return [(*WORDS[key], counts[key]) for key in WORDS]

    @cached_property
    def expected(self) -> int:
        return sum(branch.head.expected_below for branch in self.branches)

    @cached_property
    def picture(self) -> Picture:
        took = sorted(
            (row.acknowledged_at - row.sent_at).total_seconds() / 3600
            for row in self.rows
            if row.acknowledged_at
        )
        counts, low = [], 0.0
        for high, _words in HOURS:
            counts.append(sum(1 for hours in took if low <= hours < high))
            low = high
        most = max(counts)
        steps = [
            (words, count, round(100 * count / most) if most else 0)
            for (_high, words), count in zip(HOURS, counts, strict=True)
        ]
        median = took[len(took) // 2] if took else None
        return Picture(steps, len(self.rows) - len(took), median)


def fingerprint(rows: Iterable[Line], now: datetime) -> str:
    """Changes with anything that the lines show; their ages count in steps of five minutes."""
    seen = blake2b(str(int(now.timestamp()) // 300).encode(), digest_size=12)
    names = [part.name for part in fields(Line)[:22]]
    for row in rows:
        seen.update(repr([getattr(row, name) for name in names]).encode())
    return seen.hexdigest()


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
