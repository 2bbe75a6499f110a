"""The role as which the program works on servers that this machine starts or tests with.

On servers that are given in production the operator makes it (docs/settings.md).
"""

from __future__ import annotations

import contextlib
import hashlib
import os
from urllib.parse import SplitResult, unquote, urlsplit

import psycopg2

NAME = "bloodcall"


def application(owner: str) -> str:
    """The DATABASE_URL of the role beside the owner's, the role made where it is missing.

    Where the owner needs no password (the embedded server's socket) the role has none either; else its
    password is made of the owner's, so that all who share a server make the same.
    """
    url = urlsplit(owner)
    password = _password(url)
    with contextlib.closing(psycopg2.connect(owner)) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('bloodcall'))")
        cursor.execute("SELECT FROM pg_roles WHERE rolname = %s", [NAME])
        verb = "ALTER" if cursor.rowcount else "CREATE"
        cursor.execute(
            f"{verb} ROLE {NAME} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION PASSWORD %s",
            [password],
        )
        connection.commit()
    place = url.netloc.rpartition("@")[2]
    said = f"{NAME}:{password}" if password else NAME
    return url._replace(netloc=f"{said}@{place}").geturl()


def beside_the_owner() -> None:
    """For tests and benches, which make databases: where one address is given, it is the owner's."""
    owner = os.environ.setdefault("DATABASE_OWNER_URL", os.environ["DATABASE_URL"])
    if urlsplit(owner).username == urlsplit(os.environ["DATABASE_URL"]).username:
        os.environ["DATABASE_URL"] = application(owner)


def _password(url: SplitResult) -> str | None:
    if not url.password:
        return None
    return hashlib.sha256(f"{NAME} {unquote(url.password)}".encode()).hexdigest()
