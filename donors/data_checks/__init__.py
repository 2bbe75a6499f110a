"""Questions to the whole database: does what the guards hold one by one hold for all rows?

A restore, a hand at the console or a rule made stricter can leave rows that no guard was asked about.
``<app>/data_checks/<name>.sql`` is one question with its comment: a query whose rows are what is wrong,
in one column of text that names nobody (public ids, codes, causes of messages). Its sentence is in
``<app>/data_checks/sentences.py``. A serious answer means that the database contradicts itself: the
program does not start on it (``config.opening``). Any other is work for somebody.

The questions are asked by ``bin/manage check_data`` after each ``migrate`` and restore, and every night.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from django.apps import apps
from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError, connection, transaction
from django.db.backends.utils import CursorWrapper
from django.utils import timezone
from django.utils.functional import Promise

from donors import guards, keys
from donors.clock import zone_offsets, zones
from donors.models import DataCheck

SHOWN = 5
# Before the day begins, when nobody waits for the database.
NIGHT = 3
KEPT = timedelta(days=90)
COUNTED = (
    "SELECT count(*), (array_agg(found ORDER BY found))[1:%(shown)s] FROM ({}) AS wrong(found)"
)
# The program's own role may not read a sequence: it asks nothing here, the owner everything.
SEQUENCES = """
SELECT c.relname::text, a.attname::text, coalesce(pg_sequence_last_value(s.name::regclass), 0)
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid,
    pg_get_serial_sequence(c.relname::text, a.attname::text) AS s(name)
WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r' AND a.attnum > 0
    AND NOT a.attisdropped AND s.name IS NOT NULL AND has_sequence_privilege(s.name, 'SELECT')
"""


@dataclass(frozen=True)
class Question:
    name: str
    sentence: Promise | str
    serious: bool


@dataclass(frozen=True)
class Finding:
    """Some of the rows that are wrong, by public ids and codes, and how many there are."""

    question: Question
    count: int
    examples: list[str]


def questions() -> dict[str, Question]:
    """Every question of the programs and of the files, by name."""
    found: dict[str, Question] = {}
    for app in apps.get_app_configs():
        if (Path(app.path) / "data_checks").is_dir():
            written = importlib.import_module(f"{app.name}.data_checks.sentences")
            found |= {
                name: Question(name, sentence, serious=name in written.SERIOUS)
                for name, sentence in written.SENTENCES.items()
            }
    return found


def files() -> dict[str, str]:
    folders = [Path(app.path) / "data_checks" for app in apps.get_app_configs()]
    return {
        path.stem: path.read_text() for folder in folders for path in sorted(folder.glob("*.sql"))
    }


def ask(*, now: datetime) -> list[Finding]:
    """All that is wrong, the serious first; each question sees one moment of the database."""
    known = questions()
    if any(not guard.table for guard in guards.differences()[0]):
        # Questions call functions of the guards, which `migrate` has to load first.
        return [Finding(known["guards_are_on"], *_guards())]
    with transaction.atomic(), connection.cursor() as cursor:
        # Large tables are read whole: the time limit of a page is not for this.
        cursor.execute("SET LOCAL statement_timeout = 0")
        wrong = [*_by_file(cursor, now), *((name, rows()) for name, rows in PROGRAMS.items())]
    found = [Finding(known[name], count, examples) for name, (count, examples) in wrong if count]
    return sorted(found, key=lambda finding: not finding.question.serious)


def _by_file(cursor: CursorWrapper, now: datetime) -> Iterator[tuple[str, tuple[int, list[str]]]]:
    for name, sql in files().items():
        cursor.execute(COUNTED.format(sql), {"now": now, "shown": SHOWN})
        yield name, cursor.fetchone()


def _listed(names: list[str]) -> tuple[int, list[str]]:
    return len(names), sorted(names)[:SHOWN]


def _guards() -> tuple[int, list[str]]:
    missing, stale = guards.differences()
    return _listed([str(guard) for guard in (*missing, *stale)])


def _keys() -> tuple[int, list[str]]:
    return _listed(keys.wrong())


def _zone() -> tuple[int, list[str]]:
    return _listed([] if zone_offsets.agree() else [zones.NAME])


def _sequences() -> tuple[int, list[str]]:
    """Sequences behind their table: the next row would take a number that is in use."""
    behind = []
    with connection.cursor() as cursor:
        cursor.execute(SEQUENCES)
        for table, column, last in cursor.fetchall():
            cursor.execute(f'SELECT max("{column}") FROM "{table}"')
            (highest,) = cursor.fetchone()
            if highest is not None and highest > last:
                behind.append(table)
    return _listed(behind)


PROGRAMS: dict[str, Callable[[], tuple[int, list[str]]]] = {
    "guards_are_on": _guards,
    "keys_are_its_own": _keys,
    "clock_of_morocco": _zone,
    "numbers_go_on": _sequences,
}


def keep(findings: list[Finding], *, now: datetime) -> DataCheck:
    """The answers for the desk and for the next start; those of three months ago go."""
    DataCheck.objects.filter(at__lt=now - KEPT).delete()
    return DataCheck.objects.create(
        at=now,
        serious=sum(finding.question.serious for finding in findings),
        findings=[
            {"name": f.question.name, "count": f.count, "examples": f.examples} for f in findings
        ],
    )


def last() -> DataCheck | None:
    return DataCheck.objects.order_by("-at").first()


def told(kept: DataCheck) -> list[Finding]:
    """Kept answers with their sentences, but for questions that are no longer asked."""
    known = questions()
    return [
        Finding(known[each["name"]], each["count"], each["examples"])
        for each in kept.findings
        if each["name"] in known
    ]


def tonight(*, now: datetime) -> bool:
    """Ask once a night: False where it was done since three o'clock of Morocco."""
    local = timezone.localtime(now)
    began = local.replace(hour=NIGHT, minute=0, second=0, microsecond=0)
    if local < began:
        began -= timedelta(days=1)
    if DataCheck.objects.filter(at__gte=began).exists():
        return False
    keep(ask(now=now), now=now)
    return True


def require() -> None:
    """Raises ``ImproperlyConfigured`` where the last answers say that the database contradicts itself."""
    try:
        kept = last()
    except OperationalError:  # left to the health page
        return
    if kept and kept.serious:
        raise ImproperlyConfigured(
            f"The check of {kept.at:%Y-%m-%d %H:%M} UTC found that the database contradicts itself."
            " Run bin/manage check_data: it says where. Once it finds nothing serious, the program"
            " starts again."
        )
