"""The activity of a month, by centre and for the country, without figures that point at somebody.

What is withheld is decided for the whole country; a centre's page is its row of the same tables, so
that readers who compare their pages learn nothing more.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Count
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from centers.models import Center, Reaction
from centers.models.component import Family

from . import bag_counts, people_counts
from .periods import Period
from .tables import ALL, Cell, Table, table

MILD, SERIOUS = "mild", "serious"
REACTIONS = {MILD: _("Mild or moderate (1–2)"), SERIOUS: _("Serious (3–5)")}
Label = str | Promise


@dataclass(frozen=True)
class Balance:
    """Bags of a centre or of the country: ``before`` plus all of ``came`` less all of ``went`` is
    ``after``."""

    before: int
    came: dict[str, int]
    went: dict[str, int]
    beside: dict[str, int]
    after: int

    @property
    def is_empty(self) -> bool:
        moved = (*self.came.values(), *self.went.values(), *self.beside.values())
        return not (self.before or self.after or any(moved))

    @property
    def adds_up(self) -> bool:
        return self.before + sum(self.came.values()) - sum(self.went.values()) == self.after


@dataclass(frozen=True)
class Month:
    """Tables by centre's code; the row ``ALL`` is the country.

    How many gave is not withheld: it is the number of bags collected, which every page of the stock
    shows. Whether for the first time is, as is all about those who did not give.
    """

    period: Period
    centers: dict[str, Center]
    gave: Table
    others: Table
    reactions: Table
    discards: Table
    issued: Counter[Cell]
    balances: dict[str, Balance]

    def came(self, row: str) -> int | None:
        others = self.others.shown(row, ALL)
        return None if others is None else self.gave.counts[row, ALL] + others

    def deferred(self, row: str) -> int | None:
        """Where all its parts are shown, and so tells nothing more."""
        parts = [self.others.shown(row, column) for column in people_counts.DEFERRED]
        return None if None in parts else sum(part or 0 for part in parts)


def people(period: Period, codes: Sequence[str]) -> tuple[Table, Table]:
    gave = table(
        people_counts.gave(period),
        rows=codes,
        columns=list(people_counts.GAVE),
        totals_known=True,
    )
    others = table(
        people_counts.did_not_give(period), rows=codes, columns=list(people_counts.DID_NOT_GIVE)
    )
    return gave, others


def discards(period: Period, codes: Sequence[str]) -> tuple[Table, Counter[Cell]]:
    """The table of bags, and of how many donations those cells tell that tell of donors."""
    bags, donations = bag_counts.discards(period)
    columns = list(bag_counts.DISCARDS)
    found = table(bags, rows=codes, columns=columns, people=donations, totals_known=True)
    return found, donations


def of(period: Period) -> Month:
    centers = {center.code: center for center in Center.objects.order_by("code")}
    codes = list(centers)
    gave, others = people(period, codes)
    return Month(
        period=period,
        centers=centers,
        gave=gave,
        others=others,
        reactions=table(_reactions(period), rows=codes, columns=list(REACTIONS)),
        discards=discards(period, codes)[0],
        issued=with_country(bag_counts.issued(period)),
        balances=_balances(period, codes),
    )


def _reactions(period: Period) -> Counter[Cell]:
    since, until = period.instants
    rows = Reaction.objects.filter(at__gte=since, at__lt=until)
    counts: Counter[Cell] = Counter()
    found = rows.values_list("visit__session__center__code", "grade").annotate(Count("pk"))
    for code, grade, count in found.order_by():
        counts[code, SERIOUS if grade >= Reaction.SERIOUS else MILD] += count
    return counts


def with_country(counts: Counter[Cell]) -> Counter[Cell]:
    whole = Counter(counts)
    for (_code, column), count in counts.items():
        whole[ALL, column] += count
    return whole


def _balances(period: Period, codes: Sequence[str]) -> dict[str, Balance]:
    flows = with_country(bag_counts.flows(period))
    since, until = period.instants
    before, after = bag_counts.in_hand(since), bag_counts.in_hand(until)
    before[ALL], after[ALL] = before.total(), after.total()
    return {
        code: Balance(
            before[code],
            {kind: flows[code, kind] for kind in bag_counts.IN},
            {kind: flows[code, kind] for kind in bag_counts.OUT},
            {kind: flows[code, kind] for kind in bag_counts.BESIDE},
            after[code],
        )
        for code in (ALL, *codes)
    }


Line = tuple[Label, Sequence[int | None]]


@dataclass(frozen=True)
class Section:
    """A table as shown: a name and one figure of each row; None is withheld."""

    title: Label
    heads: Sequence[Label]
    lines: Sequence[Line]
    withholds: bool = False
    note: Label = ""


def sections(month: Month, codes: Sequence[str]) -> list[Section]:
    """The tables turned: one line for each figure, one column for each of these rows."""
    heads = [month.centers[code].name if code else _("The country") for code in codes]

    def line(name: Label, figures: Sequence[int | None]) -> Line:
        return name, list(figures)

    def of_table(found: Table, names: Mapping[str, Label]) -> list[Line]:
        return [line(names[c], [found.shown(code, c) for code in codes]) for c in found.columns]

    gave, others = month.gave, month.others
    balances = [month.balances[code] for code in codes]
    donors = [
        line(_("Came"), [month.came(code) for code in codes]),
        line(_("Donations"), [gave.counts[code, ALL] for code in codes]),
        *of_table(gave, people_counts.GAVE),
        line(pgettext_lazy("people", "Deferred"), [month.deferred(code) for code in codes]),
        *of_table(others, people_counts.DID_NOT_GIVE),
    ]
    bags = [
        line(_("In hand at the beginning"), [one.before for one in balances]),
        *[line(n, [one.came[k] for one in balances]) for k, n in bag_counts.IN.items()],
        *[line(n, [-one.went[k] for one in balances]) for k, n in bag_counts.OUT.items()],
        line(_("In hand at the end"), [one.after for one in balances]),
        *[line(n, [one.beside[k] for one in balances]) for k, n in bag_counts.BESIDE.items()],
    ]
    issued = [
        line(name, [month.issued[code, family] for code in codes])
        for family, name in Family.choices
        if any(month.issued[code, family] for code in codes)
    ]
    return [
        Section(_("Donors"), heads, donors, gave.hides(codes) or others.hides(codes)),
        Section(
            _("Reactions of donors"),
            heads,
            of_table(month.reactions, REACTIONS),
            month.reactions.hides(codes),
        ),
        Section(_("Bags"), heads, bags),
        Section(
            _("Discarded bags by reason"),
            heads,
            of_table(month.discards, bag_counts.DISCARDS),
            month.discards.hides(codes),
        ),
        Section(_("Issued bags by product"), heads, issued),
    ]
