"""The answers to a memo and its account as rows of a file."""

from __future__ import annotations

from django.utils.translation import gettext as _

from donors.tables.workbook import Cell

from . import unit_kinds
from .memo_answers import WORDS, Tree
from .memo_results import Results


def answers(tree: Tree) -> list[list[Cell]]:
    heads: list[Cell] = [
        _("Code"), _("Unit"), _("Level"), _("Kind"), _("Province"), _("Answer"), _("Since"),
        _("Sent"), _("Seen"), _("Acknowledged"), _("Hours to acknowledge"), _("Planned day"),
        _("Donors expected"), _("Because"), _("Given to an older text"), _("Campaign"), _("Units of the branch"),
        _("Will organise"), _("Cannot"),
    ]  # fmt: skip
    rows: list[list[Cell]] = [heads]
    for row in tree.rows:
        known = row.acknowledged_at
        hours = round((known - row.sent_at).total_seconds() / 3600, 1) if known else None
        rows.append([
            row.code, row.name, row.level + 1, unit_kinds.named(row.kind), row.province, WORDS[row.state][0],
            row.since_at, row.sent_at, row.seen_at, known, hours, row.planned_on, row.expected,
            row.because, _("Yes") if row.older else "", row.campaign_state, row.parts.total(), row.parts["will"],
            row.parts["cannot"],
        ])  # fmt: skip
    return rows


def account(results: Results, *, whole: bool) -> list[list[Cell]]:
    """Branches first, then days and weeks; without ``whole`` the branches alone."""
    withheld = _("not shown")

    def figures(*counts: int | None) -> list[Cell]:
        return [withheld if count is None else count for count in counts]

    bags = [_("Donations"), _("Usable bags"), _("Issued to patients"), _("Expired")]
    rows: list[list[Cell]] = [
        [
            _("Code"),
            _("Unit"),
            _("Level"),
            _("Units"),
            _("Campaigns"),
            _("Came"),
            _("Deferred"),
            *bags,
        ]
    ]
    first = [results.total] if whole else []
    for row in (*first, *results.branches):
        name = row.name or _("All units")
        head: list[Cell] = [row.code, name, row.level, row.units, row.campaigns]
        people = row.came, row.deferred, row.donations
        rows.append([*head, *figures(*people, row.usable, row.issued, row.expired)])
    if whole:
        rows += [[], [_("Day"), *bags]]
        for day in results.days:
            counts = figures(day.donations, day.usable, day.issued, day.expired)
            rows.append([day.on.isoformat(), *counts])
        rows += [[], [_("Week from"), _("Bags forecast"), _("Usable bags")]]
        for week in results.weeks:
            rows.append([week.on.isoformat(), week.forecast, *figures(week.fact)])
    return rows
