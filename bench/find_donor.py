"""Milliseconds to find a donor among very many by a misspelt name, and how often the right one is
among the first five; the floor is a search for a part of the name as written.

``hit``: that very person, with the date of birth beside the name; ``name``: a person with the
intended name, without it, because among a million donors many have the same one.
"""

from __future__ import annotations

import argparse
import random
import time
from collections import defaultdict

from . import ground

FIRST = 5


def percentile(values: list[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def measure(count: int, seed: int) -> None:
    from donors.models import Donor
    from donors.people import search

    from .misspelt import Misspelt, bearers

    queries = list(Misspelt(dice=random.Random(seed)).queries(count))
    search.find("Mohamed")  # loads the vocabulary
    took, dated = [], []
    hits: dict[str, list[bool]] = defaultdict(list)
    named: dict[str, list[bool]] = defaultdict(list)
    for query in queries:
        spent, found = _search(query.text)
        took.append(spent)
        named[query.kind].append(bool(bearers(found) & query.names))
        born = Donor.objects.values_list("birth_date", flat=True).get(pk=query.pk)
        spent, found = _search(f"{query.text} {born:%d/%m/%Y}")
        dated.append(spent)
        hits[query.kind].append(query.pk in {d.pk for d in found})
    plain = [_plain(query.text.split()[0]) for query in queries[:25]]
    share = {k: round(sum(v) / len(v), 3) for k, v in hits.items()}
    by_name = {k: round(sum(v) / len(v), 3) for k, v in named.items()}
    ground.report(
        "find_donor",
        value=ground.middle(took),
        unit="ms",
        floor=ground.middle(plain),
        size={"donors": Donor.objects.count(), "queries": count},
        more={
            "p95": round(percentile(took, 0.95), 1),
            "with_birth_date": round(ground.middle(dated), 1),
            "with_birth_date_p95": round(percentile(dated, 0.95), 1),
            "hit": round(sum(map(sum, hits.values())) / count, 3),
            "name": round(sum(map(sum, named.values())) / count, 3),
            "hit_by_kind": share,
            "name_by_kind": by_name,
        },
    )


def _search(text: str) -> tuple[float, list]:
    from donors.people import search

    began = time.perf_counter()
    found = search.find(text)
    return (time.perf_counter() - began) * 1000, found[:FIRST]


def _plain(word: str) -> float:
    from django.db.models import Q

    from donors.models import Donor

    columns = ("family_name", "given_name", "family_name_ar", "given_name_ar")
    like = Q()
    for column in columns:
        like |= Q(**{f"{column}__icontains": word})
    return ground.seconds(lambda: list(Donor.objects.filter(like)[:20])) * 1000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--donors", type=int, default=1_000_000)
    parser.add_argument("--queries", type=int, default=600)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--keep", action="store_true", help="use the database of the last run")
    options = parser.parse_args()
    with ground.site(donors=options.donors, keep=options.keep):
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE donors_donor")
        measure(options.queries, options.seed)


if __name__ == "__main__":
    main()
