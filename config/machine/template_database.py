"""A database with every migration and nothing else: tests and benches begin with a copy of it."""

from __future__ import annotations

import contextlib
import hashlib
import os
import subprocess
import sys
from urllib.parse import urlsplit

import psycopg2

from config import env

from . import embedded

PREFIX = "bloodcall_migrated_"
MADE_FROM = ("*/migrations/*.py", "*/guards/*.sql", "*/guards/rights.*", "requirements.lock")


def database() -> str:
    """Its name, on the server of ``DATABASE_OWNER_URL``; made when what it is made from has changed."""
    made_from = [path for kind in MADE_FROM for path in sorted(env.ROOT.glob(kind))]
    digest = hashlib.sha256()
    for path in made_from:
        digest.update(b"%s %s" % (path.name.encode(), path.read_bytes()))
    name, unfinished = f"{PREFIX}{digest.hexdigest()[:16]}", f"{PREFIX}unfinished"
    url = urlsplit(os.environ["DATABASE_OWNER_URL"])
    with contextlib.closing(psycopg2.connect(url.geturl())) as connection:
        connection.autocommit = True
        cursor = connection.cursor()
        cursor.execute("SELECT pg_advisory_lock(hashtext('migrated'))")
        cursor.execute(
            "SELECT datname FROM pg_database WHERE starts_with(datname::text, %s)", [PREFIX]
        )
        known = [row[0] for row in cursor]
        if name not in known:
            for old in known:
                cursor.execute(f"DROP DATABASE {old}")
            cursor.execute(f"CREATE DATABASE {unfinished}")
            _migrate(url._replace(path=f"/{unfinished}").geturl())
            cursor.execute(f"ALTER DATABASE {unfinished} RENAME TO {name}")
    return name


def _migrate(url: str) -> None:
    subprocess.run(
        [sys.executable, "manage.py", "migrate", "--verbosity", "0"],
        cwd=env.ROOT,
        check=True,
        env=os.environ | {"DATABASE_OWNER_URL": url, "DJANGO_SETTINGS_MODULE": "config.settings"},
        preexec_fn=embedded.end_with_parent,
    )
