"""Triggers, and the functions that they and the program call: one file each, with its current text.

``<app>/guards/<function>.sql`` holds a function and its triggers; where the function is a lower app's,
the triggers alone. A guard is in the app whose table it guards, unless it reads tables of an upper
app: then it is there. The comment at the top says what would break without it.

A function that refuses names the rule: ``USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT =
'bag_has_expired'``. The sentence for the reader is found by that name (``<app>/guards/sentences.py``).

At the end of each ``migrate`` the database is brought to these files: what is new or changed is loaded,
what no file holds any more is dropped, what agrees is left alone (no lock on its table). So a changed
guard needs no migration. Two cases need one beforehand:

- a table that calls a function in a constraint, an index or a generated column: put
  ``guards.function("centers", "din_check_character")`` before its operation;
- a function whose arguments or result change, or a column in a ``WHEN`` or ``UPDATE OF`` whose type
  changes: drop the function (``CASCADE``) or trigger by ``RunSQL``. It comes back from its file.

Each object has a mark, the digest of its statement, as its comment. Everything runs as the owner of
the tables, who migrates; the program itself has none of these rights (``rights``).
"""

from __future__ import annotations

import functools
import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

from django.apps import AppConfig, apps
from django.core.exceptions import ImproperlyConfigured
from django.db import DEFAULT_DB_ALIAS, OperationalError, connections, migrations, transaction
from django.db.backends.utils import CursorWrapper
from django.db.migrations.executor import MigrationExecutor

from . import rights

MARK = "guard "
STATEMENT = re.compile(
    r"^CREATE (?:OR REPLACE FUNCTION (?P<function>\w+)\(.*?AS \$\$(?P<body>.*?)\$\$;"
    r"|(?:CONSTRAINT )?TRIGGER (?P<trigger>\w+)\s.*?\sON (?P<table>\w+)\s.*?;)$",
    re.DOTALL | re.MULTILINE,
)
STANDING = """
SELECT proname::text, '', obj_description(oid, 'pg_proc'), prosrc FROM pg_proc
    WHERE pronamespace = current_schema()::regnamespace
UNION ALL
SELECT tgname::text, relname::text, obj_description(t.oid, 'pg_trigger'), '' FROM pg_trigger t
    JOIN pg_class c ON c.oid = tgrelid
    WHERE relnamespace = current_schema()::regnamespace AND NOT tgisinternal AND tgenabled = 'O'
"""


@dataclass(frozen=True, order=True)
class Guard:
    """A function, or a trigger of ``table``."""

    table: str
    name: str

    def __str__(self) -> str:
        return f"TRIGGER {self.name} ON {self.table}" if self.table else f"FUNCTION {self.name}"


@dataclass(frozen=True)
class Statement:
    text: str
    body: str

    @property
    def mark(self) -> str:
        return MARK + hashlib.sha256(self.text.encode()).hexdigest()[:16]


def folders() -> list[Path]:
    found = [Path(app.path) / "guards" for app in apps.get_app_configs()]
    return [folder for folder in found if folder.is_dir()]


@functools.cache
def written() -> dict[Guard, Statement]:
    """What the files hold, functions before triggers."""
    found: dict[Guard, Statement] = {}
    for path in (path for folder in folders() for path in sorted(folder.glob("*.sql"))):
        text = path.read_text()
        if re.sub(r"--.*", "", STATEMENT.sub("", text)).strip():
            raise ImproperlyConfigured(f"{path} holds more than a function and its triggers")
        for match in STATEMENT.finditer(text):
            guard = Guard(match["table"] or "", match["trigger"] or match["function"])
            if guard in found:
                raise ImproperlyConfigured(f"{guard} is in two files, one of them {path}")
            found[guard] = Statement(match[0], match["body"] or "")
    return dict(sorted(found.items()))


def function(app: str, name: str) -> migrations.RunSQL:
    """The function of this file alone, for a migration whose table calls it."""
    path = Path(apps.get_app_config(app).path) / "guards" / f"{name}.sql"
    return migrations.RunSQL([path.read_text()], [f"DROP FUNCTION {name}"])


def differences(using: str = DEFAULT_DB_ALIAS) -> tuple[list[Guard], list[Guard]]:
    """Guards that the database lacks or has in another text, and those that no file holds any more."""
    with connections[using].cursor() as cursor:
        cursor.execute(STANDING)
        standing = {Guard(row[1], row[0]): (row[2] or "", row[3]) for row in cursor}
    wanted = {guard: (each.mark, each.body) for guard, each in written().items()}
    stale = [
        guard
        for guard, (mark, _body) in sorted(standing.items(), reverse=True)
        if mark.startswith(MARK) and guard not in wanted
    ]
    return [guard for guard in wanted if standing.get(guard) != wanted[guard]], stale


def load(missing: list[Guard], stale: list[Guard], using: str = DEFAULT_DB_ALIAS) -> None:
    with transaction.atomic(using), connections[using].cursor() as cursor:
        for guard in stale:
            cursor.execute(f"DROP {guard}")
        # A function may call one that comes later.
        cursor.execute("SET LOCAL check_function_bodies = off")
        for guard in missing:
            _create(guard, written()[guard], cursor)


def _create(guard: Guard, statement: Statement, cursor: CursorWrapper) -> None:
    dropped = f"DROP {str(guard).replace(' ', ' IF EXISTS ', 1)};" if guard.table else ""
    cursor.execute(f"{dropped}{statement.text} COMMENT ON {guard} IS '{statement.mark}'")


def after_migrating(*, sender: AppConfig, using: str, **_signal: object) -> None:
    """Once a ``migrate``, with the last app; not while tables that guards need may still be missing."""
    if Path(sender.path) / "guards" != folders()[-1]:
        return
    executor = MigrationExecutor(connections[using])
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        return
    missing, stale = differences(using)
    if missing or stale:
        load(missing, stale, using)
    rights.apply(using)


def require() -> None:
    """Raise ImproperlyConfigured beside a database whose guards are not those of this program.

    A database that cannot be asked now is left to the health page.
    """
    try:
        missing, stale = differences()
    except OperationalError:
        return
    if missing or stale:
        names = ", ".join(str(guard) for guard in [*missing, *stale][:3])
        raise ImproperlyConfigured(
            f"The database does not guard what this program relies on ({names}): run"
            " `bin/manage migrate`."
        )
