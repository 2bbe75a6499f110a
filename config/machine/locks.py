"""npm lock files: replaces tags by versions, because a registry can move a tag at any time. ``npm
ci`` resolves a tag in the registry and refuses a lock file whose version differs.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# Separate trees for the site, the tests and the benches, installed separately.
FOLDERS = (ROOT, ROOT / "tests", ROOT / "bench")
KINDS = ("dependencies", "devDependencies", "optionalDependencies", "peerDependencies")
PART = r"(?:0|[1-9]\d*|[xX*])"
VERSION = rf"v?{PART}(?:\.{PART}){{0,2}}(?:-[\w.-]+)?(?:\+[\w.-]+)?"
ONE = rf"(?:[~^]|[<>]?=?)\s*{VERSION}"
BOTH = rf"{ONE}(?:\s+{ONE})*|{VERSION}\s+-\s+{VERSION}|"
RANGE = re.compile(rf"\s*(?:{BOTH})\s*(?:\|\|\s*(?:{BOTH})\s*)*")


def is_range(text: str) -> bool:
    """Whether it is a range of versions, not a tag, an address or a path."""
    return RANGE.fullmatch(text.removeprefix("npm:").rpartition("@")[2]) is not None


def tags(lock: dict) -> list[tuple[str, str, str, str]]:
    """Place, kind, name and range of each range of a lock that is not one of versions."""
    return [
        (place, kind, name, text)
        for place, package in lock["packages"].items()
        for kind in KINDS
        for name, text in package.get(kind, {}).items()
        if not is_range(text)
    ]


def pin(lock: dict) -> dict:
    """Put the locked version in the place of each tag. Raises ``LookupError`` without one."""
    for place, kind, name, _text in tags(lock):
        lock["packages"][place][kind][name] = _version(lock, place, name)
    return lock


def _version(lock: dict, place: str, name: str) -> str:
    """The installed version, resolved as Node does: in the package's own folder, then in each
    parent."""
    while True:
        found = lock["packages"].get(f"{place}/node_modules/{name}".removeprefix("/"))
        if found:
            return found["version"]
        if not place:
            raise LookupError(f"{name} is not in the lock")
        place = place.rpartition("node_modules/")[0].removesuffix("/")


def main() -> int:
    for folder in FOLDERS:
        path = folder / "package-lock.json"
        lock = pin(json.loads(path.read_text()))
        path.write_text(json.dumps(lock, indent=2, ensure_ascii=False) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
