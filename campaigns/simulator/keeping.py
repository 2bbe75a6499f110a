"""Results as lines of JSON, so that a long run that was cut short is not lost."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

from .run import Result

NAME = "results.jsonl"


def add(directory: Path | None, result: Result) -> None:
    if directory is None:
        return
    directory.mkdir(parents=True, exist_ok=True)
    with (directory / NAME).open("a", encoding="utf-8") as file:
        file.write(json.dumps(asdict(result)) + "\n")


def read(directory: Path | None) -> list[Result]:
    if directory is None or not (directory / NAME).exists():
        return []
    found: dict[tuple[str, str, int], Result] = {}
    for line in (directory / NAME).read_text(encoding="utf-8").splitlines():
        values = json.loads(line)
        result = Result(**values | {"weekly": tuple(values["weekly"])})
        found[result.scenario, result.policy, result.seed] = result
    return list(found.values())
