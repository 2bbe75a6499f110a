"""The report of a year: reactions of patients by kind, severity and imputability, beside the bags issued.

Whom the reports go to by law reads every figure (Directive 2005/61/EC, annex II, part D asks for them so).
For everybody else small figures are withheld (``donors.tables.suppression``): of few reactions a hospital's
staff know the patient.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from centers.models import Assessment, Family, Issue, PatientReaction
from donors.clock.calendar import midnight
from donors.people.privacy import LEAST
from donors.tables.suppression import Figure, withheld
from donors.tables.workbook import Cell

Kind, Severity, Imputability = Assessment.Kind, Assessment.Severity, Assessment.Imputability
NOT_YET = ""
GRADES = tuple(Severity)
DEGREES = (*Imputability, NOT_YET)


@dataclass(frozen=True)
class Line:
    """One kind: reactions by grade of severity, and their sum; None is withheld."""

    label: str
    figures: list[int | None]
    total: int | None


@dataclass(frozen=True)
class Report:
    year: int
    lines: list[Line]
    sums: Line
    degrees: list[tuple[str, int | None]]
    issued: list[tuple[str, int]]
    cells: list[tuple[str, str, str, int]]  # every combination; empty in the published report

    @property
    def issued_total(self) -> int:
        return sum(count for _label, count in self.issued)

    @property
    def per_10_000(self) -> float | None:
        """Reactions by 10,000 bags issued; None where nothing was issued or the sum is withheld."""
        total = self.sums.total
        return None if total is None or not self.issued_total else 1e4 * total / self.issued_total


def of_year(*, year: int, exact: bool) -> Report:
    """Reactions that began in the year, as they are assessed now."""
    counts = _counts(year)
    by_grade: Counter[tuple[str, int]] = Counter()
    by_degree: Counter[str] = Counter()
    for (kind, grade, degree), count in counts.items():
        by_grade[kind, grade] += count
        by_degree[degree] += count
    hidden = set() if exact else _hidden(by_grade, by_degree)

    def shown(key: object, value: int) -> int | None:
        return None if key in hidden else value

    lines = [
        Line(
            str(kind.label),
            [shown((kind, grade), by_grade[kind, grade]) for grade in GRADES],
            shown((kind, None), sum(by_grade[kind, grade] for grade in GRADES)),
        )
        for kind in Kind
    ]
    of_grade = [sum(by_grade[kind, grade] for kind in Kind) for grade in GRADES]
    sums = Line(
        _("All kinds"),
        [shown((None, grade), count) for grade, count in zip(GRADES, of_grade, strict=True)],
        shown((None, None), sum(of_grade)),
    )
    degrees = [(degree_label(d), shown(("degree", d), by_degree[d])) for d in DEGREES]
    cells = sorted(counts.items(), key=lambda item: _order(item[0])) if exact else []
    named = [
        (str(Kind(k).label), str(Severity(s).label), degree_label(d), count)
        for (k, s, d), count in cells
    ]
    return Report(year, lines, sums, degrees, _issued(year), named)


def degree_label(degree: str) -> str:
    return str(Imputability(degree).label) if degree else _("Not assessed yet")


def _order(key: tuple[str, int, str]) -> tuple[int, int, int]:
    kind, grade, degree = key
    return Kind.values.index(kind), grade, DEGREES.index(degree)


def _years(year: int) -> dict[str, datetime]:
    return {"gte": midnight(date(year, 1, 1)), "lt": midnight(date(year + 1, 1, 1))}


def _counts(year: int) -> Counter[tuple[str, int, str]]:
    rows = PatientReaction.objects.filter(
        **{f"began_at__{name}": moment for name, moment in _years(year).items()}
    )
    return Counter((row.kind, row.severity, row.imputability) for row in rows.with_last())


def _issued(year: int) -> list[tuple[str, int]]:
    """Bags issued in the year by family; returned ones are not counted."""
    rows = Issue.objects.filter(
        returned=None, **{f"issued_at__{name}": moment for name, moment in _years(year).items()}
    )
    counted = rows.values_list("bag__component__family").annotate(Count("pk")).order_by()
    found = dict(counted)
    return [(str(family.label), found[family]) for family in Family if family in found]


def _hidden(by_grade: Counter[tuple[str, int]], by_degree: Counter[str]) -> set[object]:
    """Keys of what is withheld. Each figure is in two sums: of its row and of its column."""
    figures = []
    for kind in Kind:
        for grade in GRADES:
            ends = (("kind", kind), ("grade", grade))
            figures.append(Figure((kind, grade), ends, by_grade[kind, grade]))
        total = sum(by_grade[kind, grade] for grade in GRADES)
        figures.append(Figure((kind, None), (("kind", kind), "all"), total, cost=3))
    for grade in GRADES:
        total = sum(by_grade[kind, grade] for kind in Kind)
        figures.append(Figure((None, grade), (("grade", grade), "all of grades"), total, cost=3))
    whole = sum(by_degree.values())
    figures.append(Figure((None, None), ("all", "all of grades"), whole, cost=9))
    # The degrees add up to the same sum, which may be shown: two withheld ones hide each other.
    figures += [
        Figure(("degree", degree), ("degrees", "nowhere"), by_degree[degree]) for degree in DEGREES
    ]
    return set(withheld(figures, least=LEAST))


def rows(report: Report) -> Iterable[Sequence[Cell]]:
    """The report as one sheet; a withheld figure is said to be one."""
    heads: list[str | Promise] = [grade.label for grade in GRADES]
    yield [_("Reactions of patients, %(year)s") % {"year": report.year}]
    yield [_("Kind of reaction"), *heads, _("Sum")]
    for line in [*report.lines, report.sums]:
        yield [line.label, *map(_cell, line.figures), _cell(line.total)]
    yield []
    yield [_("Imputability"), _("Number")]
    for label, figure in report.degrees:
        yield [label, _cell(figure)]
    yield []
    yield [_("Product"), _("Bags issued")]
    yield from report.issued
    if report.cells:
        yield []
        yield [_("Kind of reaction"), _("Severity"), _("Imputability"), _("Number")]
        yield from report.cells


def _cell(figure: int | None) -> Cell:
    return _("withheld") if figure is None else figure
