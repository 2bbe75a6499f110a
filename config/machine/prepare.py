"""Preparation before the site starts: tables, reference rows, the demonstration; in parallel the
static files. The seconds of each stage are kept in ``var/start.log``.
"""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import contextmanager
from time import monotonic

from config import env

from . import embedded

LOG = env.VAR / "start.log"
DATABASE, FILES = "database", "files"


@contextmanager
def stage(name: str):
    began = monotonic()
    yield
    with LOG.open("a") as log:
        log.write(f"{name:<16}{monotonic() - began:6.1f} s\n")


def prepare(donors: int) -> None:
    """Run both parts in parallel; exits with the status of the first that fails (it has printed
    why)."""
    LOG.unlink(missing_ok=True)
    running = [
        subprocess.Popen(
            [sys.executable, "-m", "config.machine.prepare", *arguments],
            cwd=env.ROOT,
            preexec_fn=embedded.end_with_parent,
        )
        for arguments in ([DATABASE, str(donors)], [FILES])
    ]
    for process in running:
        if process.wait():
            sys.exit(1)


def database(donors: int) -> None:
    # In one process: Django and the models are read once for the three commands.
    from django.core.management import call_command

    with stage("migrate"):
        call_command("migrate", verbosity=0)
    call_command("check_keys")
    with stage("load_reference"):
        call_command("load_reference")
    with stage("check_data"):
        call_command("check_data", verbosity=0)
    if env.DEMO:
        with stage("load_demo"):
            call_command("load_demo", donors=donors)


def files() -> None:
    from django.core.management import call_command

    with stage("collectstatic"):
        call_command("collectstatic", interactive=False, verbosity=0)


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    part, *arguments = sys.argv[1:]
    env.AS_OWNER = part == DATABASE
    with stage("import"):
        import django

        django.setup()
    from django.core.management import CommandError

    try:
        database(int(arguments[0])) if part == DATABASE else files()
    except CommandError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
