"""Which centres receive an operation's patients, as weights."""

from __future__ import annotations

from campaigns.agenda.distances import kilometres
from campaigns.models import Operation
from centers.models import Center
from donors import alphabet
from donors.models import Province

# Assumptions, shown as such beside the form: the chance of being brought to a centre halves with each of
# these distances, a share under the smallest is nobody's, and no more than so many centres share.
HALF_KM = 40
SMALLEST = 2  # per cent
MOST = 8


def centers() -> list[Center]:
    """Centres that keep blood for patients, in the order of their names."""
    rows = Center.objects.exclude(kind__in=["national_agency", "fixed_collection_site"])
    return sorted(rows, key=lambda center: (alphabet.key(center.name), center.code))


def suggested(operation: Operation) -> dict[str, int]:
    """Per cent by centre code: each stricken province sends its patients to the centres near it.

    Every province counts alike. An operation without provinces is the whole country's: all alike.
    """
    provinces = list(operation.provinces.all())
    keeping = centers()
    if not provinces:
        return {center.code: 1 for center in keeping}
    pull = {center.code: 0.0 for center in keeping}
    for province in provinces:
        near = {center.code: _pull(province, center) for center in keeping}
        total = sum(near.values())
        for code, share in near.items():
            pull[code] += share / total / len(provinces)
    chosen = sorted(pull.items(), key=lambda item: (-item[1], item[0]))[:MOST]
    kept = sum(share for _code, share in chosen)
    rounded = {code: round(100 * share / kept) for code, share in chosen}
    return {code: percent for code, percent in rounded.items() if percent >= SMALLEST}


def _pull(province: Province, center: Center) -> float:
    return float(0.5 ** (kilometres(province, center) / HALF_KM))
