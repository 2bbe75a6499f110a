"""Files of lists of people: CSV and XLSX, parsed by a child process with limits.

``python -m donors.units.roster_files`` reads a file from its standard input and writes rows as JSON
lines.
"""

from __future__ import annotations

import contextlib
import csv
import io
import json
import resource
import subprocess
import sys
import zipfile
from datetime import date, datetime
from pathlib import Path

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from donors.errors import Refused

MOST_BYTES = 10 * 1024 * 1024
MOST_ROWS = 100_000
MOST_COLUMNS = 60
MOST_IN_A_CELL = 200
MOST_UNPACKED = 200 * 1024 * 1024
MOST_ENTRIES = 400
MOST_RATIO = 150
MEMORY = 1024 * 1024 * 1024
SECONDS = 60
OLD_EXCEL, ZIP = b"\xd0\xcf\x11\xe0", b"PK\x03\x04"
MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))

SENTENCES = {
    "empty": gettext_noop("The file is empty. Choose the one with the list."),
    "large": gettext_noop("The file is larger than 10 MB. Split it in two."),
    "old": gettext_noop("This is an Excel file of the old kind (.xls). Save it as .xlsx or CSV."),
    "kind": gettext_noop("This is neither an Excel file (.xlsx) nor a text table (CSV)."),
    "bomb": gettext_noop("This Excel file unpacks to far more than a list. Save the list alone."),
    "broken": gettext_noop("The file is damaged. Save it once more and try again."),
    "rows": gettext_noop("The list has more than 100,000 lines. Split it in two."),
    "columns": gettext_noop("The list has more than 60 columns. Keep only those that are needed."),
    "cell": gettext_noop("A cell holds more than 200 characters: this seems to be another file."),
    "time": gettext_noop("Reading took too long. Save the list alone as CSV and try again."),
}


FORMULA = ("=", "+", "-", "@", "\t", "\r")


def harmless(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula; ``read`` undoes it."""
    return f"'{cell}" if cell.startswith(FORMULA) else cell


def _restored(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(FORMULA) else cell


class Unreadable(Exception):
    """``args[0]`` is a key of ``SENTENCES``."""


def sentence(key: str) -> str:
    return _(SENTENCES[key])


def read(content: bytes) -> list[list[str]]:
    """The rows of the first table, cells as text. Raises ``Refused`` with what to do instead.

    The parsers never run in this process: a file made to exhaust memory or time only ends the
    child.
    """
    if not content.strip():
        raise Refused(sentence("empty"))
    if len(content) > MOST_BYTES:
        raise Refused(sentence("large"))
    try:
        child = subprocess.run(
            [sys.executable, "-m", "donors.units.roster_files"],
            input=content,
            capture_output=True,
            timeout=SECONDS + 10,
            cwd=Path(__file__).parents[2],
            check=False,
        )
    except subprocess.TimeoutExpired as late:
        raise Refused(sentence("time")) from late
    if child.returncode:
        key = child.stderr.decode(errors="replace").strip().rpartition("\n")[2]
        raise Refused(sentence(key if key in SENTENCES else "broken"))
    return [json.loads(line) for line in child.stdout.splitlines()]


def rows_of(content: bytes) -> list[list[str]]:
    """The child's work; raises ``Unreadable``."""
    if content.startswith(OLD_EXCEL):
        raise Unreadable("old")
    rows = _of_excel(content) if content.startswith(ZIP) else _of_text(content)
    if len(rows) > MOST_ROWS + 1:
        raise Unreadable("rows")
    for row in rows:
        if len(row) > MOST_COLUMNS:
            raise Unreadable("columns")
        if any(len(cell) > MOST_IN_A_CELL for cell in row):
            raise Unreadable("cell")
    return rows


def _of_excel(content: bytes) -> list[list[str]]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
    except zipfile.BadZipFile as error:
        raise Unreadable("broken") from error
    unpacked = sum(entry.file_size for entry in entries)
    if len(entries) > MOST_ENTRIES or unpacked > MOST_UNPACKED:
        raise Unreadable("bomb")
    if any(e.file_size > MOST_RATIO * max(e.compress_size, 1000) for e in entries):
        raise Unreadable("bomb")
    if "xl/workbook.xml" not in {entry.filename for entry in entries}:
        raise Unreadable("kind")
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        table = book.get_sheet_by_index(0).to_python(skip_empty_area=True)
    except (CalamineError, IndexError) as error:
        raise Unreadable("broken") from error
    return [[_text(cell) for cell in row] for row in table]


def _text(cell: object) -> str:
    if isinstance(cell, datetime | date):
        return cell.strftime("%d/%m/%Y")
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()


def _of_text(content: bytes) -> list[list[str]]:
    text = _decoded(content)
    if "\x00" in text or sum(not c.isprintable() and c not in "\r\n\t" for c in text[:4000]) > 4:
        raise Unreadable("kind")
    first = text.lstrip().partition("\n")[0]
    delimiter = max(";,\t|", key=first.count)
    csv.field_size_limit(MOST_BYTES)
    try:
        table = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
        return [
            [_restored(cell.strip()) for cell in row] for row in table if any(map(str.strip, row))
        ]
    except csv.Error as error:
        raise Unreadable("broken") from error


def _decoded(content: bytes) -> str:
    for mark, encoding in MARKS:
        if content.startswith(mark):
            with contextlib.suppress(UnicodeDecodeError):
                return content.decode(encoding)
            raise Unreadable("broken")
    with contextlib.suppress(UnicodeDecodeError):
        return content.decode("utf-8")
    from charset_normalizer import from_bytes

    best = from_bytes(content, cp_isolation=["cp1256", "cp1252"]).best()
    if best is None:
        raise Unreadable("kind")
    return str(best)


def main() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    try:
        rows = rows_of(sys.stdin.buffer.read())
    except Unreadable as error:
        sys.exit(error.args[0])
    except MemoryError:
        sys.exit("bomb")
    for row in rows:
        sys.stdout.write(json.dumps(row, ensure_ascii=True) + "\n")


if __name__ == "__main__":
    main()
