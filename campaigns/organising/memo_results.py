"""The account of a memo: true sums by subtree and day; small figures withheld, and as many others as
keep them from being computed (``suppression``)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db.models import Exists, OuterRef

from campaigns.models import Addressee, Campaign, Memo
from donors.models import Unit
from donors.people.privacy import LEAST
from donors.tables.suppression import Figure, withheld

from . import memo_counts

# What a reader misses most: the grand total, then weeks and branches, then days, then a unit.
TOTAL, WEEK, DAY, BRANCH, OWN = 10_000, 300, 60, 100, 1


@dataclass
class Branch:
    """A unit's branch, the unit included; ``total`` has neither name nor code. None is withheld."""

    pk: int | None = None
    code: str = ""
    path: str = ""
    name: str = ""
    level: int = 0
    units: int = 0
    seen: int = 0
    acknowledged: int = 0
    will: int = 0
    cannot: int = 0
    campaigns: int = 0
    came: int | None = 0
    deferred: int | None = 0
    donations: int | None = 0
    usable: int | None = 0
    issued: int | None = 0
    expired: int | None = 0
    above: Branch | None = None

    @property
    def silent(self) -> int:
        return self.units - self.will - self.cannot


@dataclass
class Day:
    on: date
    donations: int | None
    usable: int | None
    issued: int | None
    expired: int | None


@dataclass
class Week:
    """Bags of a week from its Monday; ``fact`` is None where it is withheld."""

    on: date
    forecast: int
    fact: int | None


@dataclass
class Results:
    total: Branch
    branches: list[Branch]
    """Those with campaigns, in the order of the tree."""
    days: list[Day] = field(default_factory=list)
    weeks: list[Week] = field(default_factory=list)

    @property
    def most(self) -> int:
        return max((max(week.forecast, week.fact or 0) for week in self.weeks), default=0)


def of(memo: Memo) -> Results:
    total, branches = _tree(memo)
    true = memo_counts.of(memo)
    own = {row.pk: row for row in branches}
    gave = _units(true.given)
    came, given = _climb(true.visits, own, total), _climb(gave, own, total)
    deferred = _climb(true.deferred, own, total)
    usable, issued, expired = (
        _climb(_units(counts), own, total) for counts in (true.usable, true.issued, true.expired)
    )
    hidden = withheld([*_by_unit(own, given, gave), *_by_day(true.given)], least=LEAST)
    few = _refused(own, deferred, true.deferred)
    left = {pk: came[pk] - given[pk] - deferred[pk] for pk in came}
    own_left = {pk: true.visits[pk] - gave[pk] - true.deferred[pk] for pk in true.visits}
    gone = _refused(own, left, own_left)
    for row in (total, *branches):
        key = ("below", row.pk)
        if key in hidden:
            row.donations = row.usable = row.issued = row.expired = None
        else:
            row.donations, row.usable = given[row.pk], usable[row.pk]
            row.issued, row.expired = issued[row.pk], expired[row.pk]
        row.deferred = None if key in few else deferred[row.pk]
        row.came = None if key in hidden | few | gone else came[row.pk]
    shown = [row for row in branches if row.campaigns]
    return Results(total, shown, _days(true, hidden), _weeks(true, hidden))


def below(results: Results, units: Iterable[str]) -> list[Branch]:
    """The branches of a reader who sees only these codes."""
    seen = set(units)
    return [row for row in results.branches if row.code in seen]


def _tree(memo: Memo) -> tuple[Branch, list[Branch]]:
    living = Campaign.objects.filter(addressee=OuterRef("pk"), state__in=Campaign.LIVING)
    addressees = Addressee.objects.filter(memo=memo).annotate(living=Exists(living))
    rows = addressees.order_by("unit__path").values_list(
        "pk", "unit__code", "unit__path", f"unit__{Unit.name_field()}", "seen_at",
        "acknowledged_at", "answer", "living", "passed_to",
    )  # fmt: skip
    total, branches = Branch(), []
    open_: list[Branch] = []
    for pk, code, path, name, seen, known, answer, campaign, passed in rows:
        while open_ and not path.startswith(open_[-1].path):
            open_.pop()
        above = open_[-1] if open_ else total
        row = Branch(pk, code, path, name, len(open_), above=above)
        open_.append(row)
        branches.append(row)
        for one in (total, *open_) if passed is None else ():  # its successor is counted
            one.units += 1
            one.seen += seen is not None
            one.acknowledged += known is not None
            one.will += answer == Addressee.Answer.WILL
            one.cannot += answer == Addressee.Answer.CANNOT
            one.campaigns += campaign
    return total, branches


def _units(counts: Mapping[tuple[int, date], int]) -> Counter[int]:
    made: Counter[int] = Counter()
    for (pk, _day), count in counts.items():
        made[pk] += count
    return made


def _climb(
    counts: Mapping[int, int], own: Mapping[int | None, Branch], total: Branch
) -> Counter[int | None]:
    """The sum of every branch; the key None is the total."""
    made: Counter[int | None] = Counter()
    for pk, count in counts.items():
        row: Branch | None = own[pk]
        while row is not None:
            made[row.pk] += count
            row = row.above
    return made


def _branches(
    own: Mapping[int | None, Branch], below: Mapping[int | None, int]
) -> Iterable[Figure]:
    """The sum of each branch takes part in its own equation and in that of the branch above."""
    yield Figure(("below", None), (("unit", None), "times"), below.get(None, 0), TOTAL)
    for pk, row in own.items():
        if below.get(pk) and row.above:
            ends = ("unit", pk), ("unit", row.above.pk)
            yield Figure(("below", pk), ends, below[pk], BRANCH + row.units)


def _by_unit(
    own: Mapping[int | None, Branch], below: Mapping[int | None, int], alone: Mapping[int, int]
) -> Iterable[Figure]:
    yield from _branches(own, below)
    for pk, count in alone.items():
        # The page has no figure of a unit without its branch; where it has no branch they are one.
        yield Figure(("own", pk), (("unit", pk), ("own", pk)), count, OWN, shown=False)


def _by_day(given: Mapping[tuple[int, date], int]) -> Iterable[Figure]:
    days: Counter[date] = Counter()
    weeks: Counter[date] = Counter()
    for (pk, day), count in given.items():
        yield Figure(("cell", pk, day), (("own", pk), ("day", day)), count, OWN, shown=False)
        days[day] += count
        weeks[_monday(day)] += count
    for day, count in days.items():
        yield Figure(("day", day), (("day", day), ("week", _monday(day))), count, DAY)
    for week, count in weeks.items():
        yield Figure(("week", week), (("week", week), "times"), count, WEEK)


def _refused(
    own: Mapping[int | None, Branch], below: Mapping[int | None, int], alone: Mapping[int, int]
) -> set[Hashable]:
    """People who did not give are told by branch and not by day."""
    figures = list(_branches(own, below))
    for pk, count in alone.items():
        figures.append(Figure(("own", pk), (("unit", pk), "times"), count, OWN, shown=False))
    return withheld(figures, least=LEAST)


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _days(true: memo_counts.Counts, hidden: set[Hashable]) -> list[Day]:
    sums: dict[date, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for place, counts in enumerate((true.given, true.usable, true.issued, true.expired)):
        for (_pk, day), count in counts.items():
            sums[day][place] += count
    return [
        Day(day, *((None,) * 4 if ("day", day) in hidden else sums[day])) for day in sorted(sums)
    ]


def _weeks(true: memo_counts.Counts, hidden: set[Hashable]) -> list[Week]:
    """Every week from the first to the last with a forecast or bags."""
    forecast: Counter[date] = Counter()
    fact: Counter[date] = Counter()
    for day, hundredths in true.forecast.items():
        forecast[_monday(day)] += hundredths
    for (_pk, day), bags in true.usable.items():
        fact[_monday(day)] += bags
    known = sorted({*forecast, *fact})
    if not known:
        return []
    count = (known[-1] - known[0]).days // 7 + 1
    return [
        Week(week, round(forecast[week] / 100), None if ("week", week) in hidden else fact[week])
        for week in (known[0] + timedelta(weeks=number) for number in range(count))
    ]
