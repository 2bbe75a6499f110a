"""Reference rows of blood, from the files in ``data``; loading again changes nothing."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from django.db import transaction

from donors.reference import names, rows, upsert

from .models import Center, Compatibility, Component, Family, Kit, Marker, Recipe, RecipePart

DATA = Path(__file__).parent / "data"
FAMILIES = {
    "WB": Family.WHOLE_BLOOD,
    "RBC": Family.RED_CELLS,
    "PLT": Family.PLATELETS,
    "FFP": Family.PLASMA,
    "PLASMA": Family.PLASMA,
    "CRYO": Family.CRYO,
    "GRAN": Family.GRANULOCYTES,
}


@transaction.atomic
def load() -> dict[str, int]:
    """Every file of this app; the counts by kind. As the owner of the tables; provinces must be there."""
    centers = rows(DATA / "transfusion_centres.csv")
    components = rows(DATA / "components.csv")
    matrix = rows(DATA / "compatibility.csv")
    markers = rows(DATA / "markers.csv")
    kits = rows(DATA / "kits.csv")
    media = {r["component"]: r for r in rows(DATA / "media.csv")}
    local = {r["component"]: r["local_code"] for r in rows(DATA / "local_codes.csv")}
    upsert(
        [_center(r) for r in centers],
        key=["code"],
        keep=["facility", "stale_after_hours", "acceptance", "second_check", "electronic_issue"],
    )
    collected = {r["component"] for r in kits}
    upsert(
        [_component(r, media[r["code"]], local[r["code"]], collected) for r in components],
        key=["code"],
    )
    upsert([_compatibility(r) for r in matrix], key=["family", "recipient", "donor"])
    upsert([_marker(r, position) for position, r in enumerate(markers, 1)], key=["code"])
    upsert([_kit(r, position) for position, r in enumerate(kits, 1)], key=["code"])
    _load_recipes(rows(DATA / "recipes.csv"))
    return {
        "centres": len(centers),
        "components": len(components),
        "compatibility": len(matrix),
        "markers": len(markers),
    }


def _center(row: dict[str, str]) -> Center:
    return Center(
        code=row["code"],
        kind=row["kind"],
        city_ar=row["city_ar"],
        city_fr=row["city_fr"],
        province_id=row["province_code"],
        latitude=float(row["lat"]),
        longitude=float(row["lon"]),
        verified=row["verified"],
        source=row["source"],
        note=row["note"],
        **names(row),
    )


def _component(
    row: dict[str, str], medium: dict[str, str], local_code: str, collected: set[str]
) -> Component:
    return Component(
        code=row["code"],
        family=FAMILIES[row["code"].split("-")[0]],
        local_code=local_code,
        storage_min_c=int(row["storage_min_c"]) if row["storage_min_c"] else None,
        storage_max_c=int(row["storage_max_c"]) if row["storage_max_c"] else None,
        condition=row["condition"],
        shelf_life_days=int(row["shelf_life_days"]),
        anticoagulant=medium["anticoagulant"],
        anticoagulant_ml=int(medium["anticoagulant_ml"]) if medium["anticoagulant_ml"] else None,
        additive=medium["additive"],
        additive_ml=int(medium["additive_ml"]) if medium["additive_ml"] else None,
        volume_min=int(medium["volume_min"]),
        volume_max=int(medium["volume_max"]),
        in_use=row["app_default"] == "yes" or row["code"] in collected,
        verified=row["verified"],
        source=row["source"],
        note="; ".join(filter(None, [row["anticoagulant_or_medium"], row["note"]])),
        **names(row),
    )


def _compatibility(row: dict[str, str]) -> Compatibility:
    return Compatibility(
        family=row["component"],
        recipient=row["recipient"],
        donor=row["donor"],
        verdict=row["verdict"],
        preference=int(row["preference"]) if row["preference"] else None,
        note=row["note"],
        source=row["source"],
    )


def _marker(row: dict[str, str], position: int) -> Marker:
    return Marker(
        code=row["code"],
        kind=row["kind"],
        position=position,
        rh_negative_only=row["rh_negative_only"] == "yes",
        deferral_code=row["deferral_code"],
        look_back=row["look_back"] == "yes",
        valid_from=date.fromisoformat(row["valid_from"]),
        source="; ".join(filter(None, [row["source"], row["note"]])),
        **names(row),
    )


def _kit(row: dict[str, str], position: int) -> Kit:
    return Kit(
        code=row["code"],
        component_id=row["component"],
        position=position,
        source=row["source"],
        **names(row),
    )


def _load_recipes(lines: list[dict[str, str]]) -> None:
    """The first line of a recipe names it; each line is a product that it makes."""
    named = [row for row in lines if row["name_en"]]
    recipes = [
        Recipe(code=row["code"], of_id=row["of"], position=position, **names(row))
        for position, row in enumerate(named, 1)
    ]
    for recipe, row in zip(upsert(recipes, key=["code"]), named, strict=True):
        # A kit's primary key is its code; the stubs take every key for a number.
        recipe.kits.set(row["kits"].split())  # type: ignore[arg-type]
    parts = [
        RecipePart(
            recipe_id=row["code"],
            makes_id=row["makes"],
            within_hours=row["within_hours"] or None,
            life_hours=row["life_hours"] or None,
            not_if_slow=row["not_if_slow"] == "yes",
            source=row["source"],
        )
        for row in lines
    ]
    upsert(parts, key=["recipe", "makes"])
