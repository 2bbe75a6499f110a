"""Small countries to plan for: the builders of the planner's tests."""

from __future__ import annotations

from campaigns.planner import Center, Cohort, Need, Session, Snapshot

TAZA = Center("TAZ", 34.21, -4.01)
FES = Center("FES", 34.03, -5.00)
CASABLANCA = Center("CAS", 33.59, -7.61)

# 5 % say yes, and of those 59 % come, of whom 85 % give: 800 asked bring 40 yeses and 20 bags.
COMES = {"rate": 0.05, "show": 0.59, "usable": 0.85}


def need(center: str = "TAZ", group: str = "A+", component: str = "red_cells", **more) -> Need:
    """Nothing on the shelf, 20 bags wanted, nothing used meanwhile."""
    known = {"target": 20.0, "floor": 20.0, "use": ()} | more
    return Need(center=center, component=component, group=group, **known)


def session(number: int = 1, center: str = "TAZ", starts: float = 24.0, free: int = 500, **more):
    return Session(id=f"{center}-{number}", center=center, starts=starts, free=free, **more)


def people(group: str | None = "A+", askable: int = 12_000, area: str = "TAZ", **more) -> Cohort:
    return Cohort(id=f"{area} {group}", area=area, group=group, askable=askable, **COMES | more)


def country(*, needs, sessions=(), cohorts=(), centers=(TAZA, FES, CASABLANCA), **more) -> Snapshot:
    reach = {
        area: tuple((s.id, 0.0) for s in sessions if s.center == area)
        for area in {c.area for c in cohorts}
    }
    return Snapshot(
        centers=tuple(centers),
        needs=tuple(needs),
        sessions=tuple(sessions),
        cohorts=tuple(cohorts),
        **{"reach": reach} | more,
    )
