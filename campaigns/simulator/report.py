"""Tables of what was simulated, for the terminal and for docs/simulation.md."""

from __future__ import annotations

from collections.abc import Sequence

from .goals import goals
from .many import Band, Table
from .policies import WAYS
from .scenarios import BY_NAME

FIGURES = {
    "bag_days_short": "bag-days short",
    "unserved": "patients unserved",
    "expired": "bags expired",
    "messages_14": "messages, 14 days",
    "messages": "messages, 120 days",
    "yeses": "yeses",
    "turned_away": "asked, turned away",
    "displaced": "walk-ins displaced",
    "no_place": "yes without a place",
    "beyond": "yes beyond need",
    "lowest_week": "lowest week, days",
    "readiness": "readiness",
}


def names() -> dict[str, str]:
    return {name: way.title for name, way in WAYS.items()}


def _cell(band: Band, figure: str) -> str:
    form = ",.2f" if figure == "readiness" else ",.1f" if band.mean < 100 else ",.0f"
    return f"{band.mean:{form}} ({band.low:{form}}–{band.high:{form}})"


def markdown(rows: Sequence[Sequence[str]]) -> str:
    head, *body = rows
    lines = [head, ["---"] * len(head), *body]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def scenario_table(table: Table, scenario: str) -> str:
    """Mean and 90 % band of every figure, one row for each policy."""
    rows: list[list[str]] = [["policy", *FIGURES.values()]]
    titles = names()
    for name in titles:
        if (scenario, name) in table:
            figures = table[scenario, name]
            rows.append([titles[name], *(_cell(figures[f], f) for f in FIGURES)])
    return markdown(rows)


def goal_table(table: Table) -> str:
    rows = [("scenario", "goal", "ours", "limit", ""), *(goal.row() for goal in goals(table))]
    return markdown(rows)


def whole(table: Table, runs: dict[str, int]) -> str:
    """Goals, then every scenario with the number of runs behind it."""
    parts = ["## Goals\n", goal_table(table), "\n## Scenarios"]
    for scenario in dict.fromkeys(scenario for scenario, _policy in table):
        parts.append(f"\n### {BY_NAME[scenario].title} (`{scenario}`), {runs[scenario]} runs\n")
        parts.append(scenario_table(table, scenario))
    return "\n".join(parts) + "\n"
