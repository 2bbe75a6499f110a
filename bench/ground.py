"""Common setup of the benches: their own servers, a demonstration, and the result line."""

from __future__ import annotations

import contextlib
import json
import os
import statistics
import time
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

os.environ.setdefault("DEMO", "1")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

import django  # noqa: E402
import psycopg2  # noqa: E402

from config import env  # noqa: E402
from config.machine import launch, roles, template_database  # noqa: E402


@contextlib.contextmanager
def site(*, donors: int, keep: bool = False) -> Iterator[None]:
    """Set up Django on a database ``bench_<donors>`` with that demonstration, rebuilt unless
    ``keep``.

    The servers are those of ``DATABASE_URL`` and ``REDIS_URL``, or embedded ones in ``var/``.
    """
    with launch.servers(name="bench-"):
        roles.beside_the_owner()
        fresh = _database(f"bench_{donors}", keep=keep)
        env.AS_OWNER = True  # it fills its database itself; the sites it starts work as the role
        django.setup()
        from django.core.management import call_command
        from django.db import connections

        if fresh:
            call_command("migrate", verbosity=0)  # of a peer, which only the bench installs
            call_command("load_reference", verbosity=0)
            call_command("load_demo", donors=donors)
            call_command("collectstatic", interactive=False, verbosity=0)
        try:
            yield
        finally:
            connections.close_all()


def _database(name: str, *, keep: bool) -> bool:
    """Point both addresses at a database of the bench's own; whether it was made just now."""
    url = urlsplit(os.environ["DATABASE_OWNER_URL"])
    connection = psycopg2.connect(url.geturl())
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        known = cursor.fetchone() is not None
        if known and not keep:
            cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")
        if not (known and keep):
            cursor.execute(f"CREATE DATABASE {name} TEMPLATE {template_database.database()}")
    connection.close()
    for address in ("DATABASE_URL", "DATABASE_OWNER_URL"):
        os.environ[address] = urlsplit(os.environ[address])._replace(path=f"/{name}").geturl()
    return not (known and keep)


def seconds(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def middle(values: list[float]) -> float:
    return statistics.median(values)


def report(
    bench: str, *, value: float, unit: str, floor: float, size: dict, more: dict | None = None
) -> None:
    """The last line: ``ratio`` is value to floor, both in ``unit``."""
    line = {"bench": bench, "value": round(value, 3), "unit": unit, "floor": round(floor, 3)}
    line |= {"ratio": round(value / floor, 3), "size": size} | (more or {})
    print(json.dumps(line), flush=True)
