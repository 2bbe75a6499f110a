"""``plan(snapshot, policy) -> Decisions``: the whole planner as one pure function."""

from __future__ import annotations

import numpy as np

from . import greedy, optimiser, telling, transfers, whole
from . import problem as programme
from .decisions import Decisions, Invitation, StandDown
from .forecast import Array
from .policy import Policy
from .problem import Problem
from .snapshot import Snapshot


def plan(snapshot: Snapshot, policy: Policy | None = None) -> Decisions:
    """What to send, whom to ask where and when, and whom to stand down.

    Deterministic: the same snapshot and policy give the same decisions. The solver's plan in
    fractions is the cheapest there is; where rounding it to whole people and bags costs much, the
    greedy plan is made as well and the cheaper stands.
    """
    policy = policy or Policy()
    problem = programme.build(snapshot, policy)
    fractions = None
    if policy.solver == "highs" and optimiser.available():
        fractions = optimiser.solve(problem)
    if fractions is None:
        by_hand = greedy.solve(problem)
        best = whole.rounded(problem, by_hand)
        return _decisions(problem, best, bound=problem.cost(by_hand), solver="greedy")
    bound = problem.cost(fractions)
    solver, best = "highs", whole.rounded(problem, fractions)
    if policy.compare and problem.cost(best) > (1 + policy.rounding) * bound + 1e-6:
        other = whole.rounded(problem, greedy.solve(problem))
        if problem.cost(other) < problem.cost(best):
            solver, best = "greedy", other
    return _decisions(problem, best, bound=bound, solver=solver)


def _decisions(problem: Problem, x: Array, *, bound: float, solver: str) -> Decisions:
    sent = transfers.decided(problem, x)
    asked = _invitations(problem, x)
    ended = _stand_downs(problem, x)
    missing = telling.uncovered(problem, x)
    stale = sorted(
        {key[0] for key, ok in zip(problem.cover.keys, problem.cover.fresh, strict=True) if not ok}
    )
    return Decisions(
        transfers=sent,
        invitations=asked,
        stand_downs=ended,
        confirm=tuple(stale),
        forecasts=telling.forecasts(problem, x),
        uncovered=missing,
        cost=problem.cost(x),
        bound=bound,
        solver=solver,
        digest=telling.digest(problem.snapshot, problem.policy),
        words=telling.words(problem, sent, asked, ended, missing, tuple(stale)),
    )


def _invitations(problem: Problem, x: Array) -> tuple[Invitation, ...]:
    arcs, snapshot = problem.arcs, problem.snapshot
    people = np.round(x[problem.blocks["invite"]])
    return tuple(
        Invitation(
            cohort=snapshot.cohorts[int(arcs.cohort[n])].id,
            session=snapshot.sessions[int(arcs.session[n])].id,
            hours=float(arcs.hours[n]),
            people=int(people[n]),
            expected_yeses=float(people[n] * arcs.yes[n]),
            expected_donations=float(people[n] * arcs.donations[n]),
        )
        for n in np.flatnonzero(people > 0)
    )


def _stand_downs(problem: Problem, x: Array) -> tuple[StandDown, ...]:
    """Open invitations the plan has no use for; those without a lot have none either."""
    arcs = problem.arcs
    kept = np.zeros(len(problem.snapshot.invitations))
    kept[arcs.kept.invitation] = x[problem.blocks["keep"]]
    ended = []
    for n, invitation in enumerate(problem.snapshot.invitations):
        people = round(sum(count for _hours, count in invitation.asked) - kept[n])
        if people > 0:
            ended.append(StandDown(invitation.cohort, invitation.session, people))
    return tuple(ended)
