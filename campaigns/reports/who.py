"""Indicators of a year for the WHO's Global Database on Blood Safety (GDBS), for the country.

The grouping of ages, deferrals, infections and discards is that of its data collection tool; see
docs/sources.md. A figure of which a month is withheld is withheld for the year too.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connection
from django.utils.formats import number_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from centers.models import Center
from centers.models.component import Family
from donors.models import Sex
from donors.people.privacy import LEAST

from . import bag_counts, monthly, people_counts
from .monthly import Label, Line, Section
from .periods import Period
from .tables import ALL, Cell, Table, table

AGES = {
    "0": _("Under 18 years"),
    "18": _("18 to 24 years"),
    "25": _("25 to 44 years"),
    "45": _("45 to 64 years"),
    "65": _("65 years and over"),
}
INFECTIONS = {
    "HIV": _("HIV"),
    "HBSAG": _("Hepatitis B"),
    "HCV": _("Hepatitis C"),
    "SYPHILIS": _("Syphilis"),
}
TESTED = {"tested": _("Donations tested"), "reactive": _("Reactive twice")}

# The day of birth is not always known: the later one is used, so that nobody is made older.
DONORS = """
SELECT p.sex, CASE width_bucket(extract(year FROM age(d.collected_on, p.latest_birth_date)),
        ARRAY[18, 25, 45, 65]::numeric[])
    WHEN 0 THEN '0' WHEN 1 THEN '18' WHEN 2 THEN '25' WHEN 3 THEN '45' ELSE '65' END AS age, count(*)
FROM centers_donation d JOIN donors_donor p ON p.id = d.donor_id
WHERE d.collected_on >= %s AND d.collected_on < %s GROUP BY 1, 2
"""
TESTS = """
SELECT m.code, count(DISTINCT r.donation_id), count(DISTINCT r.donation_id) FILTER (
    WHERE (SELECT count(*) FROM centers_result x WHERE x.donation_id = r.donation_id
        AND x.marker_id = r.marker_id AND x.outcome = 'reactive') >= 2)
FROM centers_result r JOIN centers_marker m ON m.id = r.marker_id
    JOIN centers_donation d ON d.id = r.donation_id
WHERE m.kind = 'infection' AND d.collected_on >= %s AND d.collected_on < %s GROUP BY 1
"""


POPULATION = 36_828_330  # census of September 2024 (HCP); see docs/sources.md


def sections(period: Period) -> list[Section]:
    """The year as tables with one column of figures."""
    heads = [_("The country")]
    gave, others = _year(period)
    whole = gave.counts[ALL, ALL]
    given = [(name, [gave.shown(ALL, key)]) for key, name in people_counts.GAVE.items()]
    deferred = [
        (name, [others.shown(ALL, key)]) for key, name in people_counts.DID_NOT_GIVE.items()
    ]
    rate = round(1000 * whole / POPULATION, 2)
    found = [
        Section(
            _("Donations and donors"),
            heads,
            [(_("Donations of whole blood"), [whole]), *given],
            gave.hides([ALL]),
            note=gettext("%(rate)s donations per 1,000 inhabitants.")
            % {"rate": number_format(rate, 2)},
        ),
        *_by_sex_and_age(period),
        Section(_("Deferrals"), heads, deferred, others.hides([ALL])),
        _tests(period),
    ]
    return found + _bags(period, heads)


def _year(period: Period) -> tuple[Table, Table]:
    codes = _codes()
    months = {f"{month.first:%m}": monthly.people(month, codes) for month in period.months}
    gave, hidden = _by_month({row: gave for row, (gave, _others) in months.items()})
    others, others_hidden = _by_month({row: others for row, (_gave, others) in months.items()})
    columns, rows = list(people_counts.GAVE), list(months)
    return (
        table(gave, rows=rows, columns=columns, totals_known=True, hidden=hidden),
        table(others, rows=rows, columns=list(people_counts.DID_NOT_GIVE), hidden=others_hidden),
    )


def _by_month(months: Mapping[str, Table]) -> tuple[Counter[Cell], frozenset[Cell]]:
    """Each month's row of the country, with what the month's own page withholds."""
    counts: Counter[Cell] = Counter()
    hidden: set[Cell] = set()
    for row, found in months.items():
        counts.update({(row, column): found.counts[ALL, column] for column in found.columns})
        hidden.update((row, column) for code, column in found.hidden if code == ALL)
    return counts, frozenset(hidden)


def _codes() -> list[str]:
    return list(Center.objects.order_by("code").values_list("code", flat=True))


def _by_sex_and_age(period: Period) -> list[Section]:
    counts = Counter({(sex, age): n for sex, age, n in _asked(DONORS, period)})
    found = table(counts, rows=Sex.values, columns=list(AGES), totals_known=False)
    heads = [*Sex.labels, _("Together")]
    rows = [*Sex.values, ALL]
    lines: list[Line] = [
        (name, [found.shown(row, age) for row in rows]) for age, name in AGES.items()
    ]
    lines.append((_("Together"), [found.shown(row, ALL) for row in rows]))
    return [Section(_("Donations by sex and age"), heads, lines, found.hides(rows))]


def _tests(period: Period) -> Section:
    """Small counts of reactive donations are withheld; how many were tested is shown."""
    lines: list[Line] = []
    counts = {code: (tested, reactive) for code, tested, reactive in _asked(TESTS, period)}
    for code, name in INFECTIONS.items():
        tested, reactive = counts.get(code, (0, 0))
        lines.append((name, [tested, None if 0 < reactive < LEAST else reactive]))
    withholds = any(None in figures for _name, figures in lines)
    return Section(_("Tests for infections"), list(TESTED.values()), lines, withholds)


def _bags(period: Period, heads: Sequence[Label]) -> list[Section]:
    discards = _discards(period)
    lost = [(name, [discards.shown(ALL, key)]) for key, name in bag_counts.DISCARDS.items()]
    issued = monthly.with_country(bag_counts.issued(period))
    flows = monthly.with_country(bag_counts.flows(period))
    made = [
        (name, [flows[ALL, kind]])
        for kind, name in (bag_counts.IN | bag_counts.OUT | bag_counts.BESIDE).items()
    ]
    given = [(name, [issued[ALL, family]]) for family, name in Family.choices]
    return [
        Section(_("Bags"), heads, made),
        Section(_("Discarded bags by reason"), heads, lost, discards.hides([ALL])),
        Section(_("Issued bags by product"), heads, given),
    ]


def _discards(period: Period) -> Table:
    codes = _codes()
    months: dict[str, Table] = {}
    donations: Counter[Cell] = Counter()
    for month in period.months:
        row = f"{month.first:%m}"
        months[row], told_of = monthly.discards(month, codes)
        for (_code, column), count in told_of.items():
            donations[row, column] += count
    bags, hidden = _by_month(months)
    return table(
        bags,
        rows=list(months),
        columns=list(bag_counts.DISCARDS),
        people=donations,
        totals_known=True,
        hidden=hidden,
    )


def _asked(sql: str, period: Period) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, [period.first, period.until])
        return list(cursor.fetchall())
