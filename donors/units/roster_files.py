"""Files of lists: CSV, XLSX and ODS, parsed by a child process with limits.

``python -m donors.units.roster_files`` reads a file from its standard input and writes its sheets as
JSON lines.
"""

from __future__ import annotations

import io
import json
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date, datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from donors import child_parser, punctuation
from donors.child_parser import Unfit
from donors.errors import Refused

from . import plain_text

MOST_BYTES = 10 * 1024 * 1024
MOST_ROWS = 100_000
MOST_COLUMNS = 60
MOST_IN_A_CELL = 200
MOST_UNPACKED = 200 * 1024 * 1024
MOST_ENTRIES = 400
MOST_RATIO = 150
OLD_EXCEL, ZIP = b"\xd0\xcf\x11\xe0", b"PK\x03\x04"
# With a password a workbook is wrapped in the container of the old kind, under this name.
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
MANIFEST = "META-INF/manifest.xml"  # of OpenDocument: it says which part is encrypted
BOOKS = {"xl/workbook.xml", "content.xml"}  # of Excel and of OpenDocument

SENTENCES = {
    "empty": gettext_noop("The file is empty. Choose the one with the list."),
    "large": gettext_noop("The file is larger than 10 MB. Split it in two."),
    "old": gettext_noop("This is an Excel file of the old kind (.xls). Save it as .xlsx or CSV."),
    "kind": gettext_noop(
        "This is neither an Excel file (.xlsx), nor an OpenDocument one (.ods), nor a text table (CSV)."
    ),
    "password": gettext_noop("The file is locked with a password. Save it without one."),
    "hidden": gettext_noop(
        "Every sheet with something in it is hidden. Show the one with the list."
    ),
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


@dataclass(frozen=True)
class Sheet:
    """A visible sheet that is not empty, or a text file, which has no name.

    The row that the file numbers ``n`` is ``rows[n - 1]``; an empty one is ``[]``. ``unfit`` is a key
    of ``SENTENCES`` for a sheet that is over a limit, in ``row``.
    """

    name: str
    rows: list[list[str]]
    unfit: str = ""
    row: int = 0

    def where(self, row: int) -> str:
        """The row as the reader finds it in the file."""
        said = {"sheet": self.name, "row": row}
        if not self.name:
            return _("Row %(row)s") % said
        return _("Sheet “%(sheet)s”, row %(row)s") % said

    def fit(self) -> None:
        """Raises ``Refused`` if the sheet is over a limit."""
        if self.unfit:
            raise Refused(f"{self.where(self.row)}{punctuation.colon()} {sentence(self.unfit)}")


def sheets(content: bytes) -> list[Sheet]:
    """At least one. Raises ``Refused`` with what to do instead."""
    if not content.strip():
        raise Refused(sentence("empty"))
    if len(content) > MOST_BYTES:
        raise Refused(sentence("large"))
    out = child_parser.parsed(
        module="donors.units.roster_files", content=content, sentences=SENTENCES
    )
    return [Sheet(**json.loads(line)) for line in out.splitlines()]


def read(content: bytes) -> list[list[str]]:
    """The rows of the first visible sheet, cells as text. Raises ``Refused``."""
    first = sheets(content)[0]
    first.fit()
    return first.rows


def sheets_of(content: bytes) -> list[Sheet]:
    """The child's work; raises ``Unfit``."""
    if content.startswith(OLD_EXCEL):
        raise Unfit("password" if ENCRYPTED in content else "old")
    if content.startswith(ZIP):
        return list(_of_book(content))
    try:
        rows = plain_text.rows(content)
    except plain_text.Unreadable as error:
        raise Unfit(*error.args) from error
    return [_sheet("", [[_restored(cell) for cell in row] for row in rows])]


def _sheet(name: str, table: list[list[str]]) -> Sheet:
    rows = [row if any(row) else [] for row in table]
    while rows and not rows[-1]:
        rows.pop()
    over = ""
    filled = 0
    for number, row in enumerate(rows, 1):
        filled += bool(row)
        if filled > MOST_ROWS + 1:
            over = "rows"
        elif len(row) > MOST_COLUMNS and any(row[MOST_COLUMNS:]):
            over = "columns"
        elif any(len(cell) > MOST_IN_A_CELL for cell in row):
            over = "cell"
        if over:
            return Sheet(name, [], over, number)
    return Sheet(name, rows)


def _of_book(content: bytes) -> Iterator[Sheet]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
            listed = {entry.filename: entry.file_size for entry in entries}
            small = listed.get(MANIFEST, MOST_BYTES) < MOST_BYTES
            manifest = archive.read(MANIFEST) if small else b""
    except (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError) as error:
        raise Unfit("broken") from error
    unpacked = sum(entry.file_size for entry in entries)
    if len(entries) > MOST_ENTRIES or unpacked > MOST_UNPACKED:
        raise Unfit("bomb")
    if any(e.file_size > MOST_RATIO * max(e.compress_size, 1000) for e in entries):
        raise Unfit("bomb")
    if not BOOKS & {entry.filename for entry in entries}:
        raise Unfit("kind")
    if b"encryption-data" in manifest:
        raise Unfit("password")
    from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

    some = hidden = False
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        for place, told in enumerate(book.sheets_metadata):
            if told.typ != SheetTypeEnum.WorkSheet:
                continue
            sheet = book.get_sheet_by_index(place)
            if sheet.start is None:
                continue
            if told.visible != SheetVisibleEnum.Visible:
                hidden = True
                continue
            table = [[_text(cell) for cell in row] for row in sheet.to_python(skip_empty_area=True)]
            some = True
            yield _sheet(told.name, [[] for _n in range(sheet.start[0])] + table)
    except (CalamineError, IndexError) as error:
        raise Unfit("broken") from error
    if not some:
        raise Unfit("hidden" if hidden else "empty")


def _text(cell: object) -> str:
    if isinstance(cell, datetime | date):
        return cell.strftime("%d/%m/%Y")
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()


def _lines(content: bytes) -> bytes:
    return "".join(
        json.dumps(asdict(sheet), ensure_ascii=True) + "\n" for sheet in sheets_of(content)
    ).encode()


if __name__ == "__main__":
    child_parser.work(_lines, exhausted="bomb")
