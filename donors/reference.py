"""Reference rows of people and places, from the files in ``data``; loading again changes
nothing."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TypeVar

from django.db import models, transaction

from .models import Criterion, DeferralReason, Province, Question, Region, Unit
from .people.names import keys

DATA = Path(__file__).parent / "data"
DECREE = date(1995, 11, 16)
EARLIEST = date(2000, 1, 1)


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


Row = TypeVar("Row", bound=models.Model)


def upsert(instances: Iterable[Row], *, key: list[str], keep: Iterable[str] = ()) -> list[Row]:
    """Insert the row, or update the one with the same key from the file, except the ``keep``
    columns."""
    instances = list(instances)
    if not instances:
        return []
    model = type(instances[0])
    fields = [
        f.name
        for f in model._meta.concrete_fields
        if not f.primary_key and f.name not in {*key, *keep}
    ]
    return model._default_manager.bulk_create(
        instances, update_conflicts=True, unique_fields=key, update_fields=fields
    )


@transaction.atomic
def load() -> dict[str, int]:
    """Every file of this app; the counts by kind."""
    places = rows(DATA / "regions_provinces.csv")
    units = rows(DATA / "police_units.csv")
    criteria = rows(DATA / "eligibility_criteria.csv")
    reasons = rows(DATA / "deferrals.csv") + rows(DATA / "own_reasons.csv")
    regions = [r for r in places if r["level"] == "region"]
    provinces = [r for r in places if r["level"] == "province"]
    upsert([Region(code=r["code"], **names(r)) for r in regions], key=["code"])
    upsert([_province(r) for r in provinces], key=["code"])
    _load_units(units)
    _load_policy([_criterion(r) for r in criteria], ("value", "operator", "sex", "deferral_days"))
    _load_policy([_reason(r) for r in reasons], ("kind", "days", "value", "unit"))
    questions = rows(DATA / "questionnaire.csv")
    upsert([_question(r) for r in questions], key=["version", "code"])
    return {
        "regions": len(regions),
        "provinces": len(provinces),
        "units": len(units),
        "criteria": len(criteria),
        "deferral reasons": len(reasons),
        "questions": len(questions),
    }


def group_frequencies() -> dict[str, Decimal]:
    """Per cent of donors by the eight groups, in the series the program starts with."""
    return {
        r["group"]: Decimal(r["percent"])
        for r in rows(DATA / "blood_group_frequencies.csv")
        if r["app_default"] == "yes" and r["series"].endswith("_8way")
    }


def names(row: dict[str, str], prefix: str = "name") -> dict[str, str]:
    return {f"name_{lang}": row[f"{prefix}_{lang}"] for lang in ("ar", "fr", "en")}


def _province(row: dict[str, str]) -> Province:
    return Province(
        code=row["code"],
        region_id=row["parent_code"],
        kind=row["kind"],
        chief_town_ar=row["chief_town_ar"],
        chief_town_fr=row["chief_town_fr"],
        latitude=float(row["lat"]),
        longitude=float(row["lon"]),
        **names(row),
    )


def _load_policy(
    versions: list[Criterion] | list[DeferralReason], decided: tuple[str, ...]
) -> None:
    """Load new codes and updated wording and sources. The values that decide about eligibility are
    changed by administrators only (``donors.eligibility.policy``), never by an installation."""
    upsert(versions, key=["code", "valid_from"], keep=[*decided, "in_use", "valid_until"])


def _load_units(lines: list[dict[str, str]]) -> None:
    """Load units level by level, because a path contains the parent's path. An existing unit keeps
    its name and parent: people change those (``donors.units.tree``), not an installation."""
    known = {unit.code: unit for unit in Unit.objects.all()}
    there = [known[r["code"]] for r in lines if r["code"] in known]
    for row in lines:
        if row["code"] in known:
            unit, fresh = known[row["code"]], _unit(row, None)
            unit.source, unit.verified = fresh.source, fresh.verified
            unit.parent_verified = fresh.parent_verified
    Unit.objects.bulk_update(there, ["source", "verified", "parent_verified"])
    waiting = [r for r in lines if r["code"] not in known]
    while waiting:
        ready = [r for r in waiting if not r["parent_code"] or r["parent_code"] in known]
        if not ready:
            raise ValueError(f"units without a known parent: {[r['code'] for r in waiting]}")
        for unit in Unit.objects.bulk_create(_unit(r, known.get(r["parent_code"])) for r in ready):
            known[unit.code] = unit
        waiting = [r for r in waiting if r["code"] not in known]


def _unit(row: dict[str, str], parent: Unit | None) -> Unit:
    return Unit(
        code=row["code"],
        parent=parent,
        path=f"{parent.path if parent else '/'}{row['code']}/",
        kind=row["kind"],
        province_id=row["province_code"],
        verified=row["verified"],
        parent_verified=row["parent_verified"],
        source="; ".join(filter(None, [row["source"], row["note"]])),
        name_keys=keys(names(row).values()),
        **names(row),
    )


def _criterion(row: dict[str, str]) -> Criterion:
    status = row["donor_status"]
    return Criterion(
        code=row["code"],
        authority=row["authority"],
        donation_type=row["donation_type"],
        sex=row["sex"],
        criterion=row["criterion"],
        operator=row["operator"],
        value=Decimal(row["value"]),
        unit=row["unit"],
        deferral_days=_number(row["deferral_days_if_failed"]),
        note="; ".join(filter(None, ["" if status == "any" else status, row["note"]])),
        **_evidence(row),
    )


def _reason(row: dict[str, str]) -> DeferralReason:
    return DeferralReason(
        code=row["code"],
        authority=row["authority"],
        criterion=row["criterion"],
        kind=row["kind"],
        days=_number(row["days"]),
        value=_number(row["value"]),
        unit=row["unit"],
        counts_from=row["counts_from"],
        note=row["note"],
        **names(row, "label"),
        **_evidence(row),
    )


def _question(row: dict[str, str]) -> Question:
    texts = {f"text_{lang}": row[f"text_{lang}"] for lang in ("ar", "fr", "en")}
    plain = {name: row[name] for name in ("version", "code", "part", "sex", "reason", "source")}
    return Question(
        position=int(row["position"]), asks_when=row["asks_when"] == "yes", **plain, **texts
    )


def _evidence(row: dict[str, str]) -> dict[str, object]:
    of_the_decree = row["authority"] == "MA" and row["source"].startswith("Decree 2-94-20")
    return {
        "in_use": row["app_default"] == "yes",
        "verified": row["verified"],
        "source": row["source"],
        "valid_from": DECREE if of_the_decree else EARLIEST,
    }


def _number(text: str) -> int | None:
    return int(text) if text else None
