"""The rows that every test begins with, kept beside the tables, so that they can be put back."""

from __future__ import annotations

from django.db import transaction

from .owner import owner

SCHEMA = "pristine"
TABLES = """SELECT relname FROM pg_class
    WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND relname <> 'django_migrations'
    ORDER BY relname"""
KEPT = "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = to_regnamespace(%s) ORDER BY relname"
COLUMNS = """SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) FROM pg_attribute
    WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''"""


def _filled(cursor) -> list[str]:
    """The tables that hold a row."""
    cursor.execute(TABLES)
    names = [name for (name,) in cursor.fetchall()]
    # Another connection that has not ended its transaction is waited for, as TRUNCATE would.
    cursor.execute(f"LOCK TABLE {', '.join(names)} IN ACCESS EXCLUSIVE MODE")
    cursor.execute(
        " UNION ALL ".join(f"SELECT '{n}' WHERE EXISTS (SELECT FROM {n})" for n in names)
    )
    return [name for (name,) in cursor.fetchall()]


def keep(connection) -> None:
    """What the tables hold now is what every test begins with."""
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        cursor.execute(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE")
        cursor.execute(f"CREATE SCHEMA {SCHEMA}")
        for name in _filled(cursor):
            cursor.execute(f"CREATE TABLE {SCHEMA}.{name} AS TABLE public.{name}")


def restore(connection) -> None:
    """The guards, which let nobody delete what happened, do not look at this one transaction."""
    with owner(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        for name in _filled(cursor):
            cursor.execute(f"DELETE FROM {name}")
        cursor.execute(KEPT, [SCHEMA])
        for (name,) in cursor.fetchall():
            cursor.execute(COLUMNS, [f"public.{name}"])
            columns = cursor.fetchone()[0]
            cursor.execute(
                f"INSERT INTO {name} ({columns}) OVERRIDING SYSTEM VALUE SELECT {columns} FROM {SCHEMA}.{name}"
            )
