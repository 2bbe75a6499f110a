"""Which bag may be given without an emergency, by the rules of ABO and RhD.

The product's own table (compatibility.csv) is the authority and goes into ``Snapshot.fits``; these
rules serve the simulator and tests, and one test holds them to that table.
"""

from __future__ import annotations

from .snapshot import GROUPS


def fits(component: str, bag: str, patient: str) -> bool:
    """Whether a bag of one group suits a patient of another."""
    antigens, of_patient = set(bag[:-1]) - {"O"}, set(patient[:-1]) - {"O"}
    if component in ("plasma", "platelets", "cryoprecipitate"):
        return of_patient <= antigens
    if component == "whole_blood":
        return bag[:-1] == patient[:-1] and (bag[-1] == "-" or patient[-1] == "+")
    return antigens <= of_patient and (bag[-1] == "-" or patient[-1] == "+")


def table(components: tuple[str, ...]) -> tuple[tuple[str, str, str], ...]:
    """``Snapshot.fits`` by the rules."""
    return tuple(
        (component, bag, patient)
        for component in components
        for bag in GROUPS
        for patient in GROUPS
        if fits(component, bag, patient)
    )
