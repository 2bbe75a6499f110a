"""Files of lists of people: CSV and XLSX, parsed by a child process with limits.

``python -m donors.units.roster_files`` reads a file from its standard input and writes rows as JSON
lines.
"""

from __future__ import annotations

import contextlib
import csv
import io
import json
import zipfile
from datetime import date, datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from donors import child_parser
from donors.child_parser import Unfit
from donors.errors import Refused

MOST_BYTES = 10 * 1024 * 1024
MOST_ROWS = 100_000
MOST_COLUMNS = 60
MOST_IN_A_CELL = 200
MOST_UNPACKED = 200 * 1024 * 1024
MOST_ENTRIES = 400
MOST_RATIO = 150
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


def sentence(key: str) -> str:
    return _(SENTENCES[key])


def read(content: bytes) -> list[list[str]]:
    """The rows of the first table, cells as text. Raises ``Refused`` with what to do instead."""
    if not content.strip():
        raise Refused(sentence("empty"))
    if len(content) > MOST_BYTES:
        raise Refused(sentence("large"))
    out = child_parser.parsed(
        module="donors.units.roster_files", content=content, sentences=SENTENCES
    )
    return [json.loads(line) for line in out.splitlines()]


def rows_of(content: bytes) -> list[list[str]]:
    """The child's work; raises ``Unfit``."""
    if content.startswith(OLD_EXCEL):
        raise Unfit("old")
    rows = _of_excel(content) if content.startswith(ZIP) else _of_text(content)
    if len(rows) > MOST_ROWS + 1:
        raise Unfit("rows")
    for row in rows:
        if len(row) > MOST_COLUMNS:
            raise Unfit("columns")
        if any(len(cell) > MOST_IN_A_CELL for cell in row):
            raise Unfit("cell")
    return rows


def _of_excel(content: bytes) -> list[list[str]]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
    except zipfile.BadZipFile as error:
        raise Unfit("broken") from error
    unpacked = sum(entry.file_size for entry in entries)
    if len(entries) > MOST_ENTRIES or unpacked > MOST_UNPACKED:
        raise Unfit("bomb")
    if any(e.file_size > MOST_RATIO * max(e.compress_size, 1000) for e in entries):
        raise Unfit("bomb")
    if "xl/workbook.xml" not in {entry.filename for entry in entries}:
        raise Unfit("kind")
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        table = book.get_sheet_by_index(0).to_python(skip_empty_area=True)
    except (CalamineError, IndexError) as error:
        raise Unfit("broken") from error
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
        raise Unfit("kind")
    first = text.lstrip().partition("\n")[0]
    delimiter = max(";,\t|", key=first.count)
    csv.field_size_limit(MOST_BYTES)
    try:
        table = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
        return [
            [_restored(cell.strip()) for cell in row] for row in table if any(map(str.strip, row))
        ]
    except csv.Error as error:
        raise Unfit("broken") from error


def _decoded(content: bytes) -> str:
    for mark, encoding in MARKS:
        if content.startswith(mark):
            with contextlib.suppress(UnicodeDecodeError):
                return content.decode(encoding)
            raise Unfit("broken")
    with contextlib.suppress(UnicodeDecodeError):
        return content.decode("utf-8")
    from charset_normalizer import from_bytes

    best = from_bytes(content, cp_isolation=["cp1256", "cp1252"]).best()
    if best is None:
        raise Unfit("kind")
    return str(best)


def _lines(content: bytes) -> bytes:
    return "".join(json.dumps(row, ensure_ascii=True) + "\n" for row in rows_of(content)).encode()


if __name__ == "__main__":
    child_parser.work(_lines, exhausted="bomb")
