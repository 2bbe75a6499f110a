"""Files of others are parsed in a child process: one made to exhaust memory or time ends only the child.

A parser is a module that is run as ``python -m``: its ``main`` calls ``work`` with the function that
parses, and its rule calls ``parsed`` with its own name and its sentences by key, of which "time" and
"broken" are always needed.
"""

from __future__ import annotations

import resource
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from django.utils.translation import gettext as _

from donors.errors import Refused

MEMORY = 1024 * 1024 * 1024
SECONDS = 60
START = 10  # seconds for the child to begin, besides its own


class Unfit(Exception):
    """``args[0]`` is a key of the parser's sentences."""


def parsed(*, module: str, content: bytes, sentences: Mapping[str, str], field: str = "") -> bytes:
    """What the child wrote. Raises ``Refused`` with the sentence of what was wrong."""
    try:
        child = subprocess.run(
            [sys.executable, "-m", module],
            input=content,
            capture_output=True,
            timeout=SECONDS + START,
            cwd=Path(__file__).parents[1],
            check=False,
        )
    except subprocess.TimeoutExpired as late:
        sentence = sentences["time"]
        raise Refused(_(sentence), field or None) from late
    if child.returncode:
        key = child.stderr.decode(errors="replace").strip().rpartition("\n")[2]
        sentence = sentences.get(key, sentences["broken"])
        raise Refused(_(sentence), field or None)
    return child.stdout


def work(parse: Callable[[bytes], bytes], *, exhausted: str = "broken") -> None:
    """The child: its standard input parsed to its standard output, or the key of what is wrong.

    ``exhausted`` is the key for a file that needs more memory than there is.
    """
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    try:
        out = parse(sys.stdin.buffer.read())
    except Unfit as error:
        sys.exit(error.args[0])
    except MemoryError:
        sys.exit(exhausted)
    sys.stdout.buffer.write(out)
