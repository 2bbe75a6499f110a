"""npm programs of the benches, installed when a bench needs them."""

from pathlib import Path

from config.machine import install


def program(name: str) -> Path:
    return install.bench() / ".bin" / name
