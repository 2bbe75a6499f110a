"""Tests work as the program's role; what the program may not write is prepared as the owner of the tables.

Each connection logs in as the owner and gives its rights up at once, so that both can write in the one
transaction of a test. ``tests/config/test_role.py`` logs in as the role itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.db.backends.signals import connection_created


def _give_up(connection) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SET SESSION AUTHORIZATION {settings.DATABASE_ROLE}")


def leave() -> None:
    """From now on this process works as the role."""

    def made(*, connection, **_signal) -> None:
        if connection.alias == DEFAULT_DB_ALIAS:
            _give_up(connection)

    connection_created.connect(made, weak=False, dispatch_uid="tests.support.owner")
    _give_up(connections[DEFAULT_DB_ALIAS])


@contextmanager
def owner() -> Iterator[None]:
    """Within: as the owner. In a transaction, or a savepoint, which takes a failure's rights back too."""
    connection = connections[DEFAULT_DB_ALIAS]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT session_user")
        (before,) = cursor.fetchone()
        cursor.execute("SET SESSION AUTHORIZATION DEFAULT")
        yield
        cursor.execute(f"SET SESSION AUTHORIZATION {before}")


@contextmanager
def past_the_guards() -> Iterator[None]:
    """Within: as the owner, no guard looks. For a past, or a state, that nobody can enter today."""
    with owner(), connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        yield
        cursor.execute("SET LOCAL session_replication_role = origin")


@contextmanager
def granted(table: str) -> Iterator[None]:
    """Within: the role may write this table, so that its guards alone can refuse."""
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        with owner():
            cursor.execute(f"GRANT INSERT, UPDATE, DELETE ON {table} TO {settings.DATABASE_ROLE}")
        yield
        with owner():
            cursor.execute(
                f"REVOKE INSERT, UPDATE, DELETE ON {table} FROM {settings.DATABASE_ROLE}"
            )
