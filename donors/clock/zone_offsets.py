"""Morocco's clock for SQL: offsets as rows, read by ``morocco_day`` and ``morocco_midnight``.

The table has no model: nothing else reads or writes it.
"""

from __future__ import annotations

from django.core.exceptions import ImproperlyConfigured
from django.db import DEFAULT_DB_ALIAS, OperationalError, ProgrammingError, connections, transaction
from django.db.backends.utils import CursorWrapper

from .zones import Offset, offsets

TABLE = "donors_zoneoffset"


def load(using: str = DEFAULT_DB_ALIAS) -> None:
    """Bring the rows to the installed zone data; writes nothing where they agree."""
    with transaction.atomic(using), connections[using].cursor() as cursor:
        if _rows(cursor) == offsets():
            return
        cursor.execute(f"DELETE FROM {TABLE}")
        values = ", ".join(["(%s, %s, %s)"] * len(offsets()))
        cursor.execute(
            f"INSERT INTO {TABLE} (since, since_wall, seconds) VALUES {values}",
            [number for row in offsets() for number in row],
        )


def after_migrating(*, using: str, **_signal: object) -> None:
    """Runs at the end of every ``migrate``, so that newer zone data reach the database with the
    release."""
    if TABLE in connections[using].introspection.table_names():
        load(using)


def agree(using: str = DEFAULT_DB_ALIAS) -> bool:
    with connections[using].cursor() as cursor:
        return _rows(cursor) == offsets()


def require() -> None:
    """Raises ImproperlyConfigured when the database has other offsets, or none.

    A database that is unreachable now is checked by the health page.
    """
    try:
        same = agree()
    except OperationalError:
        return
    except ProgrammingError:
        same = False  # not migrated yet
    if not same:
        raise ImproperlyConfigured(
            "The database has another clock of Morocco than this program: run `bin/manage migrate`."
        )


def _rows(cursor: CursorWrapper) -> tuple[Offset, ...]:
    cursor.execute(f"SELECT since, since_wall, seconds FROM {TABLE} ORDER BY since")
    return tuple(Offset(*row) for row in cursor.fetchall())
