"""For which need an invitation is made: an appeal is the face of one need, a donation serves several.

The need must lack bags that such a donation becomes; the session's own centre leads, then the
nearest, then the deepest lack. Nothing of the plan changes by it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from campaigns.planner import Invitation, Policy, Snapshot, cover
from campaigns.planner.places import Distances

Key = tuple[str, str, str]  # centre's code, family, group
LEAST = 0.5  # bags


@dataclass(frozen=True)
class Lacks:
    """Bags missing of each need at its worst checkpoint, before anybody is asked; ``late`` only at
    those after the lead time, which people asked now can still change."""

    bags: dict[Key, float]
    late: dict[Key, float]

    @classmethod
    def of(cls, snapshot: Snapshot, policy: Policy) -> Lacks:
        seen = cover.build(snapshot, policy)
        gaps = seen.wanted - seen.supply
        worst = np.max(gaps, axis=1, initial=0.0)
        late = np.max(gaps[:, seen.hours > policy.lead_time], axis=1, initial=0.0)
        return cls(
            {key: float(n) for key, n in zip(seen.keys, worst, strict=True) if n > 0},
            {key: float(n) for key, n in zip(seen.keys, late, strict=True) if n > 0},
        )


class Causes:
    def __init__(self, snapshot: Snapshot, policy: Policy, lacks: Lacks) -> None:
        self.lacks, self.policy = lacks, policy
        self.groups = {cohort.id: cohort.group for cohort in snapshot.cohorts}
        self.sessions = {session.id: session for session in snapshot.sessions}
        self.fits = set(snapshot.fits)
        self.far = Distances(snapshot.centers)

    def of(self, invitation: Invitation, barred: set[tuple[str, str]]) -> Key | None:
        """The need whose appeal the invitation belongs to; none where all of them are ``barred``
        (centre and group: the same people would give its other components), or not half a bag is
        missing of any: nobody is written to for that."""
        session = self.sessions[invitation.session]
        group = self.groups[invitation.cohort]
        makes = {
            family for recipe in self.policy.recipes[session.procedure] for family, _n in recipe
        }
        best: tuple[tuple[float, float, float], Key] | None = None
        for key, bags in self.lacks.bags.items():
            center, family, patient = key
            if bags < LEAST or family not in makes or (key[0], key[2]) in barred:
                continue
            if group and (family, group, patient) not in self.fits and group != patient:
                continue
            other = 0.0 if group in (patient, None) else 1.0
            rank = (round(self.far.between(session.center, center)), other, -bags)
            if best is None or (rank, key) < best:
                best = (rank, key)
        return best and best[1]
