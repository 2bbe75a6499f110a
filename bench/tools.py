"""The programs of the benches that npm brings; a bench that wants none installs none."""

from pathlib import Path

from config.machine import install


def program(name: str) -> Path:
    return install.bench() / ".bin" / name
