"""Bulk loading: Postgres COPY, and the guards that history cannot pass."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from django.db import connection, models

# The guards of these tables set the current time or refuse past days: right for users, wrong for
# loading a past. The self-check verifies afterwards that the same rules hold.
GUARDED = (
    "centers_visit",
    "centers_donation",
    "centers_result",
    "centers_bag",
    "centers_movement",
    "centers_label",
    "centers_labelcheck",
    "centers_issue",
    "donors_deferral",
    "centers_stocklevel",
)


def text(value: object) -> str:
    """A value as COPY reads it."""
    if value is None:
        return r"\N"
    if value is True or value is False:
        return "t" if value else "f"
    if isinstance(value, str):
        return value.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n")
    if isinstance(value, bytes):
        return rf"\\x{value.hex()}"
    return str(value)


def array(values: Iterable[str]) -> str:
    """Words without quotes or commas as a Postgres array."""
    return "{" + ",".join(sorted(set(values))) + "}"


def line(row: Iterable[object]) -> str:
    return "\t".join(map(text, row)) + "\n"


def copy(table: str, columns: str, rows: Iterable[Iterable[object]]) -> None:
    copy_lines(table, columns, "".join(map(line, rows)))


def copy_lines(table: str, columns: str, lines: str) -> None:
    with connection.cursor() as cursor:
        cursor.copy_expert(f"COPY {table} ({columns}) FROM STDIN", io.StringIO(lines))


def reserve(model: type[models.Model], count: int) -> int:
    """The first of ``count`` keys reserved from the sequence."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_serial_sequence(%s, 'id')", [model._meta.db_table])
        (sequence,) = cursor.fetchone()
        cursor.execute("SELECT nextval(%s)", [sequence])
        (first,) = cursor.fetchone()
        cursor.execute("SELECT setval(%s, %s)", [sequence, first + count])
    return first


@contextmanager
def unguarded(*tables: str) -> Iterator[None]:
    """Within the transaction: user triggers of these tables, or of all that are loaded by COPY, are
    disabled, then enabled again."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in tables or GUARDED:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        yield
        for table in tables or GUARDED:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
