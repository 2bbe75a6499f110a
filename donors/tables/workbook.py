"""A table as a file: CSV with a byte-order mark, or one sheet of Office Open XML (ECMA-376)."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from xml.sax.saxutils import escape

from django.utils import timezone
from django.utils.functional import Promise

from donors.units.roster_files import harmless

Cell = str | Promise | int | float | date | None
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
PARTS = {
    "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types">'
    '<Default Extension="rels" '
    'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{XLSX}.main+xml"/>'
    '<Override PartName="/xl/worksheets/sheet1.xml" '
    f'ContentType="{XLSX.removesuffix("sheet")}worksheet+xml"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships">'
    f'<Relationship Id="r1" Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/>'
    "</Relationships>",
    "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>'
    '<sheet name="1" sheetId="1" r:id="r1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}/relationships">'
    f'<Relationship Id="r1" Type="{OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
    "</Relationships>",
}


def as_csv(rows: Iterable[Sequence[Cell]]) -> str:
    """No cell can be taken for a formula."""
    file = io.StringIO("\ufeff")
    file.seek(0, io.SEEK_END)
    writer = csv.writer(file)
    writer.writerows([harmless(_plain(cell)) for cell in row] for row in rows)
    return file.getvalue()


def as_xlsx(rows: Iterable[Sequence[Cell]], *, right_to_left: bool) -> bytes:
    """Numbers as numbers, everything else as inline text, which is never a formula."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as book:
        for name, text in PARTS.items():
            book.writestr(name, HEAD + text)
        body = "".join(f"<row>{''.join(map(_cell, row))}</row>" for row in rows)
        view = f'<sheetView workbookViewId="0" rightToLeft="{right_to_left:d}"/>'
        sheet = f"<sheetViews>{view}</sheetViews><sheetData>{body}</sheetData>"
        whole = f'{HEAD}<worksheet xmlns="{MAIN}">{sheet}</worksheet>'
        book.writestr("xl/worksheets/sheet1.xml", whole)
    return file.getvalue()


def _plain(cell: Cell) -> str:
    if isinstance(cell, datetime):
        return timezone.localtime(cell).isoformat(" ", "minutes")
    return "" if cell is None else str(cell)


def _cell(cell: Cell) -> str:
    if isinstance(cell, int | float):
        return f"<c><v>{cell}</v></c>"
    # XML 1.0 has no other control characters than these.
    text = "".join(c for c in _plain(cell) if c >= " " or c in "\t\n\r")
    return f'<c t="inlineStr"><is><t xml:space="preserve">{escape(text)}</t></is></c>'
