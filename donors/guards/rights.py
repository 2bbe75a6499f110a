"""What the application's role may do: each app's ``guards/rights.csv``, a line a table.

The columns say whether rows are inserted and deleted (``yes``) and what is updated (``all``, or the
columns by name); every table that has a line is read. At the end of each ``migrate`` the owner brings the
role to these lines: nothing is granted that no line names. The role owns nothing, so it can neither
switch a guard off nor empty a table (decision 0026).
"""

from __future__ import annotations

import csv
import functools
from dataclasses import dataclass
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import DEFAULT_DB_ALIAS, OperationalError, connections, transaction
from django.db.backends.utils import CursorWrapper

# (table, column or "", right)
Right = tuple[str, str, str]

STANDING = """
SELECT c.relname::text, '', a.privilege_type FROM pg_class c, aclexplode(c.relacl) a
    WHERE relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm', 'S')
        AND a.grantee IN (0, %(role)s::regrole)
UNION ALL
SELECT c.relname::text, t.attname::text, a.privilege_type
    FROM pg_class c JOIN pg_attribute t ON t.attrelid = c.oid, aclexplode(t.attacl) a
    WHERE relnamespace = 'public'::regnamespace AND a.grantee IN (0, %(role)s::regrole)
"""
PLACES = """
SELECT has_schema_privilege(%(role)s, 'public', 'CREATE'),
    has_database_privilege(%(role)s, current_database(), 'CREATE')
        OR has_database_privilege(%(role)s, current_database(), 'TEMPORARY'),
    NOT has_schema_privilege(%(role)s, 'public', 'USAGE')
"""
TOO_MUCH = """
SELECT (SELECT rolsuper OR rolcreaterole OR rolreplication OR rolbypassrls FROM pg_roles
        WHERE rolname = session_user),
    EXISTS (SELECT FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
        AND (pg_has_role(session_user, relowner, 'MEMBER')
            OR has_table_privilege(session_user, oid, 'TRUNCATE')
            OR has_table_privilege(session_user, oid, 'TRIGGER')))
"""


@dataclass(frozen=True)
class Line:
    table: str
    insert: bool
    update: tuple[str, ...]
    delete: bool

    def rights(self) -> set[Right]:
        found = {(self.table, "", "SELECT")}
        found |= {(self.table, "", "INSERT")} if self.insert else set()
        found |= {(self.table, "", "DELETE")} if self.delete else set()
        return found | {(self.table, "" if c == "all" else c, "UPDATE") for c in self.update}


@functools.cache
def written() -> dict[str, Line]:
    """The lines of every app by table."""
    found: dict[str, Line] = {}
    for app in apps.get_app_configs():
        path = Path(app.path) / "guards" / "rights.csv"
        if not path.exists():
            continue
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                if row["table"] in found:
                    raise ImproperlyConfigured(f"{row['table']} has two lines, one in {path}")
                found[row["table"]] = Line(
                    row["table"],
                    row["insert"] == "yes",
                    tuple(row["update"].split()),
                    row["delete"] == "yes",
                )
    return found


def apply(using: str = DEFAULT_DB_ALIAS) -> None:
    """As the owner: bring the role of ``settings.DATABASE_ROLE`` to the lines; what agrees is left alone."""
    role = settings.DATABASE_ROLE
    with transaction.atomic(using), connections[using].cursor() as cursor:
        cursor.execute("SELECT session_user, current_database()")
        owner, database = cursor.fetchone()
        if role in ("", owner):
            return  # a machine with one user for everything: production refuses to start so
        _close_places(cursor, role, database)
        standing = _standing(cursor, role)
        tables = connections[using].introspection.table_names(cursor, include_views=True)
        wanted = {
            right for table, line in written().items() if table in tables for right in line.rights()
        }
        for table in sorted({right[0] for right in standing ^ wanted}):
            _grant(cursor, role, table, {right for right in wanted if right[0] == table})


def _standing(cursor: CursorWrapper, role: str) -> set[Right]:
    cursor.execute(STANDING, {"role": _quoted(role)})
    return set(cursor.fetchall())


def _close_places(cursor: CursorWrapper, role: str, database: str) -> None:
    """Neither tables of its own nor temporary ones, which could come before ours in a search path."""
    cursor.execute(PLACES, {"role": role})
    schema, here, unseen = cursor.fetchone()
    name = _quoted(role)
    if schema:
        cursor.execute(f"REVOKE CREATE ON SCHEMA public FROM PUBLIC, {name}")
    if here:
        cursor.execute(
            f"REVOKE CREATE, TEMPORARY ON DATABASE {_quoted(database)} FROM PUBLIC, {name}"
        )
    if unseen:
        cursor.execute(f"GRANT USAGE ON SCHEMA public TO {name}")


def _grant(cursor: CursorWrapper, role: str, table: str, rights: set[Right]) -> None:
    name = _quoted(role)
    cursor.execute(f"REVOKE ALL ON {_quoted(table)} FROM PUBLIC, {name}")
    for _table, column, right in sorted(rights):
        only = f" ({_quoted(column)})" if column else ""
        cursor.execute(f"GRANT {right}{only} ON {_quoted(table)} TO {name}")


def _quoted(name: str) -> str:
    return '"{}"'.format(name.replace('"', '""'))


def require() -> None:
    """Raise ImproperlyConfigured where the program is connected as somebody who could switch guards off.

    A database that cannot be asked now is left to the health page.
    """
    try:
        with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
            cursor.execute(TOO_MUCH)
            powerful, owns = cursor.fetchone()
            cursor.execute("SELECT session_user")
            (role,) = cursor.fetchone()
    except OperationalError:
        return
    if powerful or owns:
        kind = "may do anything" if powerful else "owns tables or may empty them"
        raise ImproperlyConfigured(
            f"DATABASE_URL connects as “{role}”, which {kind}: the guards in the database could be"
            " switched off. Make a role for the program, CREATE ROLE bloodcall LOGIN PASSWORD '…'"
            " NOSUPERUSER NOCREATEDB NOCREATEROLE; name it in DATABASE_URL, name the owner of the tables"
            " in DATABASE_OWNER_URL, and run `bin/manage migrate`."
        )
