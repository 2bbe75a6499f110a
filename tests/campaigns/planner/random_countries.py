"""Random snapshots for the properties: small, but with every kind of thing in them."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st

from campaigns.planner import (
    Appointment,
    Center,
    Cohort,
    InTransit,
    Need,
    OpenInvitation,
    Quarantined,
    Response,
    Room,
    Session,
    Snapshot,
    Undetermined,
    compat,
)

# The suite looks at the same few countries each time; CASES=3000 bin/test tests/campaigns/planner
# looks at as many new ones.
thorough = settings(
    max_examples=int(os.environ.get("CASES", "20")),
    derandomize="CASES" not in os.environ,
    deadline=None,
    phases=set(Phase) - {Phase.shrink} if os.environ.get("QUICK") else set(Phase),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)

GROUPS = ("O+", "O-", "A+")
COMPONENTS = ("red_cells", "platelets", "plasma")
CENTERS = (Center("TAZ", 34.2, -4.0), Center("FES", 34.0, -5.0), Center("CAS", 33.6, -7.6))

bags = st.integers(0, 40).map(float)


@st.composite
def needs(draw, center: str, component: str, group: str) -> Need:
    life = {"red_cells": 42, "platelets": 5, "plasma": 365}[component]
    floor = draw(st.integers(0, 15))
    return Need(
        center=center,
        component=component,
        group=group,
        floor=float(floor),
        target=floor + draw(bags),
        use=tuple(draw(st.lists(st.sampled_from([0.0, 0.3, 2.0, 9.0]), max_size=4))),
        reserve=draw(st.sampled_from([0.0, 0.0, 6.0])),
        stock=tuple(draw(st.lists(st.tuples(st.integers(0, life), bags), max_size=3))),
        quarantined=(Quarantined(draw(st.sampled_from([10.0, 30.0])), draw(bags)),),
        in_transit=(InTransit(20.0, draw(st.sampled_from([0.0, 0.0, 5.0]))),),
        spread=draw(st.sampled_from([1.0, 1.5, 3.0])),
        shelf_life=life,
        figure_age=draw(st.sampled_from([0.0, 1.0, 30.0, 90.0])),
        used=draw(st.sampled_from([None, None, 4.0])),
        arrived=draw(st.sampled_from([0.0, 3.0])),
    )


@st.composite
def snapshots(draw) -> Snapshot:
    centers = CENTERS[: draw(st.integers(1, 3))]
    components = COMPONENTS[: draw(st.integers(1, 3))]
    sessions = tuple(
        Session(
            id=f"{center.id}-{n}",
            center=center.id,
            starts=draw(st.sampled_from([3.0, 12.0, 30.0, 60.0, 110.0, 180.0])),
            free=draw(st.integers(0, 60)),
            walkins=draw(st.sampled_from([0.0, 0.0, 4.0])),
        )
        for center in centers
        for n in range(draw(st.integers(0, 3)))
    )
    cohorts = tuple(
        Cohort(
            id=f"{center.id} {group} {first}",
            area=center.id,
            group=group,
            askable=draw(st.integers(0, 3000)),
            rate=draw(st.sampled_from([0.02, 0.08, 0.4])),
            first_time=first,
            show=draw(st.sampled_from([0.59, 0.59, 0.8])),
            rested=draw(st.sampled_from([1.0, 0.6, 0.1])),
        )
        for center in centers
        for group in (*GROUPS, None)
        for first in (False, True)
    )
    ids = [s.id for s in sessions]
    reach = {
        c.id: tuple(
            (s.id, 0.0 if s.center == c.id else 120.0)
            for s in sessions
            if s.center == c.id or draw(st.booleans())
        )
        for c in centers
    }
    open_ones = st.builds(
        OpenInvitation,
        cohort=st.sampled_from([c.id for c in cohorts]),
        session=st.sampled_from(ids or ["none"]),
        asked=st.lists(
            st.tuples(st.sampled_from([0.5, 5.0, 30.0]), st.integers(1, 300).map(float)),
            min_size=1,
            max_size=2,
        ).map(tuple),
    )
    booked = st.builds(
        Appointment,
        session=st.sampled_from(ids or ["none"]),
        group=st.sampled_from([*GROUPS, None]),
        people=st.integers(1, 20).map(float),
    )
    return Snapshot(
        centers=centers,
        needs=tuple(
            draw(needs(center.id, component, group))
            for center in centers
            for component in components
            for group in GROUPS
        ),
        sessions=sessions,
        cohorts=cohorts,
        reach=reach,
        appointments=tuple(draw(st.lists(booked, max_size=3))) if ids else (),
        invitations=tuple(draw(st.lists(open_ones, max_size=3))) if ids else (),
        undetermined=(Undetermined(centers[0].id, "red_cells", 12.0, draw(bags)),),
        rooms=(Room(centers[0].id, 1, draw(st.sampled_from([None, 5.0])), None),)
        + ((Room(centers[0].id, 2, None, 12.0),) if draw(st.booleans()) else ()),
        fits=compat.table(components),
        quiet=draw(st.sampled_from([(), ((0.0, 9.0),)])),
        response=Response(draw(st.sampled_from([0.7, 1.0, 3.0])), 0.35),
    )
